"""The header fields of a request as they stand in the buffer, cut out when somebody wants them."""

from __future__ import annotations

from typing import Any, Final

from kirsch.exchange import Fields

_LINE_END = len(" HTTP/1.1\r\n")

MOST: Final = 256
LONGEST: Final = 4096
"""Bytes of the fields that are remembered: with what is made of them, some 16 MB in all, if somebody wants it so."""


class WireFields(Fields):
    """See the module. raw: all of the head behind the target. room: how long a target may be in front of it.

    version, keep_alive, upgrade, length: what the head with these fields said of its connection and its body.

    PERF: with twelve fields this saves 3 µs a request, as most pages look at none or one. The cut is safe because
    llhttp has passed the lines: each is a token, a colon, a value without CR or LF, and CRLF.
    """

    def __init__(self, raw: bytes, lowered: bytes) -> None:
        self.raw = raw
        self.made = {}
        self.version = (1, 1)
        self.room = 0
        self.keep_alive = True
        self.upgrade = b""
        self.length = 0
        self._lowered = lowered
        self._found: dict[bytes, bytes | None] = {}

    def __getattr__(self, name: str) -> Any:
        if name != "pairs":
            raise AttributeError(name)
        pairs = []
        for line in self.raw[_LINE_END:-4].split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key:
                pairs.append((key.lower(), value.strip(b" \t")))
        self.pairs = pairs  # whole: another thread may look at the same fields
        return pairs

    def get(self, name: bytes) -> bytes | None:
        """As of any Fields, but found in place, and remembered."""
        try:
            return self._found[name]
        except KeyError:
            value = self._found[name] = self._find(name)
            return value

    def _find(self, name: bytes) -> bytes | None:
        mark = b"\n" + name + b":"
        found = self._lowered.find(mark)
        if found < 0:
            return None
        start = found + len(mark)
        if self._lowered.find(mark, start) >= 0:
            return super().get(name)
        return self.raw[start : self.raw.find(b"\r", start)].strip(b" \t")


class KnownFields(dict[bytes, WireFields]):
    """Fields of late, by their bytes: what was judged once on one connection needs no second judgement on another.

    For clients that come back on a new connection, and for a proxy, which sends the requests of many by a few.
    """

    def keep(self, fields: WireFields) -> None:
        """Remember these, which are plain ones; all others are forgotten if they are too many."""
        if len(fields.raw) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[fields.raw] = fields
