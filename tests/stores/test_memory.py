from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from kirsch.stores.memory import OVERHEAD, MemoryStore
from kirsch.stores.store import Full


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """A clock that a test moves."""
    return Clock()


def keys(store, names):
    """Those of the names that are there, without using them."""
    return "".join(name for name in names if name in store._items)


def test_the_longest_unused_goes_first():
    """Reading, touching and writing are uses; counting is none."""
    store = MemoryStore(entries=3)
    for key in "abc":
        store.set(key, b"")
    store.get("a")
    store.touch("b", 10)
    store.count()
    store.set("d", b"")

    assert keys(store, "abcd") == "abd"
    assert store.evicted == 1


def test_all_are_used():
    """Then the oldest goes, and not what has just come."""
    store = MemoryStore(entries=3)
    for key in "abc":
        store.set(key, b"")
        store.get(key)
    store.set("d", b"")
    store.set("e", b"")

    assert keys(store, "abcde") == "cde"


def test_bytes_are_bounded():
    """Entries make room for a large one; one that is larger than all is refused, and nothing goes for it."""
    store = MemoryStore(size=4 * (OVERHEAD + 101))
    for key in "abcd":
        store.set(key, bytes(100))
    store.set("e", bytes(OVERHEAD + 200))
    assert keys(store, "abcde") == "cde"
    with pytest.raises(Full, match="memory"):
        store.set("e", bytes(4 * OVERHEAD + 500))

    assert keys(store, "abcde") == "cde"
    assert store.size <= store.most_bytes


def test_bytes_are_counted_right():
    """After overwriting, expiring, deleting and clearing nothing is left of the sum."""
    store = MemoryStore()
    for key in "aabbcd":
        store.set(key, key.encode() * 50, 0 if key == "c" else 10)
    store.delete("a")
    store.get("c")
    store.clear("b")
    store.set("d", b"", 0)
    store.sweep()

    assert (store.size, store.count()) == (0, 0)


def test_expired_entries_go_by_themselves(clock):
    """Some at each write, so that they are gone before long, and no write takes long."""
    store = MemoryStore(clock=clock)
    for number in range(100):
        store.set(f"old{number}", b"", 10)
    clock.now += 11
    for number in range(8):
        store.set(f"new{number}", b"")

    assert len(store._items) == 8


def test_what_was_touched_is_not_swept(clock):
    """Until its new time is over; sweep() says how many have gone."""
    store = MemoryStore(clock=clock)
    store.set("a", b"", 10)
    store.set("b", b"", 10)
    store.touch("a", 100)
    clock.now += 50

    assert (store.sweep(), store.count()) == (1, 1)
    clock.now += 51
    assert (store.sweep(), store.count()) == (1, 0)


def test_touching_often_takes_no_memory(clock):
    """Neither does writing the same entry over and over."""
    store = MemoryStore(clock=clock)
    for number in range(2000):
        clock.now += 0.001
        store.set("a", b"", 3600)
        store.touch("b" if number % 2 else "a", 3600 - number)

    assert len(store._heap) < 100


def test_it_counts_by_a_clock_that_does_not_jump():
    """A new time of day changes nothing."""
    assert MemoryStore()._clock is monotonic


def test_it_can_be_told_apart():
    """By its name, in messages."""
    assert repr(MemoryStore(name="pages")) == "<MemoryStore memory:pages>"


def test_threads_change_wildly():
    """With a switch every microsecond: sums are right, nothing is counted twice."""
    store = MemoryStore(entries=50)
    was = sys.getswitchinterval()

    def work(number):
        key = f"{number % 70}"
        store.set(key, bytes(number % 13), number % 3 or None)
        store.get(key)
        store.touch(key, 0 if number % 5 == 0 else 10)
        if number % 7 == 0:
            store.delete(key)

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(10_000)))
    finally:
        sys.setswitchinterval(was)
    store.sweep()
    assert store.size == sum(item.size for item in store._items.values())
    assert len(store._items) <= 50
