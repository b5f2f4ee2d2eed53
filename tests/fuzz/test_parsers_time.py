"""Four times the value costs a parser some four times the time, and not sixteen."""

from __future__ import annotations

import random
import time
from itertools import count

import pytest

from kirsch.http.media import LONGEST
from tests.fuzz.parsers import outcome
from tests.fuzz.targets import TARGETS, WORDS, Target

SLACK = 0.001
"""Seconds that do not matter."""

numbers = count()


def cost(target, start, piece, size, times=3):
    """CPU seconds for a value of a size: a start, and then one piece over and over; the best of a few times."""
    best = 60.0
    for _ in range(times):
        data = b"%b%b%d" % (start, piece * ((size - len(start)) // len(piece)), next(numbers))  # no two are alike
        began = time.process_time()
        outcome(target, data)
        best = min(best, time.process_time() - began)
    return best


def is_linear(target, start, piece, size):
    """A bad reading is taken again."""
    for times in (3, 9):
        if cost(target, start, piece, size, times) < 10 * cost(target, start, piece, size // 4, times) + SLACK:
            return True
    return False


def shapes(target, number):
    """Each piece from the very start, and as many in the midst or at the end of something that is understood."""
    pieces = [piece for piece in (*target.words, *target.seeds, *WORDS) if 0 < len(piece) < 100]
    dice = random.Random(5)
    for piece in pieces:
        yield b"", piece
    for _ in range(number):
        seed = dice.choice(target.seeds)
        yield seed[: dice.choice((len(seed), dice.randrange(len(seed) + 1)))], dice.choice(pieces)


@pytest.mark.parametrize("name", TARGETS)
def test_time_grows_with_the_value(name):
    """As far as a parser looks: up to what is the limit for a field, and much further for bodies."""
    target = TARGETS[name]
    size = LONGEST if target.longest < 64 * 1024 else target.longest
    bad = [shape for shape in shapes(target, 40) if not is_linear(target, *shape, size)]

    assert not bad, bad


def test_what_is_not_linear_is_seen():
    """A parser that looks at everything again for each byte does not pass."""
    slow = Target(lambda data: [data.count(b"!") for _ in data], print, [b"a"], [b"b"])

    assert not is_linear(slow, b"", b"b", LONGEST)
    assert is_linear(TARGETS["query"], b"", b"b", LONGEST)
