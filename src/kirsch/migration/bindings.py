"""What the names of a program stand for, as far as CherryPy and Kirsch are concerned."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Final

from kirsch.migration.names import NEW, OLD

PACKAGES: Final = (OLD, NEW)


class Bindings:
    """known: by name, the path below `cherrypy` (or `kirsch`) that it stands for; () for the package itself.

    A name that the program also gives to something else is not known. Scopes are not told apart.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.known: dict[str, tuple[str, ...]] = {}
        self._imported: set[str] = set()
        self._otherwise: set[str] = set()
        self._stored: Counter[str] = Counter()
        self._odd: set[str] = set()  # of these, those that are parameters, functions and the like
        nodes = list(ast.walk(tree))
        for node in nodes:
            self._look(node)
        for node in nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._follow(node.targets[0].id, node.value)
        for name in self._otherwise - set(PACKAGES):
            self.known.pop(name, None)

    def is_plain(self, name: str) -> bool:
        """Whether nothing but imports and assignments give it a value, so that it is the same name everywhere."""
        return name not in self._odd

    def is_free(self, name: str) -> bool:
        """Whether the program uses it for nothing else than the package of that name."""
        return name not in self._otherwise and (name not in self._imported or self.known.get(name) == ())

    def chain(self, node: ast.expr) -> tuple[str, tuple[str, ...], list[str]] | None:
        """Of `cp.request.headers`: `cp`, what that stands for, and the rest; None if it is no such chain."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.known:
            return None
        return node.id, self.known[node.id], parts

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._look_at_import(node)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self._otherwise.add(node.id)
            self._stored[node.id] += 1
        elif not isinstance(node, ast.alias | ast.keyword):
            names = [getattr(node, field, None) for field in ("name", "arg", "rest")] + list(getattr(node, "names", ()))
            given = {name for name in names if isinstance(name, str)}
            self._otherwise |= given
            self._odd |= given

    def _look_at_import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            first, *below = f"{module}{alias.name}".split(".")
            name = alias.asname or (alias.name if module else alias.name.partition(".")[0])
            self._imported.add(name)
            if first in PACKAGES and not getattr(node, "level", 0):
                self.known[name] = tuple(below) if module or alias.asname else ()
            else:
                self._otherwise.add(name)
                self._odd.add(name)

    def _follow(self, name: str, value: ast.expr) -> None:
        """`request = cherrypy.request`: known, too, if that is all that the name ever stands for."""
        chain = self.chain(value) if isinstance(value, ast.Attribute) else None
        if chain and name not in self._odd and self._stored[name] == 1:
            self.known[name] = (*chain[1], *chain[2])
            self._otherwise.discard(name)
