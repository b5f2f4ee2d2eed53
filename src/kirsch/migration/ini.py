"""INI files: old keys get the names of today; values that were code are for a person to decide."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from kirsch.migration.edits import Decision, Edit, Outcome, Source
from kirsch.migration.keys import modern

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = re.compile(r"\[([^\]]+)\]")
_LINE: Final = re.compile(r"([^\s#;\[=:][^=:\r\n]*)[=:]\s*([^\r\n]*)")
_CODE: Final = (ast.Call, ast.Attribute, ast.Name, ast.Lambda)


def migrated_ini(text: str) -> Outcome:
    """What is to be done in an INI file."""
    source = Source(text)
    edits: list[Edit] = []
    decisions: list[Decision] = []
    for section in _sections(source):
        keys = [key for _, key, _ in section]
        for line, key, value in section:
            new = modern(key, keys, line)
            if isinstance(new, Decision):
                decisions.append(new)
            elif new != key:
                start = source.place(line, 0)
                edits.append(Edit(start, start + len(key), new))
            if _is_code(value):
                decisions.append(_code(line, key))
    return Outcome(edits, decisions)


def _sections(source: Source) -> Iterator[list[tuple[int, str, str]]]:
    """The settings of each section: line, key, value."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(source.lines, 1):
        if _HEAD.match(line):
            yield found
            found = []
        elif match := _LINE.match(line):
            found.append((number, match[1].rstrip(), match[2]))
    yield found


def _is_code(value: str) -> bool:
    """Whether a value is more than data: it names or calls something."""
    try:
        tree = ast.parse(value.strip() or "None", mode="eval")
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(node, _CODE) for node in ast.walk(tree))


def _code(line: int, key: str) -> Decision:
    why = "values are data: say this one in Python, in the dict that you mount or start with"
    return Decision(line, f"the value of {key} names something of a program", why, "reference/config.md")
