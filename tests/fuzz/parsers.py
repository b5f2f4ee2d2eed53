"""Mutated values through the parsers of client data: `python -m tests.fuzz.parsers [number] [seed] [target…]`.

Each run takes values that a parser understands, changes some octets, and now and then blows one up. Whatever comes,
there is a result that makes sense or a refusal of an allowed kind, quickly and without growth. A finding is printed
with the seed that makes it again, and the run goes on with the next target. Refused is also what gives None.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from functools import partial
from typing import TYPE_CHECKING

from tests.fuzz.mutate import SLOWEST, Findings, measured, memory, mutated
from tests.fuzz.targets import TARGETS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.targets import Target

MOST_GROWTH = 64 * 1024
"""KiB."""
BLOWN_UP = 0.01
COLUMNS = "{:<18} {:>10} {:>10} {:>11} {:>11} {:>9}"


def an_input(target: Target, dice: random.Random) -> bytes:
    """A mutated seed; one in a hundred has a piece of it many times over."""
    data = mutated(dice, target.seeds, (*target.words, *WORDS), target.glue, most=3)
    if dice.random() < BLOWN_UP:
        at = dice.randrange(len(data) + 1)
        piece = data[at : at + dice.randint(1, 12)] or b"x"
        data = data[:at] + piece * (dice.randint(0, target.longest) // len(piece)) + data[at:]
    return data


def outcome(target: Target, data: bytes) -> tuple[object, bool]:
    """What a parser makes of an input, and whether that is a refusal."""
    try:
        return target.parse(data), False
    except target.refusals as refusal:
        return refusal, True


def run(target: Target, number: int, seed: int = 0) -> Findings:
    """Raises AssertionError, or whatever escapes, with the input in a note."""
    found = Findings(number)
    began = time.monotonic()
    before = 0
    for i in range(number):
        if i == min(5000, number // 2):  # all that is ever cached has been by now
            before = memory()
        data = an_input(target, random.Random(f"{seed}.{i}"))
        try:
            (result, refused), took = measured(partial(outcome, target, data))
            assert took < SLOWEST, took
            if not refused:
                target.check(data, result)
        except BaseException as error:
            error.add_note(f"seed {seed}.{i}: {data[:1000]!r}{f' and so on, {len(data)} bytes' * (len(data) > 1000)}")
            raise
        refused = refused or result is None
        found.understood += not refused
        found.refused += refused
        found.slowest = max(found.slowest, took)
    found.growth = memory() - before
    found.seconds = time.monotonic() - began
    assert found.growth < MOST_GROWTH, found
    return found


def main(number: int = 1_000_000, seed: int = 0, names: Sequence[str] = ()) -> int:
    """Print the table. 1 if there was a finding."""
    print(COLUMNS.format("target", "inputs", "refused", "slowest ms", "growth KiB", "seconds"), flush=True)
    status = 0
    for name in names or TARGETS:
        try:
            found = run(TARGETS[name], number, seed)
        except Exception:
            print(f"{name}: a finding\n{traceback.format_exc()}", flush=True)
            status = 1
        else:
            cells = (found.number, found.refused, f"{found.slowest * 1000:.1f}", found.growth, f"{found.seconds:.0f}")
            print(COLUMNS.format(name, *cells), flush=True)
    return status


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else 1_000_000, int(given[1]) if given[1:] else 0, given[2:]))
