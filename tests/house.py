"""Reads the source of the house for test_floors.py: its modules, their imports, functions, comments and sizes.

Everything is found with `ast` and `tokenize`, so that nothing needs to be imported, and nothing can hide from it.
"""

from __future__ import annotations

import ast
import io
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "src" / "kirsch"


class Import(NamedTuple):
    """One import of a module of ours: where it stands, the file (or package) it needs, the function it stands in."""

    module: str
    line: int
    target: str
    function: str = ""
    whole: bool = False  # brings a module instead of a name out of one, or is relative

    def __str__(self) -> str:
        return f"  {self.module}, line {self.line}: {self.target}"


class Function(NamedTuple):
    """A function of ours, with its code lines (from `def` on; no blanks, comments, docstrings) and parameters."""

    place: str
    length: int
    parameters: int


@cache
def modules() -> dict[str, Path]:
    """Every module by its dotted name; a package is named without `__init__`."""
    names = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = ["kirsch", *path.relative_to(HOUSE).with_suffix("").parts]
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


@cache
def tree(name: str) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(modules()[name].read_text("utf-8"), filename=str(modules()[name]))


def room(name: str) -> str:
    """The room (or the single file at the top) that a dotted name belongs to; `kirsch` itself is the face."""
    return name.split(".")[1] if "." in name else name


@cache
def imports() -> list[Import]:
    """Every import of every module: at the top, under TYPE_CHECKING, in functions, and by `import_module("a name")`."""
    return [each for name in modules() for each in _imports_in(name, tree(name), "")]


def _imports_in(module: str, node: ast.AST, function: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        inner = inner or ("lambda" if isinstance(child, ast.Lambda) else "")
        for target, whole in _targets(child):
            yield Import(module, getattr(child, "lineno", 0), target, function, whole)
        yield from _imports_in(module, child, inner)


def _targets(node: ast.AST) -> Iterator[tuple[str, bool]]:
    match node:
        case ast.Import(names=names):
            yield from ((alias.name, True) for alias in names)
        case ast.ImportFrom(level=0, module=str(origin), names=names):
            for alias in names:
                # `from kirsch import server` means the face's name, even if a room is called the same.
                path = modules().get(f"{origin}.{alias.name}", None)
                whole = path is not None and (origin != "kirsch" or path.name != "__init__.py")
                yield (f"{origin}.{alias.name}" if whole else origin), whole
        case ast.ImportFrom(level=level, module=origin):
            yield "." * level + (origin or ""), True
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]):
            if called in {"import_module", "__import__"}:
                yield name, False


@cache
def functions() -> list[Function]:
    """Every function of the house, nested ones and methods too."""
    found = []
    for name in modules():
        code = _code_lines(name)
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = len(code.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
                found.append(Function(f"{name}.{node.name}, line {node.lineno}", length, _parameters(node)))
    return found


def _code_lines(name: str) -> set[int]:
    idle = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(modules()[name].read_text("utf-8")).readline)
    code = {row for token in tokens if token.type not in idle for row in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            code.difference_update(range(node.lineno, (node.end_lineno or 0) + 1))
    return code


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"]))


def comments(name: str) -> list[str]:
    """The comments of a module."""
    tokens = tokenize.generate_tokens(io.StringIO(modules()[name].read_text("utf-8")).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def lines(name: str) -> int:
    """How many lines a module has, all counted."""
    return len(modules()[name].read_text("utf-8").splitlines())


def foreign_privates(name: str) -> Iterator[tuple[int, str]]:
    """Lines and names where a module uses an underscored name that it neither makes itself nor has on itself."""
    own = {node.attr for node in ast.walk(tree(name)) if isinstance(node, ast.Attribute) and _on_itself(node)}
    own |= {node.id for node in ast.walk(tree(name)) if isinstance(node, ast.Name)}
    own |= {node.name for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and not _on_itself(node):
            names = [node.attr]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        for each in names:
            if each.startswith("_") and not each.startswith("__") and each not in own:
                yield getattr(node, "lineno", 0), each


def _on_itself(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
