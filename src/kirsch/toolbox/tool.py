"""The contract: a Tool is a named thing that puts hooks at points when config turns it on; a Toolbox holds many.

A tool with behaviour of its own is a subclass whose methods are named after the points they serve; a plain function
becomes a Tool with one point. A method or function whose first parameters are called `request` and `response` gets
them; the rest are settings, which config gives as `tools.<name>.<setting>`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

from kirsch.app.config import ConfigError
from kirsch.app.hooks import POINTS, Hook
from kirsch.dispatch.expose import config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Target = TypeVar("Target", bound="Callable[..., Any]")
Function = TypeVar("Function", bound="Callable[..., Any]")

_OWN_SETTINGS = ("on", "priority")


class Tool:
    """See the module. `@tools.gzip(compress_level=9)` turns it on for a handler, a method or a class.

    name, namespace: set by the toolbox it is put into. priority: of its hooks, unless config says otherwise.
    """

    name = ""
    namespace = "tools"
    priority: float = 50

    def __init__(
        self,
        point: str | None = None,
        callable: Callable[..., Any] | None = None,
        name: str = "",
        priority: float | None = None,
    ) -> None:
        self.callable = callable
        self.name = name or self.name
        if priority is not None:
            self.priority = priority
        self._calls = self._methods() if point is None or callable is None else [(point, callable)]
        for at, _ in self._calls:
            if at not in POINTS:
                raise ValueError(f"there is no hook point {at!r}; there are {', '.join(POINTS)}")

    def _methods(self) -> list[tuple[str, Callable[..., Any]]]:
        return [(point, getattr(self, point)) for point in POINTS if hasattr(self, point)]

    def __call__(self, **settings: Any) -> Callable[[Target], Target]:
        """A decorator that turns the tool on, with these settings."""
        prefix = f"{self.namespace}.{self.name}."
        self.check(settings, f"@{prefix.rstrip('.')}")
        return config(**{prefix + "on": True}, **{prefix + key: value for key, value in settings.items()})

    @property
    def settings(self) -> frozenset[str] | None:
        """The settings it takes beside `on` and `priority`; None if it takes any."""
        known: set[str] = set()
        for _, call in self._calls:
            own = settings_of(call)
            if own is None:
                return None
            known |= own
        return frozenset(known)

    def check(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError for a setting that the tool does not know."""
        known = self.settings
        for key in settings if known is not None else ():
            if key not in _OWN_SETTINGS and known is not None and key not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise ConfigError(f"{where}: the tool {self.name!r} has no setting {key!r}; it has {listed}")

    def needed(self, settings: Mapping[str, Any], is_index: bool | None) -> bool:
        """Whether it has anything to do for a page with these settings; asked once, when the page is made ready.

        is_index: what the dispatcher says of the page.
        """
        return True

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks, with these settings."""
        own = {key: value for key, value in settings.items() if key not in _OWN_SETTINGS}
        for point, call in self._calls:
            priority = settings.get("priority", getattr(call, "priority", self.priority))
            known = settings_of(call)
            wanted = own if known is None else {key: value for key, value in own.items() if key in known}
            yield point, Hook(call, priority=priority, **wanted)

    def __repr__(self) -> str:
        return f"<Tool {self.namespace}.{self.name}>"


def settings_of(call: Callable[..., Any]) -> frozenset[str] | None:
    """The settings that one method or function takes; None if it takes any."""
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return None
    return frozenset(parameters) - {"request", "response"}


class Toolbox:
    """Tools by name, under a namespace of config keys. Put one in by setting an attribute, or by register()."""

    namespace: str

    def __init__(self, namespace: str, **tools: Tool) -> None:
        object.__setattr__(self, "namespace", namespace)
        for name, tool in tools.items():
            setattr(self, name, tool)

    def __setattr__(self, name: str, tool: Any) -> None:
        if isinstance(tool, Tool):
            tool.name = tool.name or name
            tool.namespace = self.namespace
        object.__setattr__(self, name, tool)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no tool {self.namespace}.{name}; there are {', '.join(self.names())}")

    def names(self) -> list[str]:
        """The names of the tools in it."""
        return sorted(name for name, tool in vars(self).items() if isinstance(tool, Tool))

    def settings(self, name: str) -> frozenset[str] | None:
        """What a tool can be told beside `on` and `priority`; None: anything. AttributeError if there is none."""
        tool: Tool = getattr(self, name)
        return tool.settings

    def register(
        self, point: str, name: str | None = None, priority: float | None = None
    ) -> Callable[[Function], Function]:
        """A decorator that makes a tool of a function, which stays what it is."""

        def put(function: Function) -> Function:
            setattr(self, name or function.__name__, Tool(point, function, priority=priority))
            return function

        return put

    def hooks(self, settings: Mapping[str, Any], is_index: bool | None = None) -> Iterator[tuple[str, Hook]]:
        """The hooks of the tools that are on, for the settings of a place: `{"gzip.on": True, …}`."""
        by_tool: dict[str, dict[str, Any]] = {}
        for key, value in settings.items():
            name, _, setting = key.partition(".")
            by_tool.setdefault(name, {})[setting] = value
        for name, own in by_tool.items():
            if own.get("on"):
                tool: Tool = getattr(self, name)
                tool.check(own, f"{self.namespace}.{name}")
                if tool.needed(own, is_index):
                    yield from tool.hooks(own)
