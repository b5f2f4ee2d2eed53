"""Section 3 of the acceptance list: exposing."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import pytest

import kirsch as cherrypy
from tests.acceptance.sites import HelloWorld


class Exposing:
    @cherrypy.expose
    def foo(self):
        return "foo"

    @cherrypy.expose()
    def called(self):
        return "called"

    def bar(self):
        return "bar"

    bar.exposed = True

    def secret(self):
        return "secret"

    @cherrypy.expose(["one.txt", "two"])
    def aliased(self):
        return "aliased"


@pytest.fixture
def exposing(client):
    """A client of pages that are exposed in all ways."""
    cherrypy.tree.mount(Exposing())
    return client


def test_E_01_decorator(exposing):
    """`@cherrypy.expose` makes a page of a method; with aliases it has several names."""
    assert (exposing.get("/foo").text, exposing.get("/called").text) == ("foo", "called")
    assert {exposing.get(path).text for path in ("/aliased", "/one.txt", "/two")} == {"aliased"}


def test_E_02_member(exposing):
    """`bar.exposed = True` does the same."""
    assert exposing.get("/bar").text == "bar"


@pytest.mark.parametrize("path", ["/secret", "/__class__", "/foo/__func__", "/__init__"])
def test_E_03_not_exposed(exposing, path):
    """What is not exposed is not there."""
    assert exposing.get(path).status == 404


def test_E_04_callables(client):
    """Any callable object will do."""

    class Handler:
        exposed = True

        def __call__(self, x="1"):
            return f"called {x}"

    root = HelloWorld()
    root.h = Handler()
    cherrypy.tree.mount(root)

    assert [client.get(path).text for path in ("/h", "/h/2", "/h?x=3")] == ["called 1", "called 2", "called 3"]
