"""`cherrypy.lib.xmlrpcutil`: the steps of an answer to an XML-RPC client, for controllers of one's own."""

from __future__ import annotations

import sys
from typing import Any

from kirsch.app.context import present
from kirsch.toolbox.xmlrpc import MOST_BYTES, answer, fault_of, read_call


def process_body() -> tuple[tuple[Any, ...], str]:
    """Arguments and method of the call that is the body of the request. HTTPError for a body that is none."""
    return read_call(present().body.read(MOST_BYTES + 1))


def patched_path(path: str) -> str:
    """The path without the `/RPC2` that such clients put in front, and with a slash at its end."""
    path = path if path.endswith("/") else f"{path}/"
    return path.removeprefix("/RPC2") if path.startswith("/RPC2/") else path


def respond(body: Any, encoding: str = "utf-8", allow_none: bool = False) -> None:
    """Answer a call with a value, or a Fault."""
    request = present()
    request.response.status = 200
    request.response.body = answer(request, body, encoding, allow_none)


def on_error(*_: Any, **__: Any) -> None:
    """Answer a call with the exception that is being handled, as a Fault."""
    respond(fault_of(present(), sys.exception()))
