"""The hooks of each request, in the error log: to see in which order tools act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.hooks import POINTS
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from kirsch.app.request import Request


class LogHooks(Tool):
    """Writes them when the request is over, point by point, in the order in which they run."""

    priority = 100

    def on_end_request(self, request: Request, response: Any, debug: bool = False) -> None:
        """One record for all of them."""
        lines = []
        for point in POINTS:
            hooks = request.hooks[point]
            lines += [f"  {point}:", *(f"    {hook!r}" for hook in sorted(hooks))] if hooks else []
        text = "\n".join([f"Request hooks of {request.request_line} [{request.unique_id}]:", *lines])
        request.log.error(text, "HTTP")
