"""Requests a second with one worker and with two, and what each weighs."""

from __future__ import annotations

import os
from pathlib import Path

from served import Load, Served, children
from table import Table

KIB_OF_A_MB = 1024


def scaling(seconds):
    """The table."""
    table = Table(
        f"Scaling: hello, wrk beside it on the same {os.cpu_count()} cores",
        ("workers", "requests/s", "ratio", "memory of a worker, MB (PSS)", "of the supervisor"),
    )
    first = 0.0
    for workers in range(1, (os.cpu_count() or 1) + 1):
        with Served(workers=workers) as served:
            served.until(lambda workers=workers: len(served.workers()) == workers)
            wrk = Load(served, seconds, own=False).finish()["wrk"]
            pids = children(served.pid())
            weights = [megabytes(pid) for pid in pids]
            supervisor = megabytes(served.pid())
        rate = wrk["requests"] / wrk["microseconds"] * 1e6
        first = first or rate
        heaviest = f"{max(weights):.1f}"
        table.add(workers, round(rate), f"{rate / first:.2f}", heaviest, f"{supervisor:.1f}")
        table.hold("scaling: no errors", not wrk["connect"] + wrk["read"] + wrk["write"] + wrk["status"])
    return table


def megabytes(pid):
    """Memory of a process, pages that several share counted in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / KIB_OF_A_MB
