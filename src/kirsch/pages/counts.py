"""What is counted about requests, in the shape in which CherryPy's tools have read it for years.

`logging.statistics` is a dict of namespaces, one for each library that counts something. In a namespace stand values,
functions of the namespace that give one, and collections: dicts or lists of records, which are dicts again.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

NAMESPACE: Final = "CherryPy Applications"
SERVER: Final = "Kirsch Server"
ENABLED: Final = "Enabled"
MOST_URIS: Final = 1000
MOST_SLOW: Final = 1000
"""Slow requests of several processes."""

_statistics: dict[str, dict[str, Any]] = vars(logging).setdefault("statistics", {})


def statistics() -> dict[str, dict[str, Any]]:
    """All namespaces."""
    return _statistics


def extrapolate_statistics(scope: Mapping[Any, Any]) -> dict[Any, Any]:
    """A copy of a namespace, or of all, in which functions have become what they give; what one raises, its name."""
    return {key: _extrapolated(value, scope) for key, value in list(scope.items())}


def _extrapolated(value: Any, scope: Mapping[Any, Any]) -> Any:
    if callable(value):
        try:
            value = value(scope)
        except Exception as error:
            return type(error).__name__
    if isinstance(value, dict):
        return extrapolate_statistics(value)
    if isinstance(value, (list, tuple)):
        return [_extrapolated(each, scope) for each in list(value)]
    return value


class Asked(NamedTuple):
    """One request that is over. uri: of the set that it is counted in; "" for none."""

    line: str
    client: str
    status: str
    read: int
    written: int
    began: float
    seconds: float
    uri: str


class Counts:
    """The namespace of our applications, as `values`, and the lock under which it is changed.

    now: seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._lock = threading.Lock()
        self._now = now
        self.values: dict[str, Any] = {
            ENABLED: True,
            "Server Version": f"Kirsch on Python {'.'.join(map(str, sys.version_info[:3]))}",
            "Start Time": now(),
            "Current Time": lambda _: now(),
            "Uptime": lambda values: now() - values["Start Time"],
            "Current Requests": 0,
            "Total Requests": 0,
            "Total Errors": 0,
            "Total Bytes Read": 0,
            "Total Bytes Written": 0,
            "Total Time": 0.0,
            "Requests/Second": lambda values: _ratio(values["Total Requests"], now() - values["Start Time"]),
            "Bytes Read/Request": lambda values: _ratio(values["Total Bytes Read"], values["Total Requests"]),
            "Bytes Read/Second": lambda values: _ratio(values["Total Bytes Read"], now() - values["Start Time"]),
            "Bytes Written/Request": lambda values: _ratio(values["Total Bytes Written"], values["Total Requests"]),
            "Bytes Written/Second": lambda values: _ratio(values["Total Bytes Written"], now() - values["Start Time"]),
            "Requests": {},
            "URI Set Tracking": {},
            "Slow Queries": [],
        }

    @property
    def enabled(self) -> bool:
        """Whether anything is counted now."""
        return bool(self.values[ENABLED])

    def begin(self) -> None:
        """A request has begun."""
        with self._lock:
            self.values["Current Requests"] += 1

    def end(self, asked: Asked, slow: float, most_slow: int) -> None:
        """It is over. slow: seconds from which on it is remembered; most_slow: how many are."""
        with self._lock:
            values = self.values
            values["Current Requests"] -= 1
            values["Total Requests"] += 1
            values["Total Errors"] += asked.status.startswith("5")
            values["Total Bytes Read"] += asked.read
            values["Total Bytes Written"] += asked.written
            values["Total Time"] += asked.seconds
            values["Requests"][threading.get_ident()] = _of_thread(asked)
            if asked.uri:
                self._count_uri(asked)
            if asked.seconds >= slow:
                queries = values["Slow Queries"]
                queries.append(_of_slow(asked))
                del queries[: max(0, len(queries) - most_slow)]

    def _count_uri(self, asked: Asked) -> None:
        uris = self.values["URI Set Tracking"]
        known = uris.get(asked.uri)
        if known is None:
            if len(uris) >= MOST_URIS:
                return
            known = uris[asked.uri] = {
                "Min": asked.seconds, "Max": asked.seconds, "Count": 0, "Sum": 0.0,
                "Avg": lambda values: _ratio(values["Sum"], values["Count"]),
            }  # fmt: skip
        known["Min"] = min(known["Min"], asked.seconds)
        known["Max"] = max(known["Max"], asked.seconds)
        known["Count"] += 1
        known["Sum"] += asked.seconds


def _of_thread(asked: Asked) -> dict[str, Any]:
    return {
        "Bytes Read": asked.read, "Bytes Written": asked.written, "Client": asked.client, "Request-Line": asked.line,
        "Response Status": asked.status, "Start Time": asked.began, "End Time": asked.began + asked.seconds,
        "Processing Time": asked.seconds,
    }  # fmt: skip


def _of_slow(asked: Asked) -> dict[str, Any]:
    return {
        "Request-Line": asked.line, "Processing Time": asked.seconds, "Start Time": asked.began,
        "End Time": asked.began + asked.seconds, "Response Status": asked.status,
    }  # fmt: skip


def _ratio(one: float, other: float) -> float:
    return one / other if other else 0.0


# -- several processes -----------------------------------------------------------------------------------------------


def merged_counts(several: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The namespaces of our applications of several processes as one; without what is computed."""
    first = several[0]
    sums = {key: sum(each[key] for each in several) for key in first if key.startswith(("Total ", "Current Requests"))}
    slow = sorted((query for each in several for query in each["Slow Queries"]), key=lambda query: query["Start Time"])
    return {
        ENABLED: any(each[ENABLED] for each in several),
        "Server Version": first["Server Version"],
        "Start Time": min(each["Start Time"] for each in several),
        **sums,
        "Requests": {name: request for each in several for name, request in each["Requests"].items()},
        "URI Set Tracking": _merged_uris([each["URI Set Tracking"] for each in several]),
        "Slow Queries": slow[-MOST_SLOW:],
    }


def _merged_uris(several: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for uri, times in (pair for each in several for pair in each.items()):
        known = merged.setdefault(uri, {"Min": times["Min"], "Max": times["Max"], "Count": 0, "Sum": 0.0})
        known["Min"] = min(known["Min"], times["Min"])
        known["Max"] = max(known["Max"], times["Max"])
        known["Count"] += times["Count"]
        known["Sum"] += times["Sum"]
        known["Avg"] = _ratio(known["Sum"], known["Count"])
    return merged


def merged_server(several: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the servers of several processes say, as one."""
    merged: dict[str, Any] = dict(several[0])
    for each in several[1:]:
        for key, value in each.items():
            merged[key] = _merged_value(key, merged[key], value) if key in merged else value
    return merged


def _merged_value(key: str, one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return {**one, **other}
    if isinstance(one, bool):
        return one or other
    if key == "Uptime":
        return max(one, other)
    return one + other if isinstance(one, int) else one
