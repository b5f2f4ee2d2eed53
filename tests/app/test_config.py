from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.config import DEFAULTS, ENVIRONMENTS, ConfigError, GlobalConfig, Sections, merged
from kirsch.app.keys import Keys
from kirsch.dispatch.expose import config as configured
from kirsch.dispatch.expose import expose
from kirsch.dispatch.tree import Dispatcher
from kirsch.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path


class Server:
    """Stands for whoever takes the settings of a namespace."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def set(self, key: str, value: Any) -> None:
        if not isinstance(value, int):
            raise OptionError(key, f"expected an int, got {value!r}")
        self.told.append((key, value))


@configured(foo="this2", baz="that2")
class Foo:
    """A node below the root, with a handler that has config, too."""

    @expose
    def index(self) -> str:
        return "foo"

    @expose
    @configured(foo="this3", bax="this4")
    def bar(self) -> str:
        return "bar"

    @expose
    @configured(level="default")
    def default(self, *rest: str) -> str:
        return "default"


@configured(foo="this", bar="that")
class Root:
    """The root of a small tree."""

    def __init__(self) -> None:
        self.foo = Foo()

    @expose
    def index(self) -> str:
        return "root"


def place_of(path: str, sections: dict[str, dict[str, Any]] | None = None, root: Any = None) -> dict[str, Any]:
    """What holds for a path, without the defaults of the process."""
    steps = Dispatcher().find(root or Root(), path).steps()
    return merged({}, steps, Sections(sections or {}))


def global_config() -> tuple[GlobalConfig, Server]:
    """A config with somebody who takes `server.`."""
    config, server = GlobalConfig(), Server()
    config.namespaces["server"] = server.set
    return config, server


def test_it_begins_with_the_defaults() -> None:
    """Four tools are on; reset() goes back to that, without telling anybody."""
    config, server = global_config()
    config.update({"server.socket_port": 80, "/": {}, "environment": "production"})
    config.reset()

    assert config == DEFAULTS
    assert config.pending_sections == []
    assert len(server.told) == 1


def test_settings_are_kept_and_handed_on() -> None:
    """Those of an update, of an assignment, and of keywords."""
    config, server = global_config()
    config.update({"server.socket_port": 80, "own": 1}, colour="red")
    config["server.thread_pool"] = 5

    assert (config["own"], config["colour"], config["server.thread_pool"]) == (1, "red", 5)
    assert server.told == [("socket_port", 80), ("thread_pool", 5)]


def test_of_sections_the_one_called_global_is_taken() -> None:
    """The others wait for whoever knows the application."""
    config, server = global_config()
    config.update({"global": {"server.socket_port": 80}, "/blog": {"tools.x.on": True}, "data": {"y": 1}})

    assert server.told == [("socket_port", 80)]
    assert "/blog" not in config
    assert [source.sections for source in config.pending_sections] == [
        {"/blog": {"tools.x.on": True}, "data": {"y": 1}}
    ]


def test_without_a_section_called_global_all_is_taken_but_paths() -> None:
    """A dict under another name may be data of the process or of an application: it is kept for both."""
    config = GlobalConfig()
    config.update({"data": {"y": 1}, "/blog": {"a": 1}, "own.map": {"z": 1}, "own": 1})

    assert (config["data"], config["own.map"], config["own"]) == ({"y": 1}, {"z": 1}, 1)
    assert "/blog" not in config
    assert [source.sections for source in config.pending_sections] == [{"data": {"y": 1}, "/blog": {"a": 1}}]


def test_sections_that_wait_know_their_lines(tmp_path: Path) -> None:
    """A mistake in them is reported as if it had been read by the application."""
    path = tmp_path / "site.conf"
    path.write_text("[global]\nown = 1\n[/]\nrequest.shw_tracebacks = True\n")
    config = GlobalConfig()
    config.update(path)

    assert config.files == [str(path)]
    with pytest.raises(ConfigError, match=r"site\.conf, line 4: \[/\] request\.shw_tracebacks"):
        Sections(config.pending_sections[0])


def test_toml_may_leave_the_section_global_away(tmp_path: Path) -> None:
    """Its first lines and its tables are settings of the process."""
    path = tmp_path / "site.toml"
    path.write_text('own = 1\n[server]\nsocket_port = 80\n[data]\nx = {y = 2}\n["/"]\ntools.x.on = true\n')
    config, server = global_config()
    config.update(path)

    assert server.told == [("socket_port", 80)]
    assert (config["own"], config["data"]) == (1, {"x": {"y": 2}})
    assert list(config.pending_sections[0].sections) == ["data", "/"]
    assert str(config.place("server.socket_port")) == f"{path}, line 3: server.socket_port"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"server.socket_port": "80"}, "server.socket_port: expected an int, got '80'"),
        ({"global": {"server.socket_port": "80"}}, "[global] server.socket_port: expected an int"),
        ({"request.show_traceback": True}, "did you mean 'request.show_tracebacks'?"),
        ({"wsgi.pipeline": []}, "belongs in its section [/]"),
        ({3: {}}, "keys are text, and this is 3"),
        ({"global": {}, "own": 1}, "own: this stands beside the section 'global'"),
        ({"environment": "prodution"}, "environment: there is no environment 'prodution'; did you mean 'production'?"),
        ({"environment": ["x"]}, "there is no environment"),
    ],
)
def test_a_mistake_is_refused_and_nothing_kept(settings: dict[str, Any], message: str) -> None:
    """The config says afterwards what it said before."""
    config, _ = global_config()
    config["server.socket_port"] = 8080
    before = dict(config)

    with pytest.raises(ConfigError) as caught:
        config.update({**settings})

    assert message in str(caught.value)
    assert config == before


def test_an_environment_adds_its_settings() -> None:
    """And remembers where they come from."""
    config = GlobalConfig()
    config["environment"] = "production"

    assert config["log.screen"] is False
    assert str(config.place("log.screen")) == "environment 'production': log.screen"


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_what_was_said_explicitly_beats_an_environment(order: list[int]) -> None:
    """Before it or after it."""
    config = GlobalConfig()
    updates: list[dict[str, Any]] = [{"log.screen": True}, {"environment": "production"}]
    for number in order:
        config.update(updates[number])

    assert config["log.screen"] is True
    assert config["checker.on"] is False


def test_an_environment_replaces_what_another_said() -> None:
    """As nobody said that explicitly."""
    config = GlobalConfig()
    config.update({"environment": "production"})
    config.update({"environment": "development"})

    assert config["request.show_tracebacks"] is True
    assert config["log.screen"] is True


def test_a_mistake_in_an_environment_names_it() -> None:
    """The line in the file only says which one."""
    config, _ = global_config()
    config.environments["mine"] = {"server.socket_port": "80"}

    with pytest.raises(ConfigError, match=r"^environment 'mine': server\.socket_port: expected an int"):
        config.update({"environment": "mine"})


def test_the_environments_there_are() -> None:
    """Only development and tests show tracebacks; each instance has its own, to be added to."""
    config = GlobalConfig()
    config.environments["production"]["log.screen"] = True
    shown = [name for name, settings in ENVIRONMENTS.items() if settings["request.show_tracebacks"]]

    assert set(ENVIRONMENTS) == {"development", "staging", "production", "embedded", "test_suite"}
    assert shown == ["development", "test_suite"]
    assert GlobalConfig().environments["production"]["log.screen"] is False


def test_a_static_directory_of_the_process_has_the_section_global() -> None:
    """What the tool then cuts off of the URL is nothing."""
    config = GlobalConfig()
    config.update({"tools.staticdir.dir": "/srv"})

    assert config["tools.staticdir.section"] == "global"


CHANGES: list[Callable[[GlobalConfig], object]] = [
    lambda config: config.update({"a": 2}),
    lambda config: config.update({"/": {}}),
    lambda config: config.__setitem__("a", 2),
    lambda config: config.setdefault("b", 2),
    lambda config: config.__ior__({"b": 2}),
    lambda config: config.pop("a"),
    lambda config: config.__delitem__("a"),
    lambda config: config.clear(),
    lambda config: config.reset(),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_every_change_makes_a_new_version(number: int) -> None:
    """Whoever prepared something with the old one can notice."""
    config = GlobalConfig()
    config["a"] = 1
    before = config.version
    CHANGES[number](config)

    assert config.version != before


def test_called_it_decorates() -> None:
    """`@kirsch.config(**{"tools.gzip.on": True})` on a handler."""

    @GlobalConfig()(**{"tools.gzip.on": True})
    def page() -> None: ...

    assert vars(page)["_cp_config"] == {"tools.gzip.on": True}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"foo": "this", "bar": "that"}),
        ("/foo/", {"foo": "this2", "bar": "that", "baz": "that2"}),
        ("/foo/bar", {"foo": "this3", "bar": "that", "baz": "that2", "bax": "this4"}),
        ("/foo/x/y", {"foo": "this2", "bar": "that", "baz": "that2", "level": "default"}),
        ("/nowhere", {"foo": "this", "bar": "that"}),
    ],
)
def test_nodes_are_merged_from_the_root_down(path: str, expected: dict[str, str]) -> None:
    """Deeper beats shallower, also by a `default` that answers."""
    assert place_of(path) == expected


@pytest.mark.parametrize(
    ("sections", "value"),
    [
        ({}, "this3"),
        ({"/": {"foo": "S"}}, "this3"),
        ({"/foo": {"foo": "S"}}, "this3"),
        ({"/foo/bar": {"foo": "S"}}, "S"),
        ({"/foo/bar/index": {"foo": "S"}}, "S"),
        ({"/foo/bar": {"foo": "S"}, "/foo/bar/x": {"foo": "T"}}, "S"),
    ],
)
def test_a_section_beats_nodes_of_its_depth_and_above(sections: dict[str, dict[str, Any]], value: str) -> None:
    """And is beaten by what is deeper."""
    assert place_of("/foo/bar", sections)["foo"] == value


def test_sections_hold_below_nodes_too() -> None:
    """As files below a static directory have no node."""
    sections = {"/": {"a": 0, "b": 0, "c": 0}, "/static": {"b": 1, "c": 1}, "/static/my-css": {"c": 2}}

    assert place_of("/static/my_css/x.css", sections) == {"foo": "this", "bar": "that", "a": 0, "b": 1, "c": 2}


def test_the_process_is_the_weakest() -> None:
    """Its settings hold where nobody says otherwise, and stay as they are."""
    site = {"foo": "weak", "colour": "red"}
    steps = Dispatcher().find(Root(), "/").steps()

    assert merged(site, steps, Sections()) == {"foo": "this", "bar": "that", "colour": "red"}
    assert site == {"foo": "weak", "colour": "red"}


@pytest.mark.parametrize(
    ("path", "sections", "section"),
    [
        ("/static/a.css", {"/static/": {"tools.staticdir.dir": "x"}}, "/static"),
        ("/my_static/a.css", {"/my-static": {"tools.staticdir.dir": "x"}}, "/my-static"),
        ("/a.css", {"/": {"tools.staticdir.dir": "x"}}, "/"),
        ("/a/b/c", {"/a": {"tools.staticdir.dir": "x"}, "/a/b": {"tools.staticdir.match": "y"}}, "/a"),
    ],
)
def test_a_static_directory_learns_its_section(path: str, sections: dict[str, dict[str, Any]], section: str) -> None:
    """The path where the directory was said, which is the part of the URL that is not in the file system."""
    assert place_of(path, sections)["tools.staticdir.section"] == section


def test_a_static_directory_of_a_node_learns_the_path_of_the_node() -> None:
    """As it has no section."""
    root = Root()
    vars(root.foo)["_cp_config"] = {"tools.staticdir.dir": "x"}

    assert place_of("/foo/a/b.css", root=root)["tools.staticdir.section"] == "/foo"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"tools.gzip": True}, "Root: tools.gzip: a key of a tool has three words"),
        ({"request.dispatch": 1}, "Root: request.dispatch: this says how to find the node"),
        ({"server.socket_port": 1}, "Root: server.socket_port: this is about the whole process"),
        (["tools.gzip.on"], "Root: this is a dict, not"),
    ],
)
def test_a_mistake_in_a_node_names_the_node(said: Any, message: str) -> None:
    """By module and class."""
    root = Root()
    vars(root)["_cp_config"] = said

    with pytest.raises(ConfigError) as caught:
        place_of("/", root=root)

    assert str(caught.value).startswith(f"_cp_config of {Root.__module__}.")
    assert message in str(caught.value)


def test_a_mistake_in_a_handler_names_the_handler() -> None:
    """By module, class and name."""

    class Site:
        @expose
        @configured(**{"response.steam": True})
        def page(self) -> str:
            return ""

    with pytest.raises(ConfigError, match=r"Site\.page: response\.steam: "):
        place_of("/page", root=Site())


def test_a_node_that_has_any_attribute_says_nothing() -> None:
    """A proxy answers to `_cp_config`, too, but not with a dict."""

    class Proxy:
        def __getattr__(self, name: str) -> str:
            return name

    assert merged({}, [(Proxy(), ())], Sections()) == {}


class Box:
    """A toolbox without tools."""

    def names(self) -> Collection[str]:
        return ()

    def settings(self, name: str) -> Collection[str] | None:
        return None

    def check(self, name: str, settings: object, where: str) -> None:
        pass


def test_tools_are_asked_for_once_a_version() -> None:
    """What was found right stays right until something changes."""
    config = GlobalConfig()
    config.check_tools()
    config.known.toolboxes["tools"] = Box()
    config.check_tools()
    config["a"] = 1

    with pytest.raises(ConfigError, match="there is no tool"):
        config.check_tools()


@pytest.mark.parametrize("where", ["process", "section", "node"])
def test_a_tool_that_is_missing_in_the_end_is_an_error(where: str) -> None:
    """Wherever it was spoken of."""
    known = Keys({"tools": Box()})
    site = GlobalConfig(known)
    site.reset() if where == "process" else site.clear()
    sections = Sections({"/": {"tools.zip.on": True}} if where == "section" else {}, known)
    node = configured(**{"tools.zip.on": True})(lambda: None) if where == "node" else None

    with pytest.raises(ConfigError, match="there is no tool"):
        merged(site, [(node, ())], sections)
