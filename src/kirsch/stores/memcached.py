"""A Store in memcached: quick, shared, and no place for what must not be lost, as it forgets whenever it needs room.

Keys are spread over the servers, each key always to the same one. An entry is eight bytes of version and the value:
memcached's own versions begin again when it restarts. It counts whole seconds, and knows no list of its keys.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from hashlib import blake2b
from math import ceil
from os import urandom
from time import time
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pymemcache import Client, MemcacheClientError, MemcacheError, MemcacheServerError, MemcacheUnexpectedCloseError

from kirsch.stores.circuit import Circuit
from kirsch.stores.locks import LeasedStore
from kirsch.stores.pool import Pool, wait_for
from kirsch.stores.store import (
    ABSENT,
    ANY,
    PATIENCE,
    Conflict,
    Entry,
    Full,
    StoreError,
    Unavailable,
    Unsupported,
    check_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Server = tuple[str, int] | str
"""Host and port, or the path of a Unix socket."""

VERSION: Final = 8
MONTH: Final = 30 * 86400
"""Seconds from which on memcached takes a number for a date."""


class MemcachedStore(LeasedStore):
    """Entries in one server or several. prefix: what all keys in them begin with."""

    grain = 1.0

    def __init__(self, servers: list[Server], prefix: str = "kirsch:", patience: float = PATIENCE) -> None:
        super().__init__()
        self._prefix = prefix
        self._shards = [_Shard(server, patience) for server in servers]
        self.url = f"memcached://{','.join(shard.name for shard in self._shards)}"

    def get(self, key: str) -> Entry | None:
        entry, _ = self._read(key)
        return entry

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        check_key(key)
        new, name, expire = urandom(VERSION), self._prefix + key, _expire(seconds)
        if version is ANY or version is ABSENT:
            with self._asking(name) as client:
                store = client.set if version is ANY else client.add
                done = store(name, new + value, expire, noreply=False)
        else:
            entry, token = self._read(key)
            done = entry is not None and entry.version == version
            if done:
                with self._asking(name) as client:
                    done = client.cas(name, new + value, token, expire, noreply=False)
        if not done:
            raise Conflict(f"{self.url}: somebody else has written {key!r}")
        return new

    def delete(self, key: str) -> bool:
        check_key(key)
        with self._asking(self._prefix + key) as client:
            return bool(client.delete(self._prefix + key, noreply=False))

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        with self._asking(self._prefix + key) as client:
            return bool(client.touch(self._prefix + key, _expire(seconds), noreply=False))

    def take(self, name: str, owner: bytes, lease: float) -> bool:
        with self._asking(self._lock_name(name)) as client:
            return bool(client.add(self._lock_name(name), owner, max(1, _expire(lease)), noreply=False))

    def give_back(self, name: str, owner: bytes) -> None:
        with self._asking(self._lock_name(name)) as client:
            holder, token = client.gets(self._lock_name(name))
            if holder == owner:  # a negative time removes it, if nobody else has taken it meanwhile
                client.cas(self._lock_name(name), b"", token, -1, noreply=False)

    def count(self, prefix: str = "") -> int:
        self._no_list()

    def clear(self, prefix: str = "") -> None:
        self._no_list()

    def close(self) -> None:
        for shard in self._shards:
            shard.pool.close()

    def _no_list(self) -> NoReturn:
        raise Unsupported(f"{self.url}: memcached knows no list of its keys, to count or to clear them")

    def _lock_name(self, name: str) -> str:
        return f"{self._prefix}\x7f{name}"

    def _read(self, key: str) -> tuple[Entry | None, bytes]:
        """An entry, and by what memcached knows whether it is still the same."""
        check_key(key)
        with self._asking(self._prefix + key) as client:
            found, token = client.gets(self._prefix + key)
        return (None if found is None else Entry(found[VERSION:], found[:VERSION])), token

    def _asking(self, name: str) -> Any:
        """A client of the server that has this name, for a `with`."""
        if len(self._shards) == 1:
            return self._shards[0].asking()
        encoded = name.encode()
        return max(self._shards, key=lambda shard: blake2b(encoded, digest_size=8, key=shard.salt).digest()).asking()


class _Shard:
    """One server. salt: what makes its bids for keys differ from the others'; the highest bid has the key."""

    def __init__(self, server: Server, patience: float) -> None:
        self.name = server if isinstance(server, str) else f"{server[0]}:{server[1]}"
        self.salt = blake2b(self.name.encode(), digest_size=16).digest()
        self.pool = Pool(self._open, Client.close, _fresh)
        self._server = server
        self._patience = patience
        self._circuit = Circuit(f"memcached://{self.name}", patience)

    @contextmanager
    def asking(self) -> Iterator[Client]:
        """A client; what goes wrong as our own errors."""
        with self._circuit:
            try:
                with self.pool.use() as client:
                    yield client
            except MemcacheUnexpectedCloseError as error:
                raise Unavailable(f"memcached://{self.name}: has closed the connection") from error
            except MemcacheServerError as error:
                raise (Full if _no_room(error) else Unavailable)(f"memcached://{self.name}: {_text(error)}") from error
            except MemcacheClientError as error:
                raise StoreError(f"memcached://{self.name}: {_text(error)}") from error
            except (MemcacheError, OSError, ValueError, IndexError) as error:
                raise Unavailable(f"memcached://{self.name}: {_text(error)}") from error

    def _open(self) -> Client:
        """One that has been answered: the first of the host's addresses that does."""
        if isinstance(self._server, str):
            return self._answered(self._server)
        found = socket.getaddrinfo(*self._server, type=socket.SOCK_STREAM)
        for *_, address in found[:-1]:
            try:
                return self._answered((str(address[0]), self._server[1]))
            except ConnectionRefusedError:
                continue
        return self._answered((str(found[-1][4][0]), self._server[1]))

    def _answered(self, server: Server) -> Client:
        client = Client(server, connect_timeout=self._patience, timeout=self._patience, no_delay=True)
        try:
            client.version()
        except BaseException:
            client.close()
            raise
        return client


def _fresh(client: Client) -> bool:
    """Whether the server has neither closed it nor said anything that nobody asked for."""
    return client.sock is not None and not wait_for(client.sock.fileno(), 0)


def _no_room(error: Exception) -> bool:
    return any(words in str(error) for words in ("too large", "out of memory"))


def _text(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode("latin-1") if isinstance(said, bytes) else str(error)  # the server's own words are bytes
    return " ".join(text.split())[:200] or type(error).__name__


def _expire(seconds: float | None) -> int:
    """As memcached wants it: 0 is for good, less is over, more than a month is a date."""
    if seconds is None:
        return 0
    if seconds <= 0:
        return -1
    return ceil(seconds) if seconds <= MONTH else ceil(time() + seconds)
