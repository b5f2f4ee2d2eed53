"""Applications of CherryPy as they are: install() has them import Kirsch where they import cherrypy and cheroot.

    import kirsch.compat
    kirsch.compat.install()

The same from outside: `kirsch run --cherrypy app.py`, or `python -m kirsch.compat app.py`.
"""

from kirsch.compat.alias import AlreadyImportedError, install, uninstall

__all__ = ["AlreadyImportedError", "install", "uninstall"]
