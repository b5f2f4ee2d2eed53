"""How long clients and caches may keep a page without asking again."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.http.dates import http_date
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response

LONG_AGO: Final = "Sun, 28 Jan 2007 00:00:00 GMT"
LASTING: Final = ("ETag", "Last-Modified", "Age", "Expires")
"""Headers of a page that is meant to be kept: without `force`, only such a page gets a time."""


def seconds_of(time: Any) -> float:
    """A time, or a timedelta, in seconds."""
    return time.total_seconds() if isinstance(time, timedelta) else float(time)


_KINDS: Final = (int, float, timedelta)
TIME: Final = Check("that is finite", lambda time: isfinite(seconds_of(time)))


class ExpiresSettings(Options):
    """What config says of the tool."""

    secs: Option[Any] = Option(0, "Seconds, or a timedelta; 0: not at all, less: it is out of date.", _KINDS, TIME)
    force = Option(False, "Also for pages that do not look lasting, and in place of what they say.")
    debug = Option(False, "Say in the log what was done.")


class Expires(PreparedTool):
    """Sets Expires and `Cache-Control: max-age`."""

    choices: ClassVar = ExpiresSettings

    def before_finalize(self, request: Request, response: Response, plan: ExpiresSettings) -> None:
        """Set them, unless the page has done so."""
        headers = response.headers
        acts = plan.force or any(name in headers for name in LASTING)
        if plan.debug and request.log is not None:
            request.log(f"{plan.secs} s" if acts else "this page has nothing that lasts", "TOOLS.EXPIRES")
        if not acts:
            return
        seconds = seconds_of(plan.secs)
        if seconds:
            if "Expires" in headers and not plan.force:
                return
            fields = {"Expires": http_date(response.time + seconds)}
            control = f"max-age={max(int(seconds), 0)}"
        else:
            fields = {"Pragma": "no-cache", "Expires": LONG_AGO}
            control = "no-cache, must-revalidate"
        if request.protocol >= (1, 1):
            fields["Cache-Control"] = control if not plan.force else _with(headers.get("Cache-Control", ""), control)
        for name, value in fields.items():
            if plan.force or name not in headers:
                headers[name] = value


def _with(value: str, control: str) -> str:
    """Cache-Control with new directives for the time; others that the page has set, such as `private`, stay."""
    stale = ("max-age", "no-cache", "must-revalidate", "s-maxage")
    kept = [part for each in value.split(",") if (part := each.strip(" \t")) and not part.lower().startswith(stale)]
    return ", ".join([*kept, control])
