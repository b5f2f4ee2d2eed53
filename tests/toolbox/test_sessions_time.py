from __future__ import annotations

import threading

import pytest

from kirsch.toolbox import session as session_module
from kirsch.toolbox import storedsession as stored_module
from kirsch.toolbox.session import Session
from tests.toolbox.sessionpages import FailingStore, visitor

MINUTE = 60


class Clock:
    """The time of the world, and of the store beside it, which nobody sets."""

    def __init__(self):
        self.now = self.monotonic = 1_800_000_000.0

    def pass_by(self, seconds):
        """Time passes."""
        self.now += seconds
        self.monotonic += seconds


@pytest.fixture
def clock(monkeypatch):
    """For sessions and their stores."""
    clock = Clock()
    for module in (session_module, stored_module):
        monkeypatch.setattr(module, "time", lambda: clock.now)
    return clock


@pytest.fixture
def store(clock):
    """Its clock is the other one."""
    store = FailingStore()
    store._clock = lambda: clock.monotonic
    return store


def renewals(guest, clock, seconds, do=len, times=10):
    """How many of so many requests, so many seconds apart, send the cookie."""
    sent = 0
    for _ in range(times):
        clock.pass_by(seconds)
        sent += "Set-Cookie" in guest.visit(lambda session: str(do(session))).headers
    return sent


def test_an_unused_session_expires(clock, store):
    """After `timeout` minutes, whether anybody has swept or not."""
    guest = visitor(store, timeout=10)
    guest.puts(a=1)
    clock.pass_by(10 * MINUTE - 1)
    assert guest.visit().text == "{'a': 1}"
    clock.pass_by(10 * MINUTE + 1)
    assert guest.visit(lambda session: f"{dict(session)} {session.missing}").text == "{} True"


@pytest.mark.parametrize("do", [len, lambda session: session.update(b=session.get("b", 0) + 1)])
def test_a_session_in_use_lasts(clock, store, do):
    """Reading it is use, too; data and cookie are renewed together, once a minute at most."""
    guest = visitor(store, timeout=60)
    guest.puts(a=1)

    assert renewals(guest, clock, 59 * MINUTE, do) == 10
    assert renewals(guest, clock, 20, do, 30) == 10
    assert guest.visit(lambda session: str(session["a"])).text == "1"


def test_a_session_does_not_expire_while_it_is_used(clock, store):
    """Who comes in the last second has come in time: what the page puts in is kept, however long it takes."""
    guest = visitor(store, timeout=10)
    guest.puts(a=1)
    clock.pass_by(10 * MINUTE - 1)

    def page(session):
        text = str(session["a"])
        clock.pass_by(5)
        session["b"] = 2
        return text

    assert guest.visit(page).text == "1"
    assert guest.visit().text == "{'a': 1, 'b': 2}"


def test_renewing_is_the_only_write_of_a_reader(clock, store):
    """Once a minute; with a short timeout more often."""
    guest = visitor(store, timeout=1)
    guest.puts(a=1)
    store.calls.clear()
    clock.pass_by(2)
    guest.visit()
    assert store.calls == ["lock", "get"]
    clock.pass_by(2)
    guest.visit()
    assert store.calls[2:] == ["lock", "get", "set"]


def test_without_a_lasting_cookie_only_data_is_renewed(clock, store):
    """The browser keeps such a cookie as long as it is open."""
    guest = visitor(store, timeout=10, persistent=False)
    guest.puts(a=1)

    assert renewals(guest, clock, 9 * MINUTE) == 0
    assert guest.visit().text == "{'a': 1}"


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_clock_that_is_set_ends_no_session(clock, store, jump):
    """How long it lasts unused is counted by the store."""
    guest = visitor(store, timeout=10)
    guest.puts(a=1)
    clock.now += jump

    assert renewals(guest, clock, 5 * MINUTE) == 10
    assert guest.visit().text == "{'a': 1}"


def test_absolute_timeout(clock, store):
    """It ends however much it is used; another id begins it anew."""
    guest = visitor(store, timeout=10, absolute_timeout=30)
    guest.puts(a=1)
    renewals(guest, clock, 5 * MINUTE, times=5)
    assert guest.visit().text == "{'a': 1}"
    guest.visit(lambda session: session.regenerate() or "")
    renewals(guest, clock, 5 * MINUTE, times=5)
    assert guest.visit().text == "{'a': 1}"
    clock.pass_by(5 * MINUTE + 1)
    assert (guest.visit().text, store.count()) == ("{}", 0)


def test_absolute_timeout_bounds_what_the_store_keeps(clock, store):
    """Nothing is kept longer than it may be used."""
    guest = visitor(store, timeout=100, absolute_timeout=30)
    guest.puts(a=1)
    clock.pass_by(30 * MINUTE + 1)

    assert store.count() == 0


def test_a_page_may_have_its_session_last_longer(clock, store):
    """`session.timeout` holds for what the request stores, and for the cookie that it sets."""
    guest = visitor(store, timeout=10)

    def page(session):
        session.timeout = 100
        session["a"] = 1
        return ""

    assert "Max-Age=6000" in guest.visit(page).headers["Set-Cookie"]
    clock.pass_by(99 * MINUTE)
    assert guest.visit().text == "{'a': 1}"


@pytest.mark.parametrize(("minutes", "calls"), [(5, 1), (0, 0), (None, 0)])
def test_cleaning_up(store, minutes, calls):
    """Every `clean_freq` minutes, on a thread of its own, if sessions are used at all."""
    cleaned = []
    done = threading.Event()

    class Own(Session):
        def clean_up(self):
            cleaned.append(threading.current_thread().name)
            done.set()

    guest = visitor(store, storage_class=Own, clean_freq=minutes)
    guest.visit(lambda _: "")
    assert not cleaned
    guest.puts(a=1)
    guest.puts(a=2)
    if calls:
        assert done.wait(5)
    assert cleaned == ["kirsch sessions"] * calls


def test_cleaning_up_may_fail(store, caplog):
    """It is logged, and tried again later."""
    done = threading.Event()

    class Own(Session):
        def clean_up(self):
            done.set()
            raise ValueError("no broom")

    visitor(store, storage_class=Own).puts(a=1)
    assert done.wait(5)
    for thread in [each for each in threading.enumerate() if each.name == "kirsch sessions"]:
        thread.join(5)
    assert "could not be cleaned up" in caplog.text
