"""Another page instead of this one; and instead of the page that says that something went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.errors import HTTPRedirect, InternalRedirect
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from kirsch.app.request import Request


class Redirect(Tool):
    """Leads every request elsewhere. url: where to. internal: without the client's knowing, within the application."""

    def on_start_resource(
        self, request: Request, response: Any, url: str = "", internal: bool = True, debug: bool = False
    ) -> None:
        """Raise the redirect."""
        if debug:
            self.explain(request, f"to {url!r}, {'inside' if internal else 'by the client'}")
        raise InternalRedirect(url) if internal else HTTPRedirect(url)


class ErrRedirect(Tool):
    """Leads a request that failed unexpectedly elsewhere. Settings as of Redirect."""

    def on_error(
        self, request: Request, response: Any, url: str = "", internal: bool = True, debug: bool = False
    ) -> None:
        """Raise the redirect."""
        if debug:
            self.explain(request, f"to {url!r}, {'inside' if internal else 'by the client'}")
        raise InternalRedirect(url) if internal else HTTPRedirect(url)
