"""`cherrypy.lib.jsontools`: what `tools.json_in` and `tools.json_out` do, by hand."""

from __future__ import annotations

from typing import Any

from kirsch.run.defaults import tools
from kirsch.toolbox.json_in import JSONInSettings, Reader
from kirsch.toolbox.json_out import JSONOutSettings, Writer

json_in = tools.json_in.callable
json_out = tools.json_out.callable


def json_processor(entity: Any) -> None:
    """Read the body as JSON, for a processor of one's own: `request.json` has it then."""
    Reader(JSONInSettings()).read_into(entity)


def json_handler(*args: Any, **kwargs: Any) -> bytes:
    """What `request._json_inner_handler` returns, as JSON."""
    return Writer(JSONOutSettings()).page(*args, **kwargs)
