"""What came back."""

from __future__ import annotations

import pytest

from kirsch.testing.client import Client
from tests.testing.mirror import answering

HTML = (b"Content-Type", b"text/html")


def answer_of(data=b"", *fields, **options):
    """The answer to one GET."""
    return Client(answering(data, *fields, **options)).get("/x")


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        (b"\xc3\xa4", b"text/plain", "ä"),
        (b"\xe4", b"text/plain; charset=ISO-8859-1", "ä"),
        (b"\xc3\xa4", b"text/plain; charset=unheard-of", "ä"),
        (b"", b"", ""),
    ],
)
def test_text(data, kind, text):
    """It is decoded as the answer declares, or as UTF-8."""
    assert answer_of(data, (b"Content-Type", kind)).text == text


def test_json():
    """Whatever type it says it has."""
    assert answer_of(b'{"a": [1]}', HTML).json() == {"a": [1]}


@pytest.mark.parametrize("data", [b"<h1>Hello</h1>", b"", b"\xff"])
def test_json_that_is_none(data):
    """The message says what it is instead, and what was asked."""
    with pytest.raises(ValueError, match=r"GET http://localhost/x was answered by 200 OK \(text/html\) '.*no JSON: "):
        answer_of(data, HTML).json()


@pytest.mark.parametrize(("status", "wanted"), [(200, ()), (302, ()), (404, (404,)), (500, (404, 500))])
def test_expected(status, wanted):
    """An answer that is as expected gives itself, to go on with."""
    answer = answer_of(b"x", status=status)

    assert answer.expect(*wanted) is answer


@pytest.mark.parametrize(
    ("status", "wanted", "words"),
    [
        (
            404,
            (),
            r"GET http://localhost/x was answered by 404 Not Found \(text/html\) 'x' instead of a status below 400",
        ),
        (200, (404,), r"200 OK \(text/html\) 'x' instead of 404"),
        (500, (200, 201), r"500 Internal Server Error \(text/html\) 'x' instead of 200 or 201"),
    ],
)
def test_unexpected(status, wanted, words):
    """Any other one fails the test, and says what it is."""
    with pytest.raises(AssertionError, match=words):
        answer_of(b"x", HTML, status=status).expect(*wanted)


def test_told():
    """Where a redirect leads says more than its type; no type is told, too; a long body is cut."""
    assert answer_of(b"", HTML, (b"Location", b"/y"), status=303).told() == "303 See Other (/y) ''"
    assert answer_of(b"x" * 501).told() == f"200 OK (no Content-Type) '{'x' * 500}'…"


def breaking(exchange):
    """Stops in the middle."""
    exchange.start(200, [], 5)
    exchange.write(b"abc")
    exchange.abort()


def failing(exchange):
    """Answers for an exception while it handles it."""
    try:
        raise KeyError("a")
    except KeyError:
        exchange.reply(500, [], b"sorry")


@pytest.mark.parametrize(
    ("handler", "shown"),
    [
        (answering(b"x" * 120, status=404), "<Answer 404 Not Found, 120 bytes>"),
        (breaking, "<Answer 200 OK, 3 bytes, broken off>"),
        (failing, "<Answer 500 Internal Server Error, 5 bytes, KeyError('a')>"),
    ],
)
def test_repr(handler, shown):
    """Status and size; and what went wrong."""
    assert repr(Client(handler).get("/")) == shown


@pytest.mark.parametrize(("status", "length"), [(200, "0"), (204, None), (304, None), (404, "0")])
def test_length(status, length):
    """An answer says how long it is, if such answers do."""
    answer = answer_of(status=status, length=0)

    assert answer.headers.get("Content-Length") == length


def test_own_length():
    """The length that was promised counts, not what stands among the fields."""
    assert answer_of(b"abc", (b"content-length", b"7")).headers.getall("Content-Length") == ["3"]


def test_own_reason():
    """A phrase of the page's own is the reason; a status without any has one made for it."""

    def handler(exchange):
        exchange.reply(299, [], b"", b"Own" if exchange.head.target == b"/own" else b"")

    assert [Client(handler).get(path).reason for path in ("/own", "/")] == ["Own", "Unknown Success"]
