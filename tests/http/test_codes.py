"""Status codes: phrases, answers without a body, and what a handler may call a status."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.codes import REASONS, bodiless, parse_status, reason


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (200, "OK"),
        (404, "Not Found"),
        (413, "Content Too Large"),
        (414, "URI Too Long"),
        (416, "Range Not Satisfiable"),
        (422, "Unprocessable Content"),
        (199, "Unknown Information"),
        (299, "Unknown Success"),
        (399, "Unknown Redirection"),
        (499, "Unknown Client Error"),
        (599, "Unknown Server Error"),
        (99, "Unknown"),
        (600, "Unknown"),
        (-404, "Unknown"),
    ],
)
def test_reason(status, phrase):
    """Codes have today's names on every Python; those without one are named after their class."""
    assert reason(status) == phrase


def test_every_standard_code_has_a_phrase():
    """All that Python knows is in the table."""
    assert set(REASONS) == {status.value for status in HTTPStatus}


@pytest.mark.parametrize("status", [100, 101, 103, 199, 204, 304])
def test_bodiless(status):
    """These never have a body (RFC 9112 §6.3)."""
    assert bodiless(status)


@pytest.mark.parametrize("status", [200, 201, 205, 206, 301, 400, 404, 500])
def test_not_bodiless(status):
    """All others may have one, 205 too: it is sent with a length of 0."""
    assert not bodiless(status)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, (200, "OK")),
        ("", (200, "OK")),
        (b"", (200, "OK")),
        (404, (404, "Not Found")),
        ("404", (404, "Not Found")),
        (b"404", (404, "Not Found")),
        ("404 ", (404, "Not Found")),
        ("404 Not Found Here", (404, "Not Found Here")),
        ("404  Gone\tFishing ", (404, "Gone\tFishing")),
        (b"200 Tr\xe8s bien", (200, "Très bien")),
        (HTTPStatus.IM_A_TEAPOT, (418, "I'm a Teapot")),
        (299, (299, "Unknown Success")),
        ("599", (599, "Unknown Server Error")),
    ],
)
def test_parse_status(value, expected):
    """Numbers, text, bytes, HTTPStatus and nothing are statuses; a reason of one's own wins."""
    code, phrase = parse_status(value)

    assert (code, phrase) == expected
    assert type(code) is int


@pytest.mark.parametrize(
    "value",
    [
        0,
        99,
        600,
        -200,
        True,
        "99",
        "600",
        "2000",
        "20",
        "x",
        "+200",
        "2_0",
        "0x200",
        "٢٠٠",
        "200OK",
        " 200",
        b"\xff",
        2.5,
        [],
    ],
)
def test_what_is_no_status(value):
    """Everything else is a ValueError that says so."""
    with pytest.raises(ValueError, match="status"):
        parse_status(value)


@pytest.mark.parametrize("reason", ["a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "a\0b", "a\x1bb", "a\x7fb"])
def test_a_reason_cannot_split_the_answer(reason):
    """Control characters in a reason are refused (aiohttp and Tornado let them through once)."""
    with pytest.raises(ValueError, match="control character"):
        parse_status(f"200 {reason}")


@given(st.text() | st.binary() | st.integers())
def test_any_value_is_a_status_or_a_value_error(value):
    """Nothing else is ever raised, and what comes back is a code with a safe reason."""
    try:
        code, phrase = parse_status(value)
    except ValueError:
        return
    assert 100 <= code <= 599
    assert not set(phrase) & {"\r", "\n", "\0"}
