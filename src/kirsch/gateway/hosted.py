"""What exchanges have in common that come by a server of others, whatever it speaks.

Such a server does the framing. It takes a length, or none, as it is told; that an answer has broken off it only sees
from an error. Hence an exchange knows here what was promised, and whether all of it was given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kirsch.exchange import FINISHED, Exchange, ExchangeError
from kirsch.gateway.wsgi_answer import HOP_BY_HOP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kirsch.exchange import Field

MAX_BODY: Final = 100 * 1024 * 1024
PATH: Final = re.compile(r"/[!-\"$->@-~]*")
QUERY: Final = re.compile(r"[!-\"$-~]*")
"""What may stand in a target as it is, escapes and all: printable ASCII, without what would end that part."""
KEPT_BACK: Final = HOP_BY_HOP | {b"content-length"}
"""Fields that are not handed on: of the connection, and the length, which is told apart."""
UNSENT: Final = (b"Date", b"Server")
"""Fields that an empty value takes off an answer."""
OPEN: Final = "/:@!$&'()*+,;=~"
"""What needs no escape in a path, besides letters, digits and `-._` (RFC 3986 §3.3)."""


class HostedExchange(Exchange):
    """A request that came by a server of others. promised: the length that was given to start().

    broken: set when the answer breaks off; only an error tells the server.
    """

    broken: bool = False
    promised: int | None = None

    @property
    def complete(self) -> bool:
        """Whether the whole answer was given."""
        return self.stage is FINISHED and not self.broken

    def check(self) -> None:
        """The handler has come back: raises if it was too early."""
        if not self.complete:
            broken = " and broken off" if self.broken else ""
            raise ExchangeError(f"the handler has returned, but its answer is {self.stage}{broken}")

    def start(self, status: int, fields: Sequence[Field], length: int | None = None, reason: bytes = b"") -> None:
        """Find out beforehand whether a length of 0 is promised, or only what an empty body makes of it."""
        super().start(status, fields, length, reason)
        self.promised = length

    def reply(self, status: int, fields: Sequence[Field], data: bytes, reason: bytes = b"") -> None:
        """As start(): a whole answer promises its length, but for 304, which has none of its own."""
        self.promised = None if status == 304 and not data else len(data)
        super().reply(status, fields, data, reason)

    @property
    def told(self) -> int | None:
        """The length for the server (RFC 9110 §8.6): none with 204; to HEAD and with 304 that of the answer to GET."""
        if self.status == 204:
            return None
        return self.length or self.promised if self.bodiless else self.length

    def handed_on(self) -> Iterator[Field]:
        """The fields of the answer. What belongs to the connection stays here: a server would refuse it."""
        for name, value in self.fields:
            if name.lower() not in KEPT_BACK and (value or name not in UNSENT):
                yield name, value

    def cut(self) -> None:
        """Only an error tells the server: see check()."""
        self.broken = True


def number(text: str) -> int | None:
    """A number of decimal digits, or None."""
    return int(text) if len(text) <= 18 and text.isascii() and text.isdigit() else None
