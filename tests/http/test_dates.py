"""HTTP dates: one form written, three read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.dates import http_date, parse_http_date

SAMPLE = 784111777.0  # the example of RFC 9110 §5.6.7


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (SAMPLE, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (0.999, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951782400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (float("inf"), "Fri, 31 Dec 9999 23:59:59 GMT"),
        (10**30, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_http_date(seconds, text):
    """The preferred form; what it cannot say becomes the nearest that it can."""
    assert http_date(seconds) == text


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun Nov 06 08:49:37 1994",
        "Mon, 06 Nov 1994 08:49:37 GMT",
    ],
)
def test_three_forms_are_read(text):
    """The preferred form and the two old ones; whether the weekday is the right one does not matter."""
    assert parse_http_date(text) == SAMPLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "784111777",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun Nov   6 08:49:37 1994",
    ],
)
def test_everything_else_is_no_date(text):
    """Invalid dates are None, so that a condition made of one is ignored."""
    assert parse_http_date(text) is None


def test_a_year_of_two_digits_is_at_most_fifty_years_ahead():
    """RFC 9110 §5.6.7: what seems to be further ahead lies in the past."""
    this_year = time.gmtime().tm_year
    for short in range(100):
        read = parse_http_date(f"Monday, 01-Jan-{short:02} 00:00:00 GMT")
        year = time.gmtime(read).tm_year
        assert year % 100 == short
        assert this_year - 50 < year <= this_year + 50


def test_a_leap_second_is_read():
    """Second 60 is allowed by the grammar; it is the first of the next minute."""
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800


@given(st.integers(0, 253402300799))
def test_reading_undoes_writing(seconds):
    """Every second of the years 1970 to 9999 survives, and agrees with the standard library."""
    text = http_date(seconds)

    assert text == formatdate(seconds, usegmt=True)
    assert parse_http_date(text) == seconds


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 31))
def test_days_agree_with_the_standard_library(year, month, day):
    """Leap years and lengths of months, from the year 1 on."""
    name = datetime(2000, month, 1, tzinfo=UTC).strftime("%b")
    text = f"Mon, {day:02} {name} {year:04} 00:00:00 GMT"
    try:
        expected = datetime(year, month, day, tzinfo=UTC).timestamp()
    except ValueError:
        expected = None
    assert parse_http_date(text) == expected


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2,8},? [0-9]{2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{8}( GMT)?"))
def test_reading_never_raises(text):
    """Any text is a date or None."""
    assert isinstance(parse_http_date(text), (float, type(None)))
