"""`cherrypy._cpwsgi_server`: the server of the site as an object of its own."""

from __future__ import annotations

from typing import Any

from kirsch.compat.alias import VERSIONS
from kirsch.compat.cherrypy__cpnative_server import CPHTTPServer
from kirsch.run.defaults import engine, tree
from kirsch.run.defaults import server as default

__all__ = ["CPWSGIServer"]


class CPWSGIServer(CPHTTPServer):
    """Serves all of the tree, WSGI applications, too. For `server.<name>.instance`, and by hand."""

    version = f"CherryPy/{VERSIONS['cherrypy'][1]} Cheroot/{VERSIONS['cheroot'][1]}"

    def __init__(self, server_adapter: Any = default) -> None:
        super().__init__(server_adapter)
        self.handler = tree.handle

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Write to the error log."""
        engine.log(msg, level, traceback)
