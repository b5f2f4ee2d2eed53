"""What CherryPy's guests expect above them: an HTTPConnection and an HTTPRequest, in the frames of the calling thread.

Tools for WebSockets (ws4py) look for them there, to say that the connection is theirs from now on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.compat.cheroot_request import HTTPConnection
from kirsch.compat.cheroot_server import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange


class Through(Gateway):
    """Hands a request on to the handler of exchanges that stands behind the front."""

    def respond(self) -> None:
        """Have it answered."""
        self.req.server.handler(self.req.exchange)


class Front:
    """A handler of exchanges before another one; requests that ask for another protocol go by way of a connection."""

    peercreds_enabled = False
    peercreds_resolve_enabled = False
    gateway = Through

    def __init__(self, handler: Callable[[Exchange], None]) -> None:
        self.handler = handler

    def __call__(self, exchange: Exchange) -> None:
        """Answer a request."""
        if exchange.head.get(b"upgrade") is None:
            self.handler(exchange)
            return
        connection = HTTPConnection(self, exchange.rfile.raw.sock)
        connection.exchange = exchange
        connection.remote_addr, connection.remote_port = exchange.client
        connection.communicate()
