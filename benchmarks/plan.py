"""What is to be measured: all loads, and the choice that the command line makes among them."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from loads.bare import BARE
from loads.block import BLOCK
from loads.cached import CACHED
from loads.hello import HELLO
from loads.idle import IDLE
from loads.json_order import JSON_ORDER
from loads.log import LOG
from loads.mixed import MIXED
from loads.mixed_one import MIXED_ONE
from loads.raw import RAW
from loads.session import SESSION
from loads.startup import STARTUP
from loads.static import STATIC_LARGE, STATIC_SMALL
from loads.tls import TLS, TLS_NEW, TLS_RESUMED
from loads.upload import UPLOAD
from rivals import RIVALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loads.load import Load

LOADS: tuple[Load, ...] = (
    *(HELLO, BARE, CACHED, LOG, RAW, BLOCK, MIXED, MIXED_ONE, JSON_ORDER, SESSION, STATIC_SMALL, STATIC_LARGE),
    *(TLS, TLS_NEW, TLS_RESUMED, IDLE, UPLOAD, STARTUP),
)


class UnknownNameError(Exception):
    """A name on the command line that nobody has; the text suggests another."""


def choose(names: Sequence[str], only: Sequence[str], *, quick: bool) -> list[Load]:
    """The loads to run, each with the rows wanted.

    names: of loads, all if empty. only: names of rivals (or rows, as `kirsch+log`), all if empty. quick: without names,
    the few loads and rows of the quick mode.
    """
    verify(names, [load.name for load in LOADS], "load")
    verify(only, {*RIVALS, *(entry.key for load in LOADS for entry in load.entries)}, "rival")
    chosen = [load for load in LOADS if not names or load.name in names]
    if quick:
        chosen = [with_rows(load, load.quick) if load.quick else load for load in chosen if load.quick or names]
    if only:
        chosen = [with_rows(load, only) for load in chosen]
    return [load for load in chosen if load.entries]


def with_rows(load: Load, names: Sequence[str]) -> Load:
    """The load with only the rows that have these names, or whose rivals have."""
    return replace(
        load,
        entries=tuple(one for one in load.entries if one.key in names or (one.rival in names and load.quick != names)),
    )


def verify(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse a name that is not known."""
    everyone = sorted(known)
    for name in names:
        if name not in everyone:
            near = get_close_matches(name, everyone, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(everyone)}"
            message = f"no {what} is called {name!r}{hint}"
            raise UnknownNameError(message)
