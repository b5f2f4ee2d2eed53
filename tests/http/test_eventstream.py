from __future__ import annotations

import pytest

from kirsch.http.eventstream import Event, written


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event("hello"), b"data: hello\n\n"),
        (Event(), b"data: \n\n"),
        (Event("a\nb\r\nc\rd"), b"data: a\ndata: b\ndata: c\ndata: d\n\n"),
        (Event("a\u2028b"), "data: a\u2028b\n\n".encode()),  # no line break for browsers
        (Event("1", name="price"), b"event: price\ndata: 1\n\n"),
        (Event("1", id="7", retry=1.5), b"id: 7\nretry: 1500\ndata: 1\n\n"),
    ],
)
def test_events_are_written_as_browsers_read_them(event, expected):
    """One line a field, as many `data` as there are lines, and a blank line at the end."""
    assert written(event) == expected


@pytest.mark.parametrize("event", [Event("x", name="a\ndata: b"), Event("x", id="a\rb"), Event("x", id="a\0")])
def test_what_would_begin_another_field_is_refused(event):
    """A name or id of more than one line cannot be sent."""
    with pytest.raises(ValueError, match="one line"):
        written(event)
