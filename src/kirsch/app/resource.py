"""A place in the tree made ready to answer: everything about it that does not depend on the request.

Made at the first request for the place and kept; what config, hooks and signature say is read here and never again.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from kirsch.app.errors import NotFound
from kirsch.app.hooks import FOR_ALL, POINTS, Hook, Points
from kirsch.app.legacyfilters import hooks_of_filters
from kirsch.app.params import Plan
from kirsch.exchange import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kirsch.dispatch.found import Found
    from kirsch.exchange import Fields


SETUP: Final = "setup"
"""Beside the points: a call at each request, as soon as its place is known, which may attach hooks to that request."""


class Hooking(Protocol):
    """What brings hooks when config asks for it: a toolbox."""

    def hooks(self, settings: Mapping[str, Any], is_index: bool | None) -> Iterable[tuple[str, Hook]]:
        """Point (or SETUP) and hook, for the settings below its namespace (`gzip.on`, `gzip.compress_level`)."""


class Guest(Protocol):
    """A request or response, as far as config sets attributes of it."""

    @property
    def headers(self) -> Any:
        """Its header fields."""


class Resource:
    """See the module. target: the handler found, None for nothing (then callable answers 404).

    pace: how long it takes. plan: how it takes its parameters. points: its hooks. setups: what is called at once.
    on_request, on_response, on_body: attributes that config sets on these, by name. headers: that config sets.
    says: whether there are such. settings: whether there is anything to settle(). waiting: fields of requests that some
    of its hooks wait for. quiet: points without those hooks.
    """

    __slots__ = (
        "callable", "config", "error_pages", "headers", "on_body", "on_request", "on_response", "pace", "plan",
        "points", "quiet", "says", "settings", "setups", "target", "waiting",
    )  # fmt: skip

    def __init__(self, found: Found, config: Mapping[str, Any], toolboxes: Mapping[str, Hooking]) -> None:
        self.target = found.handler
        self.callable: Callable[..., Any] = found.handler if found.handler is not None else _nothing_here
        self.config = config
        self.plan = Plan(self.callable)
        self.pace = Pace(getattr(self.callable, "_kirsch_slow", None))
        namespaces = by_namespace(config)
        request = namespaces.get("request", {})
        response = namespaces.get("response", {})
        self.error_pages = {
            int(key) if key.isdigit() else key: value for key, value in namespaces.get("error_page", {}).items()
        }
        self.on_request = {key: value for key, value in request.items() if "." not in key and key != "dispatch"}
        if self.error_pages:
            self.on_request["error_page"] = self.error_pages
        self.on_body = {key[5:]: value for key, value in request.items() if key.startswith("body.")}
        self.on_response = {key: value for key, value in response.items() if "." not in key}
        self.headers = {key[8:]: value for key, value in response.items() if key.startswith("headers.")}
        hooks = _hooks(namespaces, toolboxes, found.is_index)
        for point, hook in hooks_of_filters(found.trail):
            hooks[point].append(hook)
        self.setups = hooks.pop(SETUP)
        self.points = self.quiet = Points(hooks)
        self.waiting = frozenset(hook.waits_for for each in hooks.values() for hook in each if hook.waits_for)
        if self.waiting:
            self.quiet = Points({point: [hook for hook in each if not hook.waits_for] for point, each in hooks.items()})
        self.says = bool(self.on_request or self.on_response or self.headers)
        self.settings = self.says or bool(self.setups)

    def settle(self, request: Guest, response: Guest) -> None:
        """Set on a request and its response what config says of them, and have tools set themselves up for it."""
        if self.says:
            self._tell(request, response)
        for hook in self.setups:
            hook.run(request, response)

    def _tell(self, request: Guest, response: Guest) -> None:
        for name, value in self.on_request.items():
            setattr(request, name, value.copy() if type(value) is dict else value)
        for name, value in self.on_response.items():
            setattr(response, name, value)
        for name, value in self.headers.items():
            if value is None:
                response.headers.pop(name, None)
            else:
                response.headers[name] = value

    def points_for(self, fields: Fields) -> Points:
        """Its hooks for a request with these fields: those that wait for others are left out.

        PERF: what is seldom sent must cost nothing where it is not. The same fields mostly come again; for those
        `fields.made[waiting]` says that all are lacking, so that `quiet` will do.
        """
        without: bool | None = fields.made.get(self.waiting)
        if without is None:
            without = fields.made[self.waiting] = self.waiting.isdisjoint([name for name, _ in fields.pairs])
        return self.quiet if without else self.points

    def __repr__(self) -> str:
        return f"<Resource {getattr(self.callable, '__qualname__', self.callable)!r}>"


def _nothing_here(*_: Any, **__: Any) -> Any:
    raise NotFound


def by_namespace(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`{"tools": {"gzip.on": True}}` out of `{"tools.gzip.on": True}`; keys without a dot are left out."""
    namespaces: dict[str, dict[str, Any]] = {}
    for key, value in config.items():
        namespace, dot, rest = key.partition(".")
        if dot:
            namespaces.setdefault(namespace, {})[rest] = value
    return namespaces


def _hooks(
    namespaces: Mapping[str, Mapping[str, Any]], toolboxes: Mapping[str, Hooking], is_index: bool | None
) -> dict[str, list[Hook]]:
    hooks: dict[str, list[Hook]] = {SETUP: [], **{point: list(FOR_ALL[point]) for point in POINTS}}
    for key, value in namespaces.get("hooks", {}).items():
        hooks[key.partition(".")[0]].append(_as_hook(value))
    for namespace, toolbox in toolboxes.items():
        for point, hook in toolbox.hooks(namespaces.get(namespace, {}), is_index):
            hooks[point].append(hook)
    return hooks


def _as_hook(value: Any) -> Hook:
    """What config may give as a hook: a Hook, a callable, or the dotted name of one."""
    if isinstance(value, Hook):
        return value
    if isinstance(value, str):
        module, _, name = value.rpartition(".")
        value = getattr(importlib.import_module(module), name)
    return Hook(value)
