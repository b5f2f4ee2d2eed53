"""Nine fast requests for one that blocks 10 ms, 1,000 a second by the clock: does a slow handler delay the others?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meter import Meter
from paced import Kind, Paced, quantile
from wrk import memory

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers import Server

    from loads.load import Effort, Reading

RATE = 1000.0
SLOW = "/wait?ms=10"
MILLI = 1000
RIVALS = (
    *("kirsch", "cherrypy", "falcon-granian", "falcon-bjoern", "flask-waitress", "flask-gunicorn"),
    *("fastapi-uvicorn", "robyn"),
)


def check(server: Server) -> None:
    """Both sorts of answers."""
    expect(server.get("/hello/world?x=1"), b"Hello, world! x=1")
    expect(server.get("/wait?ms=0"), b"waited")
    expect(server.get(SLOW), b"waited")


def measure_with(fast: str) -> Callable[[Server, Effort], Reading]:
    """Make a measurement in which the fast requests ask for this path."""

    def measure(server: Server, effort: Effort) -> Reading:
        kinds = (Kind(fast, 0.9), Kind(SLOW, 0.1))
        Paced(server.port, kinds, RATE).run(effort.warm_up)
        meter = Meter(server)
        outcome = Paced(server.port, kinds, RATE).run(effort.seconds)
        used, others = meter.read()
        quick, slow = outcome.latencies
        total = len(quick) + len(slow)
        return {
            "cpu_us": used * MILLI**2 / total,
            "rps": total / outcome.seconds,
            "p50_ms": quantile(quick, 0.5) * MILLI,
            "p99_ms": quantile(quick, 0.99) * MILLI,
            "slow_p99_ms": quantile(slow, 0.99) * MILLI,
            "others_percent": others,
            **memory(server),
        }

    return measure


COLUMNS = ("p99_ms", "p50_ms", "slow_p99_ms", "cpu_us", "threads", "pss_mb")

MIXED = Load(
    name="mixed",
    title="90 % fast, 10 % blocking 10 ms, in two handlers, 1,000 requests/s",
    entries=rows(*RIVALS),
    check=check,
    measure=measure_with("/hello/world?x=1"),
    bars=(Bar("must", "p99_ms", at_most=5.0), Bar("aim", "p99_ms", at_most=2.0)),
    columns=COLUMNS,
    chart="p99_ms",
    note="p50 and p99 of the fast requests alone, from when they were due",
)
