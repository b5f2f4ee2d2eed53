from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kirsch.stores.locks import Hold, Locks
from kirsch.stores.store import LockTimeout
from kirsch.testing.stores import until


def wait_in(locks, name, order, number):
    """A thread that waits for the lock and notes when it has had it."""

    def hold():
        with Hold(locks, name, 10, 60):
            order.append(number)

    thread = threading.Thread(target=hold)
    thread.start()
    assert until(lambda: len(locks.queues[name]) == number + 1)
    return thread


def test_a_lock_goes_on_in_the_order_of_asking():
    """Nobody overtakes."""
    locks, order = Locks(), []
    with Hold(locks, "a", None, 60):
        threads = [wait_in(locks, "a", order, number) for number in range(1, 6)]
    for thread in threads:
        thread.join()

    assert order == [1, 2, 3, 4, 5]


def test_nothing_is_kept_of_locks_that_nobody_holds():
    """Neither of those given back, nor of those that somebody gave up waiting for."""
    locks = Locks()
    with Hold(locks, "a", None, 60), pytest.raises(LockTimeout), Hold(locks, "a", 0, 60):
        pass

    assert len(locks) == 0


def test_a_lease_that_is_over_goes_to_the_next_in_order():
    """Even if it is a newcomer who finds out."""
    locks = Locks()
    first = Hold(locks, "a", 0, 0.001)
    first.__enter__()
    with Hold(locks, "a", 5, 60):
        first.__exit__()  # it has no say any more
        with pytest.raises(LockTimeout), Hold(locks, "a", 0, 60):
            pass


def test_a_crowd_does_not_bind_all_threads(monkeypatch):
    """Who finds many waiting waits briefly; who stands in front of him goes on waiting, and nothing is kept of it."""
    monkeypatch.setattr("kirsch.stores.locks.CROWD", 2)
    monkeypatch.setattr("kirsch.stores.locks.BRIEFLY", 0.01)
    locks, order = Locks(), []
    with Hold(locks, "a", None, 60):
        threads = [wait_in(locks, "a", order, number) for number in (1, 2)]
        for wait in (None, 60):
            with pytest.raises(LockTimeout), Hold(locks, "a", wait, 60):
                pass
    for thread in threads:
        thread.join()

    assert (order, len(locks)) == ([1, 2], 0)


def test_one_holder_at_a_time_while_threads_change_wildly():
    """With a switch every microsecond: no two holders, no lock lost, no wake-up missed."""
    locks, count = Locks(), {"a": 0, "b": 0}
    was = sys.getswitchinterval()

    def work(number):
        name = "ab"[number % 2]
        with Hold(locks, name, None, 60):
            seen = count[name]
            count[name] = seen + 1

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(4000)))
    finally:
        sys.setswitchinterval(was)
    assert (count, len(locks)) == ({"a": 2000, "b": 2000}, 0)
