"""`cherrypy.process.servers`: servers of others on the bus."""

from __future__ import annotations

from typing import NoReturn

from kirsch.process.servers import ServerAdapter, Timeouts

__all__ = ["FlupCGIServer", "FlupFCGIServer", "FlupSCGIServer", "ServerAdapter", "Timeouts"]


class FlupCGIServer:
    """CGI, FastCGI and SCGI by flup, which is no more. RuntimeError says what to do."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self._gone()

    def _gone(self) -> NoReturn:
        raise RuntimeError(f"{type(self).__name__} is no more: have the server in front speak HTTP to this one")


class FlupFCGIServer(FlupCGIServer):
    """As FlupCGIServer."""


class FlupSCGIServer(FlupCGIServer):
    """As FlupCGIServer."""
