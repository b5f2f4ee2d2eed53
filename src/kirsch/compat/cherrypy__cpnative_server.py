"""`cherrypy._cpnative_server`: serve without WSGI, as Kirsch does anyway; here grafted applications are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.answers import bare
from kirsch.app.application import Application
from kirsch.run.defaults import server as default
from kirsch.run.defaults import tree
from kirsch.server.server import Server

if TYPE_CHECKING:
    from kirsch.exchange import Exchange

__all__ = ["CPHTTPServer", "NativeGateway"]


class NativeGateway:
    """Answers for the applications of the site."""

    def __call__(self, exchange: Exchange) -> None:
        """Answer an exchange; 501 for one that belongs to a WSGI application."""
        path = exchange.head.target.partition(b"?")[0].decode("latin-1")
        prefix = tree.prefix(path)
        if prefix is None or isinstance(tree.apps[prefix], Application):
            tree.handle(exchange)
        else:
            bare(exchange, 501, f"{prefix or '/'} is a WSGI application, and CPHTTPServer serves without WSGI")


class CPHTTPServer(Server):
    """For `cherrypy.server.httpserver = CPHTTPServer(cherrypy.server)`."""

    def __init__(self, server_adapter: Any = default) -> None:
        super().__init__(NativeGateway(), server_adapter)

    @property
    def ready(self) -> bool:
        """Whether it listens."""
        return self.running

    @property
    def bind_addr(self) -> tuple[str, int] | str | None:
        """Where it listens: host and port, or the path of a Unix socket."""
        return self.settings.socket_file or (self.settings.socket_host, self.port or self.settings.socket_port)
