"""An exchange without a server: the request is given at once, the answer is kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Self

from kirsch.exchange import FINISHED, ClientGone, Exchange, ExchangeError
from kirsch.http.codes import reason
from kirsch.testing.answer import Start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kirsch.exchange import Address, Head
    from kirsch.testing.question import Question

BLOCK: Final = 64 * 1024
CLIENT: Final = ("127.0.0.1", 50000)
SERVER: Final = ("127.0.0.1", 80)


class MemoryExchange(Exchange):
    """See the module. pieces: the body of the answer as it was sent. broken: it was cut off before its end.

    body: of the request, or its pieces. error: what went wrong on the answering side, if it was answered with a 5xx, or
    broken off. Whoever does that does it while handling the exception, as Application.run does, so that it can be seen
    from here.
    """

    def __init__(
        self, head: Head, body: bytes | Iterable[bytes] = b"", client: Address = CLIENT, server: Address = SERVER
    ) -> None:
        super().__init__(head, client, server)
        self.pieces: list[bytes] = []
        self.broken = False
        self.error: BaseException | None = None
        self._before = sys.exception()  # the test's own, if it asks from within an `except`
        self._body: Iterator[bytes] = iter((body,) if isinstance(body, bytes) else body)
        self._ahead = b""
        self._given = 0

    @classmethod
    def of(cls, question: Question) -> Self:
        """One for this question."""
        exchange = cls(question.head, question.body, question.client or CLIENT, (SERVER[0], question.url.port))
        exchange.scheme = question.url.scheme
        return exchange

    def read(self, size: int = -1) -> bytes:
        """In blocks, as from a socket."""
        if size < 0:
            data, self._ahead = self._ahead[self._given :], b""
            self._given = 0
            return b"".join([data, *self._body])
        while size and self._given >= len(self._ahead):
            self._ahead = next(self._body, b"")
            self._given = 0
            if not self._ahead:
                return b""
        data = self._ahead[self._given : self._given + min(size, BLOCK)]
        self._given += len(data)
        return data

    def open(self) -> None:
        """As strict as a wire: what would split the answer gets no further."""
        lines = [self.reason, *(part for field in self.fields for part in field)]
        if any(octet in line for line in lines for octet in b"\r\n\0") or not 200 <= self.status <= 599:
            raise ExchangeError(f"this cannot be sent: {self.status} {lines!r}")
        if self.status >= 500:
            self._notice()

    def send(self, data: bytes) -> None:
        """Keep it."""
        self.pieces.append(data)

    def end(self) -> None:
        """The last byte is out."""
        self.done()

    def cut(self) -> None:
        """The client notices."""
        self.broken = True
        self._notice()
        self.done()

    def _notice(self) -> None:
        error = sys.exception()
        if self.error is None and error is not self._before and not isinstance(error, ClientGone):
            self.error = error

    # -- what the client gets of it ------------------------------------------------------------------------------

    @property
    def begun(self) -> Start:
        """What it begins with."""
        framed = self.length is not None and self.status not in (204, 304)
        lines = [
            (name.decode("ascii"), value.decode("latin-1"))
            for name, value in self.fields
            if not framed or name.lower() != b"content-length"
        ]
        if framed:
            lines.append(("Content-Length", str(self.length)))
        return Start(self.status, self.reason.decode("latin-1") or reason(self.status), lines)

    def check(self) -> None:
        """ExchangeError if the handler has left without an answer, or in the middle of it."""
        if self.stage is not FINISHED:
            raise ExchangeError(f"the handler has returned, but its answer is {self.stage}")
