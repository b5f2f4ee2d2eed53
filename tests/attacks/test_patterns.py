"""No regular expression of ours takes long, whatever it is given (ReDoS)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
import warnings
from pathlib import Path

import pytest

import kirsch
from kirsch.app.legacy import LegacyWarning

SIZE = 8000
"""Characters: with a quadratic pattern these take some ten milliseconds, with a linear one less than one."""

SLOWEST = 0.1
UNITS = [
    *"aA0 \t,;\"'\\=/.-_%(<:[]\n*&+?é\x00",
    *("a,", "a=", "; ", '\\"', 'a"', "..", "/.", "%2", "ab ", "a;", '="', '"a', "a\\", "a\n", " a", ", a", "a=b;"),
    *("1-2,", "::"),
]
ENDS = [("", ""), ("a", ""), ("", "!"), ("", '"'), ("", "\n\n!"), ('a="', "")]
OWN_FILES = {
    "kirsch.app.debugsource._NAMED", "kirsch.app.sources._BARE_PATH",
    "kirsch.app.sources._TOML_HEADER", "kirsch.app.sources._TOML_KEY",
}  # fmt: skip
"""Patterns that see nothing but files of whoever runs the site."""


def nested(value, name, depth=0):
    """The patterns in a value, with their names."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth < 3 and isinstance(value, (tuple, list, set, frozenset)):
        for number, each in enumerate(value):
            yield from nested(each, f"{name}[{number}]", depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for key, each in list(value.items()):
            yield from nested(each, f"{name}[{key!r}]", depth + 1)
    elif depth < 2 and isinstance(value, type) and value.__module__.startswith("kirsch"):
        for key, each in list(vars(value).items()):
            yield from nested(each, f"{name}.{key}", depth + 1)


def patterns():
    """All of the house by name, and the methods by which they are used: match and fullmatch, and search if it is."""
    found = {}
    for each in pkgutil.walk_packages(kirsch.__path__, "kirsch."):
        if each.name == "kirsch.__main__":
            continue
        try:
            with warnings.catch_warnings(action="ignore", category=LegacyWarning):
                module = importlib.import_module(each.name)
        except ModuleNotFoundError:  # of another system, or of what is no more
            continue
        source = Path(module.__file__ or "").read_text("utf-8")
        for key, value in list(vars(module).items()):
            if f"{each.name}.{key}" in OWN_FILES or not re.search(rf"^{re.escape(key)}\b.* = ", source, re.MULTILINE):
                continue  # imported from elsewhere
            searched = re.search(rf"\b{re.escape(key)}(?:\[\w+\])?\.(?:search|subn?|finditer|findall|split)\b", source)
            for name, pattern in nested(value, f"{each.name}.{key}"):
                found[name] = (pattern, ("match", "fullmatch", "search") if searched else ("match", "fullmatch"))
    return found


PATTERNS = patterns()


def slowest(pattern, ways):
    """The longest that one of the strings takes, and which it was; the first that takes too long."""
    worst = (0.0, "", "")
    for start, end in ENDS:
        for unit in UNITS:
            text = start + unit * (SIZE // len(unit)) + end
            given = text.encode("latin-1") if isinstance(pattern.pattern, bytes) else text
            for way in ways:
                began = time.process_time()
                getattr(pattern, way)(given)
                worst = max(worst, (time.process_time() - began, way, f"{start}{unit}…{end}"))
                if worst[0] > SLOWEST:
                    return worst
    return worst


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long(name):
    """Of any length that a client can send, in the ways in which it is used."""
    found = slowest(*PATTERNS[name])

    assert found[0] < SLOWEST, found


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [(re.compile(r"a*a*!b"), ("match",)), (re.compile("a+b"), ("search",)), (re.compile(r"[ ]*x?[ ]*!"), ("match",))],
)
def test_a_bad_pattern_would_be_noticed(pattern, ways):
    """Quadratic is enough, where the engine does not see through it."""
    assert slowest(pattern, ways)[0] > SLOWEST / 20


def test_all_rooms_are_looked_into():
    """The patterns of the parsers are among them."""
    rooms = {name.split(".")[1] for name in PATTERNS}

    assert {"http", "app", "protocol", "toolbox"} <= rooms
    assert len(PATTERNS) > 60
