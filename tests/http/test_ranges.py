"""Ranges of bytes: what is asked for, and how it is answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.conditional import Current
from kirsch.http.headers import Headers
from kirsch.http.ranges import (
    MOST,
    ByteRange,
    content_range,
    if_range,
    parse_ranges,
    range_parts,
    requested_ranges,
)

HUGE = "9" * 40
NOW = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
PAGE = Current('"a"', NOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-4", [(0, 5)]),
        ("bytes=5-", [(5, 10)]),
        ("bytes=-3", [(7, 10)]),
        ("bytes=-10", [(0, 10)]),
        ("bytes=-99", [(0, 10)]),
        ("bytes=0-", [(0, 10)]),
        ("bytes=9-9", [(9, 10)]),
        ("bytes=8-99", [(8, 10)]),
        (f"bytes=8-{HUGE}", [(8, 10)]),
        (f"bytes=-{HUGE}", [(0, 10)]),
        ("bytes=0000000000000000000000000000002-03", [(2, 4)]),
        ("Bytes=0-1", [(0, 2)]),
        ("bytes=0-1,4-5", [(0, 2), (4, 6)]),
        ("bytes=4-5, 0-1", [(4, 6), (0, 2)]),
        ("bytes=,, 0-1 ,\t4-5,", [(0, 2), (4, 6)]),
        ("bytes=0-1,20-30", [(0, 2)]),
        ("bytes=20-30,-1", [(9, 10)]),
    ],
)
def test_ranges(value, expected):
    """From, to and the last so many, of ten bytes, in the order of the field; what is beyond the end is cut off."""
    assert parse_ranges(value, 10) == expected


@pytest.mark.parametrize("value", ["10-", "10-10", "99-100", "-0", f"{HUGE}-", f"{HUGE}-{HUGE}", "-0,10-,11-12"])
def test_what_is_not_there(value):
    """Nothing of what is asked for exists: 416 (CherryPy answered `-0` with an empty 206)."""
    assert parse_ranges(f"bytes={value}", 10) == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=4-2",
        "bytes=0-1,4-2",
        "bytes=0-1,x",
        "bytes=0-1;2-3",
        "bytes=0-1-2",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1_0-",
        "bytes=0 - 1",
        "bytes = 0-1",
        " bytes=0-1",
        "bytes=٠-١",
        "bytes=0-1\n",
        "bytes=0x0-0x1",
        "0-1",
        "items=0-1",
        "bytes=0-1, bytes=2-3",
        "bytes=0-" + "1" * 9000,
    ],
)
def test_what_cannot_be_read_is_not_heeded(value):
    """Malformed fields, other units and repeated lines: everything is sent (CherryPy answered 500)."""
    assert parse_ranges(value, 10) is None


@pytest.mark.parametrize("value", ["bytes=0-", "bytes=0-99", "bytes=-5", "bytes=5-"])
def test_nothing_has_no_ranges(value):
    """What is empty is sent as it is, as no Content-Range could name a part of it."""
    assert parse_ranges(value, 0) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0-4,2-6", [(0, 7)]),
        ("0-4,5-6", [(0, 7)]),
        ("5-6,0-4", [(0, 7)]),
        ("0-4,6-7", [(0, 5), (6, 8)]),
        ("0-9,3-4", [(0, 10)]),
        ("3-4,0-9", [(0, 10)]),
        ("8-9,0-1,1-2", [(8, 10), (0, 3)]),
        ("0-1,8-9,1-2", [(0, 3), (8, 10)]),
        ("5-5,1-1,3-3,2-2,4-4", [(1, 6)]),
        ("0-0,0-0,0-0", [(0, 1)]),
        ("-3,-5,0-", [(0, 10)]),
    ],
)
def test_ranges_are_coalesced(value, expected):
    """Those that overlap or touch become one, at the place of the first of them."""
    assert parse_ranges(f"bytes={value}", 10) == expected


def test_too_many_ranges():
    """Beyond a number of them the whole is sent, however small they are."""
    many = ",".join(f"{2 * number}-{2 * number}" for number in range(MOST))

    assert len(parse_ranges(f"bytes={many}", 1000)) == MOST
    assert parse_ranges(f"bytes={many},999-", 1000) is None
    assert parse_ranges("bytes=0-0,2-2", 1000, most=1) is None
    assert parse_ranges("bytes=0-0,", 1000, most=1) == [(0, 1)]


SPECS = st.lists(
    st.builds("{}-{}".format, st.integers(0, 30) | st.just(""), st.integers(0, 30) | st.just("")), max_size=8
)


def bytes_of(spec, length):
    """The places that one range names, as Python's own slices find them."""
    first, last = (int(number) if number else None for number in spec.split("-"))
    if first is None:
        return range(length)[-last:] if last else range(0)
    return range(length)[first : None if last is None else last + 1]


@given(SPECS, st.integers(0, 25))
def test_the_bytes_asked_for_are_the_bytes_sent(specs, length):
    """Each once, and no others; ranges do not touch."""
    ranges = parse_ranges("bytes=" + ",".join(specs), length)
    if ranges is None:
        return
    sent = [place for start, stop in ranges for place in range(start, stop)]

    assert sorted(sent) == sorted({place for spec in specs for place in bytes_of(spec, length)})
    assert {start for start, _ in ranges}.isdisjoint(stop for _, stop in ranges)


@given(st.text() | st.text(alphabet="0123456789-, ").map("bytes={}".format), st.integers(0, 100))
def test_reading_never_raises(value, length):
    """Any text gives ranges that exist, or none, or everything."""
    for start, stop in parse_ranges(value, length) or []:
        assert 0 <= start < stop <= length


@pytest.mark.parametrize(
    ("value", "current", "holds"),
    [
        ('"a"', PAGE, True),
        ('"b"', PAGE, False),
        ('W/"a"', PAGE, False),
        ('"a"', Current('W/"a"'), False),
        ('W/"a"', Current('W/"a"'), False),
        ('"a", "b"', PAGE, False),
        ("*", PAGE, False),
        ('"a"', Current(None, NOW), False),
        ("a", Current("a"), True),
        (DATE, PAGE, True),
        (DATE, Current(None, NOW + 0.9), True),
        (DATE, Current(None, NOW + 1), False),
        (DATE, Current(None, NOW - 0.1), False),
        (DATE, Current('"a"'), False),
        ("Sunday, 06-Nov-94 08:49:37 GMT", PAGE, True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Current(None, -5), True),
        ("Sun, 06 Nov 1994", PAGE, False),
        ("", PAGE, False),
        ('"', PAGE, False),
    ],
)
def test_if_range(value, current, holds):
    """A strong tag that is ours, or exactly our date; anything else means that there is a new version."""
    assert if_range(value, current) is holds


def asked(method="GET", **fields):
    """The ranges of a request, of ten bytes."""
    return requested_ranges(method, Headers({name.replace("_", "-"): text for name, text in fields.items()}), PAGE, 10)


def test_requested_ranges():
    """Of GET alone, and only where an If-Range holds."""
    assert asked(Range="bytes=0-1") == [(0, 2)]
    assert asked(Range="bytes=10-") == []
    assert asked() is asked(If_Range='"a"') is None
    assert asked(Range="bytes=0-1", If_Range='"a"') == [(0, 2)]
    assert asked(Range="bytes=0-1", If_Range='"b"') is None
    assert asked(Range="bytes=10-", If_Range="nonsense") is None
    assert asked("HEAD", Range="bytes=0-1") is asked("PUT", Range="bytes=10-") is None


def test_content_range():
    """Of a part, and of nothing."""
    assert content_range(ByteRange(2, 6), 10) == "bytes 2-5/10"
    assert content_range(None, 10) == "bytes */10"


def test_range_parts():
    """A head for each part, and its length beforehand."""
    frame = range_parts([ByteRange(0, 2), ByteRange(8, 10)], 10, "text/plain; charset=utf-8", "xyz")
    body = b"".join([head + b"0123456789"[start:stop] for head, (start, stop) in frame.heads]) + frame.end

    assert body == (
        b"--xyz\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
        b"\r\n--xyz\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 8-9/10\r\n\r\n89"
        b"\r\n--xyz--\r\n"
    )
    assert frame.content_type == "multipart/byteranges; boundary=xyz"
    assert frame.length == len(body)


def test_parts_without_a_type():
    """As the whole would have none."""
    head, _ = range_parts([ByteRange(0, 2), ByteRange(8, 10)], 10, "", "b").heads[0]

    assert head == b"--b\r\nContent-Range: bytes 0-1/10\r\n\r\n"


@pytest.mark.parametrize("content_type", ["text/html\r\nX: y", "a\nb", "a\0"])
def test_a_type_cannot_break_out(content_type):
    """A line break in it is refused, as in any other header."""
    with pytest.raises(ValueError, match="Content-Type"):
        range_parts([ByteRange(0, 1)], 10, content_type, "b")


@given(SPECS, st.binary(min_size=1, max_size=40))
def test_parts_can_be_read_again(specs, data):
    """By their heads, whatever bytes they hold."""
    ranges = parse_ranges("bytes=" + ",".join(specs), len(data))
    if not ranges:
        return
    frame = range_parts(ranges, len(data), "a/b", "f" * 32)
    body = b"".join([head + data[start:stop] for head, (start, stop) in frame.heads]) + frame.end
    first, *parts = (b"\r\n" + body).split(frame.end.removesuffix(b"--\r\n"))

    assert (first, parts.pop(), len(body)) == (b"", b"--\r\n", frame.length)
    for part, (start, stop) in zip(parts, ranges, strict=True):
        head, _, content = part.partition(b"\r\n\r\n")
        assert head.endswith(f"Content-Range: bytes {start}-{stop - 1}/{len(data)}".encode())
        assert content == data[start:stop]
