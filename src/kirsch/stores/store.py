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
any thread at any time, and by a process that has been forked.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakMethod

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

PATIENCE: Final = 1.0
"""Seconds that a call may take before it gives up on a server that does not answer."""

LEASE: Final = 60.0
"""Seconds after which a lock is taken from a holder that has not given it back: its process has died, most likely."""

MOST_KEY: Final = 200
"""Characters of a key at most: memcached takes 250, and a store may put a prefix before it."""

_KEY: Final = re.compile(r"[!-~]{1,200}").fullmatch
_CROWDED: Final = 3
"""Conflicts in a row after which update() lets the others go first for a moment."""


class AddressError(ValueError):
    """What names a store cannot be opened: the address is wrong, or a package is missing. Says what to do instead."""


class StoreError(Exception):
    """The store could not do it. The message says which store, and what to do about it."""


class Unavailable(StoreError):
    """Its server is away, or does not answer in time. Worth another try later.

    A write may have been done all the same, if the server went away before it could say so. asked: whether it was
    asked at all.
    """

    asked = True


class Full(StoreError):
    """There is no room: a disk is full, a limit reached, or one value is larger than this store takes.

    Nothing was written.
    """


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


entry_of: Final[Callable[[tuple[bytes, Any]], Entry]] = partial(tuple.__new__, Entry)
"""PERF: an Entry of a value and its version, in a third of the time."""


def check_key(key: str) -> None:
    """Raise ValueError for what is no key."""
    if _KEY(key) is None:
        raise ValueError(f"a key has 1 to {MOST_KEY} printable ASCII characters and no blanks, not {key[:300]!r}")


def jitter(most: float) -> float:
    """Some seconds, so that those who have met do not meet again."""
    return os.urandom(1)[0] / 255 * most


def renew_after_fork(renew: Callable[[], None], before: Callable[[], None] | None = None) -> None:
    """Have a method called in every child process: locks may be held there by threads that it does not have.

    before: one to be called in the parent just before.
    """
    if hasattr(os, "register_at_fork"):  # what is no longer used must not be kept by this
        os.register_at_fork(after_in_child=_weakly(renew))
        if before is not None:
            os.register_at_fork(before=_weakly(before))


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    reference = WeakMethod(method)

    def call() -> None:
        called = reference()
        if called is not None:
            called()

    return call


class Store(ABC):
    """See the module. Keys are str of 1 to 200 printable ASCII characters without blanks; values are bytes.

    url: where it is, without passwords, for messages. shared: whether other processes see the same entries.
    durable: whether what set() has acknowledged survives a crash of its process, and the power cut of its machine.
    grain: to how many seconds it counts; entries may last that much longer.
    """

    url: str
    shared = True
    durable = False
    grain = 0.0

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

    def update(
        self, key: str, change: Callable[[bytes | None], bytes | None], seconds: float | None = None
    ) -> bytes | None:
        """Read, change and write as one step: `change` gets the value (None without one), and gives the new one.

        It may be called several times, so it must do nothing else. If it gives None, nothing is written. Gives what
        `change` gave in the end.
        """
        conflicts = 0
        while True:
            entry = self.get(key)
            value = change(entry.value if entry is not None else None)
            if value is None:
                return None
            try:
                self.set(key, value, seconds, entry.version if entry is not None else ABSENT)
                return value
            except Conflict:  # somebody else has got somewhere, so this ends
                conflicts += 1
                if conflicts > _CROWDED:
                    sleep(jitter(0.001 * min(conflicts, 20)))

    @abstractmethod
    def lock(self, key: str, wait: float | None = None, lease: float = LEASE) -> AbstractContextManager[None]:
        """Hold the lock of this name for the length of a `with`; it has nothing to do with the entry of that name.

        wait: seconds before LockTimeout is raised; 0 does not wait at all, None waits as long as it takes. lease:
        after so many seconds it is taken away from a holder that has not given it back. A thread that asks for a
        lock that it holds already waits for itself. Where twenty threads of the process wait for it, the next ones wait
        for a second at most, whatever they are ready for. Leaving the `with` raises nothing: what cannot be given back,
        as its store is away, is free when its lease is over.
        """

    @abstractmethod
    def count(self, prefix: str = "") -> int:
        """How many entries there are whose keys begin so. May raise Unsupported."""

    @abstractmethod
    def clear(self, prefix: str = "") -> None:
        """Remove the entries whose keys begin so. May raise Unsupported."""

    def sweep(self) -> int:
        """Remove at once what has expired; little by little that happens by itself. How many entries it has removed."""
        return 0

    def close(self) -> None:
        """Let go of what it holds. It may be used again afterwards."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"
