"""Connections that wait to be used again, by one thread at a time."""

from __future__ import annotations

import select
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from kirsch.stores.store import PATIENCE, Unavailable, renew_after_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_READ: Final = 1
_WRITE: Final = 4


def wait_for(descriptor: int, seconds: float, *, write: bool = False) -> bool:
    """Whether a socket gets readable, or writable, in that time. Closed counts as both."""
    if not hasattr(select, "poll"):  # Windows
        reads, writes = ([], [descriptor]) if write else ([descriptor], [])
        return any(select.select(reads, writes, [], max(seconds, 0)))
    poll = select.poll()
    poll.register(descriptor, _WRITE if write else _READ)
    return bool(poll.poll(max(seconds, 0) * 1000))


class Pool(Generic[T]):
    """The last used one first, so those that a quiet time does not need are left alone.

    open, close: how. fresh: whether one that has waited is still good. most: how many may be in use at once.
    A connection is thrown away if what is done with it raises anything, but for what `sound` says is no fault of its.
    """

    def __init__(
        self,
        open: Callable[[], T],
        close: Callable[[T], object],
        fresh: Callable[[T], bool] = lambda _: True,
        most: int | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._open = open
        self._close = close
        self._fresh = fresh
        self._most = most
        self._patience = patience
        self._idle: list[T] = []  # append and pop are atomic on every build of CPython
        self._room = threading.Semaphore(most) if most is not None else None
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        """The sockets are the parent's, too: here they are closed, and nothing is sent."""
        self._room = threading.Semaphore(self._most) if self._most is not None else None
        self.close()

    @contextmanager
    def use(self, *sound: type[Exception]) -> Iterator[T]:
        """One connection, for a `with`. sound: exceptions after which it can be used again."""
        room = self._room
        if room is not None and not room.acquire(timeout=self._patience):
            raise Unavailable(f"all {self._most} connections are in use")
        try:
            connection = self._take()
            try:
                yield connection
            except sound:
                self._idle.append(connection)
                raise
            except BaseException:
                self._close(connection)
                raise
            self._idle.append(connection)
        finally:
            if room is not None:
                room.release()

    def _take(self) -> T:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._open()
            if self._fresh(connection):
                return connection
            self._close(connection)

    def close(self) -> None:
        """Close those that wait."""
        while True:
            try:
                self._close(self._idle.pop())
            except IndexError:
                return
