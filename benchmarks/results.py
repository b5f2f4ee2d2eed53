"""What a run has found: readings per load, row and round, and the one figure that stands for the rounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loads.load import Load, Reading


@dataclass(frozen=True, slots=True)
class Figure:
    """How a figure is called and printed. higher: more is better."""

    heading: str
    digits: int = 1
    higher: bool = False


FIGURES: dict[str, Figure] = {
    "cpu_us": Figure("CPU µs/request"),
    "rps": Figure("requests/s", 0, higher=True),
    "p50_ms": Figure("p50 ms", 2),
    "p99_ms": Figure("p99 ms", 2),
    "slow_p99_ms": Figure("p99 ms of slow", 2),
    "p50_ratio": Figure("ratio of p50", 2),
    "p99_ratio": Figure("ratio of p99", 2),
    "pss_mb": Figure("memory MB", 1),
    "rss_mb": Figure("resident MB", 1),
    "peak_mb": Figure("peak MB", 1),
    "threads": Figure("threads", 0),
    "resumed_percent": Figure("% resumed", 0, higher=True),
    "core_percent": Figure("% of core", 0),
    "others_percent": Figure("others %", 0),
    "mb_s": Figure("MB/s", 0, higher=True),
    "held": Figure("held", 0, higher=True),
    "still_answered": Figure("asked again", 0, higher=True),
    "kb_each": Figure("KB each", 2),
    "idle_percent": Figure("idle CPU %", 2),
    "cpu_s": Figure("CPU s", 2),
    "growth_mb": Figure("growth MB", 1),
    "import_ms": Figure("import ms", 0),
}


NOISY = 5.0
"""Percent of a core: when strangers take more, figures are doubtful, times most of all."""


@dataclass(slots=True)
class Row:
    """One entry of a load. missing: why there is no reading; empty if there is one."""

    title: str
    kind: str
    rounds: list[Reading] = field(default_factory=list)
    missing: str = ""

    def figure(self, name: str, pick: str) -> float | None:
        """The median of the rounds, or the best of them, of calm ones if there are any; None without a round."""
        calm = [reading for reading in self.rounds if reading.get("others_percent", 0.0) <= NOISY]
        values = [reading[name] for reading in calm or self.rounds if name in reading]
        if not values or self.missing:
            return None
        if pick == "median":
            return median(values)
        return max(values) if FIGURES[name].higher else min(values)

    def disturbance(self) -> float:
        """Percent of a core that strangers took in its calmest round."""
        return min((reading.get("others_percent", 0.0) for reading in self.rounds), default=0.0)

    def spread(self, name: str) -> float | None:
        """How far the rounds lie apart, as a share of their median; None for a single one."""
        values = [reading[name] for reading in self.rounds if name in reading]
        if len(values) < 2 or not median(values):
            return None
        return (max(values) - min(values)) / median(values)


@dataclass(slots=True)
class Table:
    """The rows of one load by their keys."""

    load: Load
    rows: dict[str, Row]

    def disturbance(self) -> float:
        """The same for the row that was disturbed most."""
        return max((row.disturbance() for row in self.rows.values()), default=0.0)

    def ordered(self, name: str, pick: str) -> list[Row]:
        """Rows with a figure, best first; then those without."""
        known = [(row.figure(name, pick), row) for row in self.rows.values()]
        sign = -1 if FIGURES[name].higher else 1
        measured = sorted(((value, row) for value, row in known if value is not None), key=lambda pair: sign * pair[0])
        return [row for _, row in measured] + [row for value, row in known if value is None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar, held against the figures of this run. held: None if it could not be judged; `reason` then says why."""

    load: str
    level: str
    text: str
    held: bool | None
    reason: str = ""
    value: float | None = None
    limit: float | None = None


def judge(tables: Sequence[Table], pick: str) -> list[Verdict]:
    """All bars of the loads that were run."""
    return [_judge(table, number, pick) for table in tables for number in range(len(table.load.bars))]


def _judge(table: Table, number: int, pick: str) -> Verdict:
    bar = table.load.bars[number]
    more = bar.at_least is not None
    factor = (bar.at_least if more else bar.at_most) or 0.0
    figure = FIGURES[bar.figure]
    digits = max(figure.digits, 2 if bar.of else 0)
    sign = "≥" if more else "≤"
    text = f"{bar.ours}: {figure.heading} {sign} " + (f"{ratio(factor)} × {bar.of}" if bar.of else f"{factor:g}")
    for key in (bar.ours, *((bar.of,) if bar.of else ())):
        row = table.rows.get(key)
        if row is None or row.figure(bar.figure, pick) is None:
            reason = row.missing if row and row.missing else "not run"
            return Verdict(table.load.name, bar.level, text, None, f"{key}: {reason}")
    value = table.rows[bar.ours].figure(bar.figure, pick) or 0.0
    limit = factor * (table.rows[bar.of].figure(bar.figure, pick) or 0.0) if bar.of else factor
    held = value >= limit if more else value <= limit
    return Verdict(table.load.name, bar.level, text, held, "", round(value, digits), round(limit, digits))


def ratio(value: float) -> str:
    """A factor as people write it: 1/20 and not 0.05."""
    inverse = 1 / value
    return f"1/{inverse:.0f}" if inverse > 1.9 and abs(inverse - round(inverse)) < 1e-6 else f"{value:g}"
