from __future__ import annotations

import functools
import types
from types import SimpleNamespace
from typing import Any

import pytest

from kirsch.dispatch import nodes
from kirsch.dispatch.expose import expose
from kirsch.dispatch.nodes import KINDS, Kinds, is_exposed, look


@expose
def page(*args):
    """A page that is a plain function."""


class Wrapper:
    """A decorator that is an object, as functools.update_wrapper makes them."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


class Node:
    """Some of everything that the outside may and may not name."""

    page = page
    data = "text"
    nothing = None
    wrapped = Wrapper(page)
    part = staticmethod(functools.partial(page, 1))

    def method(self):
        """No page."""

    @property
    def made(self):
        return Node()

    method.below = page


@pytest.mark.parametrize("mark", [True, 1])
def test_exposed_is_a_true_bool_or_number(mark):
    """`exposed = True`, or 1 as old programs write it."""
    assert is_exposed(SimpleNamespace(exposed=mark))


class Proxy:
    """Has every attribute that it is asked for, like a remote object."""

    def __getattr__(self, name):
        return Proxy()

    def __call__(self, *args):
        raise AssertionError


@pytest.mark.parametrize("mark", [False, 0, None, "", "yes", object(), Proxy()])
def test_other_marks_expose_nothing(mark):
    """An attribute `exposed` that was not meant as a mark is none."""
    assert not is_exposed(SimpleNamespace(exposed=mark))


def test_a_proxy_that_has_every_attribute_is_not_exposed():
    """No remote object is opened to the web because it answers to any name."""
    assert not is_exposed(Proxy())


@pytest.mark.parametrize("name", ["page", "data", "wrapped", "part", "method", "made"])
def test_attributes_of_an_instance_can_be_named(name):
    """Whatever an instance has under a public name."""
    assert look(Node(), name) is not None


@pytest.mark.parametrize("name", ["nothing", "missing", "", "__class__", "__dict__", "_x", "a b"])
def test_what_cannot_be_named(name):
    """Nothing, and no name that starts with an underscore."""
    node: Any = Node()
    node._x = node
    assert look(node, name) is None


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (Node().method, "__self__"),
        (Node.part, "func"),
        (Node.part, "args"),
        (Node.__dict__["made"], "fget"),
        (functools.lru_cache(page), "cache_clear"),
        (page.__code__, "co_consts"),
        ("text", "index"),
        ([], "append"),
        (iter(page.__code__.co_lines()), "close"),
        ((letter for letter in "text"), "gi_frame"),
        (types.MethodType(len, ""), "below"),
        (types.MethodType(Node.part, ""), "func"),
        (Node, "mro"),
    ],
)
def test_what_every_object_of_a_kind_has_cannot_be_named(node, name):
    """Of functions, builtin objects and classes, only what the program itself set on them."""
    assert look(node, name) is None


def test_what_was_set_on_a_function_can_be_named():
    """A function may be a node: also as a method, and with its marks in between."""
    assert look(Node().method, "below") is page
    assert look(Node.method, "below") is page


def test_a_wrapped_function_cannot_be_named():
    """A decorator object may guard the function; a path cannot step around it, though the attribute is public."""
    assert look(Node.wrapped, "function") is None
    vars(Node.wrapped)["other"] = SimpleNamespace()
    assert look(Node.wrapped, "other") is not None


def test_the_body_of_a_class_can_be_named():
    """A class may be a node; what it inherits counts."""
    assert look(type("Sub", (Node,), {}), "page") is page


class Meta(type):
    """A metaclass with a page of its own."""

    page = page


def test_a_metaclass_is_no_part_of_its_classes():
    """What a class has from its metaclass was not put there as a page."""
    assert look(Meta("Made", (), {}), "page") is None


def test_the_kinds_learned_are_bounded(monkeypatch):
    """A program that makes classes without end does not fill the memory."""
    monkeypatch.setattr(nodes, "MOST_KINDS", 3)
    kinds = Kinds()
    for _ in range(10):
        kinds[type("Throwaway", (), {})]
    assert len(kinds) <= 3


@pytest.fixture
def module():
    """A module with what modules have: own things, and imported ones."""
    module = types.ModuleType("site_")
    foreign = types.ModuleType("foreign")
    beside = types.ModuleType("beside")
    below = types.ModuleType("site_.below")
    vars(foreign)["Hidden"] = Node
    vars(beside)["page"] = vars(below)["page"] = page
    marked = SimpleNamespace(_cp_config={})
    vars(module).update(foreign=foreign, beside=beside, below=below, marked=marked)
    vars(module).update(page=page, Class=Meant, sub=Meant(), node=Holder(), plain=Meant.plain, text="text")
    return module


class Meant:
    """Has a page."""

    page = staticmethod(page)

    def plain(self):
        """No page."""


class Holder:
    """Has no page."""


@pytest.mark.parametrize("name", ["page", "sub", "beside", "below", "marked"])
def test_what_is_meant_in_a_module_can_be_named(module, name):
    """Exposed functions, objects and modules that hold such, submodules, and what was marked with config."""
    assert look(module, name) is vars(module)[name]


@pytest.mark.parametrize("name", ["foreign", "Class", "node", "plain", "text", "missing", "__dict__", "_cp_dispatch"])
def test_what_a_module_merely_imported_cannot_be_named(module, name):
    """Neither other modules, nor classes, whose methods would be called without an instance, nor data."""
    assert look(module, name) is None


def test_a_class_is_learned_once():
    """Looking twice at instances of a class gives the same look."""
    look(Node(), "page")
    assert KINDS[Node] is KINDS[Node]
