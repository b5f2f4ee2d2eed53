"""Pages in pieces that are made of pieces themselves: a generator that yields generators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.response import close
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kirsch.app.response import Response


class Flatten(Tool):
    """Makes one row of the pieces, as they come."""

    def before_finalize(self, request: Any, response: Response, debug: bool = False) -> None:
        """Put the row in place of the page."""
        page = response.page
        if not _is_leaf(page):
            response.page = Row(page)


class Row:
    """The pieces of a page in one row. close() closes all that it is made of."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._pieces = flat(page)

    def __iter__(self) -> Iterator[Any]:
        return self._pieces

    def close(self) -> None:
        """Those that are open, and the page."""
        close(self._pieces)
        close(self._page)


def flat(pieces: Iterable[Any]) -> Iterator[Any]:
    """What is in the pieces, however deep. PERF: nested `yield from` would cost each piece as much as it is deep."""
    open_now = [iter(pieces)]
    try:
        while open_now:
            for piece in open_now[-1]:
                if not _is_leaf(piece):
                    open_now.append(iter(piece))
                    break
                yield piece
            else:
                close(open_now.pop())
    finally:
        for each in reversed(open_now):
            close(each)


def _is_leaf(piece: Any) -> bool:
    whole = isinstance(piece, (str, bytes, bytearray, memoryview, dict))
    return whole or hasattr(piece, "read") or not hasattr(piece, "__iter__")
