"""A tool of many settings, which are checked when config is read, and made ready once for each page.

The settings stand in a class of options. Methods take `request`, `response` and `plan`: what prepare() has made of the
settings that hold for the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from kirsch.app.context import present
from kirsch.app.hooks import Hook
from kirsch.app.place import ConfigError
from kirsch.options import Option, OptionError, Options, options_of
from kirsch.toolbox.tool import OWN_SETTINGS, Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Method = TypeVar("Method", bound="Callable[..., Any]")


def standing(*, priority: float | None = None, failsafe: bool = False) -> Callable[[Method], Method]:
    """A decorator for a method of a tool: where its hook stands among others, and whether it runs if one has failed."""

    def mark(method: Method) -> Method:
        vars(method).update(
            {"failsafe": failsafe} if priority is None else {"failsafe": failsafe, "priority": priority}
        )
        return method

    return mark


class PreparedTool(Tool):
    """See the module. choices: the class of its options. required: those that a page must give where the tool is on."""

    choices: ClassVar[type[Options]] = Options
    required: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        if len(self._calls) == 1:
            self.callable = self._now

    def _now(self, *args: Any, **settings: Any) -> Any:
        """Do it for the request being answered: `tools.accept.callable(["text/html"])`."""
        request = present()
        settings.update(zip(self.choices.known, args, strict=False))
        return self._calls[0][1](request, request.response, self.plan(settings))

    @property
    def settings(self) -> frozenset[str] | None:
        """The settings it takes beside `on` and `priority`."""
        return frozenset(self.choices.known)

    @property
    def options(self) -> Mapping[str, Option[Any]]:
        """What each of them may be."""
        return options_of(self.choices)

    def prepare(self, settings: Any) -> Any:
        """What its methods get as `plan`. settings: an instance of `choices`. ValueError for what does not go together.

        It is also called with each setting alone, to see whether that makes sense.
        """
        return settings

    def check(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError for a setting that the tool does not know, or that cannot be so."""
        super().check(settings, where)
        self.plan(settings, where)

    def plan(self, settings: Mapping[str, Any], where: str = "") -> Any:
        """What prepare() makes of settings. Raises ConfigError. where: they stand, for its message."""
        where = where or f"{self.namespace}.{self.name}"
        try:
            own = {key: value for key, value in settings.items() if key not in OWN_SETTINGS}
            return self.prepare(self.choices(**own))
        except OptionError as error:
            named = where.endswith(f".{error.name}")
            raise ConfigError(f"{where}: {error.problem if named else error}") from None
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from None

    def check_whole(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError if a required one is missing, and for what does not go together."""
        for name in self.required:
            if settings.get(name) is None:
                raise ConfigError(f"{where}.on needs {self.namespace}.{self.name}.{name}, too")
        self.plan(settings, where)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks, with a plan made of these settings. ConfigError if a required one is missing."""
        self.check_whole(settings, f"{self.namespace}.{self.name}")
        plan = self.plan(settings)
        for point, call in self._calls:
            priority = settings.get("priority", getattr(call, "priority", self.priority))
            hook = self.named(Hook(call, priority=priority, plan=plan))
            hook.answers = point == "before_handler"
            yield point, hook


def listed(value: Any) -> list[Any]:
    """One value or several, as config may give them, as a list; of None and "" an empty one."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return list(value)
    return [] if value is None or value == "" else [value]
