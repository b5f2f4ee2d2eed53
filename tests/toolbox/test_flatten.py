from __future__ import annotations

import io

import pytest

import kirsch
from tests.app.pages import page

FLATTEN = {"tools.flatten.on": True}


def deep(depth):
    """Generators in generators."""
    yield "("
    if depth:
        yield deep(depth - 1)
    yield ")"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: deep(3), "(((())))"),
        (lambda: deep(5000), "(" * 5001 + ")" * 5001),
        (lambda: ["a", ("b", [b"c", iter("de")]), None, []], "abcde"),
        (lambda: iter([io.BytesIO(b"a").readlines(), "b"]), "ab"),
        (lambda: "text", "text"),
        (lambda: b"data", "data"),
        (lambda: io.BytesIO(b"a file"), "a file"),
        (lambda: None, ""),
    ],
)
def test_flatten(make, text, stream):
    """Pieces within pieces are sent as one row."""
    assert page(make, FLATTEN | {"response.stream": stream}).get("/").text == text


@pytest.mark.parametrize("piece", [3, {"a": 1}])
def test_what_is_no_piece(piece):
    """Is an error, as elsewhere."""
    assert page(lambda: ["a", [piece]], FLATTEN).get("/").status == 500


class Source:
    """An iterator that can be closed."""

    def __init__(self, closed, pieces):
        self.closed, self.pieces = closed, iter(pieces)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.pieces)

    def close(self):
        self.closed.append(self)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_closing(method):
    """All that is open is closed at the end, or when nobody wants the rest."""
    closed = []
    page(lambda: Source(closed, [Source(closed, "ab"), "c"]), FLATTEN | {"response.stream": True}).request(method, "/")

    assert len(closed) >= 2


def test_pieces_come_one_by_one():
    """Nothing is made before it is wanted."""
    made = []

    def inner():
        made.append(1)
        yield "a"
        made.append(2)
        yield "b"

    with page(lambda: iter([inner()]), FLATTEN | {"response.stream": True}).stream("GET", "/") as answer:
        assert next(answer.pieces) == b"a"
        assert made == [1]


def test_by_hand():
    """A handler may do it to the body that it has set."""

    def handler():
        kirsch.response.body = [["a"], "b"]
        kirsch.tools.flatten.callable()
        return "".join(kirsch.response.page)

    assert page(handler).get("/").text == "ab"
