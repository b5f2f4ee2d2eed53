from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies

from kirsch.app.keys import Keys
from kirsch.app.place import ConfigError
from kirsch.app.sections import Sections, segments_of
from kirsch.dispatch.names import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

NAMES = ["/", "/static", "/static/css", "/my-admin", "/my_admin/x.y", "/a b", "/deep/down/below", "/blog/index"]

MATCHES = [
    ("/", []),
    ("/hello/world", []),
    ("/static", ["/static"]),
    ("/static/css/a.css", ["/static", "/static/css"]),
    ("/static/js", ["/static"]),
    ("/statics", []),
    ("/my-admin", ["/my-admin"]),
    ("/my_admin", ["/my-admin"]),
    ("/my.admin/x-y/z", ["/my-admin", "/my_admin/x.y"]),
    ("/My-Admin", []),
    ("/a b/c", ["/a b"]),
    ("/a_b", []),
    ("/deep", []),
    ("/deep/down", []),
    ("/deep/down/below/it", ["/deep/down/below"]),
    ("/blog/index", ["/blog/index"]),
    ("/x/static", []),
]

WRONG = [
    ({"tools.gzip.on": True}, "tools.gzip.on: the config of an application consists of sections"),
    ({"tools.gzip.on": True}, "{'/': {'tools.gzip.on': ...}}"),
    ({"/": None}, "the config of an application consists of sections"),
    ({"[/admin]": {}}, "brackets stand around names in files only; write '/admin'"),
    ({3: {}}, "the name of a section is text"),
    ({"admin": {"tools.auth_basic.on": True}}, "[admin] tools.auth_basic.on: this is not a path; write [/admin]"),
    ({"/": {"request.show_traceback": True}}, "[/] request.show_traceback: there is no such key; did you mean"),
    ({"/x": {"server.socket_port": 80}}, "[/x] server.socket_port: this is about the whole process"),
    ({"/x/": {"log.screen": True}}, "[/x/] log.screen: an application has one log"),
]

path_texts = strategies.lists(strategies.sampled_from(["a", "b", "a-b", "a_b", "a.b", "é", "index"]), max_size=4)


class Box:
    """A toolbox with one tool."""

    def __init__(self, *tools: str) -> None:
        self.tools = tools

    def names(self) -> Collection[str]:
        return self.tools

    def settings(self, name: str) -> Collection[str] | None:
        return ("level",)

    def check(self, name: str, settings: object, where: str) -> None:
        pass


@pytest.mark.parametrize(("path", "names"), MATCHES)
def test_sections_hold_for_their_path_and_below(path: str, names: list[str]) -> None:
    """Compared by canonical segments, so that no other spelling of a URL gets around a section."""
    sections = Sections({name: {} for name in NAMES})

    assert sections.match(segments_of(path)) == tuple(names)


@given(path_texts, strategies.lists(path_texts, max_size=5))
def test_match_agrees_with_the_definition(path: list[str], names: list[list[str]]) -> None:
    """A section matches if its canonical segments are the first ones of the path; shallow ones come first."""
    sections = Sections({"/" + "/".join(name): {} for name in names})
    canon = list(map(canonical, path))
    expected = [name for name in sections if (own := segments_of(name)) and canon[: len(own)] == [*map(canonical, own)]]

    assert sections.match(path) == tuple(sorted(expected, key=lambda name: len(segments_of(name))))


@pytest.mark.parametrize("config", [{}, {"/": {"a": 1}}, {"/": {}, "databases": {"main": "x"}}])
def test_without_sections_below_the_root_nothing_matches(config: dict[str, Any]) -> None:
    """The common case, told apart by one look."""
    assert Sections(config).match(["a", "b"]) == ()


@pytest.mark.parametrize(("config", "message"), WRONG)
def test_a_mistake_is_refused_and_nothing_taken(config: dict[Any, Any], message: str) -> None:
    """Even if the sections before it are right."""
    sections = Sections({"/": {"a": 1}})

    with pytest.raises(ConfigError) as caught:
        sections.merge({"/first": {"b": 2}, **config})

    assert message in str(caught.value)
    assert sections == {"/": {"a": 1}}


def test_merging_goes_key_by_key() -> None:
    """And leaves the caller's dicts alone; a section that is there stays the same object."""
    given = {"/": {"a": 1}, "data": {"x": 1}}
    sections = Sections(given)
    root = sections["/"]
    sections.merge({"/": {"b": 2}, "data": {"y": 2}})

    assert sections == {"/": {"a": 1, "b": 2}, "data": {"x": 1, "y": 2}}
    assert sections["/"] is root
    assert given == {"/": {"a": 1}, "data": {"x": 1}}


def test_what_is_no_path_is_the_applications_own() -> None:
    """Nobody looks into it, and [global] may stand in the same file."""
    own = {"databases": {"request.nonsense": 1}, "global": {"server.socket_port": 80, "tools.x.on": "?"}}

    assert Sections(own) == own


def test_a_file_is_remembered_with_the_lines_of_its_keys(tmp_path: Path) -> None:
    """For messages, and for whoever watches files."""
    path = tmp_path / "site.conf"
    path.write_text("[/]\n\na.b = 1\n")
    sections = Sections(path, name="the blog")

    assert sections.files == [str(path)]
    assert str(sections.place("/", "a.b")) == f"{path}, line 3: [/] a.b"


def test_a_mistake_in_a_file_is_found_by_its_line(tmp_path: Path) -> None:
    """Not only by its section and key."""
    path = tmp_path / "site.toml"
    path.write_text('["/"]\ntools.gzip.on = true\nrequest.bdy.maxbytes = 3\n')

    with pytest.raises(ConfigError, match=r"site\.toml, line 3: \[/\] request\.bdy"):
        Sections(path)


@pytest.mark.parametrize("text", ["environment = 'production'\n", "[tools.gzip]\non = true\n"])
def test_toml_outside_of_all_sections_is_refused(tmp_path: Path, text: str) -> None:
    """It would have no effect on an application."""
    (tmp_path / "site.toml").write_text(text)

    with pytest.raises(ConfigError, match="consists of sections"):
        Sections(tmp_path / "site.toml")


def test_a_mistake_in_a_dict_names_the_application() -> None:
    """As there may be several."""
    with pytest.raises(ConfigError, match=r"^config of the blog: \[/\] request\.x: "):
        Sections({"/": {"request.x": 1}}, name="config of the blog")


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("/a/b/c", "x", "deep"),
        ("/a/z", "x", "root"),
        ("/a/z", "y", "a"),
        ("/A-B", "y", None),
        ("/a", "nothing", None),
        ("", "x", "root"),
        ("/", "x", "root"),
        ("data", "x", "own"),
        ("nowhere", "x", None),
    ],
)
def test_find_takes_the_nearest_section_that_has_the_key(path: str, key: str, value: str | None) -> None:
    """From the path upwards; a name without a slash is that of one section."""
    sections = Sections({"/": {"x": "root"}, "/a": {"y": "a"}, "/a/b": {"x": "deep"}, "data": {"x": "own"}})

    assert sections.find(path, key) == value
    assert sections.find(path, "nothing", "default") == "default"


CHANGES: list[Callable[[Sections], object]] = [
    lambda sections: sections.merge({"/": {"b": 2}}),
    lambda sections: sections.__setitem__("/new", {}),
    lambda sections: sections.update({"/new": {}}),
    lambda sections: sections.setdefault("/new", {}),
    lambda sections: sections.__ior__({"/new": {}}),
    lambda sections: sections.pop("/"),
    lambda sections: sections.popitem(),
    lambda sections: sections.__delitem__("/"),
    lambda sections: sections.clear(),
    lambda sections: sections["/"].__setitem__("a", 2),
    lambda sections: sections["/"].__delitem__("a"),
    lambda sections: sections["/"].update(a=2),
    lambda sections: sections["/"].pop("a"),
    lambda sections: sections["/"].setdefault("b", 2),
    lambda sections: sections["/"].clear(),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_every_change_makes_a_new_version(number: int) -> None:
    """Whoever prepared something with the old one can notice."""
    sections = Sections({"/": {"a": 1}})
    before = sections.version
    CHANGES[number](sections)

    assert sections.version != before


def test_joined_with_another_dict_it_is_a_plain_dict() -> None:
    """Which nobody needs to hear of."""
    sections = Sections({"/": {"a": 1}})

    assert type(sections | {"/b": {}}) is dict
    assert sections == {"/": {"a": 1}}


def test_reading_makes_no_new_version() -> None:
    """Nor does asking for what is there."""
    sections = Sections({"/": {"a": 1}})
    before = sections.version
    sections.match(["a"])
    sections.find("/", "a")
    sections.setdefault("/", {})

    assert sections.version == before


def test_a_section_that_is_set_is_checked_and_matched() -> None:
    """As one that is merged."""
    sections = Sections()
    sections["/admin"] = {"tools.x.on": 1}

    assert sections == {"/admin": {"tools.x.on": True}}
    assert sections.match(["admin"]) == ("/admin",)
    with pytest.raises(ConfigError):
        sections["/admin"] = {"tools.x": 1}


def test_tools_may_be_defined_after_the_config() -> None:
    """What is missing at the end is an error, with its place."""
    known = Keys({"tools": Box()})
    sections = Sections({"/": {"tools.zip.on": True}, "data": {"x": 1}}, known, "config of the blog")
    with pytest.raises(ConfigError, match=r"^config of the blog: \[/\] tools\.zip\.on: there is no tool 'zip'"):
        sections.check_tools()

    known.toolboxes["tools"] = Box("zip")

    sections.check_tools()


def test_tools_are_asked_for_once_a_version() -> None:
    """What was found right stays right until something changes."""
    known = Keys({"tools": Box("zip")})
    sections = Sections({"/": {"tools.zip.on": True}}, known)
    sections.check_tools()
    known.toolboxes["tools"] = Box()
    sections.check_tools()
    sections["/"]["a"] = 1

    with pytest.raises(ConfigError):
        sections.check_tools()


def test_an_argument_that_a_tool_has_not_is_refused_at_once_if_the_tool_is_known() -> None:
    """Later, if it is defined later."""
    with pytest.raises(ConfigError, match=r"did you mean 'tools\.zip\.level'"):
        Sections({"/": {"tools.zip.levl": 3}}, Keys({"tools": Box("zip")}))
