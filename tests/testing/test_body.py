"""The bodies of requests."""

from __future__ import annotations

import io
import json

import pytest

from kirsch.exchange import ClientGone
from kirsch.testing.client import Client
from tests.testing.mirror import asked, mirror


def sent(**options):
    """Content-Type and body of a POST."""
    seen = asked(method="POST", **options)
    return seen["fields"].get("content-type"), seen["body"]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("options", "kind", "body"),
    [
        ({"body": b"\xe4"}, None, "\xe4"),
        ({"body": bytearray(b"a")}, None, "a"),
        ({"body": memoryview(b"a")}, None, "a"),
        ({"body": "€"}, None, "\xe2\x82\xac"),
        ({"body": b""}, None, ""),
        ({"body": [b"a", "ä", b"", bytearray(b"c")]}, None, "a\xc3\xa4c"),
        ({"body": (letter for letter in "abc")}, None, "abc"),
        ({"body": io.BytesIO(b"file")}, None, "file"),
        ({"body": io.StringIO("text\n" * 3)}, None, "text\n" * 3),
        ({"json": {"a": ["ä", None]}}, "application/json", '{"a": ["\xc3\xa4", null]}'),
        ({"json": None}, "application/json", "null"),
        ({"data": {"a": "x y", "b": [1, 2], "c": None}}, FORM, "a=x+y&b=1&b=2"),
        ({"data": [("a", "ä"), ("a", "&")]}, FORM, "a=%C3%A4&a=%26"),
        ({"data": {}}, None, ""),
    ],
)
def test_bodies(options, kind, body):
    """Each kind of body has its form, and its type where there is one."""
    assert sent(**options) == (kind, body)


def test_own_content_type():
    """It wins over the usual one."""
    assert sent(json=1, headers={"content-type": "application/vnd.api+json"})[0] == "application/vnd.api+json"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"body": b"x", "json": 1}, "one body, not json= and body="),
        ({"data": {"a": 1}, "files": {"b": b""}, "json": 1}, "not json= and data= and files="),
        ({"data": {"a": 1}, "body": b"x"}, "not data= and body="),
        ({"body": {"a": 1}}, "body= is dict"),
        ({"body": 7}, "body= is int"),
        ({"data": b"raw"}, "goes to body="),
    ],
)
def test_bodies_that_are_none(options, words):
    """What does not go together, or has another name, is said."""
    with pytest.raises(TypeError, match=words):
        sent(**options)


def test_pieces_come_as_they_are_made():
    """A chunked body is made while it is read, and read in blocks."""
    made, read = [], []
    pieces = (made.append(piece) or piece for piece in (b"ab", b"", b"c"))

    def handler(exchange):
        read.extend((exchange.read(size), len(made)) for size in (1, 5, 0, 5, 5))
        mirror(exchange)

    Client(handler).post("/", body=pieces)

    assert read == [(b"a", 1), (b"b", 1), (b"", 1), (b"c", 3), (b"", 3)]


def test_reading_on():
    """The rest of a body is what has not been read of it."""
    read = []
    Client(lambda exchange: (read.append(exchange.read(1)), mirror(exchange))).post("/", body=[b"ab", b"cd"])
    seen = Client(lambda exchange: (exchange.read(3), mirror(exchange))).post("/", body=b"abcd").json()

    assert (read, seen["body"]) == ([b"a"], "d")


def test_a_client_that_leaves_in_the_middle():
    """What the pieces raise comes out where the body is read."""

    def pieces():
        yield b"a"
        raise ClientGone

    def handler(exchange):
        with pytest.raises(ClientGone):
            exchange.read()
        exchange.reply(200, [], b"gone")

    assert Client(handler).post("/", body=pieces()).text == "gone"


def test_json_there_and_back():
    """Text is UTF-8, so that it can be read in a log."""
    value = {"ä": [1.5, True, None]}

    assert json.loads(sent(json=value)[1].encode("latin-1")) == value
