"""`cheroot` as applications know it: the HTTP server of CherryPy, by name; what serves under these names is ours.

Its modules are the files `cheroot_*.py` beside this one.
"""

from __future__ import annotations

from typing import Final

__version__: Final = "11.1.2"
"""The version whose names these are."""

MODULES: Final = {
    "cheroot": "cheroot",
    "cheroot._compat": "cheroot_strings",
    "cheroot.cli": "cheroot_cli",
    "cheroot.connections": "cheroot_connections",
    "cheroot.errors": "cheroot_errors",
    "cheroot.makefile": "cheroot_makefile",
    "cheroot.server": "cheroot_server",
    "cheroot.ssl": "cheroot_ssl",
    "cheroot.ssl.builtin": "cheroot_ssl_builtin",
    "cheroot.ssl.pyopenssl": "cheroot_ssl_pyopenssl",
    "cheroot.testing": "cheroot_testing",
    "cheroot.workers": "cheroot_workers",
    "cheroot.workers.threadpool": "cheroot_threadpool",
    "cheroot.wsgi": "cheroot_wsgi",
}
"""Name of a module → the file in this room that it is."""
