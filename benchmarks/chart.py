"""A bar chart of one load as SVG: readable on light and dark pages, no script, no font of its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from results import FIGURES
from rivals import OURS, REFERENCE

if TYPE_CHECKING:
    from results import Row, Table

WIDTH = 860
MARGIN = 20
LABELS = 232
VALUES = 84
TOP = 76
STEP = 28
BAR = 18
FOOT = 34
LEAST = 1.5
"""The shortest bar drawn, so that a small value is not mistaken for none."""

STYLE = """
  .page { fill: #ffffff } .title, .label, .value { fill: #1f2328 } .small { fill: #59636e }
  .rival { fill: #8fa3bd } .reference { fill: #c9d1d9 } .ours { fill: #c2185b } .axis { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .title, .label, .value { fill: #e6edf3 } .small { fill: #9198a1 }
    .rival { fill: #5d7290 } .reference { fill: #3d444d } .ours { fill: #f06292 } .axis { stroke: #30363d }
  }
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px }
  .title { font-size: 17px; font-weight: 600 } .small { font-size: 12px }
  .label { text-anchor: end } .bold { font-weight: 700 } .value { font-variant-numeric: tabular-nums }
"""


def draw(table: Table, pick: str, caption: str) -> str:
    """The chart of a load's own figure, best row first; rows without a figure are left out. Empty without any row."""
    name = table.load.chart
    rows = [row for row in table.ordered(name, pick) if row.figure(name, pick) is not None]
    if not rows:
        return ""
    figure = FIGURES[name]
    longest = max(row.figure(name, pick) or 0.0 for row in rows) or 1.0
    height = TOP + STEP * len(rows) + FOOT
    better = "higher" if figure.higher else "lower"
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(table.load.title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="8"/>',
        text("title", MARGIN, 32, table.load.title),
        text("small", MARGIN, 54, f"{figure.heading}, {better} is better"),
        *(bar(row, row.figure(name, pick) or 0.0, longest, (figure.digits, at)) for at, row in enumerate(rows)),
        f'<line class="axis" x1="{MARGIN + LABELS}" x2="{MARGIN + LABELS}" y1="{TOP - 6}" y2="{height - FOOT}"/>',
        text("small", MARGIN, height - 12, caption),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def bar(row: Row, value: float, longest: float, place: tuple[int, int]) -> str:
    """One row: its name, its bar, its value. place: digits of the value, and which row it is."""
    digits, at = place
    kind = {OURS: "ours", REFERENCE: "reference"}.get(row.kind, "rival")
    bold = " bold" if row.kind == OURS else ""
    left, top = MARGIN + LABELS, TOP + at * STEP
    room = WIDTH - left - VALUES - MARGIN
    length = max(LEAST, room * value / longest)
    base = top + BAR - 5
    return "\n".join(
        (
            text(f"label{bold}", left - 10, base, row.title),
            f'<rect class="{kind}" x="{left}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>',
            text(f"value{bold}", left + length + 7, base, f"{value:,.{digits}f}"),
        )
    )


def text(style: str, left: float, base: float, words: str) -> str:
    """A line of text."""
    return f'<text class="{style}" x="{left:.1f}" y="{base}">{escape(words)}</text>'
