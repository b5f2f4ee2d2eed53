"""Filters, the tools of CherryPy 2: objects with methods named after the points of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.app.hooks import OLD_POINT, POINTS, Hook
from kirsch.app.legacy import warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES: Final = ("_cp_filters", "_cpFilterList")


def hooks_of_filters(nodes: Iterable[Any]) -> Iterator[tuple[str, Hook]]:
    """Point and hook for each filter, or class of one, that the nodes on a way list."""
    for node in nodes:
        for name in NAMES:
            filters = getattr(node, name, None)
            if not isinstance(filters, list | tuple):
                continue
            for each in filters:
                warn(name, "a Tool, or hooks.<point> in the config", where=type(node).__qualname__)
                yield from _hooks(each() if isinstance(each, type) else each)


def _hooks(each: Any) -> Iterator[tuple[str, Hook]]:
    for point in POINTS:
        old = OLD_POINT if point == "before_handler" else point
        method = getattr(each, old, None) or getattr(each, _camel(old), None)
        if method is not None:
            yield point, Hook(method)


def _camel(point: str) -> str:
    """`beforeMain`, as the oldest of them have it."""
    first, *others = point.split("_")
    return first + "".join(word.capitalize() for word in others)
