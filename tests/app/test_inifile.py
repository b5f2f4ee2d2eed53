from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies

from kirsch.app.inifile import MOST_REPEATED, NotLiteralError, literal, read_ini
from kirsch.app.place import ConfigError

plain_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text() | strategies.binary(),
    lambda inner: (
        strategies.lists(inner) | strategies.tuples(inner) | strategies.dictionaries(strategies.text(), inner)
    ),
    max_leaves=10,
)

LITERALS = [
    ("8080", 8080),
    ("-1.5", -1.5),
    ("0x1F", 31),
    ("'text'", "text"),
    ("b'bytes'", b"bytes"),
    ("'one' 'two'", "onetwo"),
    ("'a' + 'b' + 'c'", "abc"),
    ("100 * 1024 * 1024", 100 * 1024 * 1024),
    ("3 * [0]", [0, 0, 0]),
    ("-5 * 'a'", ""),
    ("True", True),
    ("None", None),
    ("1, 'a'", (1, "a")),
    ("[1, (2,), {'k': {3}}]", [1, (2,), {"k": {3}}]),
    ("['a',\n'b']", ["a", "b"]),
    ("", ""),
]

REFUSALS = [
    ("true", "; write True"),
    ("Off", "; write False"),
    ("null", "; write None"),
    ("debug", "; text stands in quotes: 'debug'"),
    ("/var/log/x.log", "; text stands in quotes: '/var/log/x.log'"),
    ("cherrypy.dispatch.MethodDispatcher()", "in Python, as a dict, or run the program by `kirsch run --cherrypy`"),
    ("os.environ['HOME']", "would import or call something"),
    ("[open('x')]", "would import or call something"),
    ("'x'.upper", "would import or call something"),
    ("1 if 2 else 3", "is more than literals"),
    ("3 - 1", "is more than literals"),
    ("f'{1}'", "is more than literals"),
    ("lambda: 1", "is more than literals"),
    ("[i for i in (1, 2)]", "is more than literals"),
    ("{**{}}", "** is not possible"),
    ("'a' + 1", "is not a Python value"),
    ("-'a'", "is not a Python value"),
    ("{[]: 1}", "is not a Python value"),
    ("5 *\n2", "; a value of several lines stands in brackets"),
    ("'a\0b'", "is not a Python value"),
    ("(" * 1000, "is not a Python value"),
    ("+".join(["1"] * 100_000), "nested too deeply"),
    ("'abc' * 10000000000", f"longer than {MOST_REPEATED}"),
    ("10000000000 * [1]", f"longer than {MOST_REPEATED}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_literals_and_their_joins_are_values(text: str, value: Any) -> None:
    """Nothing at all is itself: an empty text."""
    assert literal(text) == value


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_anything_else_is_refused_with_advice(text: str, reason: str) -> None:
    """Nothing is imported, nothing called, and no memory is eaten."""
    with pytest.raises(NotLiteralError) as caught:
        literal(text)

    assert reason in str(caught.value)
    assert len(str(caught.value)) < 300


@given(plain_values)
def test_what_repr_writes_is_read_back(value: Any) -> None:
    """A file may be written by a program."""
    assert literal(repr(value)) == value


def test_sections_keys_and_values() -> None:
    """Both delimiters, comments, indented continuations, and keys that keep their case."""
    text = "# first\n[global]\nServer.X = 1\nb: 'y'\n; second\n[/Path]\nlist = [1,\n   # third\n   2]\n"

    sections, lines = read_ini(text, "site.conf")

    assert sections == {"global": {"Server.X": 1, "b": "y"}, "/Path": {"list": [1, 2]}}
    assert lines == {("global", "Server.X"): 3, ("global", "b"): 4, ("/Path", "list"): 7}


def test_names_in_percent_signs_are_replaced() -> None:
    """By raw values of the section or of [DEFAULT], whose keys appear in each section; %% is one percent sign."""
    sections, lines = read_ini("[DEFAULT]\nbase = '/srv'\n[/]\ndir = %(base)s + '/a%%b'\n", "site.conf")

    assert sections == {"/": {"base": "/srv", "dir": "/srv/a%b"}}
    assert lines["/", "base"] == 2


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_end_as_on_any_system(newline: str) -> None:
    """And only there: a form feed or a Unicode separator is part of a value."""
    sections, lines = read_ini(newline.join(["[/]", "a = 'x\u2028\x0cy'", "b = 2"]), "site.conf")

    assert sections == {"/": {"a": "x\u2028\x0cy", "b": 2}}
    assert lines["/", "b"] == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1", "site.conf, line 1: a key stands before the first section"),
        ("[/]\na = 1\na = 2", "site.conf, line 3: [/] a: stands there twice"),
        ("[/]\na = 1\n[/]\nb = 2", "site.conf, line 3: [/]: stands there twice"),
        ("[/]\n\na", "site.conf, line 3: neither [section] nor key = value"),
        ("[/]\na = %(b)s", "site.conf, line 2: [/] a: %(b)s: there is no such key"),
        ("[/]\na = '100%'", "site.conf, line 2: [/] a: '%' must be followed by '%' or '('"),
        ("[/]\na = %(a)s", "site.conf, line 2: [/] a: Recursion limit exceeded"),
        ("[/]\n\n\na.b = yes", "site.conf, line 4: [/] a.b: yes is a name, and a config file holds data only; "),
    ],
)
def test_errors_name_file_and_line(text: str, message: str) -> None:
    """Also section and key, where it is about one."""
    with pytest.raises(ConfigError) as caught:
        read_ini(text, "site.conf")

    assert str(caught.value).startswith(message)


@given(strategies.text(alphabet="[]/=:%()s'\" \n\tab1#;\r\x00"))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It gives sections or a ConfigError."""
    try:
        sections, lines = read_ini(text, "site.conf")
    except ConfigError:
        return
    assert all((name, key) in lines for name, keys in sections.items() for key in keys)
