"""The smallest wrapper under which JSON from a client may be handed to msgspec.

msgspec reads nested arrays and objects by recursion, some 400 bytes of stack a level, and stops only after thousands of
levels (CPython 3.12 and later): in a thread whose stack is smaller than the usual 8 MB, a body of a few KB ends the
process. So how deep it goes is found out first, in C as well, and without recursion.
"""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import Any

import msgspec

MOST_BYTES = 1024 * 1024
DEEPEST = 100

_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_THE_REST = bytes(set(range(256)) - set(b'[]{}"'))


class JSONRefused(ValueError):
    """It is no JSON, or too much of it."""


def read_json(body: bytes) -> Any:
    """What the body says. Raises JSONRefused."""
    if len(body) > MOST_BYTES:
        raise JSONRefused("too large")
    if body.count(b"[") + body.count(b"{") > DEEPEST and depth(body) > DEEPEST:
        raise JSONRefused("nested too deeply")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # the latter for strings that are not UTF-8
        raise JSONRefused(str(error)) from None


def depth(body: bytes) -> int:
    """The most brackets open at once, outside of strings. Where it is no JSON, any number."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = body.translate(_STEPS, _THE_REST).replace(b'""', b"")  # two quotes in a row change nothing about the others
    return max(accumulate(array("b", b"".join(marks.split(b'"')[::2]))), default=0)
