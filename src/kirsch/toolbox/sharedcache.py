"""A cache over a store: copies are shared by all processes that open it, and outlive them where the store does.

While the store is away pages are made as without a cache.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from kirsch.stores.store import StoreError
from kirsch.toolbox.copies import Copy, Facts, Fork
from kirsch.toolbox.pagecache import Cache, Kept, Shelf
from kirsch.toolbox.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.stores.store import Store

PREFIX: Final = "page:"
LEASE: Final = 60.0
"""Seconds after which another process may make a page, as the first one must have died."""


class WrittenCopy(msgspec.Struct, array_like=True, tag="copy"):
    """A Copy as it is written."""

    facts: Facts
    code: int
    phrase: bytes
    fields: list[tuple[bytes, bytes]]
    body: bytes


class WrittenFork(msgspec.Struct, array_like=True, tag="fork"):
    """A Fork as it is written."""

    names: tuple[str, ...]
    mark: str


_decoder = msgspec.msgpack.Decoder(WrittenCopy | WrittenFork)
_encoder = msgspec.msgpack.Encoder()


class SharedCache(Cache):
    """See the module.

    maxobjects, maxsize: of what this process has put there.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._mutex = threading.Lock()
        self._shelf = Shelf()
        self._reach = Reach(store, "pages are made without a cache")

    @staticmethod
    def clock() -> float:
        """The time of day, which processes share. An entry lasts by the clock of the store in any case."""
        return time.time()

    def get(self, key: str) -> Kept | None:
        entry = self._try(lambda: self.store.get(digest(key)))
        with self._mutex:
            self.tot_gets += 1
            self.tot_hist += entry is not None
        return decode(entry.value) if entry is not None else None

    def put(self, key: str, kept: Kept, seconds: float) -> bool:
        name = digest(key)
        data = encode(kept)
        with self._mutex:
            self.tot_puts += 1
            pushed = list(self._shelf.add(name, len(data), self.maxobjects, self.maxsize))
            self.cursize = self._shelf.size
        done = name not in pushed and self._try(lambda: self.store.set(name, data, seconds)) is not None
        for oldest in pushed:
            self._try(partial(self.store.delete, oldest))
        return done

    def delete(self, key: str) -> None:
        name = digest(key)
        with self._mutex:
            self._shelf.drop(name)
            self.cursize = self._shelf.size
        self._try(lambda: self.store.delete(name))

    def clear(self) -> None:
        with self._mutex:
            self._shelf = Shelf()
            self.cursize = 0
        self._try(lambda: self.store.clear(PREFIX))

    @contextmanager
    def making(self, key: str, wait: float) -> Iterator[bool]:
        """Within it no other process makes that page."""
        lock = self._try(lambda: _entered(self.store.lock(digest(key), wait, LEASE)))
        try:
            yield lock is not None
        finally:
            if lock is not None:
                self._try(lambda: lock.__exit__(None, None, None))

    def _try(self, act: Callable[[], Any]) -> Any:
        """What the store gives; None if it is away."""
        try:
            return self._reach.attempt(act)
        except StoreError:
            return None


def _entered(lock: Any) -> Any:
    lock.__enter__()
    return lock


def digest(key: str) -> str:
    """The key in the store: keys of pages are longer than those may be."""
    return PREFIX + sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def encode(kept: Kept) -> bytes:
    """As bytes."""
    if isinstance(kept, Fork):
        return _encoder.encode(WrittenFork(kept.names, kept.mark))
    return _encoder.encode(WrittenCopy(kept.facts, kept.code, kept.phrase, list(kept.fields), kept.body))


def decode(data: bytes) -> Kept | None:
    """What was encoded; None for anything else, as another version may have written it."""
    try:
        written = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if isinstance(written, WrittenFork):
        return Fork(written.names, written.mark)
    return Copy(written.facts, written.code, written.phrase, written.fields, written.body)
