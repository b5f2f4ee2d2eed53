"""The contract: a Cache keeps copies of pages under their addresses; and the usual kind, in the memory of the process.

A kind of one's own is a subclass that config names: `tools.caching.cache_class`. It is made without arguments, and
then gets the attributes at the top of Cache from the config. All methods may be called by any thread at any time.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from kirsch.http.urls import split_target
from kirsch.toolbox.copies import Copy, Fork

if TYPE_CHECKING:
    from collections.abc import Iterator

Kept = Copy | Fork


class Cache(ABC):
    """See the module. Keys are text; see key_of().

    maxobjects, maxsize: copies, and bytes of all of them together, at most; what was not used for the longest time goes
    first. maxobj_size: bytes of one body at most. delay: seconds for which pages are fresh that do not say it
    themselves. tot_gets, tot_hist: how often somebody looked, and found; tot_puts: copies that were put in;
    tot_expires: those that had expired when somebody looked; tot_non_modified: answers 304 made by them. cursize: bytes
    in it now, of which this process knows.
    """

    maxobjects = 1000
    maxobj_size = 100_000
    maxsize = 10_000_000
    delay: float = 600

    tot_gets = 0
    tot_hist = 0
    tot_puts = 0
    tot_expires = 0
    tot_non_modified = 0
    cursize = 0

    @staticmethod
    def clock() -> float:
        """Seconds, by the clock that the times of its copies are of."""
        return monotonic()

    @abstractmethod
    def get(self, key: str) -> Kept | None:
        """What stands there, fresh or not; None if it is no use any more."""

    @abstractmethod
    def put(self, key: str, kept: Kept, seconds: float) -> bool | None:
        """Keep it for so many seconds at most. False if it could not: nobody is to wait for it."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Forget what stands there, if anything does."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything."""

    @contextmanager
    def making(self, key: str, wait: float) -> Iterator[bool]:
        """Within it nobody else makes that page. False if that cannot be had in so many seconds.

        Of this process a single thread asks; so there is nothing to do where other processes do not share the copies.
        """
        yield True


class Shelf:
    """Keys in the order of their use, with sizes, as many as there is room for: what is pushed out, for whoever asks.

    Not for several threads at once.
    """

    def __init__(self) -> None:
        self.sizes: OrderedDict[str, int] = OrderedDict()
        self.size = 0

    def add(self, key: str, size: int, most: int, room: int) -> Iterator[str]:
        """Put one on it, and take down the oldest until there are `most` and `room` bytes at most."""
        self.drop(key)
        self.sizes[key] = size
        self.size += size
        while self.sizes and (len(self.sizes) > most or self.size > room):
            oldest, size = self.sizes.popitem(last=False)
            self.size -= size
            yield oldest

    def drop(self, key: str) -> None:
        """Take one down, if it is there."""
        self.size -= self.sizes.pop(key, 0)


class MemoryCache(Cache):
    """Copies in the memory of this process, gone with it.

    No thread sweeps: what has expired makes room when somebody asks for it, or when there is need of room.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._kept: dict[str, tuple[Kept, float]] = {}
        self._shelf = Shelf()

    def get(self, key: str) -> Kept | None:
        with self._mutex:
            self.tot_gets += 1
            found = self._kept.get(key)
            if found is None:
                return None
            kept, until = found
            if until <= self.clock():
                self.tot_expires += 1
                self._drop(key)
                return None
            self._shelf.sizes.move_to_end(key)
            self.tot_hist += 1
            return kept

    def put(self, key: str, kept: Kept, seconds: float) -> None:
        with self._mutex:
            self.tot_puts += 1
            self._kept[key] = (kept, self.clock() + seconds)
            for oldest in self._shelf.add(key, kept.size + 2 * len(key), self.maxobjects, self.maxsize):
                del self._kept[oldest]
            self.cursize = self._shelf.size

    def delete(self, key: str) -> None:
        with self._mutex:
            self._drop(key)

    def clear(self) -> None:
        with self._mutex:
            self._kept.clear()
            self._shelf = Shelf()
            self.cursize = 0

    def _drop(self, key: str) -> None:
        self._kept.pop(key, None)
        self._shelf.drop(key)
        self.cursize = self._shelf.size

    def __len__(self) -> int:
        return len(self._kept)


def key_of(base: str, path: str, query: str) -> str:
    """The key of a page. base: scheme and host. path: decoded. query: as sent, or the part of it that counts.

    A decoded path may have a `?` in it, but no NUL, so no two addresses have the same key.
    """
    return f"{base}{path}\0{query}"


def key_of_url(url: str) -> str:
    """The key of an absolute URL. ValueError if it is none."""
    scheme, mark, rest = url.partition("#")[0].partition("://")
    host, _, target = rest.partition("/")
    if not mark or not host:
        raise ValueError(f"{url!r} has no scheme and host; write http://host/path")
    path, query = split_target(f"/{target}".encode())
    return key_of(f"{scheme}://{host}", path, query)


def variant_key(key: str, fork: Fork, values: str) -> str:
    """The key of one of the copies of a page that varies. values: of the request's fields that it names."""
    return f"{key}\0{fork.mark}\0{values}"
