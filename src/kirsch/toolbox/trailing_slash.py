"""One address for each page: an index has a slash at its end, other pages have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.errors import HTTPRedirect
from kirsch.app.links import url
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request


class TrailingSlash(Tool):
    """Redirects to the right address.

    missing: add a slash that an index lacks. extra: take away one that another page has. status: of the redirect;
    by default 301, and 308 for methods that would lose their body by it.
    """

    priority = 60

    def needed(self, settings: Mapping[str, Any], is_index: bool | None) -> bool:
        """An index can only lack a slash, any other page only have one too many."""
        return bool(settings.get("missing", True) if is_index else settings.get("extra", False))

    def before_handler(
        self, request: Request, response: Any, missing: bool = True, extra: bool = False, status: int | None = None
    ) -> None:
        """Redirect if the path is not the page's own."""
        path = request.path_info
        if path.endswith("/"):
            wrong = extra and request.is_index is False and path != "/"
        else:
            wrong = missing and request.is_index is True
        if wrong:
            query = f"?{request.query_string}" if request.query_string else ""
            permanent = 301 if request.method in ("GET", "HEAD") else 308
            raise HTTPRedirect(url(request, "", query, None, None), status or permanent)
