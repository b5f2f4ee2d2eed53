"""Binding a request's parameters to a handler: one plan for each handler, made from its signature once.

Whether they fit is decided before the call, so that a TypeError out of the handler is the handler's own.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

MOST_REMEMBERED: Final = 32
"""Sets of names that are remembered as fitting: clients choose names."""

_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Shape:
    """What may come by name when so many arguments came by position.

    needed: must come by name. welcome: may. taken: must not, as they came by position, or belong to the call itself.
    lacking: should have come by position, and cannot come by name. impossible: no names could make it fit.
    fitting: names that were found to fit, in the order they came. PERF: comparing sets takes three times as long.
    """

    __slots__ = ("fitting", "impossible", "lacking", "needed", "taken", "too_many", "welcome")

    def __init__(self, plan: Plan, given: int) -> None:
        self.too_many = given > len(plan.positional) and not plan.open_ended
        self.taken = frozenset(plan.hidden) | frozenset(plan.positional[:given]).difference(plan.nameless)
        rest = plan.positional[given:]
        self.welcome = (frozenset(rest) | frozenset(plan.by_name)) - frozenset(plan.nameless)
        self.needed = frozenset(name for name in (*rest, *plan.by_name) if name in plan.required)
        self.lacking = self.needed.intersection(plan.nameless)
        self.impossible = self.too_many or bool(self.lacking)
        self.fitting: set[tuple[str, ...]] = set()


class Plan:
    """How a handler takes its parameters.

    positional: names that a path segment may fill, in order. by_name: keyword-only names. required: without a default.
    open_ended: takes any number of segments (`*args`). any_name: takes any parameter (`**kwargs`).
    nameless: positional-only names. hidden: what the call itself fills (`self`).
    made: what others have made of the same handler, by any key of theirs.
    """

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.made: dict[str, Any] = {}
        self.positional: tuple[str, ...] = ()
        self.by_name: tuple[str, ...] = ()
        self.nameless: tuple[str, ...] = ()
        self.required: frozenset[str] = frozenset()
        self.open_ended = self.any_name = True
        self.hidden = _hidden(handler)
        try:
            # Not what a decorator wraps: it may hand on arguments of its own, or keep some to itself.
            self._read(list(inspect.signature(handler, follow_wrapped=False).parameters.values()))
        except (TypeError, ValueError):
            pass  # a builtin that does not say what it takes: let it try
        self._shapes = [Shape(self, given) for given in range(len(self.positional) + 1)]
        self._beyond = Shape(self, len(self.positional) + 1)

    def _read(self, parameters: list[inspect.Parameter]) -> None:
        kinds = inspect.Parameter
        self.positional = tuple(p.name for p in parameters if p.kind in _POSITIONAL)
        self.nameless = tuple(p.name for p in parameters if p.kind is kinds.POSITIONAL_ONLY)
        self.by_name = tuple(p.name for p in parameters if p.kind is kinds.KEYWORD_ONLY)
        self.required = frozenset(
            p.name
            for p in parameters
            if p.default is kinds.empty and p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        )
        self.open_ended = any(p.kind is kinds.VAR_POSITIONAL for p in parameters)
        self.any_name = any(p.kind is kinds.VAR_KEYWORD for p in parameters)

    def fits(self, given: int, names: Iterable[str]) -> bool:
        """Whether so many segments and these names can be bound."""
        shape = self._shapes[given] if given < len(self._shapes) else self._beyond
        asked = tuple(names)
        if asked in shape.fitting:
            return True
        fits = self._fits(shape, frozenset(asked))
        if fits and len(shape.fitting) < MOST_REMEMBERED:
            shape.fitting.add(asked)
        return fits

    def _fits(self, shape: Shape, names: frozenset[str]) -> bool:
        if shape.impossible:
            return False
        if not names:
            return not shape.needed
        if not shape.needed <= names:
            return False
        if self.any_name:
            return shape.taken.isdisjoint(names)
        return shape.welcome >= names

    def misfit(self, given: int, names: Collection[str], from_body: Collection[str]) -> HTTPError:
        """Why they cannot be bound, for the client. The first of these that holds:

        404 a required parameter is missing; 404 too many segments; 404 a parameter came twice; 404 an unknown one.
        The last two are 400 if all such parameters came in the request's body.
        """
        shape = self._shapes[given] if given < len(self._shapes) else self._beyond
        needed = [name for name in (*self.positional, *self.by_name) if name in shape.needed]
        missing = [name for name in needed if name not in names or name in shape.lacking]
        if missing:
            return HTTPError(404, f"Missing parameters: {','.join(missing)}")
        if shape.too_many:
            return HTTPError(404)
        twice = sorted(name for name in names if name in shape.taken)
        if twice and not set(twice) <= set(self.hidden):
            return HTTPError(_status(twice, from_body), f"Multiple values for parameters: {','.join(twice)}")
        unknown = twice if self.any_name else sorted(name for name in names if name not in shape.welcome)
        status = _status(unknown, from_body)
        source = "body" if status == 400 else "query string"
        return HTTPError(status, f"Unexpected {source} parameters: {', '.join(unknown)}")


def _hidden(handler: Callable[..., Any]) -> tuple[str, ...]:
    """The name that a bound method fills itself: a parameter called so could not be handed on."""
    function = getattr(handler, "__func__", None)
    if inspect.isclass(handler):
        function = handler.__init__
    elif function is None and not inspect.isfunction(handler):
        function = type(handler).__call__
    try:
        first = next(iter(inspect.signature(function).parameters.values())) if function is not None else None
    except (TypeError, ValueError, StopIteration):
        return ()
    if first is None or first.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        return ()
    return (first.name,)


def _status(names: Collection[str], from_body: Collection[str]) -> int:
    return 400 if names and all(name in from_body for name in names) else 404
