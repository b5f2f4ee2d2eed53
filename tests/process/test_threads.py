"""Numbers for threads, and the announcements of their coming and going."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from kirsch.process.channels import ChannelFailures
from kirsch.process.threads import ThreadManager

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.process.bus import Bus


@pytest.fixture
def seen(bus: Bus) -> list[tuple[str, int]]:
    """What is published on `start_thread` and `stop_thread` by a subscribed manager."""
    ThreadManager(bus).subscribe()
    seen: list[tuple[str, int]] = []
    bus.subscribe("start_thread", lambda number: seen.append(("start", number)))
    bus.subscribe("stop_thread", lambda number: seen.append(("stop", number)))
    return seen


def elsewhere(call: Callable[[], object]) -> None:
    """Run on a new thread, to its end."""
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def test_announced_once(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """A thread is announced when first acquired, and again only after it was released."""
    for channel in ("acquire_thread", "acquire_thread", "release_thread", "release_thread", "acquire_thread"):
        bus.publish(channel)
    assert seen == [("start", 1), ("stop", 1), ("start", 2)]


def test_numbers_never_repeat(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """Threads that end without a release have their ident used again, but not their number."""
    for _ in range(5):
        elsewhere(lambda: bus.publish("acquire_thread"))
    assert seen == [("start", number) for number in range(1, 6)]


def test_many_threads_at_once(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """Threads that come and go at the same time get different numbers, and each stops with its own."""
    gate = threading.Barrier(8)

    def serve() -> None:
        gate.wait()
        bus.publish("acquire_thread")
        bus.publish("release_thread")

    threads = [threading.Thread(target=serve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [(kind, number) for kind in ("start", "stop") for number in range(1, 9)]


def test_announced_in_the_thread_itself(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """Both announcements are made in the thread they are about."""
    idents: list[int] = []
    bus.subscribe("start_thread", lambda _: idents.append(threading.get_ident()))
    bus.subscribe("stop_thread", lambda _: idents.append(threading.get_ident()))
    bus.publish("acquire_thread")
    bus.publish("release_thread")
    assert idents == [threading.get_ident()] * 2
    assert len(seen) == 2


def test_stop_forgets_all(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """At a stop all known threads are said to stop; those that serve again are announced anew."""
    bus.publish("acquire_thread")
    elsewhere(lambda: bus.publish("acquire_thread"))
    bus.publish("stop")
    bus.publish("release_thread")
    bus.publish("acquire_thread")
    assert seen == [("start", 1), ("start", 2), ("stop", 1), ("stop", 2), ("start", 3)]


def test_graceful_leaves_threads_alone(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """Threads keep what they have opened: nobody else could close it for them."""
    bus.publish("acquire_thread")
    bus.publish("graceful")
    assert seen == [("start", 1)]


def test_failing_start_is_tried_again(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """If a listener fails, the thread does not count as known, so that the next request tries again."""
    listener = bus.subscribe("start_thread", lambda _: 1 / 0)
    with pytest.raises(ChannelFailures):
        bus.publish("acquire_thread")
    bus.unsubscribe("start_thread", listener)
    bus.publish("acquire_thread")
    assert seen == [("start", 1), ("start", 2)]


def test_failing_stop_reaches_all(bus: Bus, seen: list[tuple[str, int]]) -> None:
    """A failure for one thread does not keep the others from being stopped; all failures come out."""
    bus.publish("acquire_thread")
    elsewhere(lambda: bus.publish("acquire_thread"))
    bus.subscribe("stop_thread", lambda _: 1 / 0)
    with pytest.raises(ChannelFailures) as caught:
        bus.publish("stop")
    assert str(caught.value).count("ZeroDivisionError") == 2
    assert seen[2:] == [("stop", 1), ("stop", 2)]
