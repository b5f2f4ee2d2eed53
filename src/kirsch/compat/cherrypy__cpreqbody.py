"""`cherrypy._cpreqbody`: bodies of requests, and parts of them."""

from __future__ import annotations

from io import DEFAULT_BUFFER_SIZE
from math import inf
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from kirsch.app.body import RequestBody
from kirsch.app.body import Upload as Part
from kirsch.app.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "DEFAULT_BUFFER_SIZE", "Entity", "Part", "RequestBody", "SizedReader", "inf", "process_multipart",
    "process_multipart_form_data", "process_urlencoded", "unquote_plus",
]  # fmt: skip

Entity = RequestBody
"""What a body and a part have in common: `Entity.part_class = …` counts for every body."""

BLOCK: Final = 65536


def unquote_plus(bs: bytes) -> bytes:
    """Bytes of a form, without their escapes."""
    return unquote_to_bytes(bs.replace(b"+", b" "))


def process_urlencoded(entity: RequestBody) -> None:
    """Read a form into `entity.params`."""
    entity.read_form()


def process_multipart(entity: RequestBody) -> None:
    """Read parts: fields into `entity.params`, what has no name into `entity.parts`."""
    entity.read_multipart()


process_multipart_form_data = process_multipart


class SizedReader:
    """A stream that ends after so many bytes, and may not be longer than `maxbytes` (HTTPError 413)."""

    def __init__(self, fp: IO[bytes], length: int | None, maxbytes: int | None, bufsize: int = 8192) -> None:
        self.fp = fp
        self.length = length
        self.maxbytes = maxbytes
        self.bufsize = bufsize
        self.bytes_read = 0
        self.done = False

    def read(self, size: int | None = None, fp_out: IO[bytes] | None = None) -> bytes | None:
        """`size` bytes, fewer at the end only; all of them without a size. With fp_out they go there instead."""
        pieces: list[bytes] = []
        left = inf if size is None else size
        while left > 0 and (piece := self._counted(self.fp.read(self._most(left)))):
            (pieces.append if fp_out is None else fp_out.write)(piece)
            left -= len(piece)
        return b"".join(pieces) if fp_out is None else None

    def readline(self, size: int | None = None) -> bytes:
        """Up to the next line feed, which is included; at most `size` bytes."""
        return self._counted(self.fp.readline(self._most(inf if size is None else size)))

    def readlines(self, sizehint: int | None = None) -> list[bytes]:
        """Lines, at least `sizehint` bytes of them."""
        lines: list[bytes] = []
        for line in self:
            lines.append(line)
            if sizehint and sum(map(len, lines)) >= sizehint:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def finish(self) -> None:
        """There is no more to come."""
        self.done = True

    def _most(self, wanted: float) -> int:
        left = inf if self.length is None else self.length - self.bytes_read
        return int(min(wanted, left, BLOCK))

    def _counted(self, data: bytes) -> bytes:
        self.bytes_read += len(data)
        if self.maxbytes and self.bytes_read > self.maxbytes:
            raise HTTPError(413)
        if not data:
            self.finish()
        return data


def __getattr__(name: str) -> Any:
    if name == "_old_process_multipart":
        return process_multipart
    raise AttributeError(f"cherrypy._cpreqbody has no {name}")
