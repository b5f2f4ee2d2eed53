"""The tables in the terminal, and the file with everything in it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from results import FIGURES, NOISY
from rivals import OURS, REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from results import Row, Table, Verdict

BOLD, GREEN, RED, DIM, PLAIN = "\033[1m", "\033[32m", "\033[31m", "\033[2m", "\033[0m"
REASON = 110
OTHERS = (
    "others: what strangers took of a core even in the calmest round; above 5 % figures are doubtful, times most of all"
)


def colour(text: str, code: str) -> str:
    """Text in a colour, if the terminal shows colours and the user wants them."""
    wanted = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    return f"{code}{text}{PLAIN}" if wanted and not os.environ.get("NO_COLOR") else text


def print_table(table: Table, pick: str) -> None:
    """One load: rows from best to worst, ours marked, references dimmed, and those without figures with the reason."""
    rows = table.ordered(table.load.columns[0], pick)
    measured = [row for row in rows if not row.missing]
    noisy = table.disturbance() > NOISY
    headings = ["", *(FIGURES[name].heading for name in table.load.columns)]
    lines = [cells(row, table.load.columns, pick) for row in measured]
    if any(len(row.rounds) > 1 for row in measured):
        headings.append("spread")
        lines = [[*line, percent(row.spread(table.load.columns[0]))] for row, line in zip(measured, lines, strict=True)]
    if noisy:
        headings.append("others")
        lines = [[*line, percent(row.disturbance() / 100)] for row, line in zip(measured, lines, strict=True)]
    widths = [max(map(len, column)) for column in zip(headings, *lines, strict=True)]
    widths[0] = max(len(title(row)) for row in rows)
    print(f"\n{colour(f'{table.load.name}: {table.load.title}', BOLD)}")
    for note in (table.load.note, OTHERS if noisy else ""):
        print(colour(f"({note})\n", DIM) if note else "", end="")
    print(colour(aligned(headings, widths), DIM))
    for row, line in zip(measured, lines, strict=True):
        print(colour(aligned(line, widths), {OURS: BOLD + GREEN, REFERENCE: DIM}.get(row.kind, "")))
    for row in rows[len(measured) :]:
        print(f"{title(row).ljust(widths[0])}  {colour('— ' + row.missing[:REASON], RED if row.kind == OURS else DIM)}")
    sys.stdout.flush()


def cells(row: Row, columns: Iterable[str], pick: str) -> list[str]:
    """The texts of one row."""
    values = [(name, row.figure(name, pick)) for name in columns]
    return [title(row), *("" if value is None else f"{value:,.{FIGURES[name].digits}f}" for name, value in values)]


def percent(share: float | None) -> str:
    """A share as text."""
    return "" if share is None else f"{share:.0%}"


def title(row: Row) -> str:
    """The name of a row, ours with a mark."""
    return f"▶ {row.title}" if row.kind == OURS else f"  {row.title}"


def aligned(texts: Sequence[str], widths: Sequence[int]) -> str:
    """The first column to the left, the others to the right."""
    first = texts[0].ljust(widths[0])
    return "  ".join([first, *(text.rjust(width) for text, width in zip(texts[1:], widths[1:], strict=True))]).rstrip()


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    """The bars of the design against the figures of this run."""
    if not verdicts:
        return
    print(f"\n{colour('The bars of the design, by the figures of this run', BOLD)}")
    width = max(len(one.text) for one in verdicts)
    loads = max(len(one.load) for one in verdicts)
    for one in verdicts:
        if one.held is None:
            mark, what = colour("  —  ", DIM), colour(one.reason[:REASON], DIM)
        else:
            mark = colour("pass ", GREEN) if one.held else colour("FAIL ", RED if one.level == "must" else DIM)
            what = f"{one.value:,} (limit {one.limit:,})"
        print(f"{one.load.ljust(loads)}  {one.level.ljust(4)}  {mark}  {one.text.ljust(width)}  {what}")
    must = [one for one in verdicts if one.level == "must"]
    print(
        f"must: {sum(one.held is True for one in must)} pass, {sum(one.held is False for one in must)} fail, "
        f"{sum(one.held is None for one in must)} not measured"
    )


def write_json(place: Path, facts: dict[str, Any], tables: Sequence[Table], verdicts: Sequence[Verdict]) -> None:
    """Everything, for other programs. Figures stand for the rounds as `pick` says; the rounds are there too."""
    pick = facts["settings"]["pick"]
    loads = {
        table.load.name: {
            "title": table.load.title,
            "note": table.load.note,
            "rows": {key: row_facts(row, pick) for key, row in table.rows.items()},
        }
        for table in tables
    }
    units = {name: figure.heading for name, figure in FIGURES.items()}
    everything = facts | {"figures": units, "loads": loads, "bars": [asdict(one) for one in verdicts]}
    place.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def row_facts(row: Row, pick: str) -> dict[str, Any]:
    """One row for the file."""
    if row.missing:
        return {"title": row.title, "kind": row.kind, "missing": row.missing}
    names = row.rounds[0] if row.rounds else {}
    figures = {name: round(row.figure(name, pick) or 0.0, 4) for name in names}
    rounds = [{name: round(value, 4) for name, value in reading.items()} for reading in row.rounds]
    return {"title": row.title, "kind": row.kind, "figures": figures, "rounds": rounds}
