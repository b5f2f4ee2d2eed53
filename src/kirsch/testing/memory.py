"""An exchange without a server: the request is given at once, the answer is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kirsch.exchange import Exchange, ExchangeError

if TYPE_CHECKING:
    from kirsch.exchange import Head

BLOCK: Final = 64 * 1024


class MemoryExchange(Exchange):
    """See the module. pieces: the body of the answer as it was sent. broken: it was cut off before its end."""

    def __init__(self, head: Head, body: bytes = b"") -> None:
        super().__init__(head, ("127.0.0.1", 50000), ("127.0.0.1", 80))
        self.pieces: list[bytes] = []
        self.broken = False
        self._body = body
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        """In blocks, as from a socket."""
        end = len(self._body) if size < 0 else self._given + min(size, BLOCK)
        data = self._body[self._given : end]
        self._given += len(data)
        return data

    def open(self) -> None:
        """As strict as a wire: what would split the answer gets no further."""
        lines = [self.reason, *(part for field in self.fields for part in field)]
        if any(octet in line for line in lines for octet in b"\r\n\0") or not 200 <= self.status <= 599:
            raise ExchangeError(f"this cannot be sent: {self.status} {lines!r}")

    def send(self, data: bytes) -> None:
        """Keep it."""
        self.pieces.append(data)

    def end(self) -> None:
        """The last byte is out."""
        self.done()

    def cut(self) -> None:
        """The client notices."""
        self.broken = True
        self.done()
