from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from kirsch.stores.sqlite import SWEEP_EVERY, SQLiteStore
from kirsch.stores.store import Full, LockTimeout, StoreError, Unavailable
from kirsch.testing.stores import increased, until, value_of


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

    assert until(lambda: _works(store))


def test_many_do_not_wait_for_a_writer_that_is_stuck(store):
    """One does, and the others are told at once what he was told; those who only read do not notice."""
    store.set("a", b"old")
    with _locked(store.path):
        begin = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            said = list(threads.map(lambda _: _refusal(lambda: store.set("a", b"new")), range(80)))
        assert time.monotonic() - begin < 2  # far less; ten times the patience are two
        assert store.get("a").value == b"old"

    assert {type(each) for each in said} == {Unavailable}


@contextmanager
def _locked(path):
    """Another program writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def _refusal(verb):
    with pytest.raises(StoreError) as caught:
        verb()
    return caught.value


@pytest.mark.parametrize("gone", [[""], ["-wal"], ["", "-wal", "-shm"]], ids=["file", "wal", "all"])
def test_files_that_somebody_has_removed(store, gone, monkeypatch):
    """What is written then is where others see it; with the -wal alone nothing that was acknowledged is lost."""
    monkeypatch.setattr("kirsch.stores.sqlite.LOOK_EVERY", 0)
    store.set("a", b"old")
    for end in gone:
        os.unlink(store.path + end)
    store.set("b", b"new")
    other = SQLiteStore(store.path)
    found = [store.get("b") == other.get("b"), value_of(other, "b"), other.get("a") is not None]
    other.close()

    assert found == [True, b"new", gone == ["-wal"]]


def test_closing_disturbs_nobody(tmp_path):
    """Another thread that is at work, or comes just then, writes all the same."""
    store = SQLiteStore(str(tmp_path / "store.db"), patience=20)
    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(lambda: [store.update("a", increased) for _ in range(100)]) for _ in range(2)]
        while not all(each.done() for each in writing):
            store.close()

    assert [each.exception() for each in writing] == [None, None]
    assert value_of(store, "a") == b"200"
    store.close()


def test_locks_that_somebody_has_removed(store):
    """Their folder is made anew."""
    os.rmdir(f"{store.path}.locks")
    with store.lock("a"), pytest.raises(LockTimeout), store.lock("a", wait=0):
        pass


def test_a_broken_file_that_is_moved_away(store):
    """The message says so, and no restart is needed afterwards."""
    store.set("a", b"value")
    store.close()
    with open(store.path, "r+b") as file:
        file.write(b"SQLite format 3\0" + b"\xff" * 8000)
    assert "once it has been moved away, a new one is made" in str(_refusal(lambda: store.set("a", b"")))
    os.rename(store.path, f"{store.path}.broken")

    assert until(lambda: _works(store))


def _works(store):
    try:
        return store.set("a", b"")
    except Unavailable:
        return False


def test_tables_of_others(tmp_path):
    """A later version may have columns more; what cannot be understood is said, with what it may be."""
    for name, columns, words in (("a", "key PRIMARY KEY, value, version, expires, more", ""), ("b", "name", "later")):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.execute(f"CREATE TABLE entries ({columns})")
        with closing(SQLiteStore(str(tmp_path / name))) as store:
            if words:
                assert words in str(_refusal(lambda: store.set("a", b"")))
            else:
                store.set("a", b"")


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
