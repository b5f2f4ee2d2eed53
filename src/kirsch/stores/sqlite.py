"""A Store in one SQLite file: the one that needs nothing else and loses nothing.

What is written is on the disk before set() returns. The file is in WAL mode, so readers and the one writer do not wait
for each other; writers go through a gate one after another, as SQLite's own way of waiting lets some starve. Gate and
locks are files in a folder beside it (see lockfiles.py), so they cost no write to the disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from os import urandom
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kirsch.stores.circuit import Circuit
from kirsch.stores.filenames import NO_ROOM
from kirsch.stores.lockfiles import LOCK, Gate, Guards, LockFiles
from kirsch.stores.locks import LeasedStore
from kirsch.stores.pool import Pool
from kirsch.stores.store import (
    ABSENT,
    ANY,
    PATIENCE,
    Conflict,
    Entry,
    Full,
    StoreError,
    Unavailable,
    check_key,
    jitter,
    renew_after_fork,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

SWEEP_EVERY: Final = 200
SWEEP_AT_ONCE: Final = 1000
"""So many writes of a process take so many expired entries away, at most."""

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at one connection's files. PERF: they take half as long as reading an entry."""

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS entries
    (key TEXT PRIMARY KEY, value BLOB NOT NULL, version BLOB NOT NULL, expires REAL)""",
    "CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires) WHERE expires IS NOT NULL",
)
_GET: Final = "SELECT value, version FROM entries WHERE key = :key AND (expires IS NULL OR expires > :now)"
_SET: Final = """
    INSERT INTO entries (key, value, version, expires) VALUES (:key, :value, :new, :expires) ON CONFLICT (key)
    DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires
"""
_SET_ABSENT: Final = _SET + " WHERE entries.expires <= :now"
_SET_VERSION: Final = """
    UPDATE entries SET value = :value, version = :new, expires = :expires
    WHERE key = :key AND version = :version AND (expires IS NULL OR expires > :now)
"""
_DELETE_LIVE: Final = "DELETE FROM entries WHERE key = :key AND (expires IS NULL OR expires > :now)"
_TOUCH: Final = "UPDATE entries SET expires = :expires WHERE key = :key AND (expires IS NULL OR expires > :now)"
_SWEEP: Final = "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE expires <= :now LIMIT :most)"
_COUNT: Final = """
    SELECT count(*) FROM entries
    WHERE key >= :begin AND key < :end AND (expires IS NULL OR expires > :now)
"""
_CLEAR: Final = "DELETE FROM entries WHERE key >= :begin AND key < :end"

_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_TOOBIG}
_BROKEN: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class SQLiteStore(LeasedStore):
    """Entries in a file of SQLite.

    sync: "full", or "normal", which is quicker, and a power cut may cost the last writes; either way a killed process
    costs nothing, and the file is never broken.
    _writing: held by the thread that writes; the others of this process queue for it. _writes: since the start.
    _circuits: for reading and for writing, as those who read need not care that somebody keeps others from writing.
    """

    def __init__(self, path: str, sync: str = "full", patience: float = PATIENCE) -> None:
        super().__init__()
        self.path = os.path.abspath(path)
        self.url = f"sqlite:{self.path}"
        self.durable = sync == "full"
        self._sync = sync
        self._patience = patience
        self._locks_folder = f"{self.path}.locks"
        os.makedirs(self._locks_folder, 0o700, exist_ok=True)
        self._make()
        self._lock_files = LockFiles(self._locks_folder, Guards(self._locks_folder, patience))
        self._gate = Gate(self._locks_folder)
        self._pool = Pool(self._connected, sqlite3.Connection.close, self._fresh)
        self._circuits = Circuit(self.url, patience), Circuit(self.url, patience)
        self._writes = 0
        self._renew()
        renew_after_fork(self._renew, self._pool.close)  # a child must neither use nor close connections of its parent

    def _renew(self) -> None:
        self._writing = threading.Lock()

    def get(self, key: str) -> Entry | None:
        check_key(key)
        rows, _ = self._read(_GET, {"key": key, "now": time()})
        return Entry(*rows[0]) if rows else None

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        check_key(key)
        statement = _SET if version is ANY else _SET_ABSENT if version is ABSENT else _SET_VERSION
        new, now = urandom(8), time()
        names = {"key": key, "value": value, "new": new, "expires": _deadline(seconds), "now": now, "version": version}
        if not self._write(statement, names):
            raise Conflict(f"{self.url}: somebody else has written {key!r}")
        self._writes += 1  # two threads that count as one do no harm
        if self._writes % SWEEP_EVERY == 0:
            self._write(_SWEEP, {"now": now, "most": SWEEP_AT_ONCE})
        return new

    def delete(self, key: str) -> bool:
        check_key(key)
        return self._write(_DELETE_LIVE, {"key": key, "now": time()}) > 0

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        return self._write(_TOUCH, {"key": key, "now": time(), "expires": _deadline(seconds)}) > 0

    def take(self, name: str, owner: bytes, lease: float) -> bool:
        with self._mapped():
            return self._with_folder(lambda: self._lock_files.take(name, owner, lease))

    def give_back(self, name: str, owner: bytes) -> None:
        with self._mapped():
            self._lock_files.give_back(name, owner)

    def count(self, prefix: str = "") -> int:
        rows, _ = self._read(_COUNT, {"begin": prefix, "end": f"{prefix}\x7f", "now": time()})
        return int(rows[0][0])

    def clear(self, prefix: str = "") -> None:
        self._write(_CLEAR, {"begin": prefix, "end": f"{prefix}\x7f"})

    def sweep(self) -> int:
        swept = 0
        while more := self._write(_SWEEP, {"now": time(), "most": SWEEP_AT_ONCE}):
            swept += more
        with self._mapped():
            for file in os.listdir(self._locks_folder):
                if file.startswith(LOCK):
                    self._lock_files.sweep(file.removeprefix(LOCK))
        return swept

    def close(self) -> None:
        self._pool.close()
        writing = self._writing
        if writing.acquire(timeout=self._patience):  # nobody is at the gate
            self._gate.close()
            writing.release()

    def _read(self, statement: str, names: dict[str, Any]) -> tuple[list[Any], int]:
        reading, _ = self._circuits
        with reading:
            return self._run(statement, names, monotonic() + self._patience)

    def _write(self, statement: str, names: dict[str, Any]) -> int:
        """How many entries it has changed."""
        writing, until = self._writing, monotonic() + self._patience
        _, circuit = self._circuits
        with circuit, self._mapped():
            if not writing.acquire(timeout=self._patience):
                raise Unavailable(f"{self.url}: too many write to it at once")
            try:
                return self._with_folder(lambda: self._in_turn(statement, names, until))
            finally:
                writing.release()

    def _in_turn(self, statement: str, names: dict[str, Any], until: float) -> int:
        with self._gate.passed(until):
            return self._run(statement, names, until)[1]

    def _with_folder(self, act: Callable[[], T]) -> T:
        """What something gives that needs the folder of locks; that is made anew, if somebody has tidied up."""
        try:
            return act()
        except FileNotFoundError:
            with suppress(FileExistsError):
                os.mkdir(self._locks_folder, 0o700)
            return act()

    def _run(self, statement: str, names: dict[str, Any], until: float) -> tuple[list[Any], int]:
        """Its rows, and how many it has changed."""
        with self._mapped(), self._pool.use() as connection:
            cursor = _patiently(until, connection, statement, names)
            return cursor.fetchall(), cursor.rowcount

    def _connected(self) -> _Connection:
        self._make()
        until = monotonic() + self._patience
        connection = sqlite3.connect(
            self.path, timeout=0, isolation_level=None, check_same_thread=False, factory=_Connection
        )
        try:
            for statement in ("PRAGMA journal_mode=WAL", f"PRAGMA synchronous={self._sync}", *_TABLES):
                _patiently(until, connection, statement, {})
            connection.files = self._files()
        except BaseException:
            connection.close()
            raise
        return connection

    def _make(self) -> None:
        """The file, as SQLite would have everybody read it."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _fresh(self, connection: _Connection) -> bool:
        """Whether its files are still those that others see, as far as we know: what removed ones get is lost."""
        now = monotonic()
        if now < connection.look:
            return True
        connection.look = now + LOOK_EVERY
        return connection.files == self._files()

    def _files(self) -> tuple[tuple[int, int], ...]:
        try:
            return tuple((each.st_dev, each.st_ino) for each in map(os.stat, (self.path, f"{self.path}-wal")))
        except FileNotFoundError:
            return ()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """What SQLite or the system refuse, as our own errors."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._refused(error, getattr(error, "sqlite_errorcode", 0)) from error
        except OSError as error:
            raise (Full if error.errno in NO_ROOM else Unavailable)(f"{self.url}: {error.strerror}") from error

    def _refused(self, error: sqlite3.Error, code: int) -> StoreError:
        if code & 0xFF in _NO_ROOM or code == sqlite3.SQLITE_IOERR_WRITE:
            return Full(f"{self.url}: {error}")
        if code & 0xFF in _BROKEN:
            return Unavailable(f"{self.url}: {error}; once it has been moved away, a new one is made")
        if code == sqlite3.SQLITE_ERROR:
            return StoreError(f"{self.url}: {error}; its table `entries` is of another program, or of a later version")
        return Unavailable(f"{self.url}: {error}")


class _Connection(sqlite3.Connection):
    """files: which ones it has open, as the system knows them. look: when to see whether they are the right ones."""

    files: tuple[tuple[int, int], ...] = ()
    look = 0.0


def _deadline(seconds: float | None) -> float | None:
    return time() + seconds if seconds is not None else None


def _patiently(until: float, connection: sqlite3.Connection, statement: str, names: dict[str, Any]) -> sqlite3.Cursor:
    """Run it as soon as no other process writes."""
    while True:
        try:
            return connection.execute(statement, names)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or monotonic() > until:
                raise
        sleep(jitter(0.002))
