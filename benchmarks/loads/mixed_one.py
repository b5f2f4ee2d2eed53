"""As `mixed`, but one and the same handler is mostly fast and sometimes blocks: nothing can be known beforehand."""

from __future__ import annotations

from loads.load import Bar, Load, rows
from loads.mixed import COLUMNS, RIVALS, check, measure_with

MIXED_ONE = Load(
    name="mixed-one",
    title="90 % fast, 10 % blocking 10 ms, in one handler, 1,000 requests/s",
    entries=rows(*RIVALS),
    check=check,
    measure=measure_with("/wait?ms=0"),
    bars=(Bar("aim", "p99_ms", at_most=5.0),),
    columns=COLUMNS,
    chart="p99_ms",
    note="p50 and p99 of the fast requests alone, from when they were due",
)
