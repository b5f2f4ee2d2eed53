"""`cherrypy._cpserver`: the server on the bus; another one is made by Server()."""

from __future__ import annotations

from typing import Any

from kirsch.compat.cherrypy__cpcompat import text_or_bytes
from kirsch.run.defaults import engine, tree
from kirsch.run.service import WebServer

__all__ = ["Server", "text_or_bytes"]


class Server(WebServer):
    """One for the same site, which serves once it has subscribed to the engine."""

    def __init__(self) -> None:
        super().__init__(engine, tree.handle)

    def httpserver_from_self(self, httpserver: Any = None) -> tuple[Any, Any]:
        """The server of others that is to serve, and where; a subclass may make one. None: ours."""
        return self.instance if httpserver is None else httpserver, self.bind_addr

    def start(self, *of_old: Any, **named_of_old: Any) -> None:
        """As any, with what httpserver_from_self() gives."""
        if self.httpserver is None:
            self.instance, _ = self.httpserver_from_self(self.instance)
        super().start(*of_old, **named_of_old)
