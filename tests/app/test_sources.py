from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies

from kirsch.app.keys import Keys
from kirsch.app.place import ConfigError, Place
from kirsch.app.sources import Source, read, toml_lines

if TYPE_CHECKING:
    from pathlib import Path

TOML = """\
[global]
environment = "production"
server.socket_port = 8080

["/"]
"tools.gzip.on" = true
tools.sessions.on = true
request.body.maxbytes = 100
response.headers.X-One = "1"
own = { a = 1 }

['/static'.tools.staticdir]
on = true
content_types = { rst = "text/x-rst" }
"""


def flat(source: Source, section: str) -> dict[str, Any]:
    """A section with its keys joined."""
    return source.flat(source.sections[section], Keys().depth)


def test_a_dict_is_taken_as_it_is() -> None:
    """It is not altered, nor are its tables joined."""
    given = {"/": {"tools": {"gzip": {"on": True}}}}

    assert flat(read(given), "/") == {"tools": {"gzip": {"on": True}}}
    assert given == {"/": {"tools": {"gzip": {"on": True}}}}


def test_what_was_read_need_not_be_read_again() -> None:
    """A Source is a source."""
    source = Source({"/": {}})

    assert read(source) is source
    assert repr(source) == "<Source dict with '/'>"


@pytest.mark.parametrize("as_given", [str, lambda path: path, lambda path: str(path).encode()])
def test_a_file_is_given_by_its_name(tmp_path: Path, as_given: Any) -> None:
    """As text, Path or bytes; it is UTF-8, with or without a mark at the start."""
    path = tmp_path / "site.conf"
    path.write_bytes("\ufeff[/]\na = 'ä'\n".encode())

    source = read(as_given(path))

    assert source.sections == {"/": {"a": "ä"}}
    assert (source.name, source.is_file) == (str(path), True)
    assert source.place("/", "a") == Place(str(path), 2, "/", "a")


@pytest.mark.parametrize("file", [io.StringIO("[/]\na = 1\n"), io.BytesIO(b"[/]\na = 1\n")])
def test_an_open_file_is_read_from_where_it_is(file: Any) -> None:
    """Text or bytes; without a name it can be called nothing but that."""
    source = read(file)

    assert source.sections == {"/": {"a": 1}}
    assert (str(source.place("/", "a")), source.is_file) == ("an open file, line 2: [/] a", False)


def test_an_open_file_has_the_form_its_name_says(tmp_path: Path) -> None:
    """TOML by its ending."""
    (tmp_path / "site.toml").write_text('["/"]\na = true\n')
    with (tmp_path / "site.toml").open() as file:
        source = read(file)

    assert source.sections == {"/": {"a": True}}


def test_toml_tables_become_keys_as_deep_as_settings_go(tmp_path: Path) -> None:
    """Whether quoted, dotted or nested; a dict that is a value, or the application's own, stays one."""
    (tmp_path / "site.toml").write_text(TOML)
    source = read(tmp_path / "site.toml")

    assert flat(source, "global") == {"environment": "production", "server.socket_port": 8080}
    assert flat(source, "/") == {
        "tools.gzip.on": True,
        "tools.sessions.on": True,
        "request.body.maxbytes": 100,
        "response.headers.X-One": "1",
        "own": {"a": 1},
    }
    assert flat(source, "/static") == {
        "tools.staticdir.on": True,
        "tools.staticdir.content_types": {"rst": "text/x-rst"},
    }


@pytest.mark.parametrize(
    ("section", "key", "line"),
    [
        ("global", "environment", 2),
        ("global", "server.socket_port", 3),
        ("/", "tools.gzip.on", 6),
        ("/", "tools.sessions.on", 7),
        ("/static", "tools.staticdir.on", 13),
    ],
)
def test_lines_of_toml_are_found(section: str, key: str, line: int) -> None:
    """By section and joined key."""
    assert toml_lines(TOML)[section, key] == line


@given(strategies.text(alphabet="[]=.\"'ab \n#"))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    """A guess may be wrong, but there are no more lines than there are."""
    assert all(0 < line <= text.count("\n") + 1 for line in toml_lines(text).values())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.toml", b"a = ", "a.toml: this is not TOML: "),
        ("a.toml", b"[/]\na = 1", '; a path is written ["/path"]'),
        ("a.toml", b"a = " + b"[" * 100_000, "a.toml: this is nested too deeply"),
        ("a.toml", b"a = 1\nb = '\xff'", "a.toml, line 2: config files are UTF-8"),
        ("a.conf", b"[/]\n\na = '\xff'", "a.conf, line 3: config files are UTF-8"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """With the line, where there is one."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        read(tmp_path / name)

    assert message in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells where it was looked for."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError) as caught:
        read("site.conf")

    assert "cannot read the config file 'site.conf'" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("given", [None, 3, ["a"], [("a", 1)]])
def test_anything_else_is_no_config(given: Any) -> None:
    """The message lists what is."""
    with pytest.raises(ConfigError, match="a dict, the name of a file or an open file"):
        read(given)
