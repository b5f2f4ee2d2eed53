"""What a file is to become: edits by position, all else stays byte by byte; and what a person must decide."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Edit(NamedTuple):
    """A piece of text by its place, in characters, and what takes its place."""

    start: int
    end: int
    new: str


class Decision(NamedTuple):
    """Something that a person must decide. line: counted from 1. read: the page of the manual that says more."""

    line: int
    what: str
    why: str
    read: str


class Outcome(NamedTuple):
    """What was found in a file."""

    edits: list[Edit]
    decisions: list[Decision]


class Source:
    """A text, and places in it as Python's parser counts them: lines from 1, columns in bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [line for line in _LINE.findall(text) if line]
        self._starts = [0, *accumulate(map(len, self.lines))]

    def place(self, line: int, column: int) -> int:
        """A place in characters."""
        before = self.lines[min(line, len(self.lines)) - 1].encode("utf-8", "surrogatepass")[:column]
        return self._starts[min(line, len(self.lines)) - 1] + len(before.decode("utf-8", "replace"))

    def span(self, node: ast.expr | ast.stmt | ast.alias) -> tuple[int, int]:
        """Where a part of a program begins and ends."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.place(node.lineno, node.col_offset), self.place(end_line, end_column)

    def line_of(self, place: int) -> int:
        """The line of a place."""
        return bisect_right(self._starts, place)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made. Of two for the same place one is made."""
    pieces, at = [], 0
    for start, end, new in sorted(set(edits)):
        if start >= at:
            pieces += [text[at:start], new]
            at = end
    return "".join([*pieces, text[at:]])
