"""The head of an HTTP/1.1 answer, from fields to bytes: the one place where what leaves is checked.

A name is a token, a value has no control octet but HTAB: no CR or LF of an application's reaches the wire. Fields that
say how the message is framed belong to the machine; an application's own are dropped (`Connection: close` is heard).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kirsch.exchange import Lasting
from kirsch.http.codes import REASONS
from kirsch.http.dates import http_date
from kirsch.protocol.chunked import TOKEN
from kirsch.protocol.events import LocalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.exchange import Field

_NAME = re.compile(TOKEN)
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_FRAMING: Final = frozenset(
    {b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"proxy-connection"}
)
_STANDING: Final = frozenset({b"date", b"server"})
_MOST_REMEMBERED = 1024
_LONGEST_REMEMBERED = 256

STATUS_LINES: Final = {status: f"HTTP/1.1 {status} {phrase}\r\n".encode() for status, phrase in REASONS.items()}

_remembered: dict[Field, bytes] = {}
"""PERF: lines that were checked before, as most fields are the same in every answer. A lost race costs a check."""


_lengths: dict[int, bytes] = {}
"""PERF: formatting a number into bytes takes 150 ns. A lost race costs a formatting."""


def length_line(length: int) -> bytes:
    """The line that says how long the body is."""
    line = _lengths.get(length)
    if line is None:
        line = b"Content-Length: %d\r\n" % length
        if len(_lengths) < _MOST_REMEMBERED:
            _lengths[length] = line
    return line


def status_line(status: int, reason: bytes = b"") -> bytes:
    """The first line of an answer, with the standard phrase unless a reason is given."""
    if not reason:
        line = STATUS_LINES.get(status)
        if line is not None:
            return line
    if not 100 <= status <= 999 or not _VALUE.fullmatch(reason):
        raise LocalError(f"no status line can be made of {status} {reason!r}")
    return b"HTTP/1.1 %d %b\r\n" % (status, reason)


def field_lines(fields: Sequence[Field], standing: bytes) -> tuple[bytes, bool]:
    """The lines, the standing ones (Date, Server) behind them, and whether the application wants to close."""
    if type(fields) is Lasting:
        known, lines, close = fields.wire
        if known is standing and lines:  # the same object for a second
            return lines, close
        lines, close = _checked_lines(fields, standing)
        fields.wire = (standing, lines, close)
        return lines, close
    try:
        return b"".join([_remembered[field] for field in fields]) + standing, False
    except KeyError:
        return _checked_lines(fields, standing)


def _checked_lines(fields: Sequence[Field], standing: bytes) -> tuple[bytes, bool]:
    lines = []
    close = False
    for field in fields:
        line = _remembered.get(field)
        if line is None:
            name = field[0].lower()
            if name in _FRAMING:
                close = close or (name == b"connection" and b"close" in field[1].lower())
                continue
            line = _checked_line(field)
            if name in _STANDING:
                standing = _without(standing, name)
                if not field[1]:
                    continue  # the application wants none at all
            elif len(line) < _LONGEST_REMEMBERED:
                if len(_remembered) >= _MOST_REMEMBERED:
                    _remembered.clear()  # of files and the like, whose lines come and go
                _remembered[field] = line
        lines.append(line)
    return b"".join(lines) + standing, close


def _checked_line(field: Field) -> bytes:
    name, value = field
    if not _NAME.fullmatch(name):
        raise LocalError(f"{name!r} is not the name of a header field")
    if not _VALUE.fullmatch(value):
        raise LocalError(f"the value of the header field {name.decode()} has a control character: {value!r}")
    return b"%b: %b\r\n" % (name, value)


def _without(standing: bytes, name: bytes) -> bytes:
    """The standing lines less the one that the application gives itself."""
    lines = standing.split(b"\r\n")
    return b"".join(line + b"\r\n" for line in lines if line and not line.lower().startswith(name + b":"))


def standing_lines(second: float, server: bytes) -> bytes:
    """The lines that every answer has, for this second: Date, and Server unless that is empty."""
    date = b"Date: " + http_date(second).encode() + b"\r\n"
    return date + b"Server: " + server + b"\r\n" if server else date
