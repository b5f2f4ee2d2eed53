"""Pages found in every way there is: what is exposed how, what is left of a path, who takes it."""

from __future__ import annotations

import functools
import types

from tests.differential.pages.face import cherrypy, public


def told(*args, **kwargs):
    """Arguments as text: what came by position, what came by name in the order of names."""
    return f"{args!r} {sorted(kwargs.items())!r} {cherrypy.request.is_index}"


class Callable:
    """An instance that can be called and is exposed."""

    exposed = True

    def __call__(self, *args, **kwargs):
        return "instance " + told(*args, **kwargs)


class Falsy(Callable):
    """A page that is false."""

    def __len__(self):
        return 0


class Mute:
    """Exposed, but nothing that can be called."""

    exposed = True


@cherrypy.expose
class AsClass:
    """Exposed by the decorator; instances are the page."""

    def __call__(self, *args):
        return "class " + told(*args)


def free(a="-", b="-"):
    """A function without self."""
    return "function " + told(a, b)


free.exposed = True
module = types.ModuleType("pages_in_a_module")
module.index = public(lambda: "index of a module")
module.page = public(lambda *args: f"page of a module {args!r}")


class Exposed:
    """Each page is exposed in another way."""

    callable = Callable()
    falsy = Falsy()
    mute = Mute()
    as_class = AsClass()
    function = staticmethod(free)
    module = module
    text = "no page"
    part = public(functools.partial(free, "given"))

    @cherrypy.expose
    def plain(self):
        """By the decorator, and the docstring is no matter."""
        return "plain"

    @cherrypy.expose()
    def called(self):
        return "called"

    @cherrypy.expose("alias")
    def aliased(self):
        return "aliased"

    @cherrypy.expose(["first", "second.xml"])
    def twice(self):
        return "twice"

    @cherrypy.expose(alias="named")
    def keyword(self):
        return "keyword"

    def attribute(self):
        return "attribute"

    attribute.exposed = True

    def hidden(self):
        return "hidden"

    @cherrypy.expose
    def _underscored(self):
        return "underscored"

    @staticmethod
    @cherrypy.expose
    def static(a="-"):
        return f"static {a}"

    @classmethod
    @cherrypy.expose
    def of_class(cls, a="-"):
        return f"{cls.__name__} {a}"

    @property
    def made(self):
        return public(lambda *args: f"made on the spot {args!r}")

    @cherrypy.expose
    def file_txt(self):
        return "file_txt"

    @cherrypy.expose
    def a_b_c(self, *args):
        return f"a_b_c {args!r}"


setattr(Exposed, "Von Bülow", public(lambda self: "not an identifier"))
Exposed.über = public(lambda self: "beyond ASCII")
setattr(Exposed, "2024", public(lambda self, *args: f"a number {args!r}"))


class Leaf:
    """A node with an index and a page for all the rest of a path."""

    @cherrypy.expose
    def index(self, **kwargs):
        return "sub index " + told(**kwargs)

    @cherrypy.expose
    def leaf(self, *args, **kwargs):
        return "leaf " + told(*args, **kwargs)

    def hidden(self):
        return "hidden"


class Rest:
    """What no page takes goes to `default`."""

    sub = Leaf()

    @cherrypy.expose
    def index(self, *args):
        return "index " + told(*args)

    @cherrypy.expose
    def default(self, *args, **kwargs):
        return "default " + told(*args, **kwargs)

    @cherrypy.expose
    def pos(self, a, b=2):
        return "pos " + told(a, b)


class Inner(Leaf):
    """A node whose default is no function, but an exposed object."""

    default = Callable()


class Steps:
    """Nodes that have children, but no index or default of their own."""

    inner = Inner()
    rest = Rest()

    @cherrypy.expose
    def page(self, *args):
        return "page " + told(*args)

    page.below = Leaf()


class Fixed:
    """Pages that take no more than they name."""

    @cherrypy.expose
    def index(self):
        return "fixed index"

    @cherrypy.expose
    def none(self):
        return "none"

    @cherrypy.expose
    def one(self, a):
        return f"one {a!r}"

    @cherrypy.expose
    def default(self, a, b="-"):
        return f"default {a!r} {b!r}"


class Dynamic:
    """Whatever is asked for is a page."""

    def __getattr__(self, name):
        if name.startswith("_") or name == "exposed":
            raise AttributeError(name)
        return public(lambda *args: f"dynamic {name} {args!r}")


class Objects:
    """Index and default are objects, and a page overrides its parent's."""

    index = Callable()
    default = staticmethod(public(lambda *args: f"default of objects {args!r}"))


class Overriding(Leaf):
    """A page calls its parent's, another one is no page any more."""

    @cherrypy.expose
    def index(self, **kwargs):
        return "over " + super().index(**kwargs)

    leaf = None


class Named:
    """A node that is not exposed, but has a child of that name."""

    exposed = Leaf()


class Walk:
    """All of them."""

    ways = Exposed()
    named = Named()
    dynamic = Dynamic()
    objects = Objects()
    overriding = Overriding()
    rest = Rest()
    steps = Steps()
    fixed = Fixed()

    @cherrypy.expose
    def index(self):
        return "index of the walk"
