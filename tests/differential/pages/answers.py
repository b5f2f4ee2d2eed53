"""Statuses, header fields and cookies, set in all the ways there are."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from http import HTTPStatus

from tests.differential.pages.face import cherrypy

STATUSES = {
    "number": 201,
    "text": "404",
    "reason": "404 Gone Fishing",
    "only-reason": "201 Made Up Here",
    "enum": HTTPStatus.ACCEPTED,
    "unknown": 299,
    "high": 599,
    "teapot": 418,
    "word": "foo",
    "low": 99,
    "thousand": 1000,
    "zero": 0,
    "blank": "",
    "float": 200.0,
    "empty": 204,
    "reset": 205,
    "unchanged": 304,
    "informal": 103,
    "seen": "303",
    "unicode": "200 Schön",
}


class Statuses:
    """One page for all of them."""

    @cherrypy.expose
    def default(self, name):
        cherrypy.response.status = STATUSES[name]
        return "with a status"


class Fields:
    """Header fields."""

    @cherrypy.expose
    def custom(self):
        cherrypy.response.headers["X-Own"] = "own"
        cherrypy.response.headers["x-lower"] = "lower"
        return "custom"

    @cherrypy.expose
    def replaced(self):
        headers = cherrypy.response.headers
        headers["X-Own"] = "first"
        headers["x-own"] = "second"
        return repr(["X-OWN" in headers, headers.get("x-OWN"), headers.get("X-None", "default"), "X-None" in headers])

    @cherrypy.expose
    def removed(self):
        headers = cherrypy.response.headers
        headers["X-Own"] = "gone"
        del headers["x-own"]
        return repr(headers.pop("X-None", None)) + repr(headers.setdefault("X-Default", "set"))

    @cherrypy.expose
    def missing(self):
        return cherrypy.response.headers["X-None"]

    @cherrypy.expose
    def updated(self):
        cherrypy.response.headers.update({"X-One": "1", "X-Two": "2"})
        return "updated"

    @cherrypy.expose
    def number(self):
        cherrypy.response.headers["X-Number"] = 5
        return "number"

    @cherrypy.expose
    def nothing(self):
        cherrypy.response.headers["X-Nothing"] = None
        return "nothing"

    @cherrypy.expose
    def blank(self):
        cherrypy.response.headers["X-Blank"] = ""
        return "blank"

    @cherrypy.expose
    def latin(self):
        cherrypy.response.headers["X-Latin"] = "ä"
        return "latin"

    @cherrypy.expose
    def beyond(self):
        cherrypy.response.headers["X-Beyond"] = "Ж"
        return "beyond"

    @cherrypy.expose
    def broken(self):
        cherrypy.response.headers["X-Broken"] = "a\r\nX-Smuggled: b"
        return "broken"

    @cherrypy.expose
    def no_type(self):
        del cherrypy.response.headers["Content-Type"]
        return b"no type"

    @cherrypy.expose
    def server(self):
        cherrypy.response.headers["Server"] = "mine"
        return "server"

    @cherrypy.expose
    def no_server(self):
        del cherrypy.response.headers["Server"]
        return "no server"

    @cherrypy.expose
    def blank_server(self):
        cherrypy.response.headers["Server"] = ""
        return "blank server"

    @cherrypy.expose
    def read_date(self):
        return str(len(cherrypy.response.headers["Date"]) == len("Thu, 01 Jan 1970 00:00:00 GMT"))

    @cherrypy.expose
    def date(self):
        cherrypy.response.headers["Date"] = "Thu, 01 Jan 1970 00:00:00 GMT"
        return "date"

    @cherrypy.expose
    def length(self):
        cherrypy.response.headers["Content-Length"] = "6"
        return "length"

    @cherrypy.expose
    def no_length(self):
        cherrypy.response.headers["Content-Length"] = None
        return "length"

    @cherrypy.expose
    def tagged(self):
        cherrypy.response.headers["ETag"] = '"one"'
        cherrypy.response.headers["Last-Modified"] = "Thu, 01 Jan 2015 00:00:00 GMT"
        return "tagged"

    @cherrypy.expose
    def cached(self):
        cherrypy.response.headers["Cache-Control"] = "max-age=60"
        cherrypy.response.headers["Vary"] = "Accept-Language"
        return "cached"

    @cherrypy.expose
    def closes(self):
        cherrypy.response.headers["Connection"] = "close"
        return "closes"

    @cherrypy.expose
    def names(self):
        return repr(sorted(name.title() for name in cherrypy.response.headers))

    @cherrypy.expose
    def configured(self):
        return "configured"

    configured._cp_config = {"response.headers.X-Config": "yes", "response.headers.Content-Type": "text/plain"}


def chip(**attributes):
    """A page that sets a cookie with these attributes."""

    def page(self):
        cherrypy.response.cookie["chip"] = "value"
        for name, value in attributes.items():
            cherrypy.response.cookie["chip"][name.replace("_", "-")] = value
        return "chip"

    page.exposed = True
    return page


class Cookies:
    """Cookies to set, and cookies to read."""

    plain = chip()
    full = chip(path="/", domain="site.test", max_age=3600, secure=True, httponly=True, comment="a comment", version=1)
    same = chip(samesite="Lax")
    gone = chip(expires=0)
    later = chip(expires=3600)
    dated = chip(expires="Thu, 01 Jan 2099 00:00:00 GMT")
    no_age = chip(max_age=0)

    @cherrypy.expose
    def several(self):
        for name in ("b", "a", "c"):
            cherrypy.response.cookie[name] = name * 2
        return "several"

    @cherrypy.expose
    def spaced(self):
        cherrypy.response.cookie["spaced"] = 'a "quoted"; value, so'
        return "spaced"

    @cherrypy.expose
    def unicode(self):
        cherrypy.response.cookie["word"] = "schön"
        return "unicode"

    @cherrypy.expose
    def number(self):
        cherrypy.response.cookie["number"] = 5
        return "number"

    @cherrypy.expose
    def error(self):
        cherrypy.response.cookie["kept"] = "yes"
        raise cherrypy.HTTPError(403, "said with a cookie")

    @cherrypy.expose
    def redirect(self):
        cherrypy.response.cookie["kept"] = "yes"
        raise cherrypy.HTTPRedirect("/walk/")

    @cherrypy.expose
    def bad_name(self):
        cherrypy.response.cookie["a b"] = "x"
        return "bad name"

    @cherrypy.expose
    def read(self):
        cookie = cherrypy.request.cookie
        return repr([(name, cookie[name].value) for name in sorted(cookie)])

    @cherrypy.expose
    def copied(self):
        for name in cherrypy.request.cookie:
            cherrypy.response.cookie[name] = cherrypy.request.cookie[name].value
        return "copied"

    @cherrypy.expose
    def absent(self):
        return cherrypy.request.cookie["absent"].value
