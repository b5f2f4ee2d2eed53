from __future__ import annotations

import pytest

from kirsch.dispatch.expose import expose, popargs
from kirsch.dispatch.found import Found
from kirsch.dispatch.tree import Dispatcher


class Sub:
    """A node with a page and without an index."""

    hidden = "data"

    @expose
    def page(self, *args):
        """A page."""


@popargs("year", "month")
class Blog(Sub):
    """A node that takes parameters."""


class Root:
    """The root."""

    sub = Sub()
    blog = Blog()

    @expose
    def index(self):
        """The index."""

    @expose
    def default(self, *args):
        """Anything else."""


ROOT = Root()


def steps(path):
    """The steps, each node by a name that a table can hold."""
    names = {id(ROOT): "root", id(ROOT.sub): "sub", id(ROOT.blog): "blog", id(Sub.hidden): "data", id(None): None}
    found = Dispatcher().find(ROOT, path)
    return [(names.get(id(node), getattr(node, "__name__", "")), "/".join(way)) for node, way in found.steps()]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", [("root", ""), ("index", "index")]),
        ("/index/", [("root", ""), ("index", "index"), (None, "index")]),
        ("/sub/page", [("root", ""), ("sub", "sub"), ("page", "page"), (None, "index")]),
        ("/sub/page/My-Arg", [("root", ""), ("sub", "sub"), ("page", "page"), (None, "My_Arg/index")]),
        ("/sub/hidden", [("root", ""), ("default", ""), ("sub", "sub"), ("data", "hidden"), (None, "index")]),
        ("/none/at.all", [("root", ""), ("default", ""), (None, "none/at_all/index")]),
        ("/default/x", [("root", ""), ("default", "default"), (None, "x/index")]),
        ("/blog/2007/1-1", [("root", ""), ("default", ""), ("blog", "blog"), ("blog", "2007/1_1"), (None, "index")]),
        ("/blog/7/1/page/x", [("root", ""), ("blog", "blog"), ("page", "7/1/page"), (None, "x/index")]),
    ],
)
def test_steps_cover_the_whole_path_in_order(path, expected):
    """Every node with the segments that led to it; a default after its owner; last what led nowhere."""
    assert steps(path) == expected


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", ("index",)),
        ("/sub/page/x", ("sub", "page")),
        ("/sub.page", ()),
        ("/sub/hidden", ("sub", "hidden")),
        ("/blog/2007/11", ("blog", "*")),
        ("/blog/2007/11/page", ("blog", "*")),
    ],
)
def test_path_names_every_node_after_the_root(path, key):
    """By attribute, or as invented."""
    found = Dispatcher().find(ROOT, path)
    assert found.path == key
    assert len(found.trail) == len(key) + 1


def test_a_found_says_what_was_found():
    """For people who debug."""
    found = Found(ROOT, ["x", "index"], {})
    assert repr(found) == "<Found None at / with []>"
    assert (found.place, found.is_index, found.rest) == (-1, None, [])
