"""Everything that a page may return, whole and in pieces."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import io
from pathlib import Path

from tests.differential.pages.face import cherrypy, public

FILE = Path(__file__).parent / "errorpage.txt"


class Closing:
    """An iterator that notes whether it was closed."""

    closed = 0

    def __init__(self, *pieces):
        self.pieces = iter(pieces)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.pieces)

    def close(self):
        Closing.closed += 1


class Listlike:
    """Can be gone through again and again."""

    def __iter__(self):
        return iter([b"list", b"like"])


def pieces(*items, error=None):
    """A generator that ends by raising the error."""
    yield from items
    if error is not None:
        raise error


def typed(value, content_type):
    """The value, with a Content-Type."""
    cherrypy.response.headers["Content-Type"] = content_type
    return value


def opened():
    """An open file; the framework closes it."""
    return FILE.open("rb")


class Bodies:
    """The name of each page says what it returns."""

    text = public(lambda self: "täxt")
    data = public(lambda self: b"bytes \xff")
    empty = public(lambda self: "")
    no_data = public(lambda self: b"")
    none = public(lambda self: None)
    list_of_text = public(lambda self: ["ä", "", "b"])
    list_of_data = public(lambda self: [b"a", b"b"])
    mixed = public(lambda self: ["a", b"b", "ü"])
    empty_list = public(lambda self: [])
    tuple_of_text = public(lambda self: ("a", "b"))
    generator = public(lambda self: pieces("a", "", "ö"))
    generator_of_data = public(lambda self: pieces(b"a", b"b"))
    generator_of_none = public(lambda self: pieces())
    closing = public(lambda self: Closing(b"a", b"b"))
    closed = public(lambda self: str(Closing.closed))
    listlike = public(lambda self: Listlike())
    mapped = public(lambda self: map(str, [1, 2, 3]))
    file = public(lambda self: opened())
    memory = public(lambda self: io.BytesIO(b"in memory"))
    memory_text = public(lambda self: io.StringIO("in memory"))
    array = public(lambda self: bytearray(b"array"))
    number = public(lambda self: 5)
    dictionary = public(lambda self: {"a": 1})
    true = public(lambda self: True)
    thing = public(lambda self: object())
    own = public(lambda self: cherrypy.response.body)
    numbers = public(lambda self: [1, 2])
    nested = public(lambda self: [["a"], ["b"]])
    big = public(lambda self: b"0123456789abcdef" * 20000)
    many = public(lambda self: (f"{number}," for number in range(5000)))
    json = public(lambda self: typed('{"a": "ä"}', "application/json"))
    json_data = public(lambda self: typed(b'{"a": 1}', "application/json"))
    plain = public(lambda self: typed("plain ä", "text/plain"))
    latin = public(lambda self: typed("latin ä".encode("latin-1"), "text/plain; charset=iso-8859-1"))
    spelled = public(lambda self: typed("xml ä", "text/xml; charset=utf-8"))
    image = public(lambda self: typed(b"\x89PNG", "image/png"))
    fail_late = public(lambda self: pieces("a", error=ValueError("late")))
    refuse_late = public(lambda self: pieces("a", error=cherrypy.HTTPError(410, "said late")))
    lead_late = public(lambda self: pieces("a", error=cherrypy.HTTPRedirect("/walk/")))

    @cherrypy.expose
    def assigned(self):
        cherrypy.response.body = b"assigned"
        return cherrypy.response.body

    @cherrypy.expose
    def forgotten(self):
        cherrypy.response.body = b"forgotten"

    @cherrypy.expose
    def looked_at(self):
        cherrypy.response.body = [b"a", b"b"]
        return repr(b"".join(cherrypy.response.body))

    @cherrypy.expose
    def header_within(self):
        cherrypy.response.headers["X-Within"] = "generator"
        cherrypy.response.status = 202
        yield "within"

    @cherrypy.expose
    def assigns_text(self):
        cherrypy.response.body = "text"
        return cherrypy.response.body


class Streams:
    """The same as they come."""

    _cp_config = {"response.stream": True}

    text = public(lambda self: "täxt")
    none = public(lambda self: None)
    list = public(lambda self: ["a", "ä"])
    generator = public(lambda self: pieces("a", "", "ö"))
    generator_of_data = public(lambda self: pieces(b"a", b"b"))
    generator_of_none = public(lambda self: pieces())
    closing = public(lambda self: Closing(b"a", b"b"))
    file = public(lambda self: opened())
    fail_first = public(lambda self: pieces(error=ValueError("first")))
    fail_late = public(lambda self: pieces("a", "b", error=ValueError("late")))
    refuse_before = public(lambda self: self.refused())
    number = public(lambda self: 5)
    many = public(lambda self: (f"{number}," for number in range(5000)))

    def refused(self):
        raise cherrypy.HTTPError(403, "said before the stream")

    @cherrypy.expose
    def inner(self):
        cherrypy.response.headers["X-Inner"] = "yes"
        cherrypy.response.status = "206 Part"
        return pieces("inner ", "outer")

    @cherrypy.expose
    def sized(self):
        cherrypy.response.headers["Content-Length"] = "6"
        return pieces("abc", "def")

    @cherrypy.expose
    def no_content(self):
        cherrypy.response.status = 204
        return pieces("never", "seen")

    @cherrypy.expose
    def unchanged(self):
        cherrypy.response.status = 304
        return pieces("never", "seen")

    @cherrypy.expose
    def leads(self):
        raise cherrypy.HTTPRedirect("/walk/")

    @cherrypy.expose
    def fails(self):
        raise ValueError("before the stream")


class Switched:
    """Streamed because the page says so while it is made."""

    @cherrypy.expose
    def index(self):
        cherrypy.response.stream = True
        return pieces("switched ", "on")
