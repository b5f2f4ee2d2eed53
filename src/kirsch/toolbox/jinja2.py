"""Templates by Jinja2: `tools.jinja2`, with the extra `templates`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.options import Option
from kirsch.toolbox.rendering import Engine, RenderingTool, TemplateSettings, folders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment, Template

PIECES = 20
"""Parts of a streamed template that are sent together: most are a few letters."""


class Jinja2Settings(TemplateSettings):
    """What Jinja2 can be told beside."""

    filters = Option(None, "Filters by name: functions of a value.", dict)
    extensions = Option((), "Extensions of Jinja2, by their dotted names.", (list, tuple))
    stream = Option(False, "Send the page in pieces while it is filled.")


class Jinja2Engine(Engine):
    """An environment of Jinja2."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def load(self, name: str) -> Template:
        """As said of the base."""
        from jinja2 import TemplateNotFound, TemplateSyntaxError

        try:
            return self._environment.get_template(name)
        except TemplateNotFound as error:
            if error.name != name:  # one that it includes or extends
                raise ValueError(f"template: {name!r} names {error.name!r}, which is not there") from None
            raise LookupError(name) from None
        except TemplateSyntaxError as error:
            raise ValueError(f"template: {error.filename or name}, line {error.lineno}: {error.message}") from None

    def render(self, template: Template, values: Mapping[str, Any]) -> str:
        """As said of the base."""
        return template.render(values)

    def stream(self, template: Template, values: Mapping[str, Any]) -> Any:
        """As said of the base."""
        stream = template.stream(values)
        stream.enable_buffering(PIECES)
        return stream


class Jinja2(RenderingTool):
    """Fills templates of Jinja2."""

    choices = Jinja2Settings
    package = "jinja2"
    extra = "templates"

    def make(self, settings: Any, reload: bool) -> Engine:
        """An environment."""
        from jinja2 import (
            Environment,
            FileSystemBytecodeCache,
            FileSystemLoader,
            StrictUndefined,
            Undefined,
            select_autoescape,
        )

        environment = Environment(
            loader=FileSystemLoader(folders(settings)),
            autoescape=select_autoescape((), default=settings.autoescape),
            auto_reload=reload,
            undefined=StrictUndefined if settings.strict else Undefined,
            extensions=list(settings.extensions),
            bytecode_cache=FileSystemBytecodeCache(settings.cache) if settings.cache else None,
        )
        environment.filters.update(settings.filters or {})
        environment.globals.update(settings.globals or {})
        return Jinja2Engine(environment)
