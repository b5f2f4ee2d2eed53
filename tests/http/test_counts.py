from __future__ import annotations

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.counts import WINDOW, Counts, Seen, take_in_store
from kirsch.stores.memory import MemoryStore


@given(st.lists(st.integers(1, 3 * WINDOW)))
def test_each_count_once(numbers):
    """What is taken has never been there; what is refused has, or is too far below the highest to know."""
    counts, taken = Counts(0), set()
    for number in numbers:
        fresh = number not in taken and number > max(taken, default=0) - WINDOW
        assert counts.take("nonce", number, 1) is fresh
        if fresh:
            taken.add(number)


@given(st.lists(st.integers(1, 3 * WINDOW), max_size=30))
def test_a_store_counts_likewise(numbers):
    """Through bytes it is the same."""
    counts, store = Counts(0), MemoryStore()

    assert [take_in_store(store, "n", number, 60) for number in numbers] == [
        counts.take("n", number, 1) for number in numbers
    ]


@pytest.mark.parametrize("number", [0, -1])
def test_counting_begins_with_one(number):
    """Anything below is refused."""
    assert Seen().with_count(number) is None


def test_what_was_made_before_is_not_believed():
    """A nonce of an earlier life may have been used in it."""
    counts = Counts(100.0009)

    assert not counts.take("old", 1, 99.999)
    assert counts.take("new", 1, 100.0)


def test_it_is_bounded():
    """The oldest are forgotten, and then not believed any more, so that none can be used again."""
    counts = Counts(0, most=20)
    for made in range(100):
        assert counts.take(f"nonce {made}", 1, made)

    assert len(counts) <= 20
    assert not any(counts.take(f"nonce {made}", 1, made) for made in range(100))


def test_threads_that_ask_at_once():
    """Of many with the same count one gets it."""
    counts, won = Counts(0), []
    for number in range(1, 50):
        threads = [Thread(target=lambda n=number: won.append(counts.take("n", n, 1))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sum(won) == 49
