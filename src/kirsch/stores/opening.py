"""Stores by their addresses: `sqlite:/var/lib/site/store.db`, `redis://host/0`. Nothing is connected until it is used.

Each kind is imported when an address names it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from kirsch.stores.address import Address, flag, name, nearest, one_of, prefix, seconds, size, whole, without_secrets
from kirsch.stores.store import AddressError, Store

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED: Final = "_KIRSCH_STORE"
"""Set for worker processes: the address of a store that they share unless config says otherwise."""

KEY_SIZE: Final = 32
"""Bytes of a secret that nobody has given us."""

_opened: dict[str, Store] = {}
"""By address: all who name the same one share a store, and its connections. setdefault is one step."""


def open_store(place: str | Store) -> Store:
    """The store at an address, always the same one in this process; a Store is given back as it is.

    Raises AddressError if the address makes no sense, or the package is missing that the kind needs.
    """
    if isinstance(place, Store):
        return place
    if not isinstance(place, str):
        raise AddressError(f"a store is named by an address like sqlite:/path or redis://host, not {place!r}")
    found = _opened.get(place)
    return found if found is not None else _opened.setdefault(place, _made(place))


def shared_store() -> Store | None:
    """What takes the place of memory in a worker process, so that all workers know the same; None in any other."""
    place = os.environ.get(SHARED)
    return open_store(place) if place else None


def shared_key(name: str) -> bytes | None:
    """In a worker process, a secret that all workers have for as long as there are any; None in any other."""
    store = shared_store()
    return store.update(name, lambda known: known or os.urandom(KEY_SIZE)) if store is not None else None


def _made(place: str) -> Store:
    address = Address.parse(place)
    kind = KINDS.get(address.scheme)
    if kind is None:
        raise AddressError(
            f"there is no kind of store {address.scheme[:80]!r}{nearest(address.scheme, KINDS)} "
            f"There are: {', '.join(KINDS)}."
        )
    try:
        return kind(address, place)
    except ImportError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise AddressError(f"{address.scheme}: needs another package: pip install 'kirsch[{extra}]'") from error
    except OSError as error:
        raise AddressError(f"{without_secrets(place)}: {error.strerror}") from error


def _memory(address: Address, _: str) -> Store:
    from kirsch.stores.memory import MemoryStore

    return MemoryStore(name=address.rest.strip("/"), **address.settings({"entries": whole, "size": size}))


def _files(address: Address, _: str) -> Store:
    from kirsch.stores.files import FilesStore

    return FilesStore(address.path, **address.settings({"fsync": flag, "patience": seconds}))


def _sqlite(address: Address, _: str) -> Store:
    from kirsch.stores.sqlite import SQLiteStore

    return SQLiteStore(address.path, **address.settings({"sync": one_of("full", "normal"), "patience": seconds}))


def _redis(_: Address, place: str) -> Store:
    from kirsch.stores.redis import RedisStore

    ours, place = Address.split(place, {"prefix": prefix, "patience": seconds})
    return RedisStore(place, **ours)


def _memcached(address: Address, _: str) -> Store:
    from kirsch.stores.memcached import MemcachedStore

    return MemcachedStore(address.hosts(11211), **address.settings({"prefix": prefix, "patience": seconds}))


def _postgres(_: Address, place: str) -> Store:
    from kirsch.stores.postgres import PostgresStore

    ours, place = Address.split(place, {"table": name, "connections": whole, "patience": seconds})
    return PostgresStore(place, **ours)


KINDS: Final[dict[str, Callable[[Address, str], Store]]] = {
    "memory": _memory,
    "files": _files,
    "sqlite": _sqlite,
    "redis": _redis,
    "rediss": _redis,
    "valkey": _redis,
    "valkeys": _redis,
    "unix": _redis,
    "memcached": _memcached,
    "postgresql": _postgres,
    "postgres": _postgres,
}
"""What an address may begin with."""

EXTRAS: Final = {"redis": "redis", "pymemcache": "memcached", "psycopg": "postgres", "sqlite3": "sqlite"}
"""For each package that may be missing, the extra that brings it."""
