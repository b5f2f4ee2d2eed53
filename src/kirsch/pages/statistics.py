"""Statistics of server and applications: a tool that counts, and pages that show.

Importing this puts the tool into the box: `tools.cpstats`. The pages are an object like any other, to be put into a
tree: `root.statistics = StatisticsPage()`. They are for clients on this machine, and for whoever a tool has let in.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from hashlib import sha256
from time import gmtime, perf_counter, strftime, time
from typing import TYPE_CHECKING, Any, ClassVar, Final

import kirsch
from kirsch.app.debugaccess import may_see
from kirsch.app.errorpage import escape
from kirsch.dispatch.expose import config, expose
from kirsch.http.origins import from_here
from kirsch.options import Option, Options, between
from kirsch.pages.counts import ENABLED, NAMESPACE, SERVER, Asked, Counts, extrapolate_statistics, statistics
from kirsch.pages.workers import WORKERS, Workers
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.app.request import Request
    from kirsch.app.response import Response

_BEGAN: Final = "statistics_began"


class StatisticsSettings(Options):
    """What is kept beside the sums."""

    uriset: Option[str | None] = Option(None, "A name under which the times of these pages are counted together.", str)
    slow_queries = Option(1.0, "Seconds from which on a request is remembered as slow.", check=between(0))
    slow_queries_count = Option(100, "How many slow ones are remembered.", check=between(0, 100_000))
    debug = Option(False, "Taken, and of no effect.")


class StatisticsTool(PreparedTool):
    """Counts requests in `logging.statistics`, unless that is paused."""

    priority = 0
    choices = StatisticsSettings

    def __init__(self, counts: Counts | None = None) -> None:
        super().__init__()
        self.counts = counts or Counts()

    @standing(failsafe=True)
    def on_start_resource(self, request: Request, response: Response, plan: StatisticsSettings) -> None:
        """It begins."""
        if self.counts.enabled:
            self.counts.begin()
            vars(request)[_BEGAN] = (time(), perf_counter())

    @standing(priority=50, failsafe=True)
    def on_end_request(self, request: Request, response: Response, plan: StatisticsSettings) -> None:
        """It is over, and the last byte has been given away."""
        began = vars(request).pop(_BEGAN, None)
        if began is None:
            return
        status = (response.output_status or b"").decode("latin-1")
        client = f"{request.remote.ip}:{request.remote.port}"
        asked = Asked(
            request.request_line, client, status, request.body.bytes_read, request.exchange.sent, began[0],
            perf_counter() - began[1], plan.uriset or "",
        )  # fmt: skip
        self.counts.end(asked, plan.slow_queries, plan.slow_queries_count)


def of_server() -> dict[str, Any]:
    """What the server of the process says of itself now."""
    found = kirsch.server.statistics()
    values: dict[str, Any] = {ENABLED: True, "Engine": kirsch.engine.state.name, "Running": found is not None}
    if found is not None:
        values |= {
            "URLs": ", ".join(found.urls),
            "Uptime": found.seconds,
            "Requests": found.requests,
            "Accepts": found.accepted,
            "Connections": found.connections,
            "Idle Connections": found.idle_connections,
            "Waiting Connections": found.waiting,
            "Threads": {
                each.name: {"Doing": each.doing, "Request": each.request, "Seconds": each.seconds}
                for each in found.threads
            },
        }
    return values


def _when(seconds: float) -> str:
    return strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(seconds))


class StatisticsPage:
    """The pages: `index` for people, `data` as JSON, and `pause` and `resume`, by POST, for a namespace.

    public: whether everybody may see them. formatting: by namespace and key, how a value is shown: a pattern for `%`, a
    function, or None for not at all.
    """

    public = False
    formatting: ClassVar[dict[str, dict[str, str | Callable[[Any], str] | None]]] = {
        NAMESPACE: {
            ENABLED: None,
            **dict.fromkeys(("Start Time", "Current Time", "End Time"), _when),
            **dict.fromkeys(("Bytes Read/Request", "Bytes Read/Second", "Bytes Written/Request"), "%.3f"),
            **dict.fromkeys(("Bytes Written/Second", "Requests/Second", "Total Time", "Uptime"), "%.3f"),
            **dict.fromkeys(("Processing Time", "Min", "Max", "Avg", "Sum"), "%.6f"),
        },
        SERVER: {ENABLED: None, "Uptime": "%.3f", "Seconds": "%.3f"},
        WORKERS: {"Uptime": "%.3f", "Total Time": "%.3f", "Memory": lambda size: f"{size / 1e6:.1f} MB"},
    }

    @expose
    @config(**{"response.headers.Cache-Control": "no-store"})
    def index(self) -> str:
        """All of it, as tables."""
        self._guard()
        headers = kirsch.response.headers
        headers["Content-Security-Policy"] = _POLICY
        headers["Referrer-Policy"] = "no-referrer"
        parts = [self._namespace(title, values) for title, values in sorted(self._all().items())]
        return _PAGE.format(style=_STYLE, parts="\n".join(parts))

    @expose
    @config(**{"response.headers.Cache-Control": "no-store"})
    def data(self) -> bytes:
        """All of it, as JSON."""
        self._guard()
        kirsch.response.headers["Content-Type"] = "application/json"
        return json.dumps(self._all(), sort_keys=True, indent=4, default=repr).encode()

    @expose
    def pause(self, namespace: str) -> None:
        """Count nothing more in this namespace."""
        self._switch(namespace, on=False)

    @expose
    def resume(self, namespace: str) -> None:
        """Go on counting."""
        self._switch(namespace, on=True)

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _guard(self) -> None:
        """403 unless it is a client on this machine, or one who has said who it is."""
        request = kirsch.request
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.exchange.head.fields]
        if not (self.public or request.login or may_see(request.exchange.client[0], fields)):
            raise kirsch.HTTPError(403, "Statistics are for clients on this machine, and for those who have logged in.")

    def _switch(self, namespace: str, *, on: bool) -> None:
        self._guard()
        request = kirsch.request
        if request.method != "POST":
            raise kirsch.HTTPError(405, headers={"Allow": "POST"})
        get = request.headers.get
        if from_here(get("Sec-Fetch-Site"), get("Origin"), request.base) is False:
            raise kirsch.HTTPError(403, "This was sent by a page of another site.")
        values = statistics().get(namespace)
        if values is None or ENABLED not in values:
            raise kirsch.HTTPError(404, "There are no such statistics.")
        values[ENABLED] = on
        if workers is not None:
            workers.switch(namespace, on=on)
        raise kirsch.HTTPRedirect("./")

    @staticmethod
    def _all() -> dict[str, Any]:
        found = {**statistics(), **({SERVER: of_server()} if workers is None else workers.together())}
        return extrapolate_statistics(found)

    def _namespace(self, title: str, values: Any) -> str:
        formats = self.formatting.get(title, {})
        seen = {key: value for key, value in sorted(values.items()) if formats.get(key, "") is not None}
        tables = {key: seen.pop(key) for key, value in list(seen.items()) if isinstance(value, (dict, list))}
        rows = "".join(f"<tr><th>{_text(key)}<td>{_shown(formats, key, value)}" for key, value in seen.items())
        collections = "".join(_collection(key, value, formats) for key, value in tables.items())
        head = f"<section>\n<h2>{_text(title)}</h2>\n{self._switches(title, values)}"
        return f"{head}<table>{rows}</table>\n{collections}</section>"

    @staticmethod
    def _switches(title: str, values: dict[str, Any]) -> str:
        if ENABLED not in values or title == SERVER:
            return ""
        verb = "pause" if values[ENABLED] else "resume"
        hidden = f'<input type="hidden" name="namespace" value="{_text(title)}">'
        return f'<form method="post" action="{verb}">{hidden}<button>{verb.title()}</button></form>\n'


def _collection(title: str, records: Any, formats: dict[str, Any]) -> str:
    """A table of records, each a row; of a dict, with their keys."""
    named = list(records.items()) if isinstance(records, dict) else [("", each) for each in records]
    named = [(name, each if isinstance(each, dict) else {"": each}) for name, each in named]
    if not named:
        return f"<h3>{_text(title)}</h3>\n<p>None.</p>\n"
    known = dict.fromkeys(key for _, each in named for key in each)
    columns = [key for key in known if formats.get(key, "") is not None]
    head = "".join([f"<th>{_text(key)}" for key in ("", *columns)])
    rows = []
    for name, each in named:
        cells = "".join([f"<td>{_shown(formats, key, each.get(key, ''))}" for key in columns])
        rows.append(f"<tr><th>{_text(name)}{cells}")
    return f"<h3>{_text(title)}</h3>\n<div><table><tr>{head}{''.join(rows)}</table></div>\n"


def _shown(formats: dict[str, Any], key: Any, value: Any) -> str:
    how = formats.get(key)
    try:
        shown = how(value) if callable(how) else how % value if how else value
    except (TypeError, ValueError):
        shown = value
    return _text(shown)


def _text(value: Any) -> str:
    return escape(str(value))


_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1c1c21;--paper:#fff;--soft:#686873;--line:#e6e6ea;--accent:#a6183c}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#17171b;--soft:#9c9ca8;--line:#303038;--accent:#ff7d98}}
body{margin:0 auto;padding:1.5rem;max-width:72rem;color:var(--ink);background:var(--paper);
font:.9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.125rem;margin:0}h3{font-size:.9375rem;margin:1.25rem 0 .25rem}
section{border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:0 0 1.25rem}
form{float:right;margin-top:-1.5rem}div{overflow-x:auto}p{color:var(--soft);margin:.25rem 0}
table{border-collapse:collapse;margin-top:.5rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.2rem 1.25rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:500;color:var(--soft)}a,button{color:var(--accent)}
button{font:inherit;background:none;border:1px solid currentColor;border-radius:.35rem;padding:.1rem .7rem}
"""
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b2a_base64(sha256(_STYLE.encode()).digest(), newline=False).decode()}'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statistics</title>
<style>{style}</style>
</head>
<body>
<h1>Statistics</h1>
{parts}
<p><a href="data">The same as JSON</a></p>
</body>
</html>
"""

tool = StatisticsTool()
statistics()[NAMESPACE] = tool.counts.values
kirsch.tools.cpstats = tool
workers = (
    Workers(kirsch.engine.colleagues, tool.counts.values.copy, of_server)
    if kirsch.engine.colleagues is not None
    else None
)
