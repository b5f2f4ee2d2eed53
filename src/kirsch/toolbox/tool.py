"""The contract: a Tool is a named thing that puts hooks at points when config turns it on; a Toolbox holds many.

A tool with behaviour of its own is a subclass whose methods are named after the points they serve; a plain function
becomes a Tool with one point. A method or function whose first parameters are called `request` and `response` gets
them; the rest are settings, which config gives as `tools.<name>.<setting>`. Two more methods are no points:

    around_handler(self, request, response, handler, …)   is called instead of the handler, which it may call
    on_error(self, request, response, …)                  makes the answer to an unexpected error

What the method `before_handler` of such a subclass returns, if that is not None, is the page: no handler is called.
"""

from __future__ import annotations

import importlib
import inspect
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, runtime_checkable

from kirsch.app.context import present
from kirsch.app.hooks import OLD_POINT, POINTS, Hook, takes_request
from kirsch.app.legacy import warn
from kirsch.app.place import ConfigError
from kirsch.app.resource import SETUP
from kirsch.dispatch.expose import config

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

Target = TypeVar("Target", bound="Callable[..., Any]")
Function = TypeVar("Function", bound="Callable[..., Any]")

OWN_SETTINGS: Final = ("on", "priority")
AROUND: Final = "around_handler"
ON_ERROR: Final = "on_error"
_HANDED: Final = frozenset({"request", "response", "handler"})


class Tool:
    """See the module. `@tools.gzip(compress_level=9)` turns it on for a handler, a method or a class.

    name, namespace: set by the toolbox it is put into. callable: the function, or what calls the only method, for use
    by hand while a request is answered. priority: of its hooks, unless config says otherwise.
    before, after: names of tools that its hooks run before, or after, where both stand at the same point.
    """

    name = ""
    namespace = "tools"
    priority: float = 50
    before: Collection[str] = ()
    after: Collection[str] = ()

    def __init__(
        self,
        point: str | None = None,
        callable: Callable[..., Any] | None = None,
        name: str | None = "",
        priority: float | None = None,
    ) -> None:
        self.callable = callable
        self.name = name or self.name
        if priority is not None:
            self.priority = priority
        if point == OLD_POINT:
            warn(f"the hook point {point}", "before_handler")
            point = "before_handler"
        self._point = point
        self._calls = self._methods() if point is None or callable is None else [(point, callable)]
        if callable is None and len(self._calls) == 1 and self._calls[0][0] != AROUND:
            self.callable = partial(_by_hand, self._calls[0][1])
        for at, call in self._calls:
            if at not in (*POINTS, AROUND, ON_ERROR):
                raise ValueError(f"there is no hook point {at!r}; there are {', '.join(POINTS)}")
            Hook(call)  # which says if it cannot be one

    def _methods(self) -> list[tuple[str, Callable[..., Any]]]:
        return [(name, getattr(self, name)) for name in (*POINTS, AROUND, ON_ERROR) if hasattr(self, name)]

    def __call__(self, *args: Any, **settings: Any) -> Callable[[Target], Target]:
        """A decorator that turns the tool on, with these settings; or off, with `on=False`."""
        if args:
            raise TypeError(f"settings of a tool are given by name: @{self.namespace}.{self.name}(key=value)")
        prefix = f"{self.namespace}.{self.name}."
        self.check(settings, f"@{prefix.rstrip('.')}")
        return config(**{prefix + key: value for key, value in {"on": True, **settings}.items()})

    @property
    def _name(self) -> str:
        """The name, as tools of applications have read it for years in a `_setup` of their own; so is `_priority`."""
        return self.name

    @property
    def _priority(self) -> float:
        return self.priority

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
            if key not in OWN_SETTINGS and known is not None and key not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise ConfigError(f"{where}: the tool {self.name!r} has no setting {key!r}; it has {listed}")

    def check_whole(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError for settings that do not suffice: all that hold for a place, with those from above it."""

    def needed(self, settings: Mapping[str, Any], is_index: bool | None) -> bool:
        """Whether it has anything to do for a page with these settings; asked once, when the page is made ready.

        is_index: what the dispatcher says of the page.
        """
        return True

    def explain(self, request: Any, text: str) -> None:
        """Write to the error log what it has decided: for tools with a setting `debug`."""
        request.log.error(text, f"TOOLS.{self.name.upper()}")

    # -- as hooks ------------------------------------------------------------------------------------------------

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks, with these settings."""
        if type(self)._setup is not Tool._setup:
            yield SETUP, Hook(self._setup)
            return
        own = {key: value for key, value in settings.items() if key not in OWN_SETTINGS}
        for point, call in self._calls:
            known = settings_of(call)
            wanted = own if known is None else {key: value for key, value in own.items() if key in known}
            if point == ON_ERROR:
                yield SETUP, Hook(_answering_errors(call, wanted))
                continue
            priority = settings.get("priority", getattr(call, "priority", self.priority))
            if point == AROUND:
                yield "before_handler", self.named(Hook(_wrapping(call, wanted), priority=priority))
            else:
                hook = self.named(Hook(call, priority=priority, **wanted))
                hook.answers = point == "before_handler" and call is not self.callable
                yield point, hook

    def named(self, hook: Hook) -> Hook:
        """The hook as one of this tool's: it stands where the tool says."""
        hook.name, hook.before, hook.after = self.name, self.before, self.after
        return hook

    def _setup(self) -> None:
        """Attach its hook to the request being answered. A subclass may do more: then it is called for each request."""
        if self._point is None or self.callable is None:
            raise TypeError(f"the tool {self.name!r} is made of methods; override those instead of _setup()")
        settings = self._merged_args()
        priority = settings.pop("priority", getattr(self.callable, "priority", self.priority))
        present().hooks.attach(self._point, self.callable, priority=priority, **settings)

    def _merged_args(self, d: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Settings `d` with those of the request's config over them, `on` left out."""
        given = present().toolmaps.get(self.namespace, {}).get(self.name, {})
        return {key: value for key, value in {**(d or {}), **given}.items() if key != "on"}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.namespace}.{self.name}>"


def _by_hand(call: Callable[..., Any], *args: Any, **settings: Any) -> Any:
    """What a tool's only method does, for the request being answered: `tools.accept.callable(["text/html"])`."""
    request = present()
    given = (request, request.response) if takes_request(call) else ()
    return call(*given, *args, **settings)


def _wrapping(call: Callable[..., Any], settings: Mapping[str, Any]) -> Callable[[Any, Any], None]:
    """A hook that puts a call around the handler."""

    def wrap(request: Any, response: Any) -> None:
        handler = request.handler
        if handler is not None:
            request.handler = lambda: call(request, response, handler, **settings)

    return wrap


def _answering_errors(call: Callable[..., Any], settings: Mapping[str, Any]) -> Callable[[Any, Any], None]:
    """A hook that has a call answer for unexpected errors."""

    def set_up(request: Any, response: Any) -> None:
        request.error_response = lambda: call(request, response, **settings)

    return set_up


def settings_of(call: Callable[..., Any]) -> frozenset[str] | None:
    """The settings that one method or function takes; None if it takes any."""
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return None
    return frozenset(parameters) - _HANDED


@runtime_checkable
class SetUp(Protocol):
    """Anything else that may stand among tools: it sets itself up for each request."""

    def _setup(self) -> None:
        """Do what there is to do for the request being answered."""


class Toolbox:
    """See the module. Put a tool in by setting an attribute, or by register().

    places: by name, the dotted names of classes of tools that are loaded when they are first asked for.
    """

    namespace: str
    _places: Mapping[str, str]
    _loading: threading.RLock

    def __init__(self, namespace: str, places: Mapping[str, str] | None = None, **tools: Tool) -> None:
        own = {"namespace": namespace, "_places": places or {}, "_loading": threading.RLock()}
        for name, value in own.items():
            object.__setattr__(self, name, value)
        for name, tool in tools.items():
            setattr(self, name, tool)

    def __setattr__(self, name: str, tool: Any) -> None:
        if isinstance(tool, Tool):
            tool.name = tool.name or name
            tool.namespace = self.namespace
        object.__setattr__(self, name, tool)

    def __getattr__(self, name: str) -> Any:
        place = vars(self).get("_places", {}).get(name)
        if place is None:
            raise AttributeError(f"there is no tool {self.namespace}.{name}; there are {', '.join(self.names())}")
        with self._loading:
            if name not in vars(self):
                module, _, kind = place.rpartition(".")
                setattr(self, name, getattr(importlib.import_module(module), kind)())
        return vars(self)[name]

    def names(self) -> list[str]:
        """The names of the tools in it."""
        own = (name for name, tool in vars(self).items() if isinstance(tool, (Tool, SetUp)))
        return sorted({*own, *self._places})

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._places]

    def settings(self, name: str) -> frozenset[str] | None:
        """What a tool can be told beside `on` and `priority`; None: anything. AttributeError if there is none."""
        tool = getattr(self, name)
        return tool.settings if isinstance(tool, Tool) else None

    def check(self, name: str, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError for settings of a tool that cannot be so. AttributeError if there is no such tool."""
        tool = getattr(self, name)
        if isinstance(tool, Tool):
            tool.check(settings, where)

    def check_whole(self, settings: Mapping[str, Any], where: Callable[[str], object]) -> None:
        """Raise ConfigError for settings of a place that do not suffice for a tool that is on. where: they stand."""
        for name, own in self.by_tool(settings).items():
            tool = getattr(self, name)
            if own.get("on") and isinstance(tool, Tool):
                tool.check_whole(own, str(where(name)))

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
        for name, own in self.by_tool(settings).items():
            if not own.get("on"):
                continue
            tool = getattr(self, name)
            if not isinstance(tool, Tool):
                yield SETUP, Hook(tool._setup)
                continue
            tool.check(own, f"{self.namespace}.{name}")
            tool.check_whole(own, f"{self.namespace}.{name}")
            if tool.needed(own, is_index):
                yield from tool.hooks(own)

    @staticmethod
    def by_tool(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """`{"gzip": {"on": True}}` out of `{"gzip.on": True}`."""
        by_tool: dict[str, dict[str, Any]] = {}
        for key, value in settings.items():
            name, _, setting = key.partition(".")
            by_tool.setdefault(name, {})[setting] = value
        return by_tool
