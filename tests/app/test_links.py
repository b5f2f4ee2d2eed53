from __future__ import annotations

import pytest

import kirsch
from kirsch.app.context import current
from kirsch.app.links import query_text, without_host
from kirsch.dispatch.expose import expose
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication


def url_at(path, *args, script_name="", base="http://localhost", **kwargs):
    """What url() gives on the page of this path."""
    relative_urls = kwargs.pop("relative_urls", False)

    class Node:
        @expose
        def index(self, *_):
            return kirsch.url(*args, **kwargs)

        @expose
        def default(self, *_):
            return self.index()

    class Root(Node):
        sub = Node()
        page = Node.index

    application = LonelyApplication(Root(), script_name)
    application.relative_urls = relative_urls
    client = Client(application, base)
    return client.get(f"{script_name}{path}").text


@pytest.mark.parametrize("app", ["", "/app"])
@pytest.mark.parametrize(
    ("page", "path", "address"),
    [
        ("/", "", "/"),
        ("/", "x", "/x"),
        ("/", "/x", "/x"),
        ("/", "../x", "/x"),
        ("/sub/", "", "/sub/"),
        ("/sub/", "x", "/sub/x"),
        ("/sub/", "../x", "/x"),
        ("/sub/", "./x/../y/", "/sub/y/"),
        ("/page", "", "/page"),
        ("/page", "x", "/x"),
        ("/page/", "", "/page"),
        ("/page/a/b", "", "/page/a/b"),
        ("/page/a/b", "c", "/page/a/c"),
        ("/a%20b/%3Fc", "", "/a%20b/%3Fc"),
        ("/a%20b/%3Fc", "d", "/a%20b/d"),
        ("/sub/", "/a//b", "/a//b"),
        ("/sub/", "/a/../../b", "/b"),
    ],
)
def test_paths(app, page, path, address):
    """Absolute, from the root of the application; without a slash in front, from the page, as links on it."""
    assert url_at(page, path, script_name=app) == f"http://localhost{app}{address}"


@pytest.mark.parametrize(
    ("qs", "query"),
    [
        ("", ""),
        ("a=1&b=../c", "?a=1&b=../c"),
        ({"a": "1 2", "b": ["x", "y"]}, "?a=1+2&b=x&b=y"),
        ([("a", 1), ("a", "é")], "?a=1&a=%C3%A9"),
        ((), ""),
        ({}, ""),
    ],
)
def test_queries(qs, query):
    """Text as it is, or parameters; never normalised like a path."""
    assert url_at("/sub/", "x", qs) == f"http://localhost/sub/x{query}"
    assert query_text(qs) == query


def test_other_places():
    """script_name and base may be given."""
    assert url_at("/sub/", "x", script_name="/app", base="http://h:81") == "http://h:81/app/sub/x"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"script_name": "/other"}, "http://localhost/other/x"),
        ({"script_name": ""}, "http://localhost/x"),
        ({"base": "https://h"}, "https://h/app/x"),
        ({"base": ""}, "/app/x"),
    ],
)
def test_given_places(given, address):
    """They replace those of the request."""

    class Root:
        index = staticmethod(expose(lambda: kirsch.url("/x", **given)))

    client = Client(LonelyApplication(Root(), "/app"))

    assert client.get("/app/").text == address


def test_hosts():
    """The scheme and host of the request."""
    assert url_at("/", "", base="https://h.example:8443") == "https://h.example:8443/"


@pytest.mark.parametrize(
    ("page", "path", "relative", "address"),
    [
        ("/sub/", "/x", "server", "/app/x"),
        ("/sub/", "", "server", "/app/sub/"),
        ("/sub/", "/x", True, "../x"),
        ("/sub/", "/sub/x", True, "x"),
        ("/page", "/sub/x?y", True, "sub/x?y"),
        ("/sub/", "/", True, "../"),
    ],
)
def test_relative(page, path, relative, address):
    """Without the host, or from the directory of the page."""
    assert url_at(page, path, relative=relative, script_name="/app") == address


def test_relative_is_a_setting_of_the_application():
    """`relative_urls` holds unless said otherwise."""
    assert url_at("/sub/", "/x", relative_urls="server") == "/x"
    assert url_at("/sub/", "/x", relative_urls=True) == "../x"
    assert url_at("/sub/", "/x", relative=False, relative_urls=True) == "http://localhost/x"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (("/x",), "{base}/x"),
        (("x",), "{base}/x"),
        (("",), "{base}/"),
        (("/x/../y", {"a": 1}, "/app"), "{base}/app/y?a=1"),
        (("x", "", "/app"), "{base}/app/x"),
        (("/x", "", None, "http://h"), "http://h/x"),
    ],
)
def test_outside_of_a_request(given, address):
    """From the root of the server, where nothing is relative to anything."""
    current.set(None)

    assert kirsch.url(*given) == address.format(base=kirsch.server.base())


@pytest.mark.parametrize(("address", "path"), [("http://h/x?y", "/x?y"), ("http://h", "/"), ("/x", "/x")])
def test_without_host(address, path):
    """From the path on."""
    assert without_host(address) == path
