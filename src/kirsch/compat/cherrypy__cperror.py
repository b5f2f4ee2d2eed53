"""`cherrypy._cperror`: what is raised to be answered, and error pages by hand."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, KirschError, NotFound, stale_headers

__all__ = [
    "CherryPyException", "HTTPError", "HTTPRedirect", "InternalRedirect", "NotFound", "bare_error", "clean_headers",
    "format_exc", "get_error_page",
]  # fmt: skip

CherryPyException = KirschError


def get_error_page(status: int | str, **kwargs: Any) -> bytes:
    """The page of an error, ready to send; `message` may say more."""
    page = HTTPError(status, kwargs.get("message")).get_error_page(traceback=kwargs.get("traceback"))
    return page.encode("utf-8") if isinstance(page, str) else page


def clean_headers(status: int) -> None:
    """Take headers of the page that failed from the response."""
    headers = present().response.headers
    for name in stale_headers(status):
        headers.pop(name, None)


def bare_error(extrabody: str | bytes | None = None) -> tuple[bytes, list[tuple[bytes, bytes]], list[bytes]]:
    """An error that needs nothing of what may have failed: status, headers, body."""
    body = b"Unrecoverable error in the server."
    if extrabody is not None:
        body += b"\n" + (extrabody.encode("utf-8") if isinstance(extrabody, str) else extrabody)
    fields = [(b"Content-Type", b"text/plain"), (b"Content-Length", b"%d" % len(body))]
    return b"500 Internal Server Error", fields, [body]


def format_exc(exc: Any = None) -> str:
    """The traceback of an exception, by default of the one being handled; empty without one. exc: as sys.exc_info()."""
    kind, error, trace = exc or sys.exc_info()
    return "" if kind is None else "".join(traceback.format_exception(kind, error, trace))


def _be_ie_unfriendly(status: int) -> None:
    """Nothing: no browser hides short error pages any more."""
