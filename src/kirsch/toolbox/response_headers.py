"""Headers that every answer of a page gets, also those of its errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kirsch.http.headers import encode_line
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from kirsch.app.response import Response

Lines = tuple[tuple[str, str], ...]


class ResponseHeadersSettings(Options):
    """Which they are."""

    headers = Option(None, "Pairs of name and value, or a dict of them.", (list, tuple, dict))
    debug = Option(False, "Accepted, as there is nothing to tell.")


class ResponseHeaders(PreparedTool):
    """Sets headers before the handler is called, which may change them."""

    choices = ResponseHeadersSettings

    def prepare(self, settings: Any) -> Lines:
        """Names and values that can be sent. ValueError for a line break, or a name that is none."""
        headers = settings.headers or ()
        lines = tuple((str(name), str(value)) for name, value in _pairs(headers))
        for name, value in lines:
            encode_line(name, value)
        return lines

    @standing(failsafe=True)
    def on_start_resource(self, request: Any, response: Response, plan: Lines) -> None:
        """Set them."""
        for name, value in plan:
            response.headers[name] = value


def _pairs(headers: Any) -> list[tuple[Any, Any]]:
    try:
        return [(name, value) for name, value in (headers.items() if isinstance(headers, Mapping) else headers)]
    except (TypeError, ValueError):
        raise ValueError(f"headers: expected pairs of name and value, got {headers!r}") from None
