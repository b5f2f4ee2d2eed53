"""CPU time between two moments: the server's, and that of strangers on the same cores, who spoil a measurement."""

from __future__ import annotations

import resource
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from processes import TICK

if TYPE_CHECKING:
    from servers import Server

BUSY = (0, 1, 2, 7)
"""Columns of /proc/stat that count as work of processes: user, nice, system, and what the hypervisor took."""


class Meter:
    """Runs from when it is made until read()."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._began = perf_counter()
        self._before = self._now()

    def read(self) -> tuple[float, float]:
        """CPU seconds of the server since then, and percent of a core that others took from it or from the client."""
        took = max(TICK, perf_counter() - self._began)
        server, server_core, client, client_core = (
            now - before for now, before in zip(self._now(), self._before, strict=True)
        )
        others = max(server_core - server, client_core - client, 0.0)
        return server, 100 * others / took

    def _now(self) -> tuple[float, float, float, float]:
        """CPU seconds: of the server, of its core, of the client, of its core."""
        bench = self._server.bench
        return (
            self._server.cpu_seconds(),
            core_seconds(bench.server_core),
            own_seconds(),
            core_seconds(bench.client_core),
        )


def core_seconds(core: int) -> float:
    """Seconds that a core has worked for processes since the machine came up."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *columns = line.split()
        if name == f"cpu{core}":
            return sum(int(columns[at]) for at in BUSY) * TICK
    return 0.0


def own_seconds() -> float:
    """CPU seconds of this process and of those it has waited for: the clients, but the ended servers too.

    Servers end between measurements, so that the difference within one is the client's alone.
    """
    mine, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime
