"""Pages under the tools that make answers smaller, or needless: gzip, etags, expires; and under flatten and decode."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from tests.differential.pages.face import cherrypy, public

DATE = "Thu, 01 Jan 2015 00:00:00 GMT"
TEXT = "<p>a page of text, which gets smaller</p>\n" * 100


def page(body=TEXT, config=None, **fields):
    """A page with this body, and these fields."""

    def handler(self, **kwargs):
        for name, value in fields.items():
            cherrypy.response.headers[name.replace("_", "-")] = value
        return body() if callable(body) else body

    handler._cp_config = config or {}
    return public(handler)


def pieces():
    """A body that is yielded."""
    yield TEXT[:50]
    yield TEXT[50:]


class Zipped:
    """Under gzip."""

    _cp_config = {"tools.gzip.on": True}

    text = page()
    small = page("a small page")
    empty = page("")
    generated = page(pieces)
    streamed = page(pieces, {"response.stream": True})
    plain = page(Content_Type="text/plain")
    style = page(Content_Type="text/css")
    picture = page(TEXT.encode(), Content_Type="image/png")
    varying = page(Vary="Cookie")
    tagged = page(ETag='"one"')
    validated = page(None, {"tools.etags.on": True, "tools.etags.autotags": True})
    all_text = page(
        TEXT.encode(), {"tools.gzip.mime_types": ["text/*", "application/*+xml"]}, Content_Type="application/a+xml"
    )
    off = page(TEXT, {"tools.gzip.on": False})

    @cherrypy.expose
    def error(self):
        raise cherrypy.HTTPError(403, "a message")


class Tagged:
    """Under etags."""

    _cp_config = {"tools.etags.on": True}

    none = page("none")
    strong = page("strong", ETag='"one"')
    weak = page("weak", ETag='W/"one"')
    auto = page("auto", {"tools.etags.autotags": True})
    kept = page("kept", ETag='"one"', Cache_Control="max-age=5", Content_Language="en")

    @cherrypy.expose
    def missing(self):
        cherrypy.response.headers["ETag"] = '"one"'
        cherrypy.response.status = 404
        return "nothing"


class ByHand:
    """Pages that validate themselves before they do anything."""

    @cherrypy.expose
    def strong(self):
        cherrypy.response.headers["ETag"] = '"one"'
        cherrypy.tools.etags.callable()
        return "done"

    @cherrypy.expose
    def none(self):
        cherrypy.tools.etags.callable()
        return "done"

    @cherrypy.expose
    def dated(self):
        cherrypy.response.headers["Last-Modified"] = DATE
        cherrypy.lib.cptools.validate_since()
        return "done"


def expiring(config, **fields):
    """A page under expires, with these settings."""
    return page(
        "expiring", {f"tools.expires.{name}": value for name, value in {"on": True, **config}.items()}, **fields
    )


class Expiring:
    """Under expires."""

    nothing = expiring({})
    never = expiring({}, ETag='"one"')
    hour = expiring({"secs": 3600}, Last_Modified=DATE)
    forced = expiring({"secs": 3600, "force": True})
    forced_never = expiring({"force": True})
    kept = expiring({}, ETag='"one"', Cache_Control="private", Pragma="own")
    kept_date = expiring({"secs": 3600}, Expires=DATE)


class Flat:
    """Under flatten."""

    _cp_config = {"tools.flatten.on": True}

    text = page("text")
    deep = page(lambda: (each for each in (b"a", (inner for inner in (b"b", (none for none in ()), b"c")), b"d")))
    streamed = page(lambda: (each for each in (b"a", (inner for inner in (b"b", b"c")))), {"response.stream": True})


class Decoded:
    """Forms under decode."""

    _cp_config = {"tools.decode.on": True}

    usual = public(lambda self, a="": a)
    wider = public(lambda self, a="": a)
    wider._cp_config = {"tools.decode.default_encoding": ["iso-8859-1"]}
    other = public(lambda self, a="": a)
    other._cp_config = {"tools.decode.encoding": "iso-8859-1"}


class Compressing:
    """All of them."""

    zipped = Zipped()
    tagged = Tagged()
    by_hand = ByHand()
    expiring = Expiring()
    flat = Flat()
    decoded = Decoded()
