"""One change at a time, and nobody waits for another."""

from __future__ import annotations

import threading

import pytest

from kirsch.process.turn import Turn


def test_wish_from_within() -> None:
    """A change asked for by a change is made after it, before the first call returns."""
    turn, seen = Turn(), list[str]()

    def outer() -> None:
        turn.ask(lambda: seen.append("inner"))
        assert turn.wanted
        seen.append("outer")

    turn.ask(outer)
    assert (seen, turn.wanted) == (["outer", "inner"], False)


def test_wish_from_another_thread() -> None:
    """Who asks while another thread is at it returns at once; that thread makes the change."""
    turn, makers = Turn(), list[int]()

    def change() -> None:
        other = threading.Thread(target=turn.ask, args=(lambda: makers.append(threading.get_ident()),))
        other.start()
        other.join()  # would be a deadlock if it waited

    turn.ask(change)
    assert makers == [threading.get_ident()]


def test_failures() -> None:
    """The first failure is raised after everything wished was done."""
    turn, seen = Turn(), list[int]()

    def outer() -> None:
        turn.ask(lambda: 1 / 0)  # type: ignore[arg-type]
        turn.ask(lambda: seen.append(1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn.ask(outer)
    turn.ask(lambda: seen.append(2))
    assert seen == [1, 2]


def test_never_two_at_once_and_none_lost() -> None:
    """Under fire from many threads every change is made, and never two at the same time."""
    turn, counter, gate = Turn(), {"now": 0, "made": 0}, threading.Barrier(8)

    def change() -> None:
        counter["now"] += 1
        assert counter["now"] == 1
        counter["made"] += 1
        counter["now"] -= 1

    def ask() -> None:
        gate.wait()
        for _ in range(200):
            turn.ask(change)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter == {"now": 0, "made": 1600}
