"""The chunked coding of a request body (RFC 9112 §7.1), decoded to the letter and within limits.

Every octet is accounted for: a size is hexadecimal digits and nothing else, a line ends in CRLF, the data of a chunk is
followed by CRLF, an extension follows its grammar. What is not exactly so raises, and nothing after it is looked at:
guessing where a body ends is how requests are smuggled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kirsch.protocol.events import Limits, RemoteError

if TYPE_CHECKING:
    from kirsch.exchange import Field

TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'
_EXTENSION = rb"[ \t]*;[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + _QUOTED + rb"))?+"
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})((?:" + _EXTENSION + rb")*+)\r\n")
_TRAILER_LINE = re.compile(rb"(" + TOKEN + rb"):[ \t]*([\t\x20-\x7e\x80-\xff]*)\r\n")
_LONGEST_SIZE_LINE = 15 + 2

SIZE, DATA, DATA_END, TRAILERS, ENDED = "size", "data", "data end", "trailers", "ended"


class ChunkedReader:
    """Takes the buffer a driver holds, gives the data in it and what is left over."""

    __slots__ = ("_extensions", "_left", "_limits", "_total", "_trailer_bytes", "state", "trailers")

    def __init__(self, limits: Limits) -> None:
        self.state = SIZE
        self.trailers: list[Field] = []
        self._limits = limits
        self._left = 0
        self._total = 0
        self._extensions = 0
        self._trailer_bytes = 0

    def take(self, buffer: bytes) -> tuple[bytes, bytes]:
        """Decode as much of the buffer as can be: (data, rest). Once `state` is ENDED, rest is the next message's."""
        pieces: list[bytes] = []
        position = 0
        while self.state != ENDED:
            if self.state == DATA:
                piece = buffer[position : position + self._left]
                if not piece:
                    break
                pieces.append(piece)
                position += len(piece)
                self._left -= len(piece)
                if self._left:
                    break
                self.state = DATA_END
                continue
            try:
                step = self._size(buffer, position) if self.state == SIZE else self._line_end(buffer, position)
            except RemoteError:
                if not pieces:
                    raise
                break  # first the data in front of the mistake, which the next call will find again
            if not step:
                break
            position += step
        return (pieces[0] if len(pieces) == 1 else b"".join(pieces)), buffer[position:]

    def _size(self, buffer: bytes, position: int) -> int:
        """Read a chunk's size line; 0 while it is not all there."""
        end = buffer.find(b"\n", position)  # so that a line that comes octet by octet is matched once
        match = _SIZE_LINE.match(buffer, position) if end >= 0 else None
        if match is None:
            self._refuse_unfinished(buffer, position, end)
            return 0
        size, extension = match.groups()
        self._extensions += len(extension)
        if self._extensions > self._limits.extensions:
            raise RemoteError(400, "the chunk extensions are too long")
        self._left = int(size, 16)  # only hexadecimal digits got here
        self._total += self._left
        if self._limits.body and self._total > self._limits.body:
            raise RemoteError(413, f"the body is larger than {self._limits.body} bytes")
        self.state = DATA if self._left else TRAILERS
        return match.end() - position

    def _refuse_unfinished(self, buffer: bytes, position: int, end: int) -> None:
        """Raise unless what is there may still become a size line. end: where a line ends, or less than 0."""
        room = _LONGEST_SIZE_LINE + self._limits.extensions - self._extensions
        if end >= 0 or len(buffer) - position > room:
            raise RemoteError(400, "a chunk of the body has a malformed size line")
        first = buffer[position : position + 1]
        if first and first not in b"0123456789abcdefABCDEF":
            raise RemoteError(400, "a chunk of the body does not begin with its size")

    def _line_end(self, buffer: bytes, position: int) -> int:
        """Read the CRLF after a chunk's data, or the trailer section with the one that ends it; 0 for not yet."""
        ahead = buffer[position : position + 2]
        if ahead == b"\r\n":
            self.state = SIZE if self.state == DATA_END else ENDED
            return 2
        if self.state == DATA_END:
            if ahead not in (b"", b"\r"):
                raise RemoteError(400, "a chunk of the body is longer than its size says")
            return 0
        return self._trailer(buffer, position) if ahead not in (b"", b"\r") else 0

    def _trailer(self, buffer: bytes, position: int) -> int:
        match = _TRAILER_LINE.match(buffer, position)
        seen = (match.end() if match else len(buffer)) - position
        if self._trailer_bytes + seen > self._limits.trailers or len(self.trailers) >= self._limits.fields:
            raise RemoteError(431, "the trailer section is too large")
        if match is None:
            if buffer.find(b"\n", position) >= 0:
                raise RemoteError(400, "a trailer line is malformed")
            return 0
        self._trailer_bytes += seen
        name, value = match.groups()
        self.trailers.append((name.lower(), value.rstrip(b" \t")))
        return seen
