"""What pages know of a client behind a proxy, by `tools.proxy` in all its settings."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from tests.differential.pages.face import cherrypy


class Pages:
    """Each with the settings of its class."""

    _cp_config: dict[str, object] = {"tools.proxy.on": True}

    @cherrypy.expose
    def base(self):
        return cherrypy.request.base

    @cherrypy.expose
    def client(self):
        return cherrypy.request.remote.ip

    @cherrypy.expose
    def link(self):
        return cherrypy.url("/x")

    @cherrypy.expose
    def scheme(self):
        return cherrypy.request.scheme

    @cherrypy.expose
    def away(self):
        raise cherrypy.HTTPRedirect("/x")


class Based(Pages):
    """With a base of its own."""

    _cp_config = {"tools.proxy.base": "https://www.site.test"}


class Bare(Pages):
    """With a base that has no scheme, and no look at the host."""

    _cp_config = {"tools.proxy.base": "www.site.test", "tools.proxy.local": ""}


class Others(Pages):
    """By other fields."""

    _cp_config = {"tools.proxy.local": "X-Host", "tools.proxy.remote": "X-Real-IP", "tools.proxy.scheme": "X-Ssl"}


class Proxied(Pages):
    """All of them."""

    based = Based()
    bare = Bare()
    others = Others()

    @cherrypy.expose
    @cherrypy.config(**{"tools.proxy.on": False})
    def by_hand(self):
        cherrypy.tools.proxy.callable(base="http://by-hand.test")
        return cherrypy.request.base
