"""What the tools for templates have in common: a handler returns a dict, and the page is a template filled with it."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.context import present
from kirsch.app.place import ConfigError
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kirsch.app.hooks import Hook
    from kirsch.app.request import Request
    from kirsch.app.response import Response

MOST_KEPT: Final = 100
"""Engines that are kept, each with its templates: settings are few, unless somebody makes them up for each request."""


class TemplateSettings(Options):
    """Which template, where from, and how it is filled."""

    template = Option(None, "Name of the template, below `dir`.", str)
    dir = Option(None, "Folder of the templates, or several.", (str, list, tuple))
    root = Option("", "What relative folders are relative to.", str)
    autoescape = Option(True, "Whether values are escaped for HTML unless a template says otherwise.")
    strict = Option(False, "Whether a name that nobody has given is an error, instead of nothing.")
    reload: Option[bool | None] = Option(None, "Look for changed files; None: where tracebacks are shown.", bool)
    globals = Option(None, "Values that all templates have, by name.", dict)
    cache = Option(None, "Folder for compiled templates, so that they start sooner.", str)
    debug = Option(False, "Accepted, as there is nothing to tell.")


class Engine(ABC):
    """Finds and fills templates."""

    @abstractmethod
    def load(self, name: str) -> Any:
        """A template. LookupError if there is none, ValueError for one that cannot be read."""

    @abstractmethod
    def render(self, template: Any, values: Mapping[str, Any]) -> str:
        """A template filled with values."""

    def stream(self, template: Any, values: Mapping[str, Any]) -> Any:
        """The same in pieces, where the engine can do that."""
        return self.render(template, values)


class Plan:
    """How one page is made. engine: gives one that reloads templates, or one that keeps them."""

    def __init__(self, settings: Any, engine: Callable[[bool], Engine]) -> None:
        self._settings = settings
        self._engine = engine
        self._streams = getattr(settings, "stream", False)

    def load(self, reload: bool) -> tuple[Engine, Any]:
        """The template, with what fills it. ConfigError names the folders that it is not in."""
        engine, name = self._engine(reload), self._settings.template
        try:
            return engine, engine.load(name)
        except LookupError:
            raise ValueError(f"template: there is no {name!r} in {', '.join(folders(self._settings))}") from None

    def prepare(self, request: Request, response: Response) -> None:
        """Put ourselves around the handler."""
        handler = request.handler if request.handler_replaced else request.call
        if handler is not None:
            response.stream = response.stream or self._streams
            request.handler = partial(self._page, request, handler)

    def _page(self, request: Request, handler: Callable[[], Any]) -> Any:
        values = handler()
        if not isinstance(values, dict):
            return values
        engine, template = self._load_for(request)
        given = {"request": request, **values}
        return engine.stream(template, given) if self._streams else engine.render(template, given)

    def text(self, request: Request, values: Mapping[str, Any]) -> str:
        """The template filled, as text."""
        engine, template = self._load_for(request)
        return engine.render(template, {"request": request, **values})

    def _load_for(self, request: Request) -> tuple[Engine, Any]:
        reload = self._settings.reload
        return self.load(request.show_tracebacks if reload is None else reload)


def folders(settings: Any) -> list[str]:
    """Where templates are looked for. ValueError for a folder that is not there."""
    found = [os.path.join(settings.root, folder) for folder in listed(settings.dir)]
    for folder in found or [""]:
        if not os.path.isabs(folder):
            raise ValueError(f"dir: {folder!r} must be an absolute path, or stand below one that `root` names")
        if not os.path.isdir(folder):
            raise ValueError(f"dir: there is no folder {folder}")
    return found


class RenderingTool(PreparedTool):
    """Fills a template with the dict that a handler returns; anything else it returns is sent as it is.

    Beside its own values, a template has the `request`. Engines belong to the tool, and so do the templates in them.
    """

    priority = 40
    choices = TemplateSettings
    required = ("template", "dir")
    package: ClassVar[str]
    extra: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._engines: dict[Any, tuple[Any, Engine]] = {}
        self._lock = threading.Lock()

    def render(self, template: str, values: Mapping[str, Any] | None = None, **settings: Any) -> str:
        """A template filled by hand, as text, for the request being answered.

        What config says of the tool there holds, whether it is on or not, and these settings go over it.
        """
        request = present()
        own = request.toolmaps.get(self.namespace, {}).get(self.name, {})
        plan: Plan = self.plan({**own, **settings, "template": template})
        return plan.text(request, values or {})

    @abstractmethod
    def make(self, settings: Any, reload: bool) -> Engine:
        """An engine. ImportError without its package."""

    def prepare(self, settings: Any) -> Plan:
        """Templates are loaded when all settings are known."""
        return Plan(settings, partial(self._engine, settings))

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """As of any tool. ConfigError for a template that is not there."""
        for point, hook in super().hooks(settings):
            self._try(hook.kwargs["plan"])
            yield point, hook

    def check(self, settings: Mapping[str, Any], where: str) -> None:
        """As of any tool; where template and folder are named together, the template is looked for."""
        super().check(settings, where)
        if all(settings.get(name) is not None for name in self.required):
            plan: Plan = self.plan(settings, where)
            if os.path.isabs(os.path.join(settings.get("root") or "", listed(settings["dir"])[0])):
                self._try(plan, where)

    def _try(self, plan: Plan, where: str = "") -> None:
        where = where or f"{self.namespace}.{self.name}"
        try:
            plan.load(reload=False)
        except ImportError:
            raise ConfigError(f"{where} needs {self.package}: pip install 'kirsch[{self.extra}]'") from None
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from None

    def _engine(self, settings: Any, reload: bool) -> Engine:
        """The engine for settings; pages that differ in nothing but their template share one."""
        own = {name: getattr(settings, name) for name in settings.known if name not in ("template", "reload", "stream")}
        key = (reload, *[id(value) if isinstance(value, dict) else repr(value) for value in own.values()])
        with self._lock:
            kept = self._engines.get(key)
            if kept is None:
                if len(self._engines) >= MOST_KEPT:
                    self._engines.clear()
                kept = self._engines[key] = (
                    own,
                    self.make(settings, reload),
                )  # own: so that the ids stay what they are
        return kept[1]

    def before_handler(self, request: Request, response: Response, plan: Plan) -> None:
        """Put ourselves around the handler."""
        plan.prepare(request, response)
