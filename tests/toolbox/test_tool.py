from __future__ import annotations

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.dispatch.expose import expose
from kirsch.testing.client import Client
from kirsch.toolbox.kinds import ErrorTool, HandlerTool, HandlerWrapperTool
from kirsch.toolbox.tool import Tool, Toolbox
from tests.app.pages import LonelyApplication


def page_with(tools, settings, handler=None):
    """A client of an application with one page, `/page`, and these tools in its box."""

    class Root:
        page = staticmethod(expose(handler or (lambda *a, **k: "page")))

    application = LonelyApplication(Root())
    for name in tools.names():
        setattr(application.toolboxes["tools"], name, getattr(tools, name))
    application.merge({"/": settings})
    return Client(application)


class Shout(Tool):
    """Two points, a wrapped handler, and errors of its own."""

    def before_finalize(self, request, response, mark="!"):
        """Add a mark."""
        response.body = [*response.body, mark.encode()]

    def around_handler(self, request, response, handler, words="so"):
        """Say something before the page."""
        return f"{words} {handler()}"

    def on_error(self, request, response):
        """Say it in a word."""
        response.status, response.body = 503, "oops"


def test_methods_are_points():
    """A tool of several methods acts at each, with the settings that each takes."""
    client = page_with(Toolbox("tools", shout=Shout()), {"tools.shout.on": True, "tools.shout.words": "hear the"})

    assert client.get("/page").text == "hear the page!"


def test_on_error():
    """What a page raises by mistake is answered by the tool's own method."""
    client = page_with(Toolbox("tools", shout=Shout()), {"tools.shout.on": True}, lambda: 1 / 0)
    answer = client.get("/page")

    assert (answer.status, answer.text) == (503, "oops")


class Gate(Tool):
    def before_handler(self, request, response, closed=True):
        """A page instead of the page."""
        return "closed" if closed else None


@pytest.mark.parametrize(("closed", "text"), [(True, "closed"), (False, "page")])
def test_an_answer_instead_of_the_page(closed, text):
    """What the method `before_handler` returns is the page, unless it is None."""
    client = page_with(Toolbox("tools", gate=Gate()), {"tools.gate.on": True, "tools.gate.closed": closed})

    assert client.get("/page").text == text


def test_the_only_method_can_be_called_by_hand():
    """`tool.callable(…)` does within a page what the tool would do, with arguments by place or name."""
    gate = Gate()
    client = page_with(Toolbox("tools"), {}, lambda: gate.callable(True) + gate.callable(closed=True))

    assert client.get("/page").text == 2 * "closed"


def test_what_a_function_returns_is_nothing():
    """A plain function as a tool only does something; the page is the handler's."""
    client = page_with(Toolbox("tools", old=Tool("before_handler", lambda: "ignored")), {"tools.old.on": True})

    assert client.get("/page").text == "page"


def made(word="made"):
    """Makes a page, and says whether it has."""
    kirsch.response.body = word
    return word != "nothing"


@pytest.mark.parametrize(
    ("settings", "text"), [({}, "made"), ({"word": "other"}, "other"), ({"word": "nothing"}, "page")]
)
def test_handler_tool(settings, text):
    """Its function may take the handler's place; with something false it has not."""
    settings = {"tools.made.on": True} | {f"tools.made.{key}": value for key, value in settings.items()}

    assert page_with(Toolbox("tools", made=HandlerTool(made)), settings).get("/page").text == text


@pytest.mark.parametrize(
    ("given", "settings", "status", "text"),
    [
        ({}, {}, 200, "made"),
        ({"word": "mine"}, {}, 200, "mine"),
        ({"word": "mine"}, {"tools.made.word": "config's"}, 200, "config's"),
        ({"word": "nothing"}, {}, 404, None),
    ],
)
def test_handler_tool_as_a_page(given, settings, status, text):
    """`tool.handler(…)` is a page; config of its path goes over its settings, and something false is 404."""
    tools = Toolbox("tools", made=HandlerTool(made))
    answer = page_with(tools, settings, tools.made.handler(**given)).get("/page/whatever?x=1")

    assert answer.status == status
    assert text is None or answer.text == text


def test_handler_wrapper_tool():
    """Its function is called with the handler in its stead; wrappers wrap each other by priority."""
    tools = Toolbox(
        "tools",
        inner=HandlerWrapperTool(lambda handler: f"<{handler()}>", priority=10),
        outer=HandlerWrapperTool(lambda handler: f"[{handler()}]", priority=20),
    )

    assert page_with(tools, {"tools.inner.on": True, "tools.outer.on": True}).get("/page").text == "[<page>]"


def test_error_tool():
    """Its function answers for unexpected errors, with the settings of the path; not for those that were meant."""

    def answer(word="broken"):
        kirsch.response.status, kirsch.response.body = 502, word

    def page(kind):
        raise ValueError if kind == "accident" else kirsch.HTTPError(410)

    client = page_with(Toolbox("tools", sorry=ErrorTool(answer)), {"tools.sorry.on": True}, page)

    assert (client.get("/page/accident").status, client.get("/page/accident").text) == (502, "broken")
    assert client.get("/page/meant").status == 410


class Timing(Tool):
    """As the documentation of old shows it: a second hook, attached when the first is."""

    def __init__(self):
        super().__init__("before_handler", self.begin, priority=95)

    def _setup(self):
        super()._setup()
        kirsch.request.hooks.attach("before_finalize", self.end, priority=5)

    def begin(self, unit="ms"):
        """Remember the unit."""
        kirsch.request.unit = unit

    def end(self):
        """Say it."""
        kirsch.response.headers["X-Took"] = f"0 {kirsch.request.unit}"


@pytest.mark.parametrize(("settings", "took"), [({}, "0 ms"), ({"tools.timing.unit": "s"}, "0 s")])
def test_a_tool_that_sets_itself_up(settings, took):
    """A subclass may attach what it likes for each request."""
    client = page_with(Toolbox("tools", timing=Timing()), {"tools.timing.on": True, **settings})

    assert client.get("/page").headers["X-Took"] == took


def test_anything_with_a_setup():
    """What has the method `_setup` is a tool, whatever its class."""

    class Plain:
        def _setup(self):
            kirsch.request.hooks.attach("before_finalize", lambda: kirsch.response.headers.update({"X-Plain": "yes"}))

    tools = Toolbox("tools")
    tools.plain = Plain()

    assert page_with(tools, {"tools.plain.on": True}).get("/page").headers["X-Plain"] == "yes"


def order(**places):
    """The order in which tools run: name to (priority, before, after)."""
    done = []
    tools = Toolbox("tools")
    for name, (priority, before, after) in places.items():
        tool = Tool("before_handler", lambda name=name: done.append(name), priority=priority)
        tool.before, tool.after = before, after
        setattr(tools, name, tool)
    answer = page_with(tools, {f"tools.{name}.on": True for name in places}).get("/page")
    return done if answer.status == 200 else answer.status


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"a": (50, (), ()), "b": (40, (), ())}, ["b", "a"]),
        ({"a": (50, (), ()), "b": (50, (), ())}, ["a", "b"]),
        ({"a": (50, (), ("b",)), "b": (60, (), ())}, ["b", "a"]),
        ({"a": (50, (), ()), "b": (60, ("a",), ())}, ["b", "a"]),
        ({"a": (50, (), ("c",)), "b": (55, (), ()), "c": (60, (), ())}, ["b", "c", "a"]),
        ({"a": (50, (), ("nobody",)), "b": (60, (), ())}, ["a", "b"]),
        ({"a": (50, ("b",), ()), "b": (60, ("a",), ())}, 500),
    ],
)
def test_order(places, expected):
    """By priority, then as they stand; what must come before or after another does, whatever the priorities."""
    assert order(**places) == expected


def test_a_setting_that_a_tool_does_not_have():
    """It is refused where it is said, in a decorator or in config, with those there are."""
    tools = Toolbox("tools", shout=Shout())

    with pytest.raises(ConfigError, match=r"'marc'.*mark, words"):
        tools.shout(marc="?")
    with pytest.raises(TypeError, match="by name"):
        tools.shout(True)
    with pytest.raises(AttributeError, match=r"tools\.shuot; there are shout"):
        _ = tools.shuot


def test_own_toolbox():
    """An application may have a toolbox of its own, under its own namespace."""
    box = Toolbox("mine")
    box.register("before_finalize", "sign")(lambda name: kirsch.response.headers.update({"X-By": name}))

    class Root:
        @expose
        @box.sign(name="me")
        def page(self):
            return "page"

    application = LonelyApplication(Root())
    application.toolboxes = {**application.toolboxes, "mine": box}

    assert Client(application).get("/page").headers["X-By"] == "me"


def test_a_decorator_turns_a_tool_off():
    """Where config has turned it on."""
    tools = Toolbox("tools", shout=Shout())
    client = page_with(tools, {"tools.shout.on": True}, tools.shout(on=False)(lambda: "quiet"))
    assert client.get("/page").text == "quiet"


def test_a_tool_that_sets_itself_up_knows_itself():
    """By the names that CherryPy gave it, and with the settings of the request."""
    seen = []

    class Own(Tool):
        def _setup(self):
            seen.append((self._name, self._priority, self._merged_args()))

    tools = Toolbox("tools", own=Own("before_handler", lambda word="": None, priority=40))
    assert page_with(tools, {"tools.own.on": True, "tools.own.word": "x"}).get("/page").text == "page"
    assert seen == [("own", 40, {"word": "x"})]
