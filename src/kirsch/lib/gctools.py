"""`cherrypy.lib.gctools`: what keeps objects alive; pages that say whether requests outlive their answers.

Importing it counts the requests under way: by the engine's channels `before_request` and `after_request`.
"""

from __future__ import annotations

import gc
import inspect
import sys
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from kirsch import engine, expose
from kirsch.app.request import Request
from kirsch.app.response import Response
from kirsch.process.plugins import Plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.process.bus import Bus

__all__ = ["GCRoot", "ReferrerTree", "RequestCounter", "get_context", "get_instances", "request_counter"]


class ReferrerTree:
    """Who refers to an object, and who to those. Objects in `ignore` are left out, as are frames."""

    peek_length = 40

    def __init__(self, ignore: list[Any] | None = None, maxdepth: int = 2, maxparents: int = 10) -> None:
        self.ignore = ignore or []
        self.maxdepth = maxdepth
        self.maxparents = maxparents

    def ascend(self, obj: Any, depth: int = 1) -> list[Any]:
        """Pairs of who refers to it, and the same of that one; where it goes too far, text in place of a pair."""
        parents = [each for each in gc.get_referrers(obj) if not self._ignored(each)]
        shown: list[Any] = []
        for parent in parents[: self.maxparents]:
            ignored, self.ignore = self.ignore, [*self.ignore, parents, shown, obj]
            shown.append((parent, self.ascend(parent, depth + 1) if depth < self.maxdepth else []))
            self.ignore = ignored
        if len(parents) > self.maxparents:
            shown.append((f"{len(parents) - self.maxparents} more", []))
        return shown

    def _ignored(self, each: Any) -> bool:
        return inspect.isframe(each) or each is self.ignore or any(each is other for other in self.ignore)

    def peek(self, s: str) -> str:
        """The beginning of a long text, and its end."""
        half = self.peek_length // 2
        return s if len(s) <= self.peek_length else f"{s[:half]}...{s[-half:]}"

    def format(self, tree: list[Any]) -> list[str]:
        """What ascend() has found, as lines."""
        return list(self._lines(tree, 0))

    def _lines(self, tree: list[Any], depth: int) -> Iterator[str]:
        for parent, above in tree:
            text = parent if isinstance(parent, str) else f"{type(parent).__name__} {self.peek(repr(parent))}"
            yield f"{'    ' * depth}{text}"
            yield from self._lines(above, depth + 1)


def get_instances(cls: type) -> list[Any]:
    """All objects of a class that there are."""
    return [each for each in gc.get_objects() if isinstance(each, cls)]


class RequestCounter(Plugin):
    """How many requests are under way: `count`."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.count = 0
        self._lock = Lock()

    def start(self) -> None:
        """Begin at none."""
        self.count = 0

    def before_request(self) -> None:
        """One more."""
        with self._lock:
            self.count += 1

    def after_request(self) -> None:
        """One less."""
        with self._lock:
            self.count -= 1


request_counter = RequestCounter(engine)
request_counter.subscribe()


def get_context(obj: Any) -> str:
    """What a request or a response is about, in words."""
    request = obj if isinstance(obj, Request) else None
    return f"path={request.path_info}" if request is not None else f"status={getattr(obj, 'status', '')}"


class GCRoot:
    """Pages that say what is left over. classes: of each how many there may be in one page, and what else is wrong."""

    classes: ClassVar[list[tuple[type, int, int, str]]] = [
        (Request, 1, 1, "There should be one Request: that for this page."),
        (Response, 1, 3, "There should be one Response for this page, and two at most that stand where there is none."),
    ]

    @expose
    def index(self) -> str:
        """That it is there."""
        return "Hello, world!"

    @expose
    def stats(self) -> str:
        """`Statistics:`, and behind it what is wrong, if there is anything; other requests under way are left alone."""
        lines = ["Statistics:"]
        gc.collect()
        if gc.garbage:
            lines.append(f"{len(gc.garbage)} objects cannot be freed: {gc.garbage!r}")
        under_way = request_counter.count
        blank = _blank_ones()
        for kind, least, most, message in self.classes:
            found = [each for each in get_instances(kind) if id(each) not in blank]
            if under_way <= 1 and not least <= len(found) <= most:
                lines.append(f"{message} There are {len(found)}.")
                lines += [f"{get_context(each)}, {sys.getrefcount(each)} references" for each in found]
        return "\n".join(lines)


def _blank_ones() -> set[int]:
    """Those that stand for threads which answer no request: nothing has been left over by them."""
    requests = [each for each in get_instances(Request) if each.app is None]
    return {id(each) for request in requests for each in (request, request.response)}
