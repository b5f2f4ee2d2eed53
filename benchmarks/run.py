"""Measure ourselves against others on this machine: `python benchmarks/run.py --help`. README.md says what and why."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import machine
from chart import draw
from environments import HERE, Environments, NotInstalledError, ask
from loads.load import Effort
from loads.static import make_files
from loads.tls import make_certificate
from plan import LOADS, UnknownNameError, choose
from report import print_table, print_verdicts, write_json
from results import NOISY, Row, Table, judge
from rivals import RIVALS
from servers import Bench, NotYetError, Server, StartError, Task, WrongAnswerError
from wrk import wrk_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loads.load import Entry, Load, Reading

SECONDS = 3.0
TWO = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the whole: who is measured, how long, on which cores."""

    environments: Environments
    bench: Bench
    effort: Effort
    rounds: int
    pick: str

    def fill(self, table: Table) -> None:
        """Measure one load: round by round, each rival once a round, so that a noisy minute is shared by all."""
        load = table.load
        rounds = min(self.rounds, load.most_rounds)
        for number in range(rounds):
            for entry in load.entries:
                row = table.rows[entry.key]
                if row.missing:
                    continue
                say(f"{load.name} {number + 1}/{rounds}: {row.title}")
                try:
                    row.rounds.append(self.entry(load, entry))
                except NotYetError as error:
                    row.missing = str(error)
                except NotInstalledError as error:
                    row.missing = f"skipped: {error}"
                except (StartError, WrongAnswerError) as error:
                    row.missing = f"FAILED: {error}"
                except OSError as error:
                    row.missing = f"FAILED: {type(error).__name__} {error}"
        say("")

    def entry(self, load: Load, entry: Entry) -> Reading:
        """One reading: a fresh server, its answers checked before and after."""
        rival = RIVALS[entry.rival]
        task = Task(load.name, load.threads, entry.access_log, load.tls)
        with Server(rival, self.environments.interpreter(rival), task, self.bench) as server:
            load.check(server)
            reading = load.measure(server, self.effort)
            load.check(server)
        return reading


def new_row(entry: Entry) -> Row:
    """An empty row, named after its rival."""
    rival = RIVALS[entry.rival]
    return Row(f"{rival.title} + access log" if entry.access_log else rival.title, rival.kind)


def say(words: str) -> None:
    """Show on one line what goes on, if somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
    elif words:
        print(words, file=sys.stderr, flush=True)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/run.py",
        description="Measure Kirsch and its rivals on this machine, one after the other.",
        epilog=f"loads: {', '.join(load.name for load in LOADS)}. rivals: {', '.join(RIVALS)}.",
    )
    parser.add_argument("--quick", action="store_true", help="about a minute: few loads, few rivals, one round")
    parser.add_argument("--load", default="", metavar="NAME,…", help="only these loads")
    parser.add_argument("--only", default="", metavar="RIVAL,…", help="only these rivals")
    parser.add_argument("--seconds", type=float, default=0.0, metavar="N", help="length of a measurement (3)")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="how often each is measured (3; quick 1)")
    parser.add_argument("--pick", choices=("median", "best"), default="median", help="what stands for the rounds")
    parser.add_argument("--out", type=Path, default=HERE / "results", metavar="DIR", help="for JSON and SVG")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), metavar="PATH", help="for all servers")
    parser.add_argument("--cores", default="", metavar="S,C", help="server's and client's core (the first two)")
    return parser.parse_args(arguments)


def names(text: str) -> list[str]:
    """A list written with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def pick_cores(text: str) -> tuple[int, int]:
    """Core of the server and of the client; one and the same only if there is no other."""
    there = machine.cores()
    wanted = [int(name) for name in names(text)] or there[:TWO]
    if not set(wanted) <= set(there):
        raise SystemExit(f"--cores: this process may use {there}")
    if len(wanted) < TWO:
        print("only one core: server and client share it, and the figures are worth little", file=sys.stderr)
    return wanted[0], wanted[-1]


def facts(options: argparse.Namespace, run: Run, loads: Sequence[Load]) -> dict[str, Any]:
    """When, where and with what: the head of the report."""
    rivals = {entry.rival for load in loads for entry in load.entries}
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine.describe() | {"open_files": machine.raise_file_limit()},
        "python": ask(run.environments.python, "import sys; print(sys.version)").strip(),
        "wrk": machine.first_line(wrk_path(), "-v"),
        "versions": {name: run.environments.versions(RIVALS[name]) for name in RIVALS if name in rivals},
        "settings": {
            "seconds": run.effort.seconds,
            "warm_up": run.effort.warm_up,
            "rounds": run.rounds,
            "pick": run.pick,
            "server_core": run.bench.server_core,
            "client_core": run.bench.client_core,
            "quick": options.quick,
        },
    }


def caption(head: dict[str, Any], table: Table) -> str:
    """One line under each chart: also whether it is to be trusted."""
    python = str(head["python"]).split()[0]
    rounds = min(head["settings"]["rounds"], table.load.most_rounds)
    how = f"{head['settings']['pick']} of {rounds} rounds" if rounds > 1 else "one round"
    noise = " · disturbed by other processes" if table.disturbance() > NOISY else ""
    return f"{head['date'][:10]} · {head['machine']['cpu']} · one core · Python {python} · {how}{noise}"


def measure(options: argparse.Namespace, loads: Sequence[Load], place: Path) -> None:
    """Run everything and write it down; what was measured before an interruption is kept."""
    server_core, client_core = pick_cores(options.cores)
    machine.raise_file_limit()
    machine.pin(client_core)
    make_files(place)
    if any(load.tls for load in loads):
        make_certificate(place)
    run = Run(
        Environments(options.python.absolute()),
        Bench(server_core, client_core, place),
        Effort(options.seconds or SECONDS, 1.0),
        options.rounds or (1 if options.quick else 3),
        options.pick,
    )
    head = facts(options, run, loads)
    print(f"{head['date']} · {head['machine']['cpu']} · {head['machine']['system']} · Python {head['python']}")
    tables: list[Table] = []
    try:
        for load in loads:
            tables.append(Table(load, {entry.key: new_row(entry) for entry in load.entries}))
            try:
                run.fill(tables[-1])
            finally:
                note_interruption(tables[-1])
                print_table(tables[-1], run.pick)
    finally:
        save(options.out, head, tables, run.pick)


def save(out: Path, head: dict[str, Any], tables: Sequence[Table], pick: str) -> None:
    """Judge, write results.json and a chart for each load, and print what the bars say."""
    verdicts = judge(tables, pick)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "results.json", head, tables, verdicts)
    for table in tables:
        drawing = draw(table, pick, caption(head, table))
        if drawing:
            (out / f"{table.load.name}.svg").write_text(drawing, encoding="utf-8")
    print_verdicts(verdicts)
    print(f"\nwritten: {out}/results.json and charts")


def note_interruption(table: Table) -> None:
    """Rows that were never reached say so."""
    for row in table.rows.values():
        if not row.rounds and not row.missing:
            row.missing = "not reached"


def interrupted(number: int, _frame: object) -> NoReturn:
    """TERM as well as Ctrl-C: servers are ended, what is known is written."""
    raise KeyboardInterrupt(number)


def main() -> int:
    """The command."""
    options = parse()
    wrk_path()
    try:
        loads = choose(names(options.load), names(options.only), quick=options.quick)
    except UnknownNameError as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    try:
        with tempfile.TemporaryDirectory(prefix="kirsch-bench-") as place:
            measure(options, loads, Path(place))
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
