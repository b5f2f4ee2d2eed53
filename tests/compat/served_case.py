"""A test of somebody's, as it would be written for CherryPy: run by test_cases.py, in a process of its own."""
# ruff: noqa: PT027 - it is a test of unittest

import unittest

import cherrypy  # type: ignore[import-not-found]
from cherrypy.test import helper, logtest, webtest  # type: ignore[import-not-found]


class Root:
    @cherrypy.expose
    def index(self, x="1"):
        cherrypy.response.headers["X-Items"] = "a, b"
        cherrypy.response.cookie["c"] = "d"
        return f"Hi {x}"

    @cherrypy.expose
    def fail(self):
        raise ValueError("bad")

    @cherrypy.expose
    def told(self):
        try:
            raise KeyError
        except KeyError:
            webtest.server_error()
        return ""

    @cherrypy.expose
    def missing(self):
        raise cherrypy.NotFound("/<there>")


class Pages(helper.CPWebCase):
    @staticmethod
    def setup_server():
        cherrypy.tree.mount(Root(), "/site")

    script_name = "/site"

    def test_a_page(self):
        """What a page says can be asserted."""
        status, headers, body = self.getPage("/", [("X-Mine", "1")])
        assert (status, body) == ("200 OK", b"Hi 1")
        assert ("X-Items", "a, b") in headers
        assert self.status_code == 200
        assert self.cookies == [("Cookie", "c=d")]
        assert self.assertHeader("content-type", "text/html;charset=utf-8") == "text/html;charset=utf-8"
        assert self.assertHeaderIn("X-Items", ["a, b", "c"]) == "a, b"
        assert self.base() == f"http://127.0.0.1:{self.PORT}/site"
        self.assertStatus(200)
        self.assertStatus(("200 OK", 304))
        self.assertHeaderItemValue("X-Items", "b")
        self.assertNoHeader("X-None")
        self.assertNoHeaderItemValue("X-Items", "c")
        self.assertBody("Hi 1")
        self.assertInBody("Hi")
        self.assertNotInBody("Ho")
        self.assertMatchesBody("H.")

    def test_a_form(self):
        """Forms are sent, over one connection, too."""
        self.persistent = True
        for x in ("2", "3"):
            self.getPage("/", method="POST", body=f"x={x}")
            self.assertBody(f"Hi {x}")
        self.persistent = False
        self.getPage("/", protocol="HTTP/1.0")
        self.assertBody("Hi 1")

    def test_errors(self):
        """Error pages are told by status, message and traceback."""
        self.getPage("/fail")
        self.assertErrorPage(500, pattern="ValueError: bad")
        self.getPage("/missing", [("Accept", "text/html")])
        self.assertErrorPage(404, "The path '/<there>' was not found.")
        with self.assertRaises(webtest.ServerError):
            self.getPage("/told")

    def test_what_is_wrong_fails(self):
        """An assertion that does not hold says so."""
        self.getPage("/")
        for name, given in {
            "assertStatus": (404,), "assertHeader": ("X-None",), "assertHeaderIn": ("X-Items", ["c"]),
            "assertHeaderItemValue": ("X-Items", "c"), "assertNoHeader": ("X-Items",), "assertBody": ("Ho",),
            "assertNoHeaderItemValue": ("X-Items", "a"), "assertInBody": ("Ho",), "assertNotInBody": ("Hi",),
            "assertMatchesBody": ("Ho",), "assertErrorPage": (200, "Ho"),
        }.items():  # fmt: skip
            self.assertRaises(self.failureException, getattr(self, name), *given)

    def test_dates(self):
        """Times lie near to each other, or do not."""
        self.getPage("/")
        date = self.assertHeader("Date")
        self.assertEqualDates(date, date)
        with self.assertRaises(self.failureException):
            self.assertEqualDates(date, "Thu, 01 Jan 1970 00:00:00 GMT")

    def test_skipped(self):
        """A test may be left out."""
        self.skip("not here")


class Plain(helper.CPWebCase):
    """A second server, with another tree, after the first."""

    @staticmethod
    def setup_server():
        cherrypy.tree.mount(Root())

    def test_the_other_tree(self):
        self.getPage("/site/")
        self.assertErrorPage(404)


class Logs(logtest.LogCase, unittest.TestCase):
    def test_marks(self):
        """What stands behind a mark is found."""
        import tempfile

        self.logfile = tempfile.mkstemp()[1]
        self.markLog("one")
        with open(self.logfile, "a") as file:
            file.write("GET /page\n0d9f3a52-6a5c-4c39-9d0f-1b4de1d8c111\n")
        self.markLog()
        self.assertInLog("/page", "one")
        self.assertNotInLog("/page")
        self.assertLog(1, ["GET"], "one")
        self.assertLog((1, 3), ["/page", "0d9f"], "one")
        self.assertValidUUIDv4("one")
        with self.assertRaises(self.failureException):
            self.assertInLog("/other", "one")
        self.emptyLog()
        self.assertNotInLog("/page", "one")
