"""The contract: what a load is. Each file beside this one holds one, and the bars of the design that belong to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servers import WrongAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers import Answer, Server

Reading = dict[str, float]
"""Figures by their names; report.FIGURES knows their units."""

OK = 200
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure, in seconds."""

    seconds: float
    warm_up: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a load: a rival, and whether it writes an access log."""

    rival: str
    access_log: bool = False

    @property
    def key(self) -> str:
        """The name of the row."""
        return f"{self.rival}+log" if self.access_log else self.rival


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise about one of ours: `figure` is at most, or at least, a number.

    level: `must` or `aim`. The number counts in units of the same figure of the row `of`, or stands alone without one.
    """

    level: str
    figure: str
    at_most: float | None = None
    at_least: float | None = None
    of: str = ""
    ours: str = "kirsch"


@dataclass(frozen=True, slots=True)
class Load:
    """Something that is measured.

    entries: the rows. measure: takes a reading of a server that runs. check: raises WrongAnswerError unless the server
    answers as it should. columns: the figures worth printing, the first one decides the order. chart: the figure drawn.
    quick: the rows of the quick mode. threads: size of the pools, 0 = as usual. most_rounds: for loads that take long.
    note: how to read the table. tls: the servers speak TLS.
    """

    name: str
    title: str
    entries: tuple[Entry, ...]
    check: Callable[[Server], None]
    measure: Callable[[Server, Effort], Reading]
    bars: tuple[Bar, ...] = ()
    columns: tuple[str, ...] = ("cpu_us", "rps", "p50_ms", "p99_ms", "pss_mb", "peak_mb")
    chart: str = "cpu_us"
    quick: tuple[str, ...] = ()
    threads: int = 0
    most_rounds: int = 100
    note: str = ""
    tls: bool = False


def rows(*names: str) -> tuple[Entry, ...]:
    """Entries for rivals by their names."""
    return tuple(Entry(name) for name in names)


def expect(answer: Answer, body: bytes, status: int = OK) -> None:
    """Compare an answer with what it must be."""
    if answer.status != status or answer.body != body:
        message = f"expected {status} {body[:SHOWN]!r}, got {answer.status} {answer.body[:SHOWN]!r}"
        raise WrongAnswerError(message)


def expect_json(answer: Answer, value: object) -> None:
    """Compare an answer in JSON with what it must say."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if answer.status != OK or found != value:
        message = f"expected JSON {str(value)[:SHOWN]}, got {answer.status} {answer.body[:SHOWN]!r}"
        raise WrongAnswerError(message)
