"""Which media types a page can be had in; who takes none of them is told so by 406."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.errors import HTTPError
from kirsch.http.accept import best_match
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from kirsch.app.request import Request


class AcceptSettings(Options):
    """What is on offer."""

    media = Option(None, "Types that the page can have, the best first; None tests nothing.", (str, list, tuple))
    debug = Option(False, "Write to the error log what was chosen.")


class Accept(PreparedTool):
    """Refuses who takes none. `tools.accept.callable(["text/html", "text/plain"])` in a page gives the type to send."""

    choices = AcceptSettings

    def prepare(self, settings: Any) -> tuple[tuple[str, ...], bool]:
        """The types, and whether to say what was chosen."""
        return tuple(listed(settings.media)), settings.debug

    def on_start_resource(self, request: Request, response: Any, plan: tuple[tuple[str, ...], bool]) -> str | None:
        """The type that the client likes best. HTTPError 406."""
        offers, debug = plan
        if not offers:
            return None
        wanted = request.headers.get("Accept")
        chosen = best_match(offers, wanted)
        if debug:
            self.explain(request, f"{chosen} for {wanted}")
        if chosen is None:
            listing = ", ".join(offers)
            raise HTTPError(406, f"Your client sent this Accept header: {wanted}. This page can be had as: {listing}.")
        return chosen
