"""Making a page anew behind the back of a reader, who has the old copy already (RFC 5861)."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Protocol

from kirsch.app.byhand import once_more
from kirsch.app.current import current
from kirsch.app.errors import InternalRedirect

if TYPE_CHECKING:
    from kirsch.toolbox.copies import Copy
    from kirsch.toolbox.makers import Makers, Making

_log = logging.getLogger("kirsch.error")


class Place(Protocol):
    """Where the page belongs. See CachedPlace."""

    makers: Makers

    def key(self, request: Any, asking: Any) -> str:
        """The key of the page."""

    def find(self, key: str, fields: Any) -> tuple[Copy | None, str]:
        """Its copy, and where that stands."""


def refresh(place: Place, request: Any, asking: Any) -> None:
    """Have a thread make the page that a request asks for, unless somebody does already, or too many are at it."""
    if not place.makers.begin_refresh():
        return
    _, at = place.find(place.key(request, asking), request.exchange.head.block)
    making, mine = place.makers.join(at)
    if not mine:
        place.makers.end_refresh()
        return
    again = _same(request)
    again.refreshing = making
    try:
        threading.Thread(target=_run, args=(place.makers, again, making), name="kirsch cache", daemon=True).start()
    except RuntimeError:  # no thread is to be had: somebody else may try
        _end(place.makers, making)


def _same(request: Any) -> Any:
    """The same request once more, with nobody to answer; all its hooks run again."""
    again = request.app.request_class(once_more(request.exchange), request.app)
    again.response = request.app.response_class()
    again.path_info, again.query_string = request.path_info, request.query_string
    if "script_name" in request.__dict__:
        again.script_name = request.script_name
    return again


def _run(makers: Makers, request: Any, making: Making) -> None:
    current.set(request)
    try:
        if request.app.before_request is not None:
            request.app.before_request()
        request.app.run(request, request.response)
    except InternalRedirect:
        pass  # where that leads has a cache of its own
    except Exception:
        _log.exception("%s could not be made anew", request.request_line)
    finally:
        _end(makers, making)


def _end(makers: Makers, making: Making) -> None:
    makers.finish(making, kept=False)
    makers.end_refresh()
