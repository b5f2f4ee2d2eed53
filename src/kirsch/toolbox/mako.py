"""Templates by Mako: `tools.mako`, with the extra `mako`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.options import Option
from kirsch.toolbox.rendering import Engine, RenderingTool, TemplateSettings, folders

if TYPE_CHECKING:
    from collections.abc import Mapping


class MakoSettings(TemplateSettings):
    """What Mako can be told beside."""

    imports = Option((), "Lines of Python at the head of each template, such as imports of filters.", (list, tuple))


class MakoEngine(Engine):
    """A lookup of Mako. shared: values that all templates have."""

    def __init__(self, lookup: Any, shared: Mapping[str, Any]) -> None:
        self._lookup = lookup
        self._shared = shared

    def load(self, name: str) -> Any:
        """As said of the base."""
        from mako.exceptions import CompileException, SyntaxException, TopLevelLookupException

        try:
            return self._lookup.get_template(name)
        except TopLevelLookupException:
            raise LookupError(name) from None
        except (CompileException, SyntaxException) as error:
            raise ValueError(f"template: {error.filename or name}, line {error.lineno}: {error}") from None

    def render(self, template: Any, values: Mapping[str, Any]) -> str:
        """As said of the base."""
        page: str = template.render_unicode(**{**self._shared, **values})
        return page


class Mako(RenderingTool):
    """Fills templates of Mako."""

    choices = MakoSettings
    package = "mako"
    extra = "mako"

    def make(self, settings: Any, reload: bool) -> Engine:
        """A lookup."""
        from mako.lookup import TemplateLookup

        lookup = TemplateLookup(
            directories=folders(settings),
            filesystem_checks=reload,
            module_directory=settings.cache,
            input_encoding="utf-8",
            default_filters=["h"] if settings.autoescape else ["str"],
            strict_undefined=settings.strict,
            imports=list(settings.imports),
        )
        return MakoEngine(lookup, settings.globals or {})
