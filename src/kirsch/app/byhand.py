"""Requests driven by hand: an exchange made of plain values, for Request.run(), with no server around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.exchange import Exchange, Head
from kirsch.http.urls import quote_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kirsch.exchange import Address


class ByHand(Exchange):
    """See the module. pieces: of the answer's body. rfile: where the request's body is read; None for none."""

    rfile: Any = None

    def __init__(self, head: Head, rfile: Any, client: Address, server: Address) -> None:
        super().__init__(head, client, server)
        self.pieces: list[bytes] = []
        self.rfile = rfile
        self.broken = False

    def read(self, size: int = -1) -> bytes:
        """What the file gives."""
        data: bytes = self.rfile.read(size) if self.rfile is not None else b""
        return data

    def open(self) -> None:
        """Nobody waits for it."""

    def send(self, data: bytes) -> None:
        """Keep it."""
        self.pieces.append(data)

    def end(self) -> None:
        """It is all there."""
        self.done()

    def cut(self) -> None:
        """It is not."""
        self.broken = True
        self.done()


def with_head(exchange: Exchange, head: Head, rfile: Any = None) -> ByHand:
    """One between the same ends, with another head."""
    return ByHand(head, rfile, exchange.client, exchange.server)


def once_more(exchange: Exchange) -> ByHand:
    """The same as a GET, without a body, and with nobody who waits for the answer."""
    head = exchange.head
    again = with_head(exchange, Head("GET", head.target, head.version, list(head.fields)))
    again.scheme, again.prefix, again.environ = exchange.scheme, exchange.prefix, exchange.environ
    return again


def head_of(method: str, path: str, query_string: str, protocol: str, headers: Iterable[tuple[str, str]]) -> Head:
    """The head that these values make. path: decoded, as WSGI has it. ValueError for what is no HTTP/x.y."""
    name, _, version = protocol.partition("/")
    major, _, minor = version.partition(".")
    if name != "HTTP" or not (major.isdigit() and (minor or "0").isdigit()):
        raise ValueError(f"{protocol!r} is no version of HTTP")
    target = quote_path(path or "/") + (f"?{query_string}" if query_string else "")
    fields = [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in headers]
    return Head(method, target.encode("latin-1"), (int(major), int(minor or 0)), fields)
