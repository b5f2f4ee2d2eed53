"""The roots that several rows are about, and sites of one page for tests that need no more."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.testing.client import Client


def mounted(handler, config=None, path="page"):
    """A client of a site with this page."""

    class Root:
        pass

    setattr(Root, path, staticmethod(cherrypy.expose(handler)))
    cherrypy.tree.mount(Root(), "/", config)
    return Client(cherrypy.tree)


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
