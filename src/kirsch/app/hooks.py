"""The eight points of a request's route, and running what stands at one.

A hook takes `request` and `response` if its first two parameters are called so, else nothing but its own arguments.
Lower priorities run first, equal ones in the order they were attached; but what says that it comes before or after
another does so, whatever the priorities.
"""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect
from kirsch.app.legacy import warn
from kirsch.options import is_function

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

POINTS: Final = {
    "on_start_resource": "The page has been found; nothing was read yet.",
    "before_request_body": "The query string has been read, the body was not.",
    "before_handler": "The form has been read, all parameters are known.",
    "before_finalize": "The handler has returned; also before an error page or a redirect is sent.",
    "on_end_resource": "The answer is ready to be sent.",
    "on_end_request": "The answer has been sent, or left to the server to be sent.",
    "before_error_response": "Something was raised that nobody expected; a 500 is going to be made.",
    "after_error_response": "The 500 has been made.",
}
"""The names of the points, and when each is reached."""

OLD_POINT: Final = "before_main"
"""What `before_handler` was called of old."""

_log = logging.getLogger("kirsch.error")


class Hook:
    """A call at a point. failsafe: runs even if one before it has failed. priority: 0 to 100, 50 by default.

    Both are also read from attributes of the callback by these names. name: of the tool whose hook it is.
    before, after: names of tools that it must run before, or after, where they stand at the same point. answers: what
    it returns, if that is not None, is the page, and the handler is not called. waits_for: a field of requests, in
    lower case; for a request without it the hook has nothing to do, and may be left out.
    """

    __slots__ = (
        "_given", "after", "answers", "before", "callback", "failsafe", "kwargs", "name", "priority", "waits_for",
    )  # fmt: skip

    def __init__(
        self,
        callback: Callable[..., Any],
        failsafe: bool | None = None,
        priority: float | None = None,
        **kwargs: Any,
    ) -> None:
        if not is_function(callback):
            raise TypeError(f"{callback!r} cannot be a hook: nobody would wait for an `async def`")
        self.callback = callback
        self.failsafe = getattr(callback, "failsafe", False) if failsafe is None else failsafe
        self.priority = getattr(callback, "priority", 50) if priority is None else priority
        self.kwargs = kwargs
        self.name = ""
        self.before: Collection[str] = ()
        self.after: Collection[str] = ()
        self.answers = False
        self.waits_for = b""
        self._given = takes_request(callback)

    def run(self, request: Any, response: Any) -> Any:
        """Call it for a request."""
        if not self._given:
            answer = self.callback(**self.kwargs)
        elif self.kwargs:
            answer = self.callback(request, response, **self.kwargs)
        else:  # PERF: no keywords at all are quicker than none of them
            answer = self.callback(request, response)
        if self.answers and answer is not None:
            request.handler = None
            response.body = answer
        return answer

    def __call__(self) -> Any:
        """Call it with its own arguments only."""
        return self.callback(**self.kwargs)

    def __lt__(self, other: Hook) -> bool:
        return self.priority < other.priority

    def __repr__(self) -> str:
        name = getattr(self.callback, "__qualname__", repr(self.callback))
        return f"<Hook {name} priority={self.priority} failsafe={self.failsafe}>"


def takes_request(callback: Callable[..., Any]) -> bool:
    """Whether it wants to be handed the request and the response."""
    try:
        parameters = list(inspect.signature(callback).parameters)
    except (TypeError, ValueError):
        return False
    return parameters[:2] == ["request", "response"]


def ordered(hooks: Iterable[Hook]) -> tuple[Hook, ...]:
    """Hooks in the order in which they run. ValueError if some must each run before the others."""
    waiting = sorted(hooks)
    if not any(hook.before or hook.after for hook in waiting):
        return tuple(waiting)
    done: list[Hook] = []
    while waiting:
        following = next((hook for hook in waiting if not _must_wait(hook, waiting)), None)
        if following is None:
            names = ", ".join(sorted({hook.name or repr(hook) for hook in waiting}))
            raise ValueError(f"each of these must run before another of them: {names}")
        waiting.remove(following)
        done.append(following)
    return tuple(done)


def _must_wait(hook: Hook, others: Iterable[Hook]) -> bool:
    return any(
        other is not hook and (other.name in hook.after or (hook.name and hook.name in other.before))
        for other in others
    )


class Points:
    """What stands at each point, in order: made once for a Resource, and not changed by any request."""

    __slots__ = POINTS

    on_start_resource: tuple[Hook, ...]
    before_request_body: tuple[Hook, ...]
    before_handler: tuple[Hook, ...]
    before_finalize: tuple[Hook, ...]
    on_end_resource: tuple[Hook, ...]
    on_end_request: tuple[Hook, ...]
    before_error_response: tuple[Hook, ...]
    after_error_response: tuple[Hook, ...]

    def __init__(self, hooks: Mapping[str, Iterable[Hook]]) -> None:
        for point in POINTS:
            setattr(self, point, ordered(hooks.get(point, ())))


class HookMap(dict[str, list[Hook]]):
    """The hooks of one request, as soon as somebody wants to add to them."""

    def __init__(self, points: Points | None = None) -> None:
        super().__init__((point, list(getattr(points, point, ()))) for point in POINTS)

    def add(self, points: Points) -> None:
        """Add all that stands there."""
        for point in POINTS:
            self[point].extend(getattr(points, point))

    def attach(
        self,
        point: str,
        callback: Callable[..., Any],
        failsafe: bool | None = None,
        priority: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Add a call at a point; KeyError names the points there are."""
        if point == OLD_POINT:
            warn(f"the hook point {point}", "before_handler")
            point = "before_handler"
        if point not in self:
            raise KeyError(f"there is no hook point {point!r}; there are {', '.join(POINTS)}")
        self[point].append(Hook(callback, failsafe, priority, **kwargs))

    def __getattr__(self, point: str) -> tuple[Hook, ...]:
        """As of Points: what stands there, in order."""
        try:
            return ordered(self[point])
        except KeyError:
            raise AttributeError(point) from None

    def run(self, point: str) -> None:
        """Run what stands at a point, with the arguments of the hooks themselves; for whoever drives them by hand."""
        run_hooks(ordered(self[point]), None, None)

    def copy(self) -> HookMap:
        """Another one with the same hooks."""
        copy = HookMap()
        for point, hooks in self.items():
            copy[point] = list(hooks)
        return copy


FOR_ALL: Final = HookMap()
"""Hooks of all requests of the process: what is attached to `request.hooks` outside of any request, mostly at a start.

They hold for places that are asked for afterwards: a Resource takes them when it is made.
"""


def run_hooks(hooks: Iterable[Hook], request: Any, response: Any) -> None:
    """Run the hooks of a point. After a failure only failsafe ones; the last failure is the one that is raised."""
    remaining = iter(hooks)
    try:
        for hook in remaining:
            hook.run(request, response)
    except Exception as error:
        if not isinstance(error, (HTTPError, HTTPRedirect, InternalRedirect)):
            _log.exception("a hook failed: %r", hook)
        _run_failsafe(remaining, request, response)
        raise


def _run_failsafe(remaining: Iterator[Hook], request: Any, response: Any) -> None:
    run_hooks([hook for hook in remaining if hook.failsafe], request, response)
