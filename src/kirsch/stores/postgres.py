"""A Store in a table of PostgreSQL: durable, shared by all machines, for those who have one anyway.

The table is made when it is first missed. The server's clock says when an entry expires. The connections are libpq's,
driven here (psycopg.pq), as every wait has to have an end: psycopg's own connections wait for a hung server for good.
"""

from __future__ import annotations

from contextlib import contextmanager
from os import getpid, urandom
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import pq

from kirsch.stores.address import censored, password, without_secrets
from kirsch.stores.circuit import Circuit
from kirsch.stores.locks import LeasedStore
from kirsch.stores.pool import Pool, wait_for
from kirsch.stores.store import (
    ABSENT,
    ANY,
    PATIENCE,
    AddressError,
    Conflict,
    Entry,
    Full,
    StoreError,
    Unavailable,
    check_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS: Final = 20
SWEEP_EVERY: Final = 200
SWEEP_AT_ONCE: Final = b"1000"
"""So many writes of a process take so many expired entries away, at most."""

_GET: Final = "SELECT value, version FROM entries WHERE key = $1::text AND (expires IS NULL OR expires > now())"
_SET: Final = """
    INSERT INTO entries AS old VALUES ($1::text, $2::bytea, $3::bytea, now() + make_interval(secs => $4::float8))
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires
"""
_SET_ABSENT: Final = _SET + " WHERE old.expires <= now()"
_SET_VERSION: Final = """
    UPDATE entries SET value = $2::bytea, version = $3::bytea, expires = now() + make_interval(secs => $4::float8)
    WHERE key = $1::text AND version = $5::bytea AND (expires IS NULL OR expires > now())
"""
_DELETE: Final = "DELETE FROM entries WHERE key = $1::text AND (expires IS NULL OR expires > now())"
_TOUCH: Final = """
    UPDATE entries SET expires = now() + make_interval(secs => $2::float8)
    WHERE key = $1::text AND (expires IS NULL OR expires > now())
"""
_COUNT: Final = """
    SELECT count(*)::text FROM entries
    WHERE key >= $1::text AND key < $1::text || chr(127) AND (expires IS NULL OR expires > now())
"""
_CLEAR: Final = "DELETE FROM entries WHERE key >= $1::text AND key < $1::text || chr(127)"
_SWEEP: Final = """
    DELETE FROM entries WHERE key IN (
        SELECT key FROM entries WHERE expires <= now() LIMIT $1::int FOR UPDATE SKIP LOCKED
    ) AND expires <= now()
"""
_TAKE: Final = """
    INSERT INTO entries_locks AS old VALUES ($1::text, $2::bytea, now() + make_interval(secs => $3::float8))
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE old.until <= now()
"""
_GIVE_BACK: Final = "DELETE FROM entries_locks WHERE name = $1::text AND owner = $2::bytea"
_TABLES: Final = """
    SELECT pg_advisory_xact_lock(hashtext('entries'));
    CREATE TABLE IF NOT EXISTS entries (
        key text COLLATE "C" PRIMARY KEY, value bytea NOT NULL, version bytea NOT NULL, expires timestamptz
    );
    CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires) WHERE expires IS NOT NULL;
    CREATE TABLE IF NOT EXISTS entries_locks (
        name text COLLATE "C" PRIMARY KEY, owner bytea NOT NULL, until timestamptz NOT NULL
    )
"""
"""Sent as one, this is one transaction; the lock keeps others from making them at the same time."""

_NO_TABLE: Final = b"42P01"
_FULL: Final = (b"53100", b"53200", b"54000")
"""SQLSTATEs: disk full, out of memory, more than one value may have."""
_AWAY: Final = (b"08", b"40", b"53", b"57", b"58")
_READ_ONLY: Final = b"25006"
"""How those begin that mean: another time, perhaps."""


class PostgresStore(LeasedStore):
    """Entries in a table. place: an address of libpq's. connections: at most so many at once."""

    durable = True

    def __init__(
        self, place: str, table: str = "kirsch_entries", connections: int = CONNECTIONS, patience: float = PATIENCE
    ) -> None:
        super().__init__()
        self.url = without_secrets(place)
        self._table = table
        self._patience = patience
        self._writes = 0
        self._place = place.encode()
        self._secret = self._password()
        self._pool: Pool[_Connection] = Pool(self._open, _Connection.close, _Connection.fresh, connections, patience)
        self._circuit = Circuit(self.url, patience)

    def _password(self) -> str:
        try:
            options = pq.Conninfo.parse(self._place)
        except psycopg.Error as error:
            raise AddressError(f"{self.url}: {censored(error, password(self._place.decode()))}") from None
        return next(((each.val or b"").decode() for each in options if each.keyword == b"password"), "")

    def get(self, key: str) -> Entry | None:
        check_key(key)
        result = self._run(_GET, key)
        if not result.ntuples:
            return None
        return Entry(result.get_value(0, 0) or b"", result.get_value(0, 1))

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        check_key(key)
        new = urandom(8)
        values = [key, value, new, seconds]
        if version is ANY or version is ABSENT:
            done = self._changed(_SET if version is ANY else _SET_ABSENT, *values)
        else:
            done = self._changed(_SET_VERSION, *values, version)
        if not done:
            raise Conflict(f"{self.url}: somebody else has written {key!r}")
        self._writes += 1  # two threads that count as one do no harm
        if self._writes % SWEEP_EVERY == 0:
            self._changed(_SWEEP, SWEEP_AT_ONCE.decode())
        return new

    def delete(self, key: str) -> bool:
        check_key(key)
        return self._changed(_DELETE, key) > 0

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        return self._changed(_TOUCH, key, seconds) > 0

    def take(self, name: str, owner: bytes, lease: float) -> bool:
        return self._changed(_TAKE, name, owner, lease) > 0

    def give_back(self, name: str, owner: bytes) -> None:
        self._changed(_GIVE_BACK, name, owner)

    def count(self, prefix: str = "") -> int:
        return int(self._run(_COUNT, prefix).get_value(0, 0) or b"0")

    def clear(self, prefix: str = "") -> None:
        self._run(_CLEAR, prefix)

    def sweep(self) -> int:
        swept = 0
        while more := self._changed(_SWEEP, SWEEP_AT_ONCE.decode()):
            swept += more
        return swept

    def close(self) -> None:
        self._pool.close()

    def _changed(self, statement: str, *values: Any) -> int:
        """How many rows it has changed."""
        return self._run(statement, *values).command_tuples or 0

    def _run(self, statement: str, *values: Any) -> Any:
        statement = statement.replace("entries", self._table)
        with self._asking() as connection:
            try:
                return connection.run(statement, *values)
            except _Refused as error:
                if error.state != _NO_TABLE:
                    raise
            connection.script(_TABLES.replace("entries", self._table))
            return connection.run(statement, *values)

    @contextmanager
    def _asking(self) -> Iterator[_Connection]:
        """A connection; what goes wrong as our own errors."""
        with self._circuit:
            try:
                with self._pool.use(_Refused) as connection:
                    yield connection
            except _Refused as error:
                full, away = error.state in _FULL, error.state.startswith(_AWAY)
                kind = Full if full else Unavailable if away else StoreError
                raise kind(f"{self.url}: {censored(error, self._secret)}") from error
            except (psycopg.Error, OSError, TimeoutError, Unavailable) as error:  # the last one is the pool's
                raise Unavailable(f"{self.url}: {censored(error, self._secret)}") from error

    def _open(self) -> _Connection:
        return _Connection(self._place, self._patience)


class _Refused(Exception):
    """The server has said no. state: its SQLSTATE."""

    def __init__(self, result: Any) -> None:
        super().__init__(result.get_error_message())
        self.state = result.error_field(pq.DiagnosticField.SQLSTATE) or b""


class _Connection:
    """One connection of libpq's, which waits for so many seconds at most. Raises TimeoutError."""

    def __init__(self, place: bytes, patience: float) -> None:
        self._pid = getpid()
        self._read_only = False
        self._patience = patience
        self._until = monotonic() + patience
        self._pg = pq.PGconn.connect_start(place)
        try:
            self._connect()
            self._pg.nonblocking = 1
            self.script(f"SET statement_timeout = {max(1, int(patience * 1000))}")  # nobody waits for longer
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        state = int(pq.PollingStatus.WRITING)
        while state != pq.PollingStatus.OK:
            if state == pq.PollingStatus.FAILED or self._pg.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError(self._pg.get_error_message())
            self._wait(write=state == pq.PollingStatus.WRITING)
            state = self._pg.connect_poll()

    def run(self, statement: str, *values: Any) -> Any:
        """The result of a statement with values: str, bytes, numbers and None."""
        self._until = monotonic() + self._patience
        encoded = [each if each is None or isinstance(each, bytes) else str(each).encode() for each in values]
        formats = [pq.Format.BINARY if isinstance(each, bytes) else pq.Format.TEXT for each in values]
        self._pg.send_query_params(statement.encode(), encoded, None, formats, pq.Format.BINARY)
        return self._results()

    def script(self, statements: str) -> None:
        """Run statements without values."""
        self._until = monotonic() + self._patience
        self._pg.send_query(statements.encode())
        self._results()

    def _results(self) -> Any:
        """The last result. The connection is ready for the next statement then, even if this raises _Refused."""
        while self._pg.flush():
            self._wait(write=True)
            if wait_for(self._pg.socket, 0):
                self._pg.consume_input()
        last = refused = None
        while True:
            while self._pg.is_busy():
                self._wait()
                self._pg.consume_input()
            result = self._pg.get_result()
            if result is None:
                break
            last = result
            if result.status == pq.ExecStatus.FATAL_ERROR:
                refused = result
        if self._pg.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError(self._pg.get_error_message())
        if refused is not None:
            error = _Refused(refused)
            self._read_only = error.state == _READ_ONLY
            raise error
        return last

    def _wait(self, *, write: bool = False) -> None:
        if not wait_for(self._pg.socket, self._until - monotonic(), write=write):
            raise TimeoutError("no answer in time")

    def fresh(self) -> bool:
        """Whether the server has neither closed it nor said anything that nobody asked for.

        One that has taken no write is not: where a standby took over, the address leads to it, and this one does not.
        """
        return not self._read_only and not wait_for(self._pg.socket, 0)

    def close(self) -> None:
        """Close it; not in a child process, where it would say goodbye to the server in its parent's name."""
        if self._pid == getpid():
            self._pg.finish()
