"""The body of a request: from what a test has at hand to bytes, or to the pieces of one that is sent in chunks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kirsch.http.forms import encode_query
from kirsch.testing.multipart import encode_form
from kirsch.testing.url import stated

Body = bytes | Iterable[bytes]

BLOCK: Final = 64 * 1024


class Pieces:
    """A body that is sent in pieces, again if need be: a redirect may want it once more.

    An iterator can be read once only. What it raises, ClientGone for instance, comes out where the body is read.
    """

    def __init__(self, source: Iterable[bytes | str]) -> None:
        self._source = source
        self._begun = False

    def __iter__(self) -> Iterator[bytes]:
        if self._begun and iter(self._source) is self._source:
            raise RuntimeError(
                "the body is an iterator and was sent already; for a redirect that repeats it, use a list"
            )
        self._begun = True
        for piece in self._source:
            if piece:
                yield piece.encode() if isinstance(piece, str) else bytes(piece)


def body_of(options: Mapping[str, Any]) -> tuple[Body, str]:
    """The body that `json`, `data`, `files` or `body` makes, and its Content-Type, "" for none. TypeError for two."""
    _refuse_two(options)
    data = stated(options.get("data", ()))
    if "json" in options:
        return json.dumps(options["json"], ensure_ascii=False).encode(), "application/json"
    if options.get("files"):
        return encode_form(data, options["files"])
    if data:
        return encode_query(data).encode("ascii"), "application/x-www-form-urlencoded"
    return _plain(options.get("body", b"")), ""


def _refuse_two(options: Mapping[str, Any]) -> None:
    form = [f"{name}=" for name in ("data", "files") if options.get(name)]
    given = [["json="] * ("json" in options), form, ["body="] * bool(options.get("body"))]
    kinds = [" and ".join(names) for names in given if names]
    if len(kinds) > 1:
        raise TypeError(f"a request has one body, not {' and '.join(kinds)}")


def _plain(body: Any) -> Body:
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if hasattr(body, "read"):
        return Pieces(_blocks(body))
    if isinstance(body, Mapping) or not hasattr(body, "__iter__"):
        raise TypeError(f"body= is {type(body).__name__}; it may be bytes, str, an open file or an iterable of pieces")
    return Pieces(body)


def _blocks(file: Any) -> Iterator[Any]:
    while block := file.read(BLOCK):
        yield block
