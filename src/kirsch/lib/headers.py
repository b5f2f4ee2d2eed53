"""`cherrypy.lib.headers`, which was old there already: it has `parse_header`, as the module `cgi` had it."""

from __future__ import annotations

from kirsch.app.legacy import warn
from kirsch.http.media import parse_media_type


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """The value of a field, and its parameters."""
    warn("kirsch.lib.headers.parse_header", "request.headers.elements(name)")
    return line.partition(";")[0].strip(), parse_media_type(line)[1]
