"""Ranges of bytes (RFC 9110 §14): which parts of a representation are asked for, and how an answer names them.

A range is a start and a stop, as of a slice. Whatever cannot be used makes the Range field count as not sent: the whole
is sent then, which is always right. Reading never raises, and however many ranges come, no byte is sent twice.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.http.conditional import parse_etag
from kirsch.http.dates import parse_http_date
from kirsch.http.headers import encode_line
from kirsch.http.media import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.http.conditional import Current
    from kirsch.http.headers import Headers

MOST: Final = 50
"""Ranges in one field; with more of them it is not heeded (RFC 9110 §17.15)."""

_SPEC = re.compile(r"([0-9]*+)-([0-9]*+)")


class ByteRange(NamedTuple):
    """Bytes from `start` on, up to and without `stop`."""

    start: int
    stop: int


class RangeParts(NamedTuple):
    """The body of a 206 with several ranges: before the bytes of each range stands its head, after the last `end`.

    content_type, length: of the body as a whole.
    """

    content_type: str
    length: int
    heads: list[tuple[bytes, ByteRange]]
    end: bytes


def parse_ranges(value: str, length: int, most: int = MOST) -> list[ByteRange] | None:
    """The ranges to send of `length` bytes; None to send all of them; none at all, `[]`, is a 416.

    None: the field is malformed, of another unit, or has more than `most` ranges; or there are no bytes, of which no
    range can be named, and clients that ask for a beginning of everything are better served with nothing than with
    an error. Ranges keep the order of the field, but those that overlap or touch become one.
    """
    unit, _, specs = value.partition("=")
    if unit.lower() != "bytes" or length == 0 or len(value) > LONGEST:
        return None
    elements = [text for element in specs.split(",") if (text := element.strip(" \t"))]
    if not 0 < len(elements) <= most:
        return None
    found = []
    for element in elements:
        asked = _resolved(element, length)
        if asked is None:
            return None
        if asked.start < asked.stop:
            found.append(asked)
    return _coalesced(found) if len(found) > 1 else found


def _resolved(spec: str, length: int) -> ByteRange | None:
    """What `0-4`, `5-` or `-5` means; an empty one if that is not there; None if it means nothing (§14.1.2)."""
    match = _SPEC.fullmatch(spec)
    if match is None or spec == "-":
        return None
    first, last = match.groups()
    if not first:
        return ByteRange(max(0, length - _number(last)), length)
    start = _number(first)
    stop = _number(last) + 1 if last else max(start + 1, length)
    return ByteRange(start, min(stop, length)) if start < stop else None


def _number(digits: str) -> int:
    """A number too long for any file is one beyond its end, and no error."""
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) < 19 else sys.maxsize


def _coalesced(ranges: list[ByteRange]) -> list[ByteRange]:
    """Each at the place where the first of those was asked for that it is made of (§15.3.7.2)."""
    merged: list[tuple[int, ByteRange]] = []
    for place in sorted(range(len(ranges)), key=ranges.__getitem__):
        start, stop = ranges[place]
        if merged and start <= merged[-1][1].stop:
            first, last = merged[-1]
            merged[-1] = (min(first, place), ByteRange(last.start, max(last.stop, stop)))
        else:
            merged.append((place, ranges[place]))
    return [each for _, each in sorted(merged)]


def if_range(value: str, current: Current) -> bool:
    """Whether an If-Range lets the Range count: a strong tag that is ours, or a date that is exactly ours (§13.1.5)."""
    date = parse_http_date(value)
    if date is not None:
        return current.modified is not None and 0 <= max(current.modified, 0) - date < 1
    etag, ours = parse_etag(value), parse_etag(current.etag)
    return etag is not None and ours is not None and etag.is_same(ours)


def requested_ranges(method: str, headers: Headers, current: Current, length: int) -> list[ByteRange] | None:
    """What the request wants of `length` bytes, as of `parse_ranges`. The fifth step of §13.2.2, after `decide`."""
    value = headers.get("Range") if method == "GET" else None  # §14.2: of no other method has it a meaning
    if value is None:
        return None
    condition = headers.get("If-Range")
    if condition is not None and not if_range(condition, current):
        return None
    return parse_ranges(value, length)


def content_range(sent: ByteRange | None, length: int) -> str:
    """The Content-Range of a 206 with one range, or with None that of a 416."""
    return f"bytes {sent.start}-{sent.stop - 1}/{length}" if sent else f"bytes */{length}"


def range_parts(ranges: Sequence[ByteRange], length: int, content_type: str, boundary: str) -> RangeParts:
    """The frame around the bytes of several ranges (§14.6). content_type: of each part; "" if it has none.

    boundary: a token that nobody can know beforehand, such as `secrets.token_hex(16)`. Raises ValueError where the
    content type would break out of its line.
    """
    kind = b"Content-Type: %b\r\n" % encode_line("Content-Type", content_type)[1] if content_type else b""
    mark = b"\r\n--%b" % boundary.encode("ascii")
    heads = []
    for sent in ranges:
        where = content_range(sent, length).encode("ascii")
        heads.append((b"%b\r\n%bContent-Range: %b\r\n\r\n" % (mark, kind, where), sent))
    heads[0] = (heads[0][0][2:], heads[0][1])  # the line break before a mark belongs to it, and the first needs none
    end = mark + b"--\r\n"
    total = sum(len(head) + sent.stop - sent.start for head, sent in heads) + len(end)
    return RangeParts(f"multipart/byteranges; boundary={boundary}", total, heads, end)
