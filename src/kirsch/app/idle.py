"""The request of a thread that answers none: blank, so that whoever asks for it need not ask whether there is one."""

from __future__ import annotations

from kirsch.app.request import Request
from kirsch.app.response import Response
from kirsch.exchange import Exchange, Head


class NoExchange(Exchange):
    """What a request outside of any request stands on."""

    def read(self, size: int = -1) -> bytes:
        """There is no body."""
        return b""

    def open(self) -> None:
        """There is nobody to answer."""

    def send(self, data: bytes) -> None:
        """There is nobody to answer."""

    def end(self) -> None:
        """There is nobody to answer."""

    def cut(self) -> None:
        """There is nobody to answer."""


def idle_request() -> Request:
    """A blank request, without an application, for code that asks outside of any request."""
    request = Request(NoExchange(Head("GET", b"/")))
    request.response = Response()
    return request
