"""`cherrypy.lib.cptools`: what small tools do, by hand, under the names of the functions that they were made of."""

from __future__ import annotations

from typing import Any, Final

from kirsch.run.defaults import tools
from kirsch.toolbox.etags import validate_since
from kirsch.toolbox.session_auth import SessionAuth

__all__ = ["SessionAuth", "validate_since"]

TOOLS: Final = {
    "accept": "accept",
    "allow": "allow",
    "autovary": "autovary",
    "convert_params": "params",
    "flatten": "flatten",
    "ignore_headers": "ignore_headers",
    "log_hooks": "log_hooks",
    "log_request_headers": "log_headers",
    "log_traceback": "log_tracebacks",
    "proxy": "proxy",
    "redirect": "redirect",
    "referer": "referer",
    "response_headers": "response_headers",
    "session_auth": "session_auth",
    "trailing_slash": "trailing_slash",
    "validate_etags": "etags",
}
"""Of each function, the tool that does it."""


def __getattr__(name: str) -> Any:
    if name not in TOOLS:
        raise AttributeError(f"there is no kirsch.lib.cptools.{name}; there are {', '.join(sorted(TOOLS))}")
    return getattr(tools, TOOLS[name]).callable
