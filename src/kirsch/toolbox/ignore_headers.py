"""Headers of the request that a page is not to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from kirsch.app.request import Request


class IgnoreHeadersSettings(Options):
    """Which they are."""

    headers = Option(("Range",), "Names of the headers, one or several.", (str, list, tuple))
    debug = Option(False, "Write to the error log what was taken away.")


class IgnoreHeaders(PreparedTool):
    """Takes headers away before page and tools look at them: Range, for a page that is another one each time."""

    choices = IgnoreHeadersSettings

    def prepare(self, settings: Any) -> tuple[tuple[str, ...], bool]:
        """The names, and whether to say what was found."""
        return tuple(listed(settings.headers)), settings.debug

    def before_request_body(self, request: Request, response: Any, plan: tuple[tuple[str, ...], bool]) -> None:
        """Forget them."""
        names, debug = plan
        found = [name for name in names if request.headers.pop(name, None) is not None]
        if debug:
            self.explain(request, f"ignored {', '.join(found) or 'nothing'}")
