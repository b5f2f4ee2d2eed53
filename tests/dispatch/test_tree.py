from __future__ import annotations

import os
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.dispatch.expose import expose
from kirsch.dispatch.found import DispatchError
from kirsch.dispatch.tree import Dispatcher


def find(root: Any, path: str) -> Any:
    """What the usual dispatcher finds."""
    return Dispatcher().find(root, path)


# -- the tables of the reference: paths, and what answers them -----------------------------------------------------


class Sub:
    """A node with an index, a page, and something that is none."""

    @expose
    def index(self):
        """The index."""

    @expose
    def leaf(self, *args, **kwargs):
        """A page with arguments."""

    def hidden(self):
        """No page."""


class Site:
    """The root of the conformance table."""

    sub = Sub()

    @expose
    def index(self, *args):
        """The index."""

    @expose
    def default(self, *args, **kwargs):
        """Anything else."""

    @expose
    def pos(self, a, b=2):
        """A page with a limited number of arguments."""


SITE = Site()


@pytest.mark.parametrize(
    ("path", "handler", "rest", "is_index"),
    [
        ("/", "index", [], True),
        ("", "index", [], True),
        ("//", "index", [], True),
        ("/index", "index", [], False),
        ("/index/", "index", [], False),
        ("/index/x", "index", ["x"], False),
        ("/sub", "sub.index", [], True),
        ("/sub/", "sub.index", [], True),
        ("/sub/index", "sub.index", [], False),
        ("/sub/leaf", "sub.leaf", [], False),
        ("/sub//leaf", "sub.leaf", [], False),
        ("/sub/leaf/", "sub.leaf", [], False),
        ("/sub/leaf/a/b", "sub.leaf", ["a", "b"], False),
        ("/sub/hidden", "default", ["sub", "hidden"], False),
        ("/sub/hidden/", "default", ["sub", "hidden"], True),
        ("/default", "default", [], False),
        ("/default/x", "default", ["x"], False),
        ("/x", "default", ["x"], False),
        ("/x/y/", "default", ["x", "y"], True),
        ("/a%2Fb", "default", ["a/b"], False),
        ("/a%2fb/%2F", "default", ["a/b", "/"], False),
        ("/pos", "pos", [], False),
        ("/pos/1", "pos", ["1"], False),
        ("/pos/1/2/3", "pos", ["1", "2", "3"], False),
    ],
)
def test_the_conformance_table(path, handler, rest, is_index):
    """What answers, with which arguments, and whether as an index."""
    found = find(SITE, path)
    owner, _, name = handler.rpartition(".")
    assert found.handler == getattr(SITE.sub if owner else SITE, name)
    assert (found.rest, found.is_index, found.dynamic) == (rest, is_index, False)


class Callable:
    """A handler that is an object, exposed by hand; and false, which does not matter."""

    exposed = True

    def __call__(self):
        """Answer."""

    def __len__(self):
        return 0


class Admin:
    """A node."""

    @expose
    def user(self, login):
        """A page."""


class Seed:
    """The root of the seed's examples; it has an index, and no default."""

    admin = Admin()
    h = Callable()

    @expose
    def index(self):
        """The index."""

    @expose()
    def foo(self):
        """Exposed by a decorator."""

    def bar(self):
        """Exposed by a member."""

    bar.exposed = True

    def secret(self):
        """Not exposed."""

    @expose
    def users(self, *args, **kwargs):
        """Takes anything."""

    @expose
    def blog(self, year, *args):
        """Takes a year and more."""


SEED = Seed()


@pytest.mark.parametrize(
    ("path", "handler", "rest"),
    [
        pytest.param("/foo", SEED.foo, [], id="E-01"),
        pytest.param("/bar", SEED.bar, [], id="E-02"),
        pytest.param("/secret", None, [], id="E-03"),
        pytest.param("/h", SEED.h, [], id="E-04"),
        pytest.param("/admin/user", SEED.admin.user, [], id="D-01"),
        pytest.param("/blog/2007/11/02", SEED.blog, ["2007", "11", "02"], id="D-06"),
        pytest.param("/users", SEED.users, [], id="D-07"),
        pytest.param("/users/", SEED.users, [], id="D-07, slash"),
        pytest.param("/users/foo", SEED.users, ["foo"], id="D-08"),
        pytest.param("/users/foo/bar", SEED.users, ["foo", "bar"], id="D-09"),
        pytest.param("/users/file.txt", SEED.users, ["file.txt"], id="D-10"),
        pytest.param("/users/foo/index", SEED.users, ["foo", "index"], id="D-12"),
        pytest.param("/users/index", SEED.users, ["index"], id="D-12, index"),
        pytest.param("/index", SEED.index, [], id="D-15"),
        pytest.param("/", SEED.index, [], id="D-16"),
        pytest.param("/nonexistent", None, [], id="D-18"),
        pytest.param("/index/x", SEED.index, ["x"], id="D-18, index"),
        pytest.param("/admin", None, [], id="no index"),
    ],
)
def test_the_rows_of_the_seed(path, handler, rest):
    """Exposing and the default dispatcher, row by row."""
    found = find(SEED, path)
    assert (found.handler, found.rest) == (handler, rest)
    assert found.is_index is (None if handler is None else path == "/")


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/a_b", "/a-b", "/a.b", "/a!b"])
def test_punctuation_in_a_segment_is_an_underscore(path):
    """Many spellings, one name, one key."""
    root = types.SimpleNamespace(a_b=expose(lambda: None))
    found = find(root, path)
    assert (found.handler, found.path) == (root.a_b, ("a_b",))


def test_names_need_not_be_identifiers():
    """setattr() takes any text."""
    root = types.SimpleNamespace(**{"Von Bülow": expose(lambda: None), "2007": expose(lambda: None)})
    assert find(root, "/Von Bülow").handler is getattr(root, "Von Bülow")
    assert find(root, "/2007").handler is getattr(root, "2007")


@pytest.mark.parametrize(
    ("table", "path"), [({}, "/a-b"), ({ord("A"): "a", ord("+"): "-"}, "/A+b"), ({ord("!"): None}, "/!!/a-b")]
)
def test_a_table_of_ones_own(table, path):
    """The dispatcher may be given another translation; a segment of which nothing is left names nothing."""
    root = types.SimpleNamespace(**{"a-b": expose(lambda *_: None), "a_b": None})
    found = Dispatcher(translate=table).find(root, path)
    assert (found.handler is None) == ("!" in path)


def test_a_table_must_be_a_dict():
    """Anything else is a mistake that is said at once."""
    with pytest.raises(ValueError, match="translate must be a dict"):
        Dispatcher(translate="-_")


# -- the walk cannot be led astray ---------------------------------------------------------------------------------


class Guarded:
    """A tree in which `/admin` is guarded by config; there must be no second way to it, and none to `inner`."""

    def __init__(self):
        self.admin = self.my_admin = Admin()
        self._private = Admin()
        self.mod = types.ModuleType("mod")
        vars(self.mod).update(cls=Admin, os=os)
        self.cls = Admin
        self.data = {"user": expose(lambda: None)}

    @expose
    def index(self, *args):
        """The index."""

    @expose
    def hello(self, *args):
        """A page."""


GUARDED = Guarded()


@pytest.mark.parametrize(
    "path",
    [
        "/__class__/admin/user",
        "/index/__self__/admin/user",
        "/index/__func__/__globals__/admin",
        "/hello/__self__/admin/user",
        "/hello/__globals__",
        "/hello.__globals__",
        "/hello/--self--/admin/user",
        "/admin/__init__/user",
        "/admin/__class__/user",
        "/admin/user/__self__/user",
        "/admin/__dict__/user",
        "/mod/__dict__/cls/user",
        "/mod/cls/user",
        "/mod/os/path",
        "/mod/os/getcwd",
        "/_private/user",
        "/-private/user",
        "/.private/user",
        "/%private/user",
        "/cls/mro/user",
        "/cls/__init__",
        "/data/get/user",
        "/data/user",
        "/data/values",
    ],
)
def test_no_way_around_to_a_page(path):
    """Such a path ends where the program's own names end: nowhere, or at the page named first."""
    found = find(GUARDED, path)
    first = path.split("/")[1]
    expected = {"index": GUARDED.index, "hello": GUARDED.hello}.get(first)
    if path == "/admin/user/__self__/user":
        expected = GUARDED.admin.user
    assert found.handler == expected


@pytest.mark.parametrize("path", ["/my-admin/user", "/my.admin/user", "/my_admin/user", "//my~admin//user/"])
def test_a_node_has_one_key_however_it_is_spelled(path):
    """Config that guards `/my_admin` sees the same names for every spelling."""
    found = find(GUARDED, path)
    assert found.path == ("my_admin", "user")
    assert [names for _, names in found.steps()][1:3] == [("my_admin",), ("user",)]


WORDS = st.sampled_from(
    (
        *("index", "default", "admin", "user", "sub", "leaf", "hidden", "my-admin", "hello", "mod", "os", "cls", "mro"),
        *("data", "get", "_private", "__class__", "__self__", "__func__", "__globals__", "__dict__", "__init__"),
        *(".", "..", "%2F", "*", "\ud800", "\0"),
    )
)
PATHS = st.one_of(st.text(), st.lists(st.one_of(WORDS, st.text()), max_size=8).map("/".join))
EXPOSED: tuple[Any, ...] = (
    Guarded.index,
    Guarded.hello,
    Admin.user,
    Sub.index,
    Sub.leaf,
    Site.index,
    Site.default,
    Site.pos,
)


@given(PATHS)
def test_any_path_ends_at_an_exposed_page_or_nowhere(path):
    """No text raises, reaches what is not exposed, or touches a name that starts with an underscore."""
    for root in (GUARDED, SITE):
        found = find(root, path)
        assert found.handler is None or found.handler.__func__ in EXPOSED
        assert not any(name.startswith("_") for name in found.path)
        assert len(found.trail) == len(found.path) + 1


@given(PATHS)
def test_the_arguments_are_what_the_path_ends_with(path):
    """Nothing of the path is lost or invented on the way."""
    segments = [segment.replace("%2F", "/").replace("%2f", "/") for segment in path.split("/") if segment]
    found = find(SITE, path)
    assert segments[len(segments) - len(found.rest) :] == found.rest


@given(PATHS)
def test_the_steps_repeat_the_path(path):
    """Config is merged along every segment, once, in order, to the index at the end."""
    found = find(GUARDED, path)
    assert sum(len(names) for _, names in found.steps()) == len(found.segments)


# -- _cp_dispatch --------------------------------------------------------------------------------------------------


class Asked(Sub):
    """Does with the vpath what the test says."""

    def __init__(self, dispatch):
        self.dispatch = dispatch

    def _cp_dispatch(self, vpath):
        return self.dispatch(self, vpath)


@pytest.mark.parametrize(
    ("dispatch", "path", "handler", "rest"),
    [
        pytest.param(lambda self, v: self, "/x/leaf", "leaf", [], id="takes nothing: one is consumed"),
        pytest.param(lambda self, v: v.pop(0) and self, "/x/leaf/1", "leaf", ["1"], id="takes one"),
        pytest.param(lambda self, v: v.clear() or self, "/x/y/z", "index", [], id="takes all"),
        pytest.param(lambda self, v: v.clear() or self.leaf, "/x/y/z", "leaf", [], id="takes all, gives a page"),
        pytest.param(lambda self, v: v.pop() and None, "/x/y", None, [], id="gives nothing"),
        pytest.param(lambda self, v: v.pop(0) and "data", "/x/y", None, [], id="gives data"),
        pytest.param(lambda self, v: v.__setitem__(1, "leaf") or self, "/x/y/z", "leaf", ["z"], id="replaces"),
        pytest.param(lambda self, v: v.pop(0) and self.leaf, "/x/a%2Fb", "leaf", ["a/b"], id="slash"),
        pytest.param(lambda self, v: 1 / 0, "/leaf/x", "leaf", ["x"], id="not asked: there is an attribute"),
        pytest.param(lambda self, v: 1 / 0, "/", "index", [], id="not asked: nothing left"),
    ],
)
def test_a_dispatch_method_gives_the_next_node(dispatch, path, handler, rest):
    """It may take segments away, replace them, and give any node; arguments are of the path as it was."""
    root = Asked(dispatch)
    found = find(root, path)
    assert (found.handler, found.rest) == (getattr(root, handler) if handler else None, rest)


def test_a_dispatch_method_must_not_add_segments():
    """That would never end: the message names the method."""
    with pytest.raises(DispatchError, match=r"_cp_dispatch.*left \['x', 'more'\].*not add any"):
        find(Asked(lambda _, vpath: vpath.append("more")), "/x")


@pytest.mark.parametrize("method", [expose(lambda vpath: 1 / 0), "text", None])
def test_what_is_no_dispatch_method_is_not_asked(method):
    """Only what can be called and is no page itself."""
    assert find(types.SimpleNamespace(_cp_dispatch=method), "/x").handler is None


def test_a_dispatch_method_by_another_name():
    """Its name is the dispatcher's choice."""
    node = types.SimpleNamespace(ask=lambda vpath: SITE)
    assert Dispatcher("ask").find(node, "/x/pos").handler == SITE.pos
    assert Dispatcher().find(node, "/x/pos").handler is None


def test_a_class_is_asked_by_its_class_method_only():
    """What is meant for instances cannot be called without one."""
    assert find(Asked, "/x").handler is None
    heir = type("Heir", (Asked,), {"_cp_dispatch": classmethod(lambda cls, vpath: SITE)})
    assert find(heir, "/x/pos/1").rest == ["1"]


def test_a_module_may_have_a_dispatch_function():
    """In a module, `_cp_dispatch` takes the vpath alone."""
    module: Any = types.ModuleType("site_")
    module._cp_dispatch = lambda vpath: SITE
    assert find(module, "/x/pos").handler == SITE.pos


def test_a_false_node_is_a_node():
    """Only None is none."""
    root = types.SimpleNamespace(node=type("Empty", (Sub,), {"__bool__": lambda self: False})())
    assert find(root, "/node/leaf").handler == root.node.leaf
    assert find(root.node, "/").handler == root.node.index


def test_parameters_go_into_the_mapping_given():
    """The caller may hand over the dict that is to be filled."""
    params: dict[str, object] = {}
    root = Asked(lambda self, vpath: vpath.params.update(x=vpath.pop(0)) or self)
    assert Dispatcher().find(root, "/1/leaf", params).params is params
    assert params == {"x": "1"}


# -- what may be kept ----------------------------------------------------------------------------------------------


class Live:
    """Computes its nodes at each request."""

    plain = SITE

    @property
    def made(self):
        return Site()

    @property
    @expose
    def default(self):
        return SITE.default


class Guessing(Live):
    """Has any attribute."""

    default = None

    def __init__(self):
        self.own = SITE

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return SITE


class Deciding(Live):
    """Decides about every attribute."""

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


@pytest.mark.parametrize(
    ("root", "path", "dynamic"),
    [
        (Live(), "/plain/pos", False),
        (Live(), "/made/pos", True),
        (Live(), "/x", True),
        (Guessing(), "/plain/pos", False),
        (Guessing(), "/own/pos", False),
        (Guessing(), "/made/pos", True),
        (Guessing(), "/guess/pos", True),
        (Deciding(), "/plain/pos", True),
        (Asked(lambda self, vpath: self), "/x/leaf", True),
        (Asked(lambda self, vpath: None), "/x/leaf", False),
    ],
)
def test_dynamic_says_that_a_node_was_made_for_the_request(root, path, dynamic):
    """By a dispatch method, a property, `__getattr__` or `__getattribute__`, in the trail or as a default."""
    assert find(root, path).dynamic is dynamic


def test_what_stands_on_a_page_is_found():
    """A function may have nodes below it, with or without other marks on it, and an index or default of its own."""
    page: Any = expose(lambda: None)
    page.sub, page.default = SITE.sub, SITE.default
    root = types.SimpleNamespace(page=page)
    assert find(root, "/page/sub/leaf").handler == SITE.sub.leaf
    assert find(root, "/page/x").handler == SITE.default
    assert find(type("Root", (), {"page": page})(), "/page/sub/leaf").handler == SITE.sub.leaf
