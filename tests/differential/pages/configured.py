"""Config by path and by node, and who wins; each page tells what holds for it."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from tests.differential.pages.face import cherrypy, public


def told(*args, **kwargs):
    """What config holds here."""
    config = cherrypy.request.config
    return " ".join(f"{key}={config.get(f'our.{key}', '-')}" for key in ("a", "b", "c", "d"))


class Below:
    """A node with config of its own."""

    _cp_config = {"our.a": "node", "our.c": "node"}

    @cherrypy.expose
    def index(self):
        return told()

    @cherrypy.expose
    def page(self, *args):
        return told()

    page._cp_config = {"our.a": "page", "our.d": "page"}

    @cherrypy.expose
    @cherrypy.config(**{"our.a": "decorator", "our.b": "decorator"})
    def decorated(self):
        return told()

    @cherrypy.expose
    def default(self, *args):
        return told()

    default._cp_config = {"our.d": "default"}

    @cherrypy.expose
    def in_section(self, *args):
        return told()

    in_section._cp_config = {"our.a": "page", "our.b": "page"}

    @cherrypy.expose
    def my_page(self, *args):
        return told()


class Parent:
    """A node whose class has a subclass."""

    _cp_config = {"our.a": "parent"}
    index = public(told)


@cherrypy.config(**{"our.d": "child"})
class Child(Parent):
    """A subclass, with a decorator."""


class Configured:
    """The root of it."""

    _cp_config = {"our.b": "root node"}
    below = Below()
    parent = Parent()
    child = Child()
    index = public(told)
    by_config = public(lambda self: "with a header")
    plain = public(told)

    @cherrypy.expose
    def runtime(self):
        cherrypy.request.config["our.a"] = "set"
        return told()


SECTIONS = {
    "/configured": {"our.a": "section", "our.b": "section"},
    "/configured/below/in_section": {"our.a": "section of the page"},
    "/configured/below/in_section/deeper": {"our.b": "below the page"},
    "/configured/below/my-page": {"our.d": "section with a dash"},
    "/configured/below/nowhere/at/all": {"our.a": "below nothing"},
    "/configured/below/page/": {"our.d": "section with a slash"},
    "/configured/index": {"our.c": "section of the index"},
    "/configured/by_config": {"response.headers.X-Section": "yes", "response.headers.Cache-Control": "no-store"},
    "/told": {"told.here": "in the section"},
    "data": {"key": "free"},
}
"""Of the application at the root."""

EVERYWHERE = {"our.d": "global", "told.global": "everywhere"}
"""Of the process."""
