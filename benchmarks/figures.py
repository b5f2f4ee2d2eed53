"""Puts figures and charts of a run into docs/explanation/performance.md: `python benchmarks/figures.py [FOLDER]`."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "explanation" / "performance.md"
IMAGES = HERE.parent / "docs" / "images"
CHARTS = ("hello", "raw", "block")
COLUMNS = {
    "hello": ("cpu_us", "rps", "p50_ms", "p99_ms", "pss_mb"),
    "log": ("cpu_us", "rps"),
    "raw": ("cpu_us", "rps", "p50_ms", "p99_ms", "pss_mb"),
    "block": ("cpu_us", "rps", "p50_ms", "p99_ms"),
    "mixed": ("p50_ms", "p99_ms", "slow_p99_ms", "cpu_us"),
    "mixed-one": ("p50_ms", "p99_ms", "slow_p99_ms", "cpu_us"),
    "json": ("cpu_us", "rps"),
    "tls": ("cpu_us", "rps", "p50_ms", "p99_ms"),
    "tls-new": ("cpu_us", "p50_ms"),
    "tls-resumed": ("cpu_us", "p50_ms", "resumed_percent"),
    "idle": ("held", "kb_each", "idle_percent", "p50_ratio", "threads"),
    "upload": ("mb_s", "cpu_s", "growth_mb"),
    "import": ("import_ms", "rss_mb"),
}
"""What is shown of each load."""


def table(load: dict[str, Any], names: dict[str, str], columns: tuple[str, ...]) -> str:
    """One load, ours in bold, sorted by its first column."""
    rows = [row for row in load["rows"].values() if "figures" in row]
    there = [name for name in columns if any(name in row["figures"] for row in rows)]
    lines = [f"| | {' | '.join(names[name] for name in there)} |", f"|---|{'--:|' * len(there)}"]
    for row in sorted(rows, key=lambda row: row["figures"].get(there[0], 0.0)):
        title = f"**{row['title']}**" if row["kind"] == "ours" else row["title"]
        lines.append(f"| {title} | {' | '.join(shown(row['figures'].get(name)) for name in there)} |")
    return "\n".join(lines)


def shown(value: float | None) -> str:
    """A figure with as many digits as mean something."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdicts(bars: list[dict[str, Any]]) -> str:
    """What the bars say."""
    lines = ["| load | | bar | figure | limit | |", "|---|---|---|--:|--:|---|"]
    for bar in bars:
        if bar["held"] is not None:
            held = "held" if bar["held"] else "**missed**"
            figures = f"{shown(bar['value'])} | {shown(bar['limit'])}"
            lines.append(f"| {bar['load']} | {bar['level']} | {bar['text']} | {figures} | {held} |")
    return "\n".join(lines)


def page(results: dict[str, Any]) -> str:
    """The part of the page that is made here."""
    machine, settings = results["machine"], results["settings"]
    python = results["python"].split()[0]
    how = (
        f"Run on {results['date'][:10]}: {machine['cpu']}, {machine['cores']} cores, {machine['distribution']}, Python "
        f"{python}; server and clients on a core each; {settings['pick']} of {settings['rounds']} rounds of "
        f"{settings['seconds']:g} s. All loads but the idle one send a browser's twelve header lines."
    )
    loads = results["loads"]
    charts = [f"![{loads[name]['title']}](../images/bench-{name}.svg)" for name in CHARTS if name in loads]
    parts = [how, *charts]
    for name, columns in COLUMNS.items():
        if name in results["loads"]:
            load = results["loads"][name]
            parts += [f"**{name}**: {load['title']}", table(load, results["figures"], columns)]
    return "\n\n".join([*parts, "The bars that the design sets, by this run:", verdicts(results["bars"])])


def main() -> None:
    """Write the page and copy the charts."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "results"
    results = json.loads((folder / "results.json").read_text("utf-8"))
    text = PAGE.read_text("utf-8")
    start, end = "<!-- begin figures -->\n", "\n<!-- end figures -->"
    made = re.sub(f"{start}.*?{end}", lambda _: f"{start}{page(results)}{end}", text, flags=re.DOTALL)
    PAGE.write_text(made, "utf-8")
    for name in CHARTS:
        if (folder / f"{name}.svg").exists():
            shutil.copy(folder / f"{name}.svg", IMAGES / f"bench-{name}.svg")


if __name__ == "__main__":
    main()
