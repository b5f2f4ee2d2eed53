from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.hooks import Hook
from kirsch.app.keys import MOST_SEEN, NODE, NOT_ON_NODES, OPTIONS, PATH, ROOT, SITE, Keys
from kirsch.app.place import ConfigError, Place
from kirsch.app.request import Request
from kirsch.app.response import Response
from kirsch.options import Option, OptionError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Box:
    """A toolbox with two tools; the second takes anything."""

    tools: dict[str, Collection[str] | None]

    def __init__(self) -> None:
        self.tools = {"gzip": ("compress_level", "mime_types"), "free": None}

    def names(self) -> Collection[str]:
        return self.tools

    def settings(self, name: str) -> Collection[str] | None:
        return self.tools[name]

    def check(self, name: str, settings: Mapping[str, object], where: str) -> None:
        if settings.get("compress_level") == settings.get("mime_types", 10):
            raise ConfigError(f"{where}: no")


def keys() -> Keys:
    """What may be said, with two tools and an old toolbox of the application's."""
    return Keys({"tools": Box(), "mytools": None})


TAKEN = [
    ("anything", object(), PATH),
    ("blog.title", "x", PATH),
    ("books.per_page", 3, PATH),
    ("request.show_tracebacks", True, NODE),
    ("request.methods_with_bodies", ["POST"], PATH),
    ("request.error_response", print, PATH),
    ("request.dispatch", len, PATH),
    ("request.dispatch", len, SITE),
    ("request.body.maxbytes", None, PATH),
    ("response.stream", True, NODE),
    ("response.headers.X-Powered-By", "kirsch", PATH),
    ("hooks.before_handler", print, PATH),
    ("hooks.before_handler.1", Hook(print), PATH),
    ("hooks.on_end_request", "package.function", NODE),
    ("error_page.404", "404.html", PATH),
    ("error_page.599", Path("599.html"), PATH),
    ("error_page.default", print, PATH),
    ("tools.gzip.on", True, PATH),
    ("tools.gzip.on", None, PATH),
    ("tools.gzip.compress_level", 9, NODE),
    ("tools.gzip.priority", 9, NODE),
    ("tools.free.any.thing", 1, PATH),
    ("tools.later.on", True, PATH),
    ("mytools.any.thing", 1, PATH),
    ("log.screen", False, SITE),
    ("log.access_file", "access.log", ROOT),
    ("wsgi.pipeline", [("a", print)], ROOT),
    ("wsgi.a.argument", 1, ROOT),
    ("server.socket_port", "left to the server", SITE),
    ("engine.autoreload.on", False, SITE),
]

REFUSED = [
    (3, 1, PATH, "keys are text"),
    ("cherrypy.tools.gzip.on", True, PATH, "write 'tools.gzip.on'"),
    ("kirsch.server.socket_port", 80, SITE, "write 'server.socket_port'"),
    ("tool.gzip.on", True, PATH, "did you mean 'tools.gzip.on'?"),
    ("Tools.gzip.on", True, PATH, "did you mean 'tools.gzip.on'?"),
    ("requst.show_tracebacks", True, PATH, "did you mean 'request.show_tracebacks'?"),
    ("trea.x", True, SITE, "did you mean 'tree.x'?"),
    ("mytool.x.on", True, PATH, "did you mean 'mytools.x.on'?"),
    ("request.show_traceback", True, PATH, "did you mean 'request.show_tracebacks'?"),
    ("request.body.max_bytes", 1, PATH, "did you mean 'request.body.maxbytes'?"),
    ("request.show_tracebacks", "yes", PATH, "expected True or False, got 'yes' (str)"),
    ("request.body.maxbytes", -1, PATH, "expected an int from 0 up, or None, got -1 (int)"),
    ("request.error_response", "x", PATH, "expected a value that can be called"),
    ("response.steam", True, PATH, "did you mean 'response.stream'?"),
    ("response.headers.X:Y", "z", PATH, "there is no such key"),
    ("response.headers.X", "a\r\nSet-Cookie: b", PATH, "without line breaks"),
    ("hooks.before_handlr", print, PATH, "did you mean 'before_handler'?"),
    ("hooks.nowhere", print, PATH, "; there are on_start_resource, before_request_body"),
    ("hooks.before_handler", 3, PATH, "that can be called, or the dotted name of it"),
    ("error_page.399", "x", PATH, "error_page.<400 to 599> or error_page.default"),
    ("error_page.\u0664\u0660\u0664", "x", PATH, "error_page.<400 to 599>"),
    ("error_page.404", 404, PATH, "that is the path of a file or can be called"),
    ("tools.gzip", True, PATH, "a key of a tool has three words, such as tools.gzip.on"),
    ("tools.gzip.on", "yes", PATH, "expected True or False"),
    ("tools.gzip.compress_levl", 9, PATH, "did you mean 'tools.gzip.compress_level'?"),
    ("wsgi.pipline", [], ROOT, "did you mean 'wsgi.pipeline'?"),
    ("wsgi.pipeline", [], SITE, "belongs in its section [/]"),
    ("wsgi.pipeline", [], PATH, "belongs in its section [/]"),
    ("log.screen", False, PATH, "belongs in its section [/], or in [global]"),
    ("log.acess_file", "x", SITE, "did you mean 'log.access_file'?"),
    ("server.socket_port", 80, ROOT, "belongs in [global]"),
    ("engine.autoreload.on", False, NODE, "belongs in [global]"),
    ("checker.on", False, PATH, "belongs in [global]"),
    ("request.dispatch", len, NODE, "belongs in a section of the application"),
]


@pytest.mark.parametrize(("key", "value", "scope"), TAKEN)
def test_what_may_stand_here_is_kept(key: str, value: Any, scope: str) -> None:
    """Known keys by their types; what is the application's own as it comes; tools that may yet be defined."""
    assert keys().accept(key, value, scope) == value


@pytest.mark.parametrize(("key", "value", "scope", "reason"), REFUSED)
def test_a_mistake_is_refused_with_the_way_out(key: str, value: Any, scope: str, reason: str) -> None:
    """A wrong name, type or place never passes in silence."""
    with pytest.raises(OptionError) as caught:
        keys().accept(key, value, scope)

    assert reason in caught.value.problem


def test_check_names_the_place() -> None:
    """As whoever calls it knows it."""
    with pytest.raises(ConfigError) as caught:
        keys().check({"tools.gzip.on": 3}, PATH, lambda key: Place("site.conf", 7, "/", key))

    assert str(caught.value).startswith("site.conf, line 7: [/] tools.gzip.on: expected True or False")


def test_values_are_kept_in_the_type_of_their_option() -> None:
    """0 and 1 turn a tool off and on, as they do in CherryPy."""
    assert keys().check({"tools.gzip.on": 1}, PATH, lambda key: Place(key=key)) == {"tools.gzip.on": True}


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("tools.gzp.on", "there is no tool 'gzp'; did you mean 'gzip'?"),
        ("tools.gzip.onn", "the tool has no argument 'onn'; did you mean 'tools.gzip.on'?"),
        ("tools.gzip.compress_level", ""),
        ("tools.free.anything", ""),
        ("mytools.nobody.knows", ""),
        ("other.x.y", ""),
        ("tools", ""),
    ],
)
def test_check_tools_asks_the_toolbox(key: str, problem: str) -> None:
    """Once all tools are defined, none that is spoken of may be missing."""
    complaints: list[ConfigError] = []
    known = keys()
    known.complain = complaints.append  # type: ignore[method-assign]

    known.check_tools([key], lambda key: Place(key=key))

    assert [complaint.problem for complaint in complaints] == ([problem] if problem else [])


def test_whoever_forgives_gets_the_value_as_it_is() -> None:
    """The room for old names and warnings."""

    class Lenient(Keys):
        def complain(self, error: ConfigError) -> None:
            complaints.append(str(error))

    complaints: list[str] = []

    assert Lenient().check({"tools.x.on": "yes"}, PATH, lambda key: Place(key=key)) == {"tools.x.on": "yes"}
    assert len(complaints) == 1


def test_an_application_may_have_more() -> None:
    """Options of its own request class, and a namespace that looks like a slip."""
    known = keys()
    known.options["request.tenant"] = Option("", "Whose site it is.", name="request.tenant")
    known.own.add("tool")

    assert known.accept("request.tenant", "a", PATH) == "a"
    assert known.accept("tool.x", 1, PATH) == 1
    with pytest.raises(OptionError):
        keys().accept("request.tenant", "a", PATH)


@pytest.mark.parametrize(
    ("words", "depth"),
    [
        ("tools", 3),
        ("tools.gzip", 3),
        ("mytools.x", 3),
        ("request", 2),
        ("request.body", 3),
        ("response.headers", 3),
        ("error_page", 2),
        ("databases", 0),
    ],
)
def test_depth_tells_settings_from_data(words: str, depth: int) -> None:
    """Of how many words a key has."""
    assert keys().depth(words) == depth


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_default_passes_its_own_check(option: Option[Any]) -> None:
    """And each option has its sentence, which the docs are made of."""
    assert option.accept(option.default) == option.default
    assert option.about.endswith(".")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_table_tells_the_defaults_that_request_and_response_have(option: Option[Any]) -> None:
    """A default stands in two places, the table of the docs and the class; they must not part."""
    namespace, _, name = option.name.partition(".")
    owner = {"request": Request, "response": Response}.get(namespace)

    if owner is not None and "." not in name and option.name not in NOT_ON_NODES:
        assert getattr(owner, name) == option.default


def test_check_all_looks_at_a_dict_once() -> None:
    """As long as it has the same keys; many dicts do not fill the memory."""
    known = keys()
    settings = {"tools.gzip.on": 1}
    first = known.check_all(settings, NODE, "here")

    assert first == {"tools.gzip.on": True}
    assert known.check_all(settings, NODE, "here") is first
    for number in range(2 * MOST_SEEN):
        known.check_all({"a": number}, NODE, "here")
    assert known.check_all(settings, NODE, "here") == first


def test_check_all_notices_a_key_that_was_added() -> None:
    """A dict that has grown is another one."""
    known = keys()
    settings: dict[str, Any] = {"tools.gzip.on": True}
    known.check_all(settings, NODE, "here")
    settings["tools.gzip.onn"] = True

    with pytest.raises(ConfigError, match=r"^here: tools\.gzip\.onn: "):
        known.check_all(settings, NODE, "here")
