"""Which pages of other origins may ask, and what a browser is told about that (the Fetch standard, "CORS protocol")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kirsch.http.media import TOKEN
from kirsch.http.urls import split_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Rule = str | re.Pattern[str] | Callable[[str], object]

ANY: Final = "*"
NOBODY: Final = "null"
"""The origin of pages that have none: in a sandbox, from a file, or sent on by a redirect. Anybody can be that."""

_USUAL_PORTS: Final = {"http": 80, "https": 443}
_NAME = re.compile(TOKEN)


class Origins:
    """Which origins are allowed.

    rules: `https://a.example`, `https://*.a.example` for all hosts below that one, a compiled pattern for the whole
    of an origin, a function of it, `*` for every page of the world, or `null`. ValueError names a rule that is none.
    any: whether all are. Patterns and functions are not asked about `null`: it has to be named, or be one of all.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = list(rules)
        self.any = ANY in rules
        self._exact = {NOBODY} & set(rules)
        self._below: list[tuple[str, str]] = []
        self._asked: list[Callable[[str], object]] = []
        for rule in rules:
            if callable(rule):
                self._asked.append(rule)
            elif isinstance(rule, re.Pattern):
                self._asked.append(rule.fullmatch)
            elif rule not in (ANY, NOBODY):
                self._add(rule)

    def _add(self, rule: str) -> None:
        scheme, mark, host = rule.lower().partition("://")
        wild = host.startswith("*.")
        try:
            name, port = split_host(host.removeprefix("*."))
        except ValueError:
            name, port = "", None
        if not (mark and name and scheme.isalnum()) or "*" in name:
            raise ValueError(f"{rule!r} is no origin: write scheme and host alone, such as 'https://example.com'")
        shown = name if port in (None, _USUAL_PORTS.get(scheme)) else f"{name}:{port}"
        if wild:
            self._below.append((f"{scheme}://", f".{shown}"))
        else:
            self._exact.add(f"{scheme}://{shown}")

    def allow(self, origin: str) -> bool:
        """Whether a page of this origin may ask. origin: as a browser sends it."""
        if origin in self._exact:
            return True
        if origin == NOBODY:
            return self.any
        if any(origin.startswith(start) and origin.endswith(end) and self._is_host(origin[len(start) :])
               for start, end in self._below):  # fmt: skip
            return True
        return self.any or any(asked(origin) for asked in self._asked)

    @staticmethod
    def _is_host(text: str) -> bool:
        try:
            return bool(split_host(text))
        except ValueError:
            return False


def names(value: str) -> list[str] | None:
    """The names of fields in a list, in lower case; None if it is none."""
    found = [name for each in value.lower().split(",") if (name := each.strip(" \t"))]
    return found if all(map(_NAME.fullmatch, found)) else None
