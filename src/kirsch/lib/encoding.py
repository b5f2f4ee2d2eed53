"""`cherrypy.lib.encoding`: charsets and compression, by hand, under the old names."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Self

from kirsch.app.context import present
from kirsch.app.response import blocks, close
from kirsch.http.codings import decode as decode_bytes
from kirsch.http.codings import encoded
from kirsch.run.defaults import tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_UNPACKED = 1 << 30
"""Bytes that decompress() gives at most."""


def decode(encoding: str | Sequence[str] | None = None, default_encoding: str | Sequence[str] = "utf-8") -> None:
    """Say in which charsets the form of this request may be; to be called before it is read."""
    tools.decode.callable(encoding, default_encoding)


def gzip(compress_level: int = 5, mime_types: Sequence[str] = ("text/html", "text/plain"), debug: bool = False) -> None:
    """Compress `response.body`, if the client takes that."""
    tools.gzip.callable(compress_level, list(mime_types), debug)


def compress(body: Iterable[bytes], compress_level: int) -> Iterator[bytes]:
    """Pieces in gzip."""
    return encoded("gzip", body, compress_level)


def decompress(body: bytes) -> bytes:
    """What is in a gzip body. ValueError if it is none."""
    return decode_bytes("gzip", body, MOST_UNPACKED)


class UTF8StreamEncoder:
    """An iterator whose text is encoded on the way; all else of it is what it was."""

    def __init__(self, iterator: Iterator[Any]) -> None:
        self._iterator = iterator

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        piece = next(self._iterator)
        return piece.encode("utf-8") if isinstance(piece, str) else piece

    next = __next__

    def close(self) -> None:
        """Close it, if that can be done."""
        close(self._iterator)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._iterator, name)


def prepare_iter(value: Any) -> Any:
    """A body as something to go through: text and bytes in a list, a file in blocks, nothing as nothing."""
    if isinstance(value, (str, bytes)):
        return [value] if value else []
    if value is None:
        return []
    return blocks(value) if isinstance(value, io.IOBase) or hasattr(value, "read") else value


class ResponseEncoder:
    """What encodes the page of this request: made before the handler is called, it takes the handler's place.

    settings: those of tools.encode, which are attributes afterwards.
    """

    default_encoding = "utf-8"
    encoding: str | None = None
    errors = "strict"
    text_only = True
    add_charset = True
    debug = False

    def __init__(self, **settings: Any) -> None:
        vars(self).update(settings)
        tools.encode.callable(**settings)
        request = present()
        self.oldhandler = request.handler
        if self.oldhandler is not None:
            request.handler = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The page, which is encoded by now, or will be."""
        response = present().response
        response.body = self.oldhandler(*args, **kwargs)
        return response.body
