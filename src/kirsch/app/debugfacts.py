"""What is known of a request that failed, as plain data, and as tables of text: bounded, and without secrets."""

from __future__ import annotations

import inspect
import platform
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.debugsource import whose
from kirsch.app.debugvalues import Patience, guarded, named, plainly
from kirsch.app.hooks import POINTS, Hook
from kirsch.app.redaction import REDACTED, redacted_url
from kirsch.http.forms import parse_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kirsch.app.request import Request

VERSIONS: Final = "Versions"

MOST_ROWS: Final = 60
MOST_URL: Final = 600

MOST_OF_COOKIE: Final = 15
"""Characters of a cookie's value: a longer one may be the key to a session under any name."""


class Setting(NamedTuple):
    """A value of the config that holds for the path. place: where it was said; "" if that is not known."""

    key: str
    value: Any
    place: str = ""


class Facts(NamedTuple):
    """Whatever is known; what is empty is not shown.

    handler: its full name, and `place` file and line. stage: which part of the route failed: a hook point, or
    "handler". headers: names and values in order. query, body: parameters. hooks: what stands at each point.
    """

    method: str = ""
    url: str = ""
    handler: str = ""
    place: str = ""
    stage: str = ""
    request_id: str = ""
    headers: Sequence[tuple[str, str]] = ()
    query: Mapping[str, Any] = {}
    body: Mapping[str, Any] = {}
    cookies: Mapping[str, str] = {}
    config: Sequence[Setting] = ()
    hooks: Mapping[str, Sequence[str]] = {}
    versions: Mapping[str, str] = {}


class Row(NamedTuple):
    """A line of a table. remark: in small letters behind it."""

    name: str
    value: str
    remark: str = ""


class Table(NamedTuple):
    """Rows under a title. omitted: how many more there are."""

    title: str
    rows: Sequence[Row]
    omitted: int = 0


def tables(facts: Facts, patience: Patience) -> list[Table]:
    """All that has rows, parameters first. What cannot be read says so in its place."""
    readers: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("Parameters in the URL", lambda: _named_rows(facts.query.items(), patience)),
        ("Parameters in the body", lambda: _named_rows(facts.body.items(), patience)),
        ("Cookies", lambda: _cookie_rows(facts, patience)),
        ("Headers", lambda: _header_rows(facts, patience)),
        ("Config of this path", lambda: _config_rows(facts, patience)),
        ("Hooks", lambda: _hook_rows(facts, patience)),
        (VERSIONS, lambda: (Row(_text(name), _text(each)) for name, each in facts.versions.items())),
    ]
    made = [_table(title, reader) for title, reader in readers]
    return [table for table in made if table.rows]


def summary(facts: Facts) -> list[Row]:
    """What was asked and who was to answer: in one line each."""
    rows = [
        Row("Request", f"{_text(facts.method)} {guarded(lambda: redacted_url(facts.url[:MOST_URL]), _failed)}".strip()),
        Row("Handler", _text(facts.handler), _text(facts.place)),
        Row("Stage", _text(facts.stage)),
        Row("Request id", _text(facts.request_id)),
    ]
    return [row for row in rows if row.value]


def _failed(error: str) -> str:
    return f"(cannot be shown: {error})"


def _text(value: Any) -> str:
    return guarded(lambda: plainly(value, Patience()) if value else "", _failed)


def _table(title: str, reader: Callable[[], Iterator[Row]]) -> Table:
    rows: list[Row] = []

    def fill() -> int:
        rest = reader()
        rows.extend(islice(rest, MOST_ROWS))
        return sum(1 for _ in islice(rest, 1000))

    def broken(error: str) -> int:
        rows.append(Row("", _failed(error)))
        return 0

    return Table(title, rows, guarded(fill, broken))


def _named_rows(items: Any, patience: Patience) -> Iterator[Row]:
    for name, value in items:
        yield Row(_text(name), named(str(name), value, patience))


def _cookie_rows(facts: Facts, patience: Patience) -> Iterator[Row]:
    for name, value in facts.cookies.items():
        text = _plain(name, value, patience)
        yield Row(_text(name), REDACTED if len(text) > MOST_OF_COOKIE else text)


def _header_rows(facts: Facts, patience: Patience) -> Iterator[Row]:
    for name, value in facts.headers:
        yield Row(_text(name), _plain(name, value, patience))


def _plain(name: str, value: Any, patience: Patience) -> str:
    shown = named(name, value, patience)
    if shown == REDACTED or not isinstance(value, str):
        return shown
    return redacted_url(plainly(value, patience)) if "://" in value else plainly(value, patience)


def _config_rows(facts: Facts, patience: Patience) -> Iterator[Row]:
    for key, value, place in facts.config:
        yield Row(_text(key), named(str(key), value, patience), _text(place))


def _hook_rows(facts: Facts, patience: Patience) -> Iterator[Row]:
    for point, names in facts.hooks.items():
        yield Row(_text(point), ", ".join([plainly(name, patience) for name in names][:MOST_ROWS]))


# -- out of a request ------------------------------------------------------------------------------------------------


def facts_of(request: Request, stage: str | None = None) -> Facts:
    """All that a request knows of itself. Never fails. stage: where it failed, if the request has moved on since."""
    readers: dict[str, Callable[[], Any]] = {
        "method": lambda: request.method,
        "url": lambda: request.exchange.head.target.decode("latin-1"),
        "handler": lambda: _name(_handler(request)),
        "place": lambda: _place(_handler(request)),
        "stage": lambda: stage or request.stage or "",
        "request_id": lambda: request.unique_id,
        "headers": lambda: _headers(request),
        "query": lambda: parse_query(request.query_string, request.query_string_encoding),
        "body": lambda: dict(request.body.params),
        "cookies": lambda: {name: morsel.value for name, morsel in request.cookie.items()},
        "config": lambda: _settings(request),
        "hooks": lambda: _hooks(request),
        "versions": _versions,
    }
    read = {name: guarded(reader, lambda _: None) for name, reader in readers.items()}
    return Facts(**{name: value for name, value in read.items() if value is not None})


def _headers(request: Request) -> list[tuple[str, str]]:
    """As they were sent, whatever a tool has changed since."""
    fields = request.exchange.head.fields
    return [(name.decode("latin-1").title(), value.decode("latin-1")) for name, value in fields]


def _handler(request: Request) -> Any:
    """What is to answer; behind what a tool of the house has put around it, which tells nobody anything."""
    handler = request.handler if request.handler_replaced else None
    if isinstance(handler, partial):
        handler = handler.func
    if handler is not None and not getattr(handler, "__module__", "").startswith("kirsch."):
        return handler
    return request.resource.target if request.resource is not None else None


def _name(handler: Any) -> str:
    named = handler if hasattr(handler, "__qualname__") else type(handler)
    return f"{named.__module__}.{named.__qualname__}".removeprefix("__main__.") if handler is not None else ""


def _place(handler: Any) -> str:
    function = inspect.unwrap(getattr(handler, "__func__", handler))
    code = getattr(function, "__code__", None)
    return f"{whose(code.co_filename)[1]}:{code.co_firstlineno}" if code is not None else ""


def _settings(request: Request) -> list[Setting]:
    """The config, as far as it can be seen with where each value stands."""
    return [Setting(key, value, _said_at(request, key, value)) for key, value in sorted(request.config.items())]


def _said_at(request: Request, key: str, value: Any) -> str:
    """Where this very value stands: in the deepest section that holds for the path, or else in that of the process."""
    app: Any = request.app
    sections = app.config
    segments = [segment for segment in request.path_info.split("/") if segment]
    for name in reversed([*sections.tree.here, *sections.match(segments)]):
        if sections[name].get(key, sections) is value:
            return str(sections.place(name, key)._replace(key=""))
    if app.site_config.get(key, app) is value and key in app.site_config.places:
        return str(app.site_config.place(key)._replace(key=""))
    return ""


def _hooks(request: Request) -> dict[str, list[str]]:
    standing = {point: [_hook_name(hook) for hook in getattr(request.points, point)] for point in POINTS}
    return {point: names for point, names in standing.items() if names}


def _hook_name(hook: Hook) -> str:
    name = hook.name or getattr(hook.callback, "__qualname__", None)
    return name if isinstance(name, str) else type(hook.callback).__qualname__


def _versions() -> dict[str, str]:
    versions = {"Python": platform.python_version()}
    try:
        versions["Kirsch"] = version("kirsch")
    except PackageNotFoundError:
        pass  # it runs out of a checkout
    return versions
