from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import pytest

from kirsch.dispatch.expose import blocking, config, expose, popargs, quick
from kirsch.dispatch.found import DispatchError, Vpath
from kirsch.dispatch.tree import Dispatcher


def find(root: Any, path: str) -> Any:
    """What the usual dispatcher finds."""
    return Dispatcher().find(root, path)


def page(self, *args):
    """A page."""


def fresh():
    """A function like page() that no other test has marked."""
    return types.FunctionType(page.__code__, {}, "page")


# -- expose --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "aliases"),
    [
        (expose, ()),
        (expose(), ()),
        (expose("one"), ("one",)),
        (expose(["one", "two"]), ("one", "two")),
        (expose(("one", "two")), ("one", "two")),
        (expose(alias="one"), ("one",)),
        (expose(alias=["one", "two"]), ("one", "two")),
        (lambda function: expose(function, "one"), ("one",)),
        (lambda function: expose(function, alias=["one.html"]), ("one.html",)),
    ],
)
def test_every_spelling_exposes_the_function_itself(spelling, aliases):
    """The function comes back as it was, answers under its name, and under its aliases."""
    function = fresh()
    assert spelling(function) is function
    root = type("Root", (), {"page": function})()
    for name in ("page", *aliases):
        assert find(root, f"/{name}").handler == root.page


def test_an_exposed_function_stays_a_function():
    """It can be called and inspected as before."""
    function = expose(fresh(), "alias")
    assert inspect.isfunction(function)
    assert list(inspect.signature(function).parameters) == ["self", "args"]


def test_a_class_can_be_exposed():
    """Its instances then answer, as a dispatcher by methods wants it."""
    cls = expose(type("Api", (), {}))
    root = types.SimpleNamespace(api=cls())
    assert find(root, "/api").handler is root.api


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
@pytest.mark.parametrize("outside", [True, False])
def test_static_and_class_methods_can_be_exposed(kind, outside):
    """In either order of the decorators, also with an alias."""
    function = fresh()
    value = expose(kind(function), "one") if outside else kind(expose(function, "one"))
    root = type("Root", (), {"page": value})()
    assert find(root, "/page").handler == find(root, "/one").handler == root.page


def test_a_bound_method_can_be_exposed():
    """The mark is set on its function."""
    root = type("Root", (), {"page": fresh()})()
    method = root.page
    assert expose(method) is method
    assert find(root, "/page").handler == method


@pytest.mark.parametrize("wrong", [42, object(), b"alias"])
def test_what_cannot_be_exposed_is_refused(wrong):
    """Neither a function nor an alias: the message says what it takes."""
    with pytest.raises(TypeError, match=r"expose\(\) takes a function, a method, a class or an alias"):
        expose(wrong)


@pytest.mark.parametrize("builtin", [len, int, "".join])
def test_what_cannot_be_marked_is_refused(builtin):
    """Builtin functions and classes have no room for marks: the message says what to do."""
    with pytest.raises(TypeError, match="wrap it in a function of your own"):
        expose(builtin)


def test_an_alias_that_is_no_text_is_refused():
    """A number is no name."""
    with pytest.raises(TypeError, match="an alias is a text, not 1"):
        expose(fresh(), [1])


class Aliased:
    """A page with other names, in a class body, like any page."""

    two = "data of this class"

    @expose(["one", "two", "feed.xml", "a-b"])
    def page(self):
        """A page."""

    @expose("page_of_parent")
    def other(self):
        """Another page."""


class Heir(Aliased):
    """Takes one alias for something else."""

    other = None

    @expose("page")
    def one(self):
        """A page of its own."""


@pytest.mark.parametrize(
    ("cls", "path", "name"),
    [
        (Aliased, "/one", "page"),
        (Aliased, "/feed.xml", "page"),
        (Aliased, "/feed_xml", "page"),
        (Aliased, "/a-b", "page"),
        (Aliased, "/two", None),
        (Aliased, "/page_of_parent", "other"),
        (Heir, "/feed.xml", "page"),
        (Heir, "/one", "one"),
        (Heir, "/page", "one"),
        (Heir, "/page_of_parent", None),
    ],
)
def test_aliases_are_inherited_and_overridden_like_attributes(cls, path, name):
    """An alias is one more name in the body where its page stands; the nearest body wins, and a real name there."""
    root = cls()
    assert find(root, path).handler == (getattr(root, name) if name else None)


def test_an_attribute_of_the_instance_wins_over_an_alias():
    """As it does over any name of the class."""
    root: Any = Aliased()
    root.one = expose(lambda: None)
    assert find(root, "/one").handler is root.one


def test_aliases_work_in_modules():
    """A module with functions may be the root."""
    module: Any = types.ModuleType("site_")
    module.page = expose(fresh(), "one.html")
    assert find(module, "/one.html").handler is module.page


def test_aliases_work_where_a_class_is_the_node():
    """Also on the class itself."""
    assert find(Aliased, "/one").handler is Aliased.page


# -- config, blocking, quick ---------------------------------------------------------------------------------------


def test_config_adds_up_and_the_outermost_wins():
    """Several marks on one function make one config."""
    function = config(a=3, **{"tools.x.on": True})(config(a=1, b=2)(fresh()))
    assert function._cp_config == {"a": 3, "b": 2, "tools.x.on": True}


def test_config_of_a_subclass_leaves_its_parent_alone():
    """A subclass starts with what it inherits, in a dict of its own."""
    parent: Any = config(a=1)(type("Parent", (), {}))
    child: Any = config(b=2)(type("Child", (parent,), {}))
    assert (parent._cp_config, child._cp_config) == ({"a": 1}, {"a": 1, "b": 2})


def test_config_never_changes_a_dict_that_others_may_hold():
    """A dict given by hand, or copied along by functools.wraps, stays as it is."""
    shared = {"a": 1}
    first: Any = fresh()
    first._cp_config = shared
    second: Any = config(b=2)(functools.wraps(first)(fresh()))
    assert (shared, second._cp_config) == ({"a": 1}, {"a": 1, "b": 2})


@pytest.mark.parametrize(("decorator", "slow"), [(blocking, True), (quick, False)])
def test_how_long_a_handler_takes_can_be_said_beforehand(decorator, slow):
    """The mark is what the server asks for; the function stays itself."""
    function = fresh()
    assert decorator(function) is function
    assert function._kirsch_slow is slow


# -- popargs -------------------------------------------------------------------------------------------------------


class Blog:
    """A node that takes what stands in the path."""

    @expose
    def index(self):
        """The year, or the day."""

    @expose
    def show(self, *args):
        """Something of it."""

    @expose
    def my_page(self):
        """A page with a hyphen."""


def blog(*names, **options):
    """A root with such a node."""
    return types.SimpleNamespace(blog=popargs(*names, **options)(type("Popping", (Blog,), {}))())


@pytest.mark.parametrize(
    ("path", "handler", "params", "rest"),
    [
        ("/blog", "index", {}, []),
        ("/blog/2007", "index", {"year": "2007"}, []),
        ("/blog/2007/", "index", {"year": "2007"}, []),
        ("/blog/2007/11", "index", {"year": "2007", "month": "11"}, []),
        ("/blog/2007/11/show", "show", {"year": "2007", "month": "11"}, []),
        ("/blog/2007/11/show/1/2", "show", {"year": "2007", "month": "11"}, ["1", "2"]),
        ("/blog/2007/11/my-page", "my_page", {"year": "2007", "month": "11"}, []),
        ("/blog/show/2007", "show", {}, ["2007"]),
        ("/blog/20%2F07", "index", {"year": "20/07"}, []),
        ("/blog/__class__", "index", {"year": "__class__"}, []),
    ],
)
def test_popargs_turns_segments_into_parameters(path, handler, params, rest):
    """One segment a name, as many as there are; attributes win; what follows is looked up on the same node."""
    root = blog("year", "month")
    found = find(root, path)
    assert (found.handler, found.params, found.rest) == (getattr(root.blog, handler), params, rest)


@pytest.mark.parametrize("path", ["/blog/2007/11/__class__", "/blog/2007/11/missing", "/blog/2007/11/__init__/show"])
def test_popargs_leads_nowhere_but_to_attributes_that_may_be_named(path):
    """What follows the parameters obeys the rule of every other segment."""
    assert find(blog("year", "month"), path).handler is None


def test_popargs_may_hand_over_to_another_node():
    """A handler that cannot be called is the next node; the values are parameters."""
    after = Blog()
    found = find(blog("year", handler=after), "/blog/2007/show")
    assert (found.handler, found.params) == (after.show, {"year": "2007"})


def test_popargs_may_make_the_next_node():
    """A handler that can be called gets the values by keyword, and they are no parameters."""
    found = find(blog("name", handler=lambda name: types.SimpleNamespace(index=expose(lambda: name))), "/blog/x")
    assert (found.handler(), found.params, found.dynamic) == ("x", {}, True)


def test_a_path_too_short_for_the_handler_leads_nowhere():
    """That is the client's mistake, and no failure of the program."""
    root = blog("year", "month", handler=lambda year, month="1": types.SimpleNamespace(index=expose(lambda: month)))
    assert find(root, "/blog/2007").handler() == "1"
    root = blog("year", "month", handler=lambda year, month: root)
    assert find(root, "/blog/2007").handler is None


def test_a_mistake_of_the_handler_is_not_hidden():
    """Enough values, and yet a TypeError: the program's own."""
    with pytest.raises(TypeError):
        find(blog("year", handler=lambda month: None), "/blog/2007")


def test_popargs_in_a_class_body_and_through_super():
    """It is a `_cp_dispatch` like any other method."""

    class Node(Blog):
        _cp_dispatch = popargs("year")

    class Heir(Node):
        def _cp_dispatch(self, vpath):
            vpath.params["seen"] = list(vpath)
            return super()._cp_dispatch(vpath)

    root = Heir()
    found = find(root, "/2007/show")
    assert (found.handler, found.params) == (root.show, {"year": "2007", "seen": ["2007", "show"]})


def test_popargs_wants_the_vpath_itself():
    """In a copy of it, parameters would get lost: that is said."""
    with pytest.raises(DispatchError, match="hand on the vpath itself"):
        popargs("year")(Blog(), ["2007"])
    assert popargs("year")(None, Vpath(["2007", "x"], {})) is None


@pytest.mark.parametrize("use", [lambda p: p(["year"]), lambda p: p("year")(3), lambda p: p(unknown=1)])
def test_popargs_refuses_what_it_cannot_use(use):
    """Names are texts, and what it decorates is a class."""
    with pytest.raises(TypeError):
        use(popargs)
