"""Source code to be looked at: whose file it is, a few lines of it, and what in them is a comment, a string, a keyword.

The failing lines are marked, and of them the columns that were being evaluated, unless that is the whole line.
"""

from __future__ import annotations

import keyword
import linecache
import os
import re
import stat
from itertools import groupby
from typing import Any, Final, NamedTuple

from kirsch.app.redaction import REDACTED, is_secret

APPLICATION: Final = "application"
KIRSCH: Final = "kirsch"
LIBRARY: Final = "library"
PYTHON: Final = "python"

AROUND: Final = 5
"""Lines of context on either side."""

MOST_LINES_MARKED: Final = 8
MOST_COLUMNS: Final = 240
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of a file that is opened; a longer one is no source code that anybody reads."""

_HOUSE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_STANDARD_LIBRARY: Final = os.path.dirname(os.path.abspath(os.__file__))
_PACKAGES = re.compile(r".*[\\/](?:site|dist)-packages[\\/]", re.DOTALL)

_NAMED = re.compile(r"([A-Za-z_][\w.\-]*)['\"]?\]?(?:\s*:[\w.\[\]| ]+)?\s*[:=]=?\s*\Z")
"""The name before a value: of a variable, with or without its type, of an argument, of a key."""

HIDDEN: Final = f'"{REDACTED}"'
EMPTY: Final = ("''", '""')

_LONG_STRING: Final = r"'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)"
_SHORT_STRING: Final = r"'(?:[^'\\\n]|\\.)*'?|\"(?:[^\"\\\n]|\\.)*\"?"
_TOKEN = re.compile(
    rf"(?P<comment>#[^\n]*)"
    rf"|(?P<string>(?:\b[bBfFrRuU]{{1,2}})?(?:{_LONG_STRING}|{_SHORT_STRING}))"
    rf"|(?P<keyword>\b(?:{'|'.join(keyword.kwlist)})\b)",
    re.DOTALL,
)


class Spot(NamedTuple):
    """Where in a file it failed. first, last: lines, from 1. start, end: columns in these, from 0; end 0: not known.

    begin: the line from which on strings and comments are told apart, which must lie in neither.
    """

    first: int
    last: int
    start: int = 0
    end: int = 0
    begin: int = 1


class Piece(NamedTuple):
    """Some characters of a line. kind: comment, string, keyword or "". failing: they were being evaluated."""

    text: str
    kind: str
    failing: bool


class Line(NamedTuple):
    """A line of source, without its end."""

    number: int
    marked: bool
    pieces: list[Piece]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join([piece.text for piece in self.pieces])


def whose(path: str) -> tuple[str, str]:
    """Whose file this is, and its name for people: below the current folder, or from the name of its package on."""
    if path.startswith("<frozen "):
        return PYTHON, path
    if path.startswith(_HOUSE + os.sep):
        return KIRSCH, os.path.relpath(path, os.path.dirname(_HOUSE))
    packages = _PACKAGES.match(path)
    if packages:
        return LIBRARY, path[packages.end() :]
    if path.startswith(_STANDARD_LIBRARY + os.sep):
        return PYTHON, os.path.relpath(path, _STANDARD_LIBRARY)
    try:
        here = os.getcwd() + os.sep
    except OSError:
        return APPLICATION, path
    return APPLICATION, path.removeprefix(here)


def read_lines(path: str, names: dict[str, Any] | None = None) -> list[str]:
    """The lines of a file as it is now, or as its module's loader knows it. names: of that module."""
    try:
        status = os.stat(path)
    except OSError:
        pass  # the loader may know it
    except ValueError:
        return []
    else:
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return []
    linecache.checkcache(path)
    return linecache.getlines(path, names)


def excerpt(lines: list[str], spot: Spot) -> list[Line]:
    """The lines around a spot, without the indentation that all of them have."""
    last = min(spot.last, spot.first + MOST_LINES_MARKED - 1, len(lines))
    top, bottom = max(1, spot.first - AROUND), min(len(lines), last + AROUND)
    if not 1 <= spot.first <= len(lines):
        return []
    shown = lines[top - 1 : bottom]
    kinds = _kinds(lines, top, bottom, spot.begin)
    indent = _common_indent(shown)
    failing = _failing(lines, spot)
    made = []
    at = 0
    for number, line in enumerate(shown, top):
        text = line.rstrip("\r\n")[:MOST_COLUMNS]
        start, end = failing.get(number, (0, 0))
        marks = [(kinds[at + column], start <= column < end) for column in range(len(text))]
        pieces = _without_secrets(_pieces(text[indent:], marks[indent:]))
        made.append(Line(number, spot.first <= number <= last, pieces))
        at += len(line)
    return _without_blank_ends(made)


def _without_blank_ends(lines: list[Line]) -> list[Line]:
    told = [number for number, line in enumerate(lines) if line.marked or line.text.strip()]
    return lines[told[0] : told[-1] + 1]


def _without_secrets(pieces: list[Piece]) -> list[Piece]:
    """Source that says itself what nobody should see: `password = "…"`."""
    shown: list[Piece] = []
    before = ""
    for piece in pieces:
        named = _NAMED.search(before) if piece.kind == "string" else None
        hidden = named is not None and is_secret(named[1]) and piece.text not in EMPTY
        shown.append(piece._replace(text=HIDDEN) if hidden else piece)
        if not hidden:
            before += piece.text
    return shown


def _pieces(text: str, marks: list[tuple[str, bool]]) -> list[Piece]:
    pieces = []
    at = 0
    for (kind, failing), run in groupby(marks):
        length = sum(1 for _ in run)
        pieces.append(Piece(text[at : at + length], kind, failing))
        at += length
    return pieces


def _kinds(lines: list[str], top: int, bottom: int, begin: int) -> list[str]:
    """The kind of each character from one line to another."""
    begin = begin if 1 <= begin <= bottom else top
    kinds: list[str] = []
    if top < begin:
        kinds = _scanned("".join(lines[top - 1 : begin - 1]), 0)
    skipped = sum(map(len, lines[begin - 1 : max(begin, top) - 1]))
    return kinds + _scanned("".join(lines[begin - 1 : bottom]), skipped)


def _scanned(text: str, skipped: int) -> list[str]:
    kinds = [""] * (len(text) - skipped)
    for match in _TOKEN.finditer(text):
        start, end = max(0, match.start() - skipped), match.end() - skipped
        if end > start:
            kinds[start:end] = [match.lastgroup or ""] * (end - start)
    return kinds


def _common_indent(lines: list[str]) -> int:
    indents = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
    shared = min(indents, key=len, default="")
    while not all(indent.startswith(shared) for indent in indents):  # tabs here, blanks there
        shared = shared[:-1]
    return len(shared)


def _failing(lines: list[str], spot: Spot) -> dict[int, tuple[int, int]]:
    """The columns that failed, by line; none if they are all there is in these lines."""
    last = min(spot.last, len(lines))
    if not spot.end or last < spot.first:
        return {}
    bounds = {}
    whole = True
    for number in range(spot.first, last + 1):
        text = lines[number - 1].rstrip()
        indent = len(text) - len(text.lstrip())
        start = spot.start if number == spot.first else indent
        end = spot.end if number == spot.last else len(text)
        bounds[number] = (start, end)
        whole = whole and start <= indent and end >= len(text)
    return {} if whole else bounds
