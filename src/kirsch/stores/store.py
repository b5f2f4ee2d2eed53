"""The contract: a Store keeps bytes under keys for a time, and is shared by whoever opens the same place.

Sessions, the cache of pages and rate limits all stand on it, so it has few verbs, and each means the same for every
kind: in the memory of one process, in files, SQLite, Redis or Valkey, memcached, PostgreSQL.

    get, set, delete, touch   one entry
    update                    read, change and write as one step
    lock                      one holder at a time, over threads, processes and machines
    count, clear, sweep       many entries, by the beginning of their keys
    close                     let go of connections and files

Every entry has a version, another one at each write, which set() can be told to insist on: whoever has read an entry
can write it without overwriting what others have written since. A version means something to its store only.

An entry that has expired is gone, whether or not anything has swept it away. Seconds are counted by the clock of the
store's server where it has one, so machines need not agree about the time.

What cannot be done because the store is away, full or does not understand is a StoreError, raised within `patience`
seconds; nothing hangs. A store recovers by itself as soon as its server is there again. All methods may be called by
any thread at any time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

PATIENCE: Final = 1.0
"""Seconds that a call may take before it gives up on a server that does not answer."""

LEASE: Final = 60.0
"""Seconds after which a lock is taken from a holder that has not given it back: its process has died, most likely."""

MOST_KEY: Final = 250
"""Characters of a key at most."""


class StoreError(Exception):
    """The store could not do it; nothing was written. The message says which store, and what to do about it."""


class Unavailable(StoreError):
    """Its server is away, or does not answer in time. Worth another try later."""


class Full(StoreError):
    """There is no room: a disk is full, a limit reached, or one value is larger than this store takes."""


class Conflict(StoreError):
    """The entry is not of the version that set() was told: somebody else has written it, or it has gone."""


class LockTimeout(StoreError):
    """Somebody else held the lock for longer than one was ready to wait."""


class Unsupported(StoreError):
    """A kind of store cannot do that at all: memcached knows no list of its keys."""


ANY: Final = object()
"""For set(): whatever there is, or is not, is overwritten."""

ABSENT: Final = None
"""For set(): there must be no entry by this key."""


class Entry(NamedTuple):
    """What stands under a key. version: to be handed back to set()."""

    value: bytes
    version: Any


class Store(ABC):
    """See the module. Keys are str of 1 to 250 printable ASCII characters without blanks; values are bytes.

    url: where it is, without passwords, for messages. shared: whether other processes see the same entries.
    durable: whether what set() has acknowledged survives a crash of this process, and of its machine's power.
    """

    url: str
    shared = True
    durable = False

    @abstractmethod
    def get(self, key: str) -> Entry | None:
        """The entry; None if there is none, or it has expired."""

    @abstractmethod
    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        """Write an entry that lasts for so many seconds (None: for good), and give its version.

        version: ANY; or ABSENT, or that of an entry, if the write is to raise Conflict when it is another one.
        """

    @abstractmethod
    def delete(self, key: str) -> bool:
        """Remove an entry; False if there was none."""

    @abstractmethod
    def touch(self, key: str, seconds: float | None) -> bool:
        """Have an entry last for so many seconds from now; False if there is none. Its version stays."""

    def update(self, key: str, change: Callable[[bytes | None], bytes | None], seconds: float | None = None) -> None:
        """Read, change and write as one step: `change` gets the value (None without one), and gives the new one.

        It may be called several times, so it must do nothing else. If it gives None, nothing is written.
        """
        while True:
            entry = self.get(key)
            value = change(entry.value if entry is not None else None)
            if value is None:
                return
            try:
                self.set(key, value, seconds, entry.version if entry is not None else ABSENT)
                return
            except Conflict:
                continue

    @abstractmethod
    def lock(self, key: str, wait: float | None = None, lease: float = LEASE) -> AbstractContextManager[None]:
        """Hold the lock of this name for the length of a `with`; it has nothing to do with the entry of that name.

        wait: seconds before LockTimeout is raised; 0 does not wait at all, None waits as long as it takes. lease:
        after so many seconds it is taken away from a holder that has not given it back. A thread that asks for a
        lock that it holds already waits for itself.
        """

    @abstractmethod
    def count(self, prefix: str = "") -> int:
        """How many entries there are whose keys begin so. May raise Unsupported."""

    @abstractmethod
    def clear(self, prefix: str = "") -> None:
        """Remove the entries whose keys begin so. May raise Unsupported."""

    def sweep(self) -> int:
        """Remove what has expired, where that does not happen by itself; how many entries that were."""
        return 0

    def close(self) -> None:
        """Let go of what it holds. It may be used again afterwards."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"
