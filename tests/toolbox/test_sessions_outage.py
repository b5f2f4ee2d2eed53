from __future__ import annotations

import logging

import pytest

from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import ANY, Full, Unavailable
from tests.toolbox.sessionpages import FailingStore, visitor


class FullStore(FailingStore):
    def set(self, key, *rest):
        raise Full("no room")


class ReadOnly(MemoryStore):
    """What writes raises its refusal, if it has one."""

    refusal = None

    def set(self, key, value, seconds=None, version=ANY):
        if self.refusal is not None:
            raise self.refusal
        return super().set(key, value, seconds, version)


class Garbage(MemoryStore):
    """Whatever is put in comes out as something else."""

    shared = True
    garbage = b""

    def get(self, key):
        entry = super().get(key)
        return entry._replace(value=self.garbage) if entry is not None else None


@pytest.fixture
def away():
    """A visitor with a session in a store that has gone away since."""
    guest = visitor(store := FailingStore())
    guest.puts(a=1)
    store.away = True
    return guest


def store_of(guest):
    """The only store."""
    return guest.application.toolboxes["tools"].sessions.stores()[0]


@pytest.mark.parametrize(
    "page",
    [
        lambda session: str(session.get("a")),
        lambda session: str(session.id),
        lambda session: session.update(b=1) or "",
        lambda session: session.delete() or "",
        lambda session: session.regenerate() or "",
        lambda session: session.acquire_lock() or "",
    ],
)
@pytest.mark.parametrize("locking", ["implicit", "early", "explicit", "optimistic"])
def test_a_store_that_is_away_is_a_503(page, locking):
    """With Retry-After, whatever a page wants of it; and once it is back, all is as it was."""
    guest = visitor(store := FailingStore(), locking=locking)
    guest.puts(a=1)
    store.away = True
    answer = guest.visit(page)

    assert (answer.status, answer.headers["Retry-After"], "Set-Cookie" in answer.headers) == (503, "1", False)
    assert "out of reach" in answer.text
    store.away = False
    assert guest.visit().text == "{'a': 1}"


def test_pages_without_sessions_do_not_notice(away):
    """They do not even ask."""
    store_of(away).calls.clear()

    assert (away.visit(lambda _: "fine").text, store_of(away).calls) == ("fine", [])


def test_the_store_is_asked_once():
    """A page that fails for want of it does not ask again at its end, or on its error page: each takes a second."""
    guest = visitor(store := FailingStore(), locking="optimistic")
    guest.puts(a=1)
    store.away = True
    store.calls.clear()

    assert (guest.visit(lambda session: session["a"]).status, store.calls) == (503, ["get"])


def test_an_outage_is_logged_once(away, caplog):
    """When it begins, and when it is over; not with each request."""
    for _ in range(3):
        away.visit()
    store_of(away).away = False
    for _ in range(2):
        away.visit()
    told = [(each.levelno, each.getMessage()) for each in caplog.records if "Sessions" in each.getMessage()]

    assert told == [
        (logging.ERROR, "Sessions cannot be kept: the store is away"),
        (logging.WARNING, "Sessions are kept again, in memory:"),
    ]


@pytest.mark.parametrize(("refusal", "told"), [(Unavailable("read only"), 2), (Full("no room"), 1)])
def test_a_store_that_can_only_be_read(refusal, told, caplog):
    """Is told of once, too, however often it is read meanwhile; and its return when it has been written again."""
    guest = visitor(store := ReadOnly(), locking="explicit")
    guest.puts(a=1)
    store.refusal = refusal
    for _ in range(5):
        assert guest.visit().text == "{'a': 1}"
        assert guest.puts(a=2).status == 503
    store.refusal = None
    guest.puts(a=3)
    guest.visit()

    assert len([each for each in caplog.records if "Sessions" in each.getMessage()]) == told


@pytest.mark.parametrize("kind", [FailingStore, FullStore])
def test_what_cannot_be_stored_is_a_503(kind):
    """The page is not shown as if all was well, and no cookie is sent for what is nowhere."""
    guest = visitor(store := kind())

    def page(session):
        session["a"] = 1
        store.away = True
        return "stored"

    answer = guest.visit(page)

    assert (answer.status, answer.headers["Retry-After"], "Set-Cookie" in answer.headers) == (503, "1", False)


@pytest.mark.parametrize("at", ["load", "save"])
def test_one_may_go_on_without(at):
    """With `fallback` the session is empty, and what is put into it is not stored, if the store is away."""
    guest = visitor(store := FailingStore(), fallback="empty")
    guest.puts(a=1)

    def page(session):
        store.away = at == "load"
        text = repr(dict(session))
        store.away = True
        session["b"] = 2
        return text

    answer = guest.visit(page)
    store.away = False

    assert (answer.status, answer.text) == (200, "{}" if at == "load" else "{'a': 1}")
    assert guest.visit().text == "{'a': 1}"


@pytest.mark.parametrize(
    "garbage", [b"", b"garbage", b"\x01\0\0\0\0\0\0\0\0\xc1", b"\x02\0\0\0\0\0\0\0\0cos\nsystem\n."]
)
def test_what_cannot_be_read_is_forgotten(garbage):
    """What is none, or was written by another serializer, is as a session that has expired; nothing is unpickled."""
    guest = visitor(store := Garbage())
    guest.puts(a=1)
    old = guest.session_id
    store.garbage = garbage

    assert guest.visit(lambda session: f"{dict(session)} {session.missing}").text == "{} True"
    guest.puts(b=1)
    assert guest.session_id != old
