"""Pieces of Markdown that the generated parts of the reference are made of."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import Any

CODE = re.compile(r"(``.*?``|`[^`]*`)", re.DOTALL)
SIGN = re.compile(r"[*<\[]|(?<!\w)_|_(?!\w)")
LONGEST_DEFAULT = 40
SEE_MODULE = re.compile(r"See the module\.\s*")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def prose(text: str) -> str:
    """A docstring as Markdown: what is indented is code, and no sign outside of code means anything."""
    lines = []
    for line in text.splitlines():
        if line.startswith("    "):
            lines.append(line)
        else:
            parts = CODE.split(line)
            lines.append("".join(part if part.startswith("`") else SIGN.sub(r"\\\g<0>", part) for part in parts))
    return "\n".join(lines)


def doc(thing: Any) -> str:
    """What the docstring of a thing says. Where it sends one to its module, what that says."""
    own = written(thing)
    if SEE_MODULE.match(own):
        own = f"{written(inspect.getmodule(thing))}\n\n{SEE_MODULE.sub('', own)}".strip()
    return "\n\n".join(each for each in own.split("\n\n") if not each.startswith("_"))  # what is private stays so


def written(thing: Any) -> str:
    """The docstring as it stands in the source: Python 3.13 takes away by how much its examples are indented."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    except (OSError, TypeError):
        return ""
    node = tree if inspect.ismodule(thing) else tree.body[0]
    lines = (ast.get_docstring(node, clean=False) or "").splitlines()  # type: ignore[arg-type]
    margin = len(lines[-1]) if lines and not lines[-1].strip() else 0
    return "\n".join([lines[0], *(line[margin:] for line in lines[1:])]).strip() if lines else ""


def first(thing: Any) -> str:
    """The first paragraph of it, in one line."""
    return " ".join(prose(doc(thing).partition("\n\n")[0]).split())


class Something:
    """Stands for a default that is too long to be shown, or has no name."""

    def __repr__(self) -> str:
        return "…"


def _short(parameter: inspect.Parameter) -> inspect.Parameter:
    shown = repr(parameter.default)
    if parameter.default is not parameter.empty and (len(shown) > LONGEST_DEFAULT or " at 0x" in shown):
        return parameter.replace(default=Something())
    return parameter


def signature(name: str, call: Any) -> str:
    """How it is called, without annotations."""
    try:
        own = inspect.signature(call)
    except (TypeError, ValueError):
        return name
    given = [_short(each.replace(annotation=each.empty)) for each in own.parameters.values()]
    if given and given[0].name in ("self", "cls"):
        del given[0]
    return f"{name}{own.replace(parameters=given, return_annotation=own.empty)}"
