"""Processes and servers are killed in the middle."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from kirsch.stores.opening import open_store
from kirsch.stores.store import Unavailable
from kirsch.testing.stores import until
from tests.servers.fixtures import redis
from tests.stores import crashes, increments


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["files:{}/files", "files:{}/files?fsync=yes", "sqlite:{}/a.db", "sqlite:{}/a.db?sync=normal"]
)
def test_a_killed_writer_loses_nothing(address, tmp_path):
    """What it has said is there; no entry is half written; three rounds of `python -m tests.stores.crashes`."""
    written, wrong = crashes.run(address.format(tmp_path), 3)

    assert (written > 3, wrong) == (True, [])
    if address.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "a.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def test_faults_are_found(tmp_path):
    """The measure itself: an entry that has gone, an old one, half of one."""
    store = open_store("memory:crashes")
    for number in range(20):
        store.set(crashes.key(number), crashes.value(number))
    assert crashes.faults(store, 19) == []
    assert crashes.faults(store, 18) == []
    store.delete(crashes.key(19))
    store.set(crashes.key(18), crashes.value(11))
    store.set(crashes.key(17), crashes.value(17)[:-1])

    assert [wrong.split()[0] for wrong in crashes.faults(store, 19)] == ["17", "18", "19"]


@pytest.fixture
def durable_redis():
    """One that writes down each change before it says so."""
    daemon = redis()
    daemon.command += ["--appendonly", "yes"]
    daemon.start()
    yield daemon
    daemon.remove()


def answers(store) -> bool:
    """Whether it can be read."""
    try:
        store.get("a")
    except Unavailable:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", ["durable_redis", "postgres_server"])
def test_a_killed_server_loses_nothing(request, name):
    """What it has acknowledged is there when it is started again; what it has not may be there."""
    server = request.getfixturevalue(name)
    store = open_store(f"{server.url}?patience=5")
    store.delete("count")
    with ThreadPoolExecutor(2) as threads:
        counting = [threads.submit(increments.count, store, "count", mine, 2, 1000, False) for mine in range(2)]
        assert until(lambda: store.get("count") is not None)
        server.restart()
    assert until(lambda: answers(store))

    done = increments.tally(store, "count", [each.result() for each in counting], 1.0)
    store.close()
    assert (done.lost, done.doubled, done.unsure > 0) == (0, 0, True)
