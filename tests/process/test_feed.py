"""Feeds: what is sent comes to all who listen, and they are let go at the end."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from kirsch.process.feed import Feed
from tests.process.conftest import in_thread

if TYPE_CHECKING:
    from kirsch.process.bus import Bus


@pytest.fixture
def feed(bus: Bus) -> Feed:
    """A feed whose silence is short."""
    return Feed(bus, heartbeat=0.01, kept=3)


def test_all_receive_what_is_sent_from_then_on(feed: Feed) -> None:
    """Two listeners receive the same; what was sent before they came is not for them."""
    feed.send("early")
    ears = iter(feed), iter(feed)
    assert [next(ear) for ear in ears] == [None, None]
    for word in "ab":
        feed.send(word)
    assert [list(islice(ear, 2)) for ear in ears] == [["a", "b"]] * 2


def test_silence_is_none(feed: Feed) -> None:
    """Where nothing comes for a while, None does."""
    assert list(islice(feed, 3)) == [None] * 3


def test_who_is_far_behind_misses_the_oldest(feed: Feed) -> None:
    """No more is kept than was said."""
    ear = iter(feed)
    next(ear)
    for number in range(5):
        feed.send(number)
    assert list(islice(ear, 4)) == [2, 3, 4, None]


def test_a_listener_is_woken_from_another_thread(bus: Bus) -> None:
    """It receives at once, without the end of its silence."""
    feed = Feed(bus, heartbeat=60)
    ear = iter(feed)
    next(ear)
    thread = in_thread(lambda: feed.send("now"))
    assert next(ear) == "now"
    thread.join()


def test_the_end_of_the_bus_is_the_end(bus: Bus) -> None:
    """At `stop` listeners receive what is left, and end; after the next start they wait again."""
    with Feed(bus, heartbeat=60) as feed:
        bus.start()
        ear = iter(feed)
        next(ear)
        feed.send("last")
        bus.stop()
        assert list(ear) == ["last"]
        assert list(feed) == [None]
        bus.start()
        assert next(iter(feed)) is None
