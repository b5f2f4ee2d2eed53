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


def threads(seconds):
    """Threads of one process, on one core and on more; of a Python without the GIL, which WITHOUT_GIL names."""
    python = os.environ.get("WITHOUT_GIL")
    table = Table("One process without the GIL", ("page", "cores", "requests/s", "ratio", "CPU µs/request"))
    if not python:
        table.note("not tried: set WITHOUT_GIL to a python3.13t or later that has httptools and multipart")
        return table
    for path, connections in (("/burn", 8), ("/", 50)):
        first = 0.0
        for cores in range(1, (os.cpu_count() or 1) + 1):
            prefix = ("taskset", "-c", f"0-{cores - 1}")
            with Served(workers=1, prefix=prefix, python=python, environ={"PYTHON_GIL": "0"}) as served:
                (pid,) = served.workers()
                used = -cpu_seconds(pid)
                wrk = Load(served, seconds, own=False, path=path, wrk=connections).finish()["wrk"]
                used += cpu_seconds(pid)
            rate = wrk["requests"] / wrk["microseconds"] * 1e6
            first = first or rate
            table.add(path, cores, round(rate), f"{rate / first:.2f}", round(used / wrk["requests"] * 1e6))
    return table


def cpu_seconds(pid):
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid):
    """Memory of a process, pages that several share counted in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / KIB_OF_A_MB
