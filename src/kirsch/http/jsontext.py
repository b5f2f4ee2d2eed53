"""JSON from a client before it is read: in which bytes it is written, how deep it goes, and where a byte of it stands.

Parsers read nested arrays and objects by recursion and stop only after thousands of levels, if at all: in a thread
whose stack is smaller than the usual 8 MB, a body of a few KB may end the process. So how deep it goes is found out
first, without recursion and in a few passes that run in C.
"""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import Final

_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_THE_REST: Final = bytes(set(range(256)) - set(b'[]{}"'))
_BOM: Final = b"\xef\xbb\xbf"


def depth(data: bytes) -> int:
    """The most brackets open at once, outside of strings. Where it is no JSON, any number."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = data.translate(_STEPS, _THE_REST).replace(b'""', b"")  # two quotes in a row change nothing about the others
    return max(accumulate(array("b", b"".join(marks.split(b'"')[::2])), initial=0))


def deeper_than(data: bytes, most: int) -> bool:
    """Whether it goes deeper than that. PERF: with few brackets in it, nothing else need be looked at."""
    return data.count(b"[") + data.count(b"{") > most and depth(data) > most


def as_utf8(data: bytes, codec: str | None) -> bytes:
    """The text in UTF-8, as JSON is exchanged (RFC 8259 §8.1), without a byte order mark.

    codec: that the client has declared, by Python's name (see `charset_name`). ValueError if the bytes do not fit it.
    """
    if codec not in (None, "utf_8", "utf_8_sig", "ascii"):
        try:
            data = data.decode(codec or "").encode("utf-8")
        except UnicodeError:
            raise ValueError(f"it is not written in {codec}, as its Content-Type says") from None
    return data.removeprefix(_BOM)


def place(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character that this byte belongs to."""
    before = data[:offset]
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1
