"""Pages under the small tools: methods, types, headers, redirects, and JSON; and what httputil answers."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

from tests.differential.pages.face import cherrypy, public


def under(tool, handler=lambda self, **kwargs: "page", more=None, **settings):
    """A page under a tool with these settings."""

    def page(self, *args, **kwargs):
        return handler(self, *args, **kwargs)

    settings = {f"tools.{tool}.{name}": value for name, value in settings.items()}
    page._cp_config = {f"tools.{tool}.on": True, **settings, **(more or {})}
    return public(page)


def seen(self, **kwargs):
    """The headers that a page may see."""
    return repr([cherrypy.request.headers.get(name) for name in ("Range", "X-One")])


def fails(self, **kwargs):
    """A page that fails."""
    raise ValueError("on purpose")


def sets(self, **kwargs):
    """A page that sets one header, and may refuse."""
    cherrypy.response.headers["X-Two"] = "own"
    if "refuse" in kwargs:
        raise cherrypy.HTTPError(403, "said: refused")
    return "page"


class Small:
    """See the module."""

    allow = under("allow")
    allow_post = under("allow", methods="post")
    allow_several = under("allow", methods=["GET", "PUT"])
    accept = under("accept", media="text/html")
    accept_several = under("accept", media=["text/html", "text/plain"])
    accept_any = under("accept")
    ignored = under("ignore_headers", seen)
    ignored_one = under("ignore_headers", seen, headers=("X-One",))
    redirected = under("redirect", url="/small/target")
    redirected_away = under("redirect", url="/small/target", internal=False)
    redirected_near = under("redirect", url="target")
    saved = under("err_redirect", fails, url="/small/target")
    saved_away = under("err_redirect", fails, url="/small/target", internal=False)
    referer = under("referer", pattern="http://site[.]test/")
    referer_not = under("referer", pattern=".*evil", accept=False, accept_missing=True)
    referer_other = under("referer", pattern="x", error=404, message="said: elsewhere")
    headers = under("response_headers", sets, headers=[("X-One", "1"), ("X-Two", "2")])

    @cherrypy.expose
    def target(self, **kwargs):
        return f"target {sorted(kwargs)}"

    @cherrypy.expose
    def by_hand(self):
        return repr(cherrypy.tools.accept.callable(["text/html", "text/plain"]))


class Spoken:
    """Pages that speak JSON."""

    @cherrypy.expose
    @cherrypy.tools.json_in()
    def taken(self, **kwargs):
        return repr(cherrypy.request.json)

    @cherrypy.expose
    @cherrypy.tools.json_in(force=False)
    def taken_too(self, **kwargs):
        return repr((sorted(kwargs), getattr(cherrypy.request, "json", None)))

    @cherrypy.expose
    @cherrypy.tools.json_in(content_type="text/x-json")
    def taken_else(self):
        return repr(cherrypy.request.json)

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def given(self, what="dict"):
        if what == "error":
            raise cherrypy.HTTPError(403, "said: refused")
        if what == "redirect":
            raise cherrypy.HTTPRedirect("/spoken/taken")
        if what == "fail":
            raise ValueError
        return VALUES[what]

    @cherrypy.expose
    @cherrypy.tools.json_out(content_type=None)
    def given_untyped(self):
        return {"a": 1}

    @cherrypy.expose
    @cherrypy.tools.json_in()
    @cherrypy.tools.json_out()
    def both(self):
        return cherrypy.request.json


VALUES = {
    "dict": {"a": [1, 2.5, None, True, "ä", {}]},
    "none": None,
    "text": "text",
    "number": 3,
    "keys": {2: "two", None: "none", True: "true"},
    "nan": float("nan"),
    "bytes": b"bytes",
    "unknown": {"a": [object()]},
    "date": dt.date(2026, 11, 24),
    "tuple": (1, (2,)),
}

CALLS = {
    **{
        f"urljoin {atoms}": (lambda lib, atoms=atoms: lib.urljoin(*atoms))
        for atoms in ((), ("a", "/b"), ("/", "", "//c/"))
    },
    **{
        f"valid_status {status!r}": (lambda lib, status=status: lib.valid_status(status)[:2])
        for status in (404, "404", "404 Gone", "", None, HTTPStatus.OK, 499, "x", 99, 600)
    },
    **{
        f"get_ranges {value!r}": (lambda lib, value=value: lib.get_ranges(value, 10))
        for value in (
            None,
            "",
            "bytes=0-4",
            "bytes=5-",
            "bytes=-3",
            "bytes=-30",
            "bytes=20-",
            "bytes=4-2",
            "bytes=-",
            "x",
        )
    },
    **{
        f"parse_query_string {value!r}": (lambda lib, value=value: lib.parse_query_string(value))
        for value in ("a=1&a=2&b", "3,4", "a=%C3%A9+b", "")
    },
    **{
        f"header_elements {name} {value}": (
            lambda lib, name=name, value=value: [(e.value, e.params, str(e)) for e in lib.header_elements(name, value)]
        )
        for name, value in (("Accept", "text/plain;q=0.5, text/html;level=1"), ("X", "b;k=v, a"), ("Accept", None))
    },
    **{
        f"decode_TEXT {value}": (lambda lib, value=value: lib.decode_TEXT_maybe(value))
        for value in ("plain", "=?utf-8?q?f=C3=BCr?=", "=?utf-8?b?w7w=?= x")
    },
    "HTTPDate": lambda lib: lib.HTTPDate(0),
    "protocol_from_http": lambda lib: lib.protocol_from_http("HTTP/1.1"),
    "CaseInsensitiveDict": lambda lib: sorted(lib.CaseInsensitiveDict({"content-type": 1, "ETAG": 2}).items()),
    "HeaderMap": lambda lib: lib.HeaderMap({"X-One": "1"}).output(),
    "Host": lambda lib: (lib.Host("1.2.3.4", 80).name, lib.Host("1.2.3.4", 80, "a").name),
    "SanitizedHost": lambda lib: (lib.SanitizedHost("a\r\nb"), lib.SanitizedHost("ab")),
    "response_codes": lambda lib: lib.response_codes[404][0],
    "AcceptElement": lambda lib: lib.AcceptElement.from_str("text/html;q=0.3").qvalue,
}


class Called:
    """What httputil answers."""

    @cherrypy.expose
    def index(self, call):
        try:
            return repr(CALLS[call](cherrypy.lib.httputil))
        except Exception as error:
            return type(error).__name__
