"""The date of the last change: clients that have seen what is of that date are told 304 without a body."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from kirsch.app.conditions import READING, settle, validate
from kirsch.http.dates import http_date
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response


def seconds_of(date: Any) -> float | None:
    """Seconds since 1970 of a date: a datetime (without a zone: local time), such seconds, or None for none."""
    if date is None:
        return None
    seconds = date.timestamp() if isinstance(date, datetime) else float(date)
    if not isfinite(seconds):
        raise ValueError(f"{date!r} is no date")
    return seconds


DATE = Check(
    "that is a datetime, seconds since 1970, or a callable that gives one",
    lambda date: (
        callable(date) or isinstance(date, datetime) or (isinstance(date, (int, float)) and not isinstance(date, bool))
    ),
)


class LastModifiedSettings(Options):
    """What config says of the tool."""

    date: Option[Any] = Option(None, "When the page was last changed, or what says so.", object, DATE)
    debug = Option(False, "Say in the log which date it was.")


class LastModified(PreparedTool):
    """Answers 304 or 412 by Last-Modified. With a date, before the handler is called; else by what the page says."""

    priority = 75
    choices: ClassVar = LastModifiedSettings

    def __init__(self) -> None:
        super().__init__()
        self.callable = self._now

    @standing(priority=95)
    def before_handler(self, request: Request, response: Response, plan: LastModifiedSettings) -> None:
        """Say when the page was changed, if config knows. HTTPRedirect 304 or HTTPError 412 where due.

        Behind the cache: a copy has a date of its own, and a stale one is asked for by it.
        """
        if getattr(request, "cached", False):
            return
        seconds = seconds_of(plan.date() if callable(plan.date) else plan.date)
        if plan.debug and request.log is not None:
            request.log(f"last modified: {seconds}", "TOOLS.LAST_MODIFIED")
        if seconds is not None:
            response.headers["Last-Modified"] = http_date(seconds)
            validate(request, response)

    def before_finalize(self, request: Request, response: Response, plan: LastModifiedSettings) -> None:
        """Have the conditions of the request decide once more: the page may have said something else."""
        if request.method in READING:
            settle(request, response)
