"""The alias, for the length of a test."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from kirsch.compat import install, uninstall


@contextmanager
def installed():
    """`import cherrypy` gives what is here; modules of old names are read anew, and warn anew."""
    install()
    for name in [name for name in sys.modules if name.startswith("kirsch.compat.cherrypy_filters")]:
        del sys.modules[name]
    try:
        yield
    finally:
        uninstall()
