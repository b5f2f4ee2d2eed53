from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.dispatch import memory as memory_module
from kirsch.dispatch.expose import config, expose
from kirsch.dispatch.found import INDEX
from kirsch.dispatch.memory import Memory
from kirsch.dispatch.tree import Dispatcher


class Leaf:
    @expose
    def index(self):
        """The index."""

    @config(answer=42)
    @expose
    def page(self, *args):
        """A page with config."""

    def hidden(self):
        """No page."""

    @expose
    def default(self, *args):
        """Anything else."""


class Root:
    def __init__(self):
        self.leaf = Leaf()

    @expose
    def page(self, *args):
        """A page."""


def segments_of(path):
    """As the application gives them."""
    return [*filter(None, path.split("/")), INDEX]


def taught(root, *paths):
    """A memory that has seen these paths."""
    memory = Memory()
    for path in paths:
        memory.learn(Dispatcher().find(root, path))
    return memory


@pytest.mark.parametrize("path", ["/page", "/page/x/y", "/leaf/page", "/leaf", "/leaf/index", "/leaf/page/index"])
def test_what_was_walked_is_known(path):
    """The page, and how many segments led to it, without a walk."""
    root = Root()
    found = Dispatcher().find(root, path)
    place = taught(root, path).recall(root, segments_of(path))

    assert place is not None
    assert place.node == found.handler
    assert segments_of(path)[place.depth : -1] == found.rest
    assert (place.depth == len(segments_of(path))) is found.is_index


@pytest.mark.parametrize("path", ["/nothing", "/leaf/else/where", "/leaf/hidden", "/"])
def test_what_could_have_ended_elsewhere_is_not(path):
    """A `default`, a 404: there is a way on that an attribute might open."""
    root = Root()

    assert taught(root, path).recall(root, segments_of(path)) is None


def shadow(root):
    """An attribute of the instance hides the page of the class."""
    root.page = None


def move(root):
    """Another object of the same kind."""
    root.leaf = Leaf()


def hide(_):
    """The page is no page any more."""
    Root.page.exposed = False


def grow(_):
    """The page gets a page of its own."""
    Root.page.below = expose(lambda: None)


@pytest.mark.parametrize(
    ("path", "change"), [("/page", shadow), ("/leaf/page", move), ("/page", hide), ("/page", grow)]
)
def test_a_tree_that_has_changed_is_walked_anew(path, change):
    """Another object on the way, a page hidden or given a page of its own: memory does not answer."""
    root = Root()
    memory = taught(root, path)
    try:
        change(root)

        assert memory.recall(root, segments_of(path)) is None
    finally:
        Root.page.exposed = True
        vars(Root.page).pop("below", None)


def test_another_root_is_another_tree():
    """What was learnt of one says nothing of another."""
    memory = taught(Root(), "/page")

    assert memory.recall(Root(), segments_of("/page")) is None


def test_number_is_bounded(monkeypatch):
    """Trees may hold circles, so there is no end of ways: beyond a number, memory starts anew."""
    monkeypatch.setattr(memory_module, "MOST_PLACES", 10)
    root = Root()
    root.again = root
    memory = taught(root, *(f"{'/again' * depth}/page" for depth in range(9)))

    assert memory._count < 20
    assert memory.recall(root, segments_of("/page")) is None
    assert memory.recall(root, segments_of("/again" * 8 + "/page")) is not None


PATHS = st.lists(st.sampled_from(["page", "leaf", "index", "default", "x", "pa-ge", "again", "hidden"]), max_size=5)


@given(st.lists(PATHS, min_size=1, max_size=8))
def test_memory_agrees_with_the_walk(paths):
    """Whatever was asked before, what memory says is what a walk finds."""
    root = Root()
    root.again = root
    memory = Memory()
    for segments in paths:
        found = Dispatcher().find(root, "/".join(["", *segments]))
        place = memory.recall(root, [*segments, INDEX])
        if place is not None:
            assert (place.node, found.segments[place.depth : -1]) == (found.handler, found.rest)
        memory.learn(found)
