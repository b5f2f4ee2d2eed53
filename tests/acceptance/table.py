"""The table of the acceptance list on its page: each row, its tests, and how they ended, by the way they went."""

from __future__ import annotations

import importlib
import re
from collections import defaultdict

from tests.acceptance.rows import ELSEWHERE, ROWS, SECTIONS
from tests.acceptance.ways import WAYS, ways_of
from tests.house import ROOT

PAGE = ROOT / "docs" / "reference" / "acceptance.md"
BEGIN, END = "<!-- begin acceptance -->\n", "<!-- end acceptance -->"
NAME = re.compile(r"test_([A-Z])_(\d\d)_\w+")
PASSED, NONE = "✓", "–"


def row_of(name):
    """The row that a test of this name is for; None if it is for none."""
    match = NAME.fullmatch(name)
    return match and "-".join(match.groups())


def found_tests():
    """The tests of each row: file, name, ways, and why they go no others."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests" / "acceptance").glob("test_*.py")):
        module = importlib.import_module(f"tests.acceptance.{path.stem}")
        for name, function in vars(module).items():
            if row := row_of(name):
                found[row].append((path.name, name, *ways_of(function, module)))
    return found


def ended(way, tests, worse):
    """How the tests of a row have ended that go this way."""
    there = [worse.get((name, way), PASSED) for _, name, ways, _ in tests if way in ways]
    return next((each for each in there if each != PASSED), PASSED) if there else NONE


def line(row, tests, worse):
    """That of a row."""
    cells = [ended(way, tests, worse) for way in WAYS]
    reasons = dict.fromkeys(why for *_, why in tests if why and NONE in cells)
    named = ", ".join(f"`{name}`" for _, name, *_ in tests) or ELSEWHERE.get(row, "none yet")
    return f"| {' | '.join((row, ROWS[row], *cells, named, '; '.join(reasons)))} |"


def section(letter, found, worse):
    """The lines of a section."""
    files = sorted({file for row, tests in found.items() if row[0] == letter for file, *_ in tests})
    head = ("row", "what", *WAYS, "tests", "why not the other ways")
    return [
        f"## {letter}: {SECTIONS[letter]}",
        "",
        f"In {', '.join(f'`tests/acceptance/{file}`' for file in files)}.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(line(row, found[row], worse) for row in ROWS if row[0] == letter),
        "",
    ]


def table(worse):
    """All of it. worse: by name of a test and way, how it ended if not well."""
    found = found_tests()
    return "\n".join(each for letter in SECTIONS for each in section(letter, found, worse))


def filled(text, worse):
    """The page with its table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{table(worse)}{END}{rest.partition(END)[2]}"
