"""Source code to be looked at."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import kirsch
from kirsch.app.debugsource import (
    APPLICATION,
    KIRSCH,
    LIBRARY,
    MOST_COLUMNS,
    PYTHON,
    Line,
    Spot,
    excerpt,
    read_lines,
    whose,
)


def lines_of(text: str) -> list[str]:
    """As linecache has them."""
    return text.splitlines(keepends=True)


def failing(lines: list[Line]) -> list[str]:
    """The characters that were being evaluated, by line."""
    return ["".join([piece.text for piece in line.pieces if piece.failing]) for line in lines if line.marked]


def kinds(text: str, begin: int = 1) -> list[tuple[str, str]]:
    """The pieces of a text that are of some kind."""
    lines = lines_of(text)
    shown = excerpt(lines, Spot(len(lines), len(lines), begin=begin))
    return [(piece.text, piece.kind) for line in shown for piece in line.pieces if piece.kind]


@pytest.mark.parametrize(
    ("path", "origin", "name"),
    [
        (json.__file__, PYTHON, "json/__init__.py"),
        ("<frozen importlib._bootstrap>", PYTHON, "<frozen importlib._bootstrap>"),
        (kirsch.__file__, KIRSCH, "kirsch/__init__.py"),
        ("/x/lib/python3.13/site-packages/shop/a.py", LIBRARY, "shop/a.py"),
        ("/usr/lib/python3/dist-packages/shop.py", LIBRARY, "shop.py"),
        (str(Path.cwd() / "shop" / "a.py"), APPLICATION, "shop/a.py"),
        ("/elsewhere/a.py", APPLICATION, "/elsewhere/a.py"),
        ("<string>", APPLICATION, "<string>"),
    ],
)
def test_whose(path: str, origin: str, name: str) -> None:
    """A file is Python's, ours, of an installed package, or of the application, and named as short as may be."""
    assert whose(path) == (origin, name.replace("/", os.sep) if origin != APPLICATION else name)


def test_whose_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder may have been removed."""

    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "getcwd", gone)
    assert whose("/elsewhere/a.py") == (APPLICATION, "/elsewhere/a.py")


def test_reading(tmp_path: Path) -> None:
    """A file is read as it is now; what is no file, or far too long, is not opened."""
    file = tmp_path / "a.py"
    file.write_text("one\n", "utf-8")
    assert read_lines(str(file)) == ["one\n"]
    file.write_text("one\ntwo\n", "utf-8")
    assert read_lines(str(file)) == ["one\n", "two\n"]
    with file.open("wb") as long:
        long.truncate(5 * 1024 * 1024)
    assert read_lines(str(file)) == read_lines(str(tmp_path)) == read_lines("/a\0b") == read_lines("<made>") == []


def test_reading_by_the_loader() -> None:
    """A module that came out of an archive is read by whoever has loaded it."""

    class Loader:
        def get_source(self, name: str) -> str:
            return f"# {name}\n"

    names = {"__name__": "shop", "__loader__": Loader()}
    assert read_lines(f"archive.zip{os.sep}shop.py", names) == ["# shop\n"]


# -- excerpts --------------------------------------------------------------------------------------------------------


def test_excerpt() -> None:
    """Five lines on either side, without the indentation that all have, and without blank lines at the ends."""
    text = "\n".join(["def f():", "", *[f"    x{number}()" for number in range(20)], ""])
    shown = excerpt(lines_of(text), Spot(6, 6))
    assert [line.number for line in shown] == [1, *range(2, 12)]
    shown = excerpt(lines_of(text), Spot(7, 7))
    assert [line.number for line in shown] == list(range(3, 13))
    assert shown[0].text == "x0()"
    assert [line.number for line in shown if line.marked] == [7]


def test_mixed_indentation() -> None:
    """Tabs and blanks have nothing in common; what is shared of both is taken off."""
    shown = excerpt(lines_of("  \ta\n    b\n"), Spot(1, 1))
    assert [line.text for line in shown] == ["\ta", "  b"]


@pytest.mark.parametrize("first", [0, 3, -1])
def test_no_excerpt(first: int) -> None:
    """A line that is not there has no surroundings."""
    assert excerpt(["a\n", "b\n"], Spot(first, first)) == []


def test_long_lines() -> None:
    """They are cut, and so is a statement of many lines."""
    shown = excerpt(["x" * 1000 + "\n"] * 30, Spot(6, 25))
    assert len(shown[0].text) == MOST_COLUMNS
    assert len([line for line in shown if line.marked]) == 8


def test_failing_columns() -> None:
    """What was being evaluated is told apart."""
    assert failing(excerpt(["    return a + b[0]\n"], Spot(1, 1, 15, 19))) == ["b[0]"]


def test_failing_lines() -> None:
    """On several lines, blanks at their beginning are left out."""
    text = "x = f(\n    1,\n)\n"
    assert failing(excerpt(lines_of(text), Spot(1, 3, 4, 1))) == ["f(", "1,", ")"]


@pytest.mark.parametrize("spot", [Spot(1, 1, 4, 7), Spot(1, 1), Spot(1, 0, 4, 6)])
def test_whole_lines(spot: Spot) -> None:
    """A line that failed as a whole is marked, and nothing in it; also if nothing is known of columns."""
    assert failing(excerpt(["    f()\n"], spot)) in ([""], [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1  # why", [("# why", "comment")]),
        ("if x: return None", [("if", "keyword"), ("return", "keyword"), ("None", "keyword")]),
        ("notify = ifx", []),
        ("'a' + \"b'\" + f'{c}'", [("'a'", "string"), ('"b\'"', "string"), ("f'{c}'", "string")]),
        ("'it\\'s' # x", [("'it\\'s'", "string"), ("# x", "comment")]),
        ("'#' 'open", [("'#'", "string"), ("'open", "string")]),
        ('"""a\nif b\n"""', [('"""a', "string"), ("if b", "string"), ('"""', "string")]),
        ("'''a\nif b", [("'''a", "string"), ("if b", "string")]),
    ],
)
def test_kinds(text: str, found: list[tuple[str, str]]) -> None:
    """Comments, strings and keywords are told apart, as far as this can be done without a parser."""
    assert kinds(text) == found


def test_kinds_begin() -> None:
    """Strings that began before the lines shown are known, as they are read from the beginning of the function."""
    text = "def f():\n    '''\n" + "    if\n" * 10 + "    '''\n"
    assert {kind for _, kind in kinds(text)} == {"string"}
    assert kinds("'''\nif x\n", begin=2) == [("'''", "string"), ("if", "keyword")]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('api_key = "sk-1"', 'api_key = "[redacted]"'),
        ("{'password': 'x', 'a': 'b'}", "{'password': \"[redacted]\", 'a': 'b'}"),
        ("headers['Cookie'] = b'a=1' + rest", "headers['Cookie'] = \"[redacted]\" + rest"),
        ("connect(token='a' 'b')", 'connect(token="[redacted]" "[redacted]")'),
        ("def f(token: str | None = 'a'):", 'def f(token: str | None = "[redacted]"):'),
        ("if token == 'a':", 'if token == "[redacted]":'),
        ("password = ''", "password = ''"),
        ("token = params['token']", "token = params['token']"),
        ("name = 'ada'", "name = 'ada'"),
    ],
)
def test_secrets(line: str, shown: str) -> None:
    """A secret that stands in the source is not shown."""
    assert excerpt([line], Spot(1, 1))[0].text == shown


def test_no_code_of_ours() -> None:
    """The tests are no part of the package."""
    assert whose(sys.modules[__name__].__file__ or "")[0] == APPLICATION
