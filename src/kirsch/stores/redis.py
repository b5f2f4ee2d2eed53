"""A Store in Redis or Valkey, shared by all machines that reach it.

An entry is a string: eight bytes of version, then the value, so most verbs are one plain command. What compares before
it writes is a script, which the server runs as one step. Its own clock says when an entry expires.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import islice
from math import ceil
from os import urandom
from typing import TYPE_CHECKING, Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kirsch.stores.address import censored, password, without_secrets
from kirsch.stores.circuit import Circuit
from kirsch.stores.locks import LeasedStore
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

VERSION: Final = 8
AT_ONCE: Final = 1000
"""Keys that one command lists or removes."""

_SET_VERSION: Final = """
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
elseif tonumber(ARGV[3]) <= 0 then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
_GIVE_BACK: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
_ESCAPED: Final = str.maketrans({sign: f"\\{sign}" for sign in "*?[]^-\\"})
"""What means something in a pattern."""

_AWAY: Final = ("LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS", "TRYAGAIN", "BUSY")
_FULL: Final = ("OOM", "MISCONF")
_READ_ONLY: Final = "READONLY"
"""How the server's errors begin that mean so."""


_FILES: Final = {"ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile"}
"""Options that name files."""


class RedisStore(LeasedStore):
    """Entries in a server. place: its address, or a client of the package redis that is ready.

    prefix: what all keys in the server begin with, so that others may use it, too.
    """

    def __init__(self, place: Any, prefix: str = "kirsch:", patience: float = PATIENCE) -> None:
        super().__init__()
        self._prefix = prefix
        self._secret = ""
        if isinstance(place, str):
            self.url = without_secrets(place)
            self._client = self._connected(place, patience)
        else:
            self.url = f"redis:{type(place).__name__}"
            self._client = place
        if self._client.get_encoder().decode_responses:
            raise AddressError("a client for a store must give bytes, so without decode_responses=True")
        self._set_version = self._client.register_script(_SET_VERSION)
        self._give_back = self._client.register_script(_GIVE_BACK)
        self._circuit = Circuit(self.url, patience)

    def _connected(self, place: str, patience: float) -> Any:
        scheme, colon, rest = place.partition(":")
        scheme = scheme.lower().replace("valkey", "redis")
        try:
            client = redis.Redis.from_url(
                scheme + colon + rest,
                socket_timeout=patience,
                socket_connect_timeout=patience,
                retry=Retry(NoBackoff(), 0),  # what was sent once may have been done
                protocol=2,
            )
            pool = client.connection_pool
            self._secret = pool.connection_kwargs.get("password") or ""
            for name in _FILES & pool.connection_kwargs.keys():
                if not os.path.exists(pool.connection_kwargs[name]):
                    raise ValueError(f"there is no file {pool.connection_kwargs[name]} ({name})")
            pool.connection_class(**pool.connection_kwargs)  # which may refuse what the address says; it sends nothing
        except (ValueError, TypeError) as error:
            raise AddressError(f"{self.url}: {censored(error, place, password(place))}") from None
        return client

    def get(self, key: str) -> Entry | None:
        check_key(key)
        with self._asking():
            found = self._client.get(self._prefix + key)
        if found is None:
            return None
        if len(found) < VERSION:
            raise StoreError(f"{self.url}: {key!r} was written by somebody else; give the store another prefix")
        return Entry(found[VERSION:], found[:VERSION])

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        check_key(key)
        name, new, milliseconds = self._prefix + key, urandom(VERSION), _milliseconds(seconds)
        with self._asking():
            if version is not ANY and version is not ABSENT:
                last = "" if milliseconds is None else milliseconds
                done = self._set_version(keys=[name], args=[version, new + value, last])
            elif milliseconds is not None and milliseconds <= 0:
                done = self._client.delete(name) == 0 if version is ABSENT else self._client.delete(name) >= 0
            else:
                done = self._client.set(name, new + value, px=milliseconds, nx=version is ABSENT)
        if not done:
            raise Conflict(f"{self.url}: somebody else has written {key!r}")
        return new

    def delete(self, key: str) -> bool:
        check_key(key)
        with self._asking():
            return bool(self._client.delete(self._prefix + key))

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        name, milliseconds = self._prefix + key, _milliseconds(seconds)
        with self._asking():
            if milliseconds is not None:
                return bool(self._client.pexpire(name, milliseconds))
            return bool(self._client.persist(name)) or bool(self._client.exists(name))

    def take(self, name: str, owner: bytes, lease: float) -> bool:
        with self._asking():
            return bool(self._client.set(self._lock_name(name), owner, px=max(1, _milliseconds(lease)), nx=True))

    def give_back(self, name: str, owner: bytes) -> None:
        with self._asking():
            self._give_back(keys=[self._lock_name(name)], args=[owner])

    def count(self, prefix: str = "") -> int:
        return sum(len(names) for names in self._names(prefix))

    def clear(self, prefix: str = "") -> None:
        for names in self._names(prefix):
            if names:
                with self._asking():
                    self._client.unlink(*names)

    def close(self) -> None:
        self._client.close()

    def _lock_name(self, name: str) -> str:
        return f"{self._prefix} {name}"  # no key has a blank

    def _names(self, prefix: str) -> Iterator[frozenset[bytes]]:
        """The names of those entries in the server, some at a time, without stopping it for the others."""
        pattern = f"{(self._prefix + prefix).translate(_ESCAPED)}*"
        found = self._client.scan_iter(match=pattern, count=AT_ONCE)  # of all servers, if it is a client of several
        while True:
            with self._asking():
                names = frozenset(islice(found, AT_ONCE))
            if not names:
                return
            yield frozenset(name for name in names if b" " not in name)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What the server refuses, or its absence, as our own errors."""
        with self._circuit:
            try:
                yield
            except redis.ResponseError as error:
                raise self._refused(error) from error
            except (redis.RedisError, OSError, ValueError) as error:
                raise Unavailable(f"{self.url}: {censored(error, self._secret) or type(error).__name__}") from error

    def _refused(self, error: redis.ResponseError) -> StoreError:
        text = str(error)
        full = isinstance(error, redis.OutOfMemoryError) or text.startswith(_FULL)
        kind = Full if full else Unavailable if text.startswith(_AWAY) else StoreError
        if isinstance(error, redis.ReadOnlyError) or text.startswith(_READ_ONLY):
            self._look_again()
        return kind(f"{self.url}: {censored(text, self._secret)}")

    def _look_again(self) -> None:
        """Connect anew from now on: where a replica took over, the address leads to it, and old connections do not."""
        pool = getattr(self._client, "connection_pool", None)
        if pool is not None:
            pool.disconnect(inuse_connections=False)


def _milliseconds(seconds: float | None) -> Any:
    return None if seconds is None else ceil(seconds * 1000)
