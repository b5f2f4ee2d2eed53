from __future__ import annotations

from typing import Any

import pytest

from kirsch.app.config import ConfigError
from kirsch.app.context import present
from kirsch.app.resource import by_namespace
from kirsch.app.resources import MOST_RESOURCES
from kirsch.app.sections import Sections
from kirsch.dispatch.expose import config, expose
from kirsch.exchange import SLOW
from kirsch.testing.client import Client
from kirsch.toolbox.tool import Tool, Toolbox
from tests.app.pages import LonelyApplication, page, site


def test_by_namespace():
    """The first word is the namespace; what has none is left out."""
    assert by_namespace({"a.b": 1, "a.c.d": 2, "free": 3}) == {"a": {"b": 1, "c.d": 2}}


def resources(paths, root, sections=None):
    """The Resource that answers for each path, asked for twice."""
    seen = []
    sections = {"/": {"hooks.before_handler": lambda: seen.append(present().resource)}} | (sections or {})
    client = site(root, sections)
    for path in [*paths, *paths]:
        client.get(path)
    return seen[: len(paths)], seen[len(paths) :]


class Root:
    @expose
    def page(self, *_):
        return "page"

    other = page


@pytest.mark.parametrize(
    ("paths", "different"),
    [
        (("/page", "/page/", "/page/x", "/page/x/y?z=1"), 1),
        (("/page", "/other"), 2),
        (("/page/x", "/page/in/x", "/page/in/y"), 2),
        (("/nope", "/nope/x", "/no-pe"), 1),
    ],
)
def test_made_once_and_kept(paths, different):
    """One for each place and config, whatever the rest of the path."""
    first, second = resources(paths, Root(), {"/page/in": {"mine": 1}})

    assert list(map(id, first)) == list(map(id, second))
    assert len(set(map(id, first))) == different


def test_invented_nodes_are_not_kept():
    """What a `_cp_dispatch` has made belongs to one request."""

    class Inventor:
        def _cp_dispatch(self, vpath):
            vpath.pop(0)
            return Root()

    first, second = resources(["/x/page"], Inventor())

    assert first[0] is not second[0]


def test_number_is_bounded():
    """Trees may hold circles, so there is no end of places; what is kept is thrown away then."""
    root = Root()
    root.again = root
    application = LonelyApplication(root)
    client = Client(application)
    client.get("/page")
    kept = application.resources._kept.resources
    kept.update(dict.fromkeys(range(MOST_RESOURCES)))
    client.get("/again/page")

    assert len(kept) == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"request.show_tracebacks": True}, {"show_tracebacks": True}),
        ({"request.methods_with_bodies": ("GET",)}, {"methods_with_bodies": ("GET",)}),
        ({"request.throw_errors": True}, {"throw_errors": True}),
    ],
)
def test_config_sets_attributes_of_the_request(settings, expected):
    """`request.<name>` for the path alone."""
    seen = []
    client = site(Root(), {"/page": settings | {"hooks.before_handler": lambda: seen.append(present())}})
    client.get("/page")

    assert {name: getattr(seen[0], name) for name in expected} == expected


def test_subclass_does_not_change_its_parent():
    """C10: config that a subclass sets by decorator is its own."""

    @config(whose="parent")
    class Parent:
        @expose
        def page(self):
            return repr({key: value for key, value in sorted(present().config.items()) if "." not in key})

    @config(whose="child", more=1)
    class Child(Parent):
        pass

    assert site(Parent()).get("/page").text == "{'whose': 'parent'}"
    assert site(Child()).get("/page").text == "{'more': 1, 'whose': 'child'}"


# -- tools -----------------------------------------------------------------------------------------------------------


def with_tools(root, sections=None, **tools):
    """A client of an application with these tools in the box."""
    application = LonelyApplication(root)
    for name, tool in tools.items():
        setattr(application.toolboxes["tools"], name, tool)
    application.merge(sections or {})
    return Client(application)


def sign(name="x", value="1"):
    """A tool that sets a header."""
    present().response.headers[f"X-{name}"] = value


class Waiting(Tool):
    """Has something to do for requests with a field only."""

    def hooks(self, settings):
        for point, hook in super().hooks(settings):
            hook.waits_for = b"x-wish"
            yield point, hook


@pytest.mark.parametrize(
    ("headers", "signed"), [({}, False), ({"X-Wish": ""}, True), ({"x-WISH": "a"}, True), ({"X-Wishes": "a"}, False)]
)
def test_hooks_that_wait_for_a_field(headers, signed):
    """They do not run for requests without it; the others do."""
    tools = {"waiting": Waiting("before_finalize", sign), "sign": Tool("before_handler", sign)}
    settings = {"tools.waiting.on": True, "tools.sign.on": True, "tools.sign.name": "always"}
    client = with_tools(Root(), {"/page": settings}, **tools)

    for _ in range(2):
        answer = client.get("/page", headers=headers)
        assert ("X-x" in answer.headers, "X-always" in answer.headers) == (signed, True)


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"tools.sign.on": True}, ("X-x", "1")),
        ({"tools.sign.on": True, "tools.sign.name": "y", "tools.sign.value": "2"}, ("X-y", "2")),
        ({"tools.sign.name": "y"}, None),
        ({"tools.sign.on": False}, None),
    ],
)
def test_tools_act_where_they_are_on(settings, header):
    """With the settings of the path."""
    answer = with_tools(Root(), {"/page": settings}, sign=Tool("before_finalize", sign)).get("/page")

    assert header is None or answer.headers[header[0]] == header[1]
    assert header or not [name for name in answer.headers if name.startswith("X-")]


def test_tool_as_a_decorator():
    """`@tools.sign(value=…)` on a page."""
    tools = Toolbox("tools", sign=Tool("before_finalize", sign))

    class Pages:
        @expose
        @tools.sign(value="3")
        def page(self):
            return ""

    assert with_tools(Pages(), sign=tools.sign).get("/page").headers["X-x"] == "3"


def test_order_of_tools():
    """By priority: the tool's own, or what config says; equal ones as they stand in the config."""
    order = []
    tools = {name: Tool("before_handler", lambda name=name: order.append(name)) for name in "abcd"}
    tools["c"].priority = 10
    settings = {f"tools.{name}.on": True for name in "dcba"} | {"tools.a.priority": 5}
    with_tools(Root(), {"/page": settings}, **tools).get("/page")

    assert order == ["a", "c", "d", "b"]


@pytest.mark.parametrize(
    ("key", "hint"), [("tools.sign.nam", "tools.sign.name"), ("tools.sing.on", "sign"), ("tools.sign", "three words")]
)
def test_wrong_settings_of_tools(key, hint):
    """They are refused, with what was probably meant."""
    application = LonelyApplication(Root())
    application.toolboxes["tools"].sign = Tool("before_finalize", sign)

    with pytest.raises(ConfigError, match=hint):
        Sections({"/page": {key: True}}, application.keys).check_tools()


def test_own_toolbox():
    """A toolbox of the application's own has its own namespace of config keys."""
    application = LonelyApplication(Root())
    application.toolboxes = {"mine": Toolbox("mine", sign=Tool("before_finalize", sign))}
    application.merge({"/": {"mine.sign.on": True, "tools.trailing_slash.on": False}})

    assert Client(application).get("/page").headers["X-x"] == "1"


# -- the tool in the box ---------------------------------------------------------------------------------------------


class Sub:
    @expose
    def index(self, **_):
        return "index"

    @expose
    def page(self, *_):
        return "page"


class Slashes:
    sub = Sub()

    @expose
    def index(self):
        return "root"


@pytest.mark.parametrize(
    ("settings", "method", "path", "status", "location"),
    [
        ({}, "GET", "/sub", 301, "/sub/"),
        ({}, "HEAD", "/sub?a=1&b=%2F", 301, "/sub/?a=1&b=%2F"),
        ({}, "POST", "/sub", 308, "/sub/"),
        ({}, "DELETE", "/sub", 308, "/sub/"),
        ({}, "GET", "//sub", 301, "/sub/"),
        ({}, "GET", "/sub/page/", 200, None),
        ({}, "GET", "/", 200, None),
        ({"on": False}, "GET", "/sub", 200, None),
        ({"missing": False}, "GET", "/sub", 200, None),
        ({"extra": True}, "GET", "/sub/page/", 301, "/sub/page"),
        ({"extra": True}, "GET", "/sub/page/x/?y", 301, "/sub/page/x?y"),
        ({"extra": True}, "GET", "/sub/page/a%3Fb/", 301, "/sub/page/a%3Fb"),
        ({"extra": True}, "GET", "/sub/", 200, None),
        ({"status": 302}, "GET", "/sub", 302, "/sub/"),
    ],
)
def test_trailing_slash(settings, method, path, status, location):
    """An index has its slash, other pages need none; the query stays, the method too."""
    config = {f"tools.trailing_slash.{key}": value for key, value in settings.items()}
    answer = site(Slashes(), {"/": config}).request(method, path)

    assert answer.status == status
    assert answer.headers.get("Location") == (location and f"http://localhost{location}")


# -- slow and quick --------------------------------------------------------------------------------------------------


def test_pace_is_remembered():
    """How long a page takes is known at the next request; marks have the last word."""
    seen: list[Any] = []
    client = page(lambda: "x", {"hooks.before_handler": lambda: seen.append(present().resource)})
    client.get("/")
    quick = seen[0].pace.slow
    seen[0].pace.took(SLOW * 20)
    client.get("/")

    assert (quick, seen[0].pace.slow, seen[1] is seen[0]) == (False, True, True)
