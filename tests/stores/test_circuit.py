from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from kirsch.stores.circuit import PAUSE, Circuit
from kirsch.stores.store import Conflict, Unavailable


class Server:
    """Something behind a circuit. asked: how often."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        self.circuit = Circuit("redis://here", 1.0)
        self.away = False
        self.asked = 0
        monkeypatch.setattr("kirsch.stores.circuit.monotonic", lambda: self.now)

    def ask(self):
        """What somebody gets: an answer, or why not."""
        try:
            with self.circuit:
                self.asked += 1
                if self.away:
                    raise Unavailable("redis://here: away")
        except Unavailable as error:
            return str(error)
        return "answer"


@pytest.fixture
def server(monkeypatch):
    """One that is there."""
    return Server(monkeypatch)


def test_nobody_asks_a_server_that_is_away(server):
    """For a moment everybody is told at once what the first one has been told."""
    server.away = True

    assert [server.ask() for _ in range(5)] == ["redis://here: away"] * 5
    assert server.asked == 1


def test_one_tries_then(server):
    """The others are still told at once, until it has been answered; then all may ask again."""
    server.away = True
    server.ask()
    server.now += PAUSE
    server.away = False
    with server.circuit:
        assert server.ask() == "redis://here: away"

    assert [server.ask() for _ in range(3)] == ["answer"] * 3


def test_another_pause_follows_when_it_is_still_away(server):
    """One call a pause, for as long as it takes."""
    server.away = True
    for _ in range(40):
        server.ask()
        server.now += PAUSE / 4

    assert server.asked == 10


def test_one_that_tries_and_never_comes_back_is_not_waited_for(server):
    """Its thread has died: somebody else tries a little later."""
    server.away = True
    server.ask()
    server.now += PAUSE
    server.circuit.__enter__()
    server.away = False
    assert server.ask() == "redis://here: away"
    server.now += 1 + PAUSE

    assert server.ask() == "answer"


def test_what_a_server_refuses_is_no_absence(server):
    """A Conflict, or anything else that is raised, leaves the circuit closed."""
    for error in (Conflict, KeyError):
        with pytest.raises(error), server.circuit:
            raise error("a")

    assert server.ask() == "answer"


def test_it_is_logged_once(server, caplog):
    """When it goes, and when it is there again."""
    caplog.set_level(logging.INFO, "kirsch.stores")
    server.away = True
    for _ in range(20):
        server.ask()
        server.now += PAUSE / 4
    server.away = False
    server.now += PAUSE
    server.ask()

    said = [each.getMessage() for each in caplog.records if each.name == "kirsch.stores"]
    assert said == ["redis://here: away", "redis://here: is there again"]


def test_many_who_were_waiting_say_it_once(server, caplog):
    """A server that hangs is given up by all of them at the same moment."""
    barrier = threading.Barrier(16)

    def ask(_):
        with suppress(Unavailable), server.circuit:
            barrier.wait(10)
            raise Unavailable("redis://here: away")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(ask, range(16)))

    said = [each.getMessage() for each in caplog.records if each.name == "kirsch.stores"]
    assert said == ["redis://here: away"]
