"""The roots that several rows are about, and sites of one page for tests that need no more."""

from __future__ import annotations

import warnings
from contextlib import contextmanager

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.ways import new_client


def mounted(handler, config=None, path="page"):
    """A client of a site with this page."""

    class Root:
        pass

    setattr(Root, path, staticmethod(cherrypy.expose(handler)))
    cherrypy.tree.mount(Root(), "/", config)
    return new_client()


@contextmanager
def told(*expected):
    """A context in which each of these is said once, as the warning of an old name, and nothing else. All that is."""
    texts = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield texts
    texts += [str(each.message) for each in said if each.category is LegacyWarning]

    assert len(texts) == len(said) == len(expected), [str(each.message) for each in said]
    assert all(any(words in text for text in texts) for words in expected), texts


class HelloWorld:
    @cherrypy.expose
    def index(self):
        return "Hi"


class HelloRegression:
    @cherrypy.expose
    def index(self):
        return "regression"


class Users:
    @cherrypy.expose
    def index(self):
        return "index"

    @cherrypy.expose
    def users(self, *args, **kwargs):
        return f"{args!r}, {kwargs!r}"

    @cherrypy.expose
    def blog(self, year, *args):
        return f"{year!r}, {args!r}"

    @cherrypy.expose
    def need(self, a):
        return a

    @cherrypy.expose
    def greet(self, name):
        return f"Hello {name}"

    sub = HelloRegression()
