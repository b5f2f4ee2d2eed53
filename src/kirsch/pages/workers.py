"""Statistics of several worker processes as if they were one, and what each of them has done of it.

A worker that is asked asks the others, see process/colleagues.py. What one has counted that ends in good order goes to
the store that all share, so that sums do not fall when workers are replaced.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kirsch.pages.counts import NAMESPACE, SERVER, merged_counts, merged_server, statistics
from kirsch.process.worker import PLACE
from kirsch.run.wear import resident
from kirsch.stores.opening import shared_store
from kirsch.stores.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kirsch.process.colleagues import Colleagues

WORKERS: Final = "Kirsch Workers"
ENDED: Final = "statistics-ended"
"""The key under which the store has what workers had counted that are no more."""


class Workers:
    """All workers, as one of them sees them.

    counts: the namespace of our applications. server: what our server says now.
    """

    def __init__(
        self, colleagues: Colleagues, counts: Callable[[], dict[str, Any]], server: Callable[[], dict[str, Any]]
    ) -> None:
        self._colleagues = colleagues
        self._counts = counts
        self._server = server
        place = os.environ.pop(PLACE, "") or "0,0,0"
        self._number, self._started, self._lost = map(int, place.split(","))
        colleagues.join(self.answer)
        colleagues.bus.subscribe("exit", self.bequeath)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """What this worker has to say. question: by namespace, whether it is to go on counting."""
        for title, on in question.items():
            if title in statistics():
                statistics()[title]["Enabled"] = on
        return {
            "Number": self._number, "Process": os.getpid(), "Memory": resident(), "Started": self._started,
            "Lost": self._lost, NAMESPACE: self._plain_counts(), SERVER: self._named(self._server()),
        }  # fmt: skip

    def switch(self, title: str, *, on: bool) -> None:
        """Have all count, or no longer count, in a namespace."""
        self._colleagues.ask({title: on})

    def together(self) -> dict[str, Any]:
        """The namespaces of all, summed, and one that tells of each worker."""
        found = self._colleagues.ask({})
        shares = [share for share in found.values() if share is not None]
        ended = self._ended()
        counts = [share[NAMESPACE] for share in (*shares, *ended)]
        servers = [share[SERVER] for share in shares]
        server = merged_server(servers)
        for share in ended:
            for key, number in share[SERVER].items():
                server[key] += number
        table = {name: _record(share) for name, share in sorted(found.items())}
        if ended:
            table["ended"] = _totals(ended[0])
        return {
            NAMESPACE: {**self._counts(), **merged_counts(counts)},
            SERVER: server,
            WORKERS: {
                "Asked": self._colleagues.name,
                "Started": max(share["Started"] for share in shares),
                "Lost": max(share["Lost"] for share in shares),
                "Workers": table,
            },
        }

    def bequeath(self) -> None:
        """Leave to the others what has been counted here."""
        store = shared_store()
        if store is not None:
            server = self._server()
            ours = {
                NAMESPACE: {**self._plain_counts(), "Requests": {}, "Current Requests": 0},
                SERVER: {key: server.get(key, 0) for key in ("Requests", "Accepts")},
            }
            with suppress(StoreError):  # then the sums are smaller
                store.update(ENDED, lambda known: _added(known, ours))

    def _ended(self) -> list[dict[str, Any]]:
        store = shared_store()
        with suppress(StoreError):
            entry = store.get(ENDED) if store is not None else None
            return [json.loads(entry.value)] if entry is not None else []
        return []

    def _plain_counts(self) -> dict[str, Any]:
        """Our counts without what is computed of them."""
        counts = self._counts()
        plain = {key: value for key, value in counts.items() if not callable(value)}
        plain["Requests"] = self._named({"Requests": counts["Requests"]})["Requests"]
        sets = list(counts["URI Set Tracking"].items())
        plain["URI Set Tracking"] = {
            uri: {key: value for key, value in times.items() if not callable(value)} for uri, times in sets
        }
        return plain

    def _named(self, values: dict[str, Any]) -> dict[str, Any]:
        """The same with the threads named after their worker, too."""
        for title in ("Requests", "Threads"):
            if isinstance(values.get(title), dict):
                threads = list(values[title].items())
                values[title] = {f"{self._colleagues.name}: {name}": thread for name, thread in threads}
        return values


def _record(share: Mapping[str, Any] | None) -> dict[str, Any]:
    """A line of the table. None: it has not answered."""
    if share is None:
        return {"Engine": "gives no answer"}
    server = share[SERVER]
    doing = Counter(thread["Doing"] for thread in server.get("Threads", {}).values())
    return {
        "Number": share["Number"], "Process": share["Process"], "Engine": server["Engine"],
        "Uptime": server.get("Uptime", 0.0), "Memory": share["Memory"], "Connections": server.get("Connections", 0),
        "Threads": ", ".join(f"{number} {name}" for name, number in sorted(doing.items())), **_totals(share),
    }  # fmt: skip


def _totals(share: Mapping[str, Any]) -> dict[str, Any]:
    counts = share[NAMESPACE]
    totals = {key: counts[key] for key in counts if key.startswith("Total ")}
    return {"Requests": share[SERVER].get("Requests", 0), **totals}


def _added(known: bytes | None, ours: dict[str, Any]) -> bytes:
    if known is not None:
        before = json.loads(known)
        server = {key: before[SERVER][key] + ours[SERVER][key] for key in ours[SERVER]}
        ours = {NAMESPACE: merged_counts([before[NAMESPACE], ours[NAMESPACE]]), SERVER: server}
    return json.dumps(ours, default=repr).encode()
