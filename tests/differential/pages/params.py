"""Pages with every kind of signature, and pages that tell what came as parameters and as a body."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import functools
import io

from tests.differential.pages.face import cherrypy, public


def shown(value):
    """A parameter as text: an upload by what can be known of it."""
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, (str, int, bytes, type(None))):
        return value
    data = value.file.read() if value.file is not None else None
    return (value.name, value.filename, str(value.content_type), data)


def decorated(function):
    """A decorator that hands on what it gets."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return "decorated " + function(*args, **kwargs)

    return wrapper


def plain(a, b="-"):
    """No self at all."""
    return f"plain {a!r} {b!r}"


class Signatures:
    """How parameters fit."""

    plain = staticmethod(public(plain))

    @cherrypy.expose
    def none(self):
        return "none"

    @cherrypy.expose
    def need(self, a):
        return f"need {a!r}"

    @cherrypy.expose
    def two(self, a, b=2):
        return f"two {a!r} {b!r}"

    @cherrypy.expose
    def many(self, *args, **kwargs):
        return f"many {args!r} {sorted(kwargs.items())!r}"

    @cherrypy.expose
    def named(self, **kwargs):
        return f"named {sorted(kwargs.items())!r}"

    @cherrypy.expose
    def only(self, *, key, other="-"):
        return f"only {key!r} {other!r}"

    @cherrypy.expose
    def first(self, a, /, b="-"):
        return f"first {a!r} {b!r}"

    @cherrypy.expose
    def typed(self, a: int, b: float = 1.5) -> str:
        return f"typed {a!r} {b!r}"

    @cherrypy.expose
    @decorated
    def wrapped(self, a):
        return f"wrapped {a!r}"

    @cherrypy.expose
    def wrong(self, a="-"):
        return len(5)

    @cherrypy.expose
    def calls(self, a="-"):
        return self.need()


class Sent:
    """What came with the request."""

    @cherrypy.expose
    def params(self, **kwargs):
        return repr(sorted((name, shown(value)) for name, value in kwargs.items()))

    @cherrypy.expose
    def names(self, *args, **kwargs):
        body = cherrypy.request.body
        return f"{sorted(cherrypy.request.params)} {sorted(body.params)} {cherrypy.request.process_request_body}"

    @cherrypy.expose
    def upload(self, file, note="-"):
        size = 0
        while block := file.file.read(1000):
            size += len(block)
        return f"{file.filename!r} {file.name!r} {file.content_type!s} {size} {note!r}"

    @cherrypy.expose
    def value(self, file):
        return repr(file if isinstance(file, str) else file.fullvalue())

    @cherrypy.expose
    def is_given(self, file):
        return "text" if isinstance(file, str) else f"upload {file.filename!r} {file.file is None}"

    @cherrypy.expose
    def part_headers(self, file):
        return repr([file.headers.get(name) for name in ("Content-Type", "X-Part", "content-disposition")])

    @cherrypy.expose
    def parts(self, **kwargs):
        parts = cherrypy.request.body.parts
        return repr([(part.name, str(part.content_type), part.fullvalue()) for part in parts])

    @cherrypy.expose
    def read(self, *args):
        return cherrypy.request.body.read()

    @cherrypy.expose
    def some(self):
        body = cherrypy.request.body
        return repr([body.read(3), body.read(3), body.read()])

    @cherrypy.expose
    def lines(self):
        body = cherrypy.request.body
        return repr([body.readline(), body.readline(4), body.readlines()])

    @cherrypy.expose
    def each_line(self):
        return repr(list(cherrypy.request.body))

    @cherrypy.expose
    def into(self):
        target = io.BytesIO()
        cherrypy.request.body.read_into_file(target)
        return target.getvalue()

    @cherrypy.expose
    def unread(self):
        return "unread"

    @cherrypy.expose
    def facts(self, **kwargs):
        body = cherrypy.request.body
        return f"{body.content_type.value!r} {sorted(body.content_type.params.items())} {body.length} {body.charset}"

    @cherrypy.expose
    def small(self, **kwargs):
        return repr(sorted(kwargs.items()))

    small._cp_config = {"request.body.maxbytes": 20}

    @cherrypy.expose
    def with_delete(self, **kwargs):
        return repr(sorted(kwargs.items()))

    with_delete._cp_config = {"request.methods_with_bodies": ("POST", "PUT", "PATCH", "DELETE")}

    @cherrypy.expose
    def raw(self, **kwargs):
        size = int(cherrypy.request.headers.get("Content-Length", 0))
        return repr((sorted(kwargs.items()), cherrypy.request.rfile.read(size)))

    raw._cp_config = {"request.process_request_body": False}

    @cherrypy.expose
    def latin(self, **kwargs):
        return repr(sorted(kwargs.items()))

    latin._cp_config = {"request.query_string_encoding": "iso-8859-1", "request.body.attempt_charsets": ["iso-8859-1"]}
