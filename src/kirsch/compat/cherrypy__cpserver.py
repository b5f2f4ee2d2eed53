"""`cherrypy._cpserver`: the server on the bus; another one is made by Server()."""

from __future__ import annotations

from kirsch.compat.cherrypy__cpcompat import text_or_bytes
from kirsch.run.defaults import engine, tree
from kirsch.run.service import WebServer

__all__ = ["Server", "text_or_bytes"]


class Server(WebServer):
    """One for the same site, which serves once it has subscribed to the engine."""

    def __init__(self) -> None:
        super().__init__(engine, tree.handle)
