"""The headers of a request that failed unexpectedly, in the error log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.redaction import redacted
from kirsch.toolbox.prepared import standing
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from kirsch.app.request import Request


class LogHeaders(Tool):
    """Writes them, one a line; cookies, credentials and other secrets are left out."""

    @standing(failsafe=True)
    def before_error_response(self, request: Request, response: Any, debug: bool = False) -> None:
        """One record for all of them."""
        lines = [f"  {name}: {redacted(name, value)}" for name, value in request.headers.lines()]
        text = "\n".join([f"Request headers [{request.unique_id}]:", *lines])
        request.log.error(text, "HTTP")
