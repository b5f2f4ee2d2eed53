"""Nodes that take segments of a path for themselves: `_cp_dispatch` in all shapes, and `popargs`."""

from __future__ import annotations

from tests.differential.pages.face import cherrypy


def params():
    """The parameters so far, as text."""
    return repr(sorted(cherrypy.request.params.items()))


class Album:
    """What the dispatchers lead to."""

    def __init__(self, name="-"):
        self.name = name

    @cherrypy.expose
    def index(self, **kwargs):
        return f"album {self.name} {params()}"

    @cherrypy.expose
    def song(self, *args, **kwargs):
        return f"song {self.name} {args!r} {params()}"


class One:
    """Takes one segment."""

    def _cp_dispatch(self, vpath):
        return Album(vpath.pop(0))


class Two:
    """Takes two if they are there, and keeps them as parameters."""

    album = Album("attribute")

    def _cp_dispatch(self, vpath):
        if len(vpath) == 1:
            cherrypy.request.params["artist"] = vpath.pop(0)
            return self
        cherrypy.request.params["artist"] = vpath.pop(0)
        cherrypy.request.params["title"] = vpath.pop(0)
        return Album("of two")

    @cherrypy.expose
    def index(self, **kwargs):
        return f"two {params()}"


class Nothing:
    """Answers None to all."""

    def _cp_dispatch(self, vpath):
        return None

    @cherrypy.expose
    def default(self, *args):
        return f"default {args!r}"


class Unpopped:
    """Leaves the segments where they are."""

    def _cp_dispatch(self, vpath):
        return Album("unpopped")


class Growing:
    """Adds a segment, which it must not."""

    def _cp_dispatch(self, vpath):
        vpath.append("more")
        return Album("growing")


class Replacing:
    """Says something else in place of a segment."""

    def _cp_dispatch(self, vpath):
        vpath[:] = ["song", *vpath[1:]][: len(vpath)]
        vpath.pop(0)
        return Album("replaced").song


class Failing:
    """Raises what the path names."""

    def _cp_dispatch(self, vpath):
        raise {
            "error": cherrypy.HTTPError(403, "said in dispatch"),
            "missing": cherrypy.NotFound(),
            "redirect": cherrypy.HTTPRedirect("/walk/"),
            "inside": cherrypy.InternalRedirect("/walk/"),
        }.get(vpath[0], ValueError("in dispatch"))


class Shown:
    """A dispatch method that is a page is not asked."""

    @cherrypy.expose
    def _cp_dispatch(self, vpath):
        return Album("never")

    @cherrypy.expose
    def default(self, *args):
        return f"default {args!r}"


@cherrypy.popargs("year")
class Year:
    """Takes the year, as a parameter."""

    album = Album("of the year")

    @cherrypy.expose
    def index(self, **kwargs):
        return f"year {sorted(kwargs.items())!r}"

    @cherrypy.expose
    def entry(self, year, slug="-"):
        return f"entry {year!r} {slug!r}"

    @cherrypy.expose
    def list(self, *args, **kwargs):
        return f"list {args!r} {sorted(kwargs.items())!r}"


@cherrypy.popargs("year", "month")
class Month(Year):
    """Takes two."""


@cherrypy.popargs("name", handler=Album)
class Made:
    """Makes a node of each name."""

    @cherrypy.expose
    def index(self):
        return "made index"


@cherrypy.popargs("name", handler=Album("one for all"))
class Kept:
    """Leads to one node, whatever the name."""


class Attribute:
    """popargs as a value instead of as a decorator."""

    _cp_dispatch = cherrypy.popargs("key")

    @cherrypy.expose
    def index(self, key="-"):
        return f"key {key!r}"


class Popping:
    """All of them."""

    one = One()
    two = Two()
    nothing = Nothing()
    unpopped = Unpopped()
    growing = Growing()
    replacing = Replacing()
    failing = Failing()
    shown = Shown()
    year = Year()
    month = Month()
    made = Made()
    kept = Kept()
    attribute = Attribute()
