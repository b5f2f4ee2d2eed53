"""A Store in the memory of this process: bounded, quick, and gone with it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.stores.locks import Hold, Locks
from kirsch.stores.store import ABSENT, ANY, LEASE, Conflict, Entry, Full, Store, check_key, entry_of, renew_after_fork

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

OVERHEAD: Final = 500
"""Bytes that an entry costs beside its key and its value, about."""

AT_ONCE: Final = 16
"""Expired entries that one write takes away, at most: no write is slow because many have expired at once."""

MOST_CHANCES: Final = 100
"""Entries in use that are passed over for one that has to go: no write is slow because all of them are."""


class Item:
    """An entry, and when it expires. due: the same or earlier, as the heap has it; inf if it is not there.

    used: since room was looked for last.
    """

    __slots__ = ("deadline", "due", "entry", "size", "used")

    def __init__(self, entry: Entry, size: int) -> None:
        self.entry = entry
        self.size = size
        self.deadline = inf
        self.due = inf
        self.used = False


class MemoryStore(Store):
    """At most so many entries and bytes; what has not been used for long goes first.

    _items: the oldest first; where room is needed, those used meanwhile go back to the end ("second chance"). PERF: to
    sort them at each use takes a fifth of its time. _heap: (due, number, key, item), where an item comes up when it may
    have expired: one that lasts longer by then goes back in, so touching costs nothing. _mutex: held while any of this
    is changed.
    evicted: entries that have gone for want of room.
    """

    shared = False

    def __init__(
        self,
        entries: int = 100_000,
        size: int = 256 * 1024 * 1024,
        name: str = "",
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.url = f"memory:{name}"
        self.most_entries = entries
        self.most_bytes = size
        self.size = 0
        self.evicted = 0
        self._clock = clock
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._heap: list[tuple[float, int, str, Item]] = []
        self._numbers = count(1)
        self._locks = Locks(clock)
        self._renew()
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        self._mutex = threading.Lock()

    # PERF: a key that is there was looked at when it came.

    def get(self, key: str) -> Entry | None:
        # PERF: without the mutex: each of these is a single step, also without the GIL, and an item is of one key.
        item = self._items.get(key)
        if item is None:
            check_key(key)
            return None
        if item.deadline <= self._clock():
            self._drop_expired(key)
            return None
        item.used = True
        return item.entry

    def _drop_expired(self, key: str) -> None:
        with self._mutex:
            item = self._items.get(key)
            if item is not None and item.deadline <= self._clock():
                self._drop(key)

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        size = len(key) + len(value) + OVERHEAD
        if size > self.most_bytes:
            raise Full(f"{self.url}: a value of {len(value)} bytes, where all entries may have {self.most_bytes}")
        with self._mutex:
            now = self._clock()
            there = self._items.get(key)
            if there is not None and there.deadline <= now:
                there = None
            if version is not ANY and version != (ABSENT if there is None else there.entry[1]):
                raise Conflict(f"{self.url}: somebody else has written {key!r}")
            number = next(self._numbers)
            entry = entry_of((value, number))
            if there is not None:  # PERF: it keeps its place on the heap; to make another one takes as long as the rest
                item = there
                self.size += size - item.size
                item.entry, item.size, item.used = entry, size, True
                if self.size > self.most_bytes:
                    self._items.move_to_end(key)
                    self._make_room(0, 0)
            else:
                check_key(key)
                self._drop(key)
                self._make_room(1, size)
                item = self._items[key] = Item(entry, size)
                self.size += size
            item.deadline = deadline = now + seconds if seconds is not None else inf
            if deadline < item.due:
                self._expire_at(key, item, deadline)
            if self._heap and self._heap[0][0] <= now:
                self._expire(now, AT_ONCE)
            return number

    def delete(self, key: str) -> bool:
        check_key(key)
        with self._mutex:
            item = self._drop(key)
            return item is not None and item.deadline > self._clock()

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        with self._mutex:
            item, now = self._items.get(key), self._clock()
            if item is None or item.deadline <= now:
                return False
            item.used = True
            self._expire_at(key, item, now + seconds if seconds is not None else inf)
            return True

    def lock(self, key: str, wait: float | None = None, lease: float = LEASE) -> AbstractContextManager[None]:
        if key not in self._items:
            check_key(key)
        return Hold(self._locks, key, wait, lease)

    def count(self, prefix: str = "") -> int:
        self.sweep()
        return sum(key.startswith(prefix) for key in self._keys()) if prefix else len(self._items)

    def clear(self, prefix: str = "") -> None:
        for key in self._keys():
            if key.startswith(prefix):
                with self._mutex:
                    self._drop(key)

    def sweep(self) -> int:
        with self._mutex:
            return self._expire(self._clock(), len(self._heap))

    def _keys(self) -> list[str]:
        with self._mutex:
            return list(self._items)

    # What follows is called under the mutex.

    def _drop(self, key: str) -> Item | None:
        item = self._items.pop(key, None)
        if item is not None:
            self.size -= item.size
        return item

    def _expire_at(self, key: str, item: Item, deadline: float) -> None:
        item.deadline = deadline
        if deadline < item.due:
            item.due = deadline
            heappush(self._heap, (deadline, next(self._numbers), key, item))
            if len(self._heap) > 2 * len(self._items) + 64:  # most of it is of entries that have gone
                self._heap = [each for each in self._heap if self._current(each)]
                heapify(self._heap)

    def _current(self, noted: tuple[float, int, str, Item]) -> bool:
        due, _, key, item = noted
        return item.due == due and self._items.get(key) is item

    def _expire(self, now: float, most: int) -> int:
        expired = 0
        while most > 0 and self._heap and self._heap[0][0] <= now:
            most -= 1
            noted = heappop(self._heap)
            if not self._current(noted):
                continue
            _, _, key, item = noted
            if item.deadline <= now:
                self._drop(key)
                expired += 1
            else:
                item.due = inf
                self._expire_at(key, item, item.deadline)
        return expired

    def _make_room(self, more: int, size: int) -> None:
        chances = MOST_CHANCES
        while len(self._items) + more > self.most_entries or self.size + size > self.most_bytes:
            key, item = next(iter(self._items.items()))
            if item.used and chances:
                chances -= 1
                item.used = False
                self._items.move_to_end(key)  # in one step: who reads it finds it all the time
            else:
                self._drop(key)
                self.evicted += 1
