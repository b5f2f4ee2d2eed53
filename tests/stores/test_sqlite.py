from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kirsch.stores.sqlite import SWEEP_EVERY, SQLiteStore
from kirsch.stores.store import Full, LockTimeout, Unavailable


@pytest.fixture
def store(tmp_path):
    """In a new file."""
    store = SQLiteStore(str(tmp_path / "store.db"), patience=0.2)
    yield store
    store.close()


def rows(store):
    """How many there are in the file, expired or not."""
    connection = sqlite3.connect(store.path)
    found = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    connection.close()
    return found


def test_nobody_else_may_read_it(store):
    """Neither the file nor what SQLite puts beside it."""
    store.set("a", b"secret")
    folder = os.path.dirname(store.path)
    modes = {stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) for name in os.listdir(folder)}

    assert modes == {0o600, 0o700}


@pytest.mark.parametrize(("sync", "number"), [("full", 2), ("normal", 1)])
def test_it_waits_for_the_disk_as_it_is_told(tmp_path, sync, number):
    """In the mode in which readers do not wait."""
    store = SQLiteStore(str(tmp_path / "a.db"), sync)
    with store._pool.use() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (number,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()


def test_expired_entries_go_by_themselves(store):
    """After some writes; nobody has to sweep."""
    for number in range(SWEEP_EVERY // 2):
        store.set(f"old{number}", b"", 0)
    for _ in range(SWEEP_EVERY // 2):
        store.set("new", b"")

    assert rows(store) == 1


def test_threads_have_connections_of_their_own(store):
    """As many as there are threads at work at once, and they are used again."""
    barrier = threading.Barrier(4)
    found = []

    def use(_):
        with store._pool.use() as connection:
            barrier.wait(10)
            found.append(id(connection))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
        list(threads.map(use, range(4)))
    assert (len(found), len(set(found))) == (8, 4)


def test_a_writer_that_is_stuck_is_not_waited_for(store):
    """Whoever writes gives up when its patience is over; reading goes on."""
    store.set("a", b"old")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        store.set("a", b"new")
    assert store.get("a").value == b"old"
    other.execute("ROLLBACK")
    other.close()

    store.set("a", b"new")


def test_a_file_that_is_no_database(tmp_path):
    """Is said when it is used, and nothing of it is touched."""
    path = tmp_path / "store.db"
    path.write_bytes(b"my precious notes " * 500)
    store = SQLiteStore(str(path))
    with pytest.raises(Unavailable, match="not a database"):
        store.set("a", b"")

    assert path.read_bytes() == b"my precious notes " * 500


def test_a_full_disk_leaves_the_old_value(store, disk_with):
    """Full is raised, the old value is there, the file is whole, and with room it goes on."""
    store.set("a", b"old")
    with disk_with(100_000), pytest.raises(Full, match="sqlite:"):
        store.set("a", b"x" * 200_000)

    assert store.get("a").value == b"old"
    with store._pool.use() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.set("a", b"x" * 200_000)


def test_the_time_of_day_jumps(store, monkeypatch):
    """Entries go by it, as they outlive the machine; locks do not."""
    store.set("a", b"", 1800)
    store.set("b", b"")
    with store.lock("a"):
        monkeypatch.setattr("kirsch.stores.sqlite.time", lambda: time.time() + 3600)
        with pytest.raises(LockTimeout), store.lock("a", wait=0):
            pass

    assert (store.get("a"), store.get("b").value) == (None, b"")
