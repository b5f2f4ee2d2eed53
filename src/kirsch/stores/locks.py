"""Locks by name, leased: those of one process, and those that processes share, which have the others in front."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import deque
from contextlib import contextmanager
from math import inf
from os import urandom
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from kirsch.stores.store import LEASE, LockTimeout, Store, StoreError, Unavailable, check_key, renew_after_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

SHORTEST_LOOK: Final = 0.001
LONGEST_LOOK: Final = 0.05
"""Seconds between two looks whether another process has given a lock back."""

CROWD: Final = 20
BRIEFLY: Final = 1.0
"""Where so many threads of a process wait for a lock, others wait for so many seconds at most: it is not passed on
quickly, or there would not be so many, and nobody is to bind all threads by one of them."""

MOST_LEFT: Final = 1000
"""Locks that are remembered as left behind; the lease ends the others."""


class Locks:
    """The locks of one process. They are handed on in the order of asking; nothing is kept of those that nobody holds.

    queues: under each name those who want it; the first one holds it. mutex: held while a queue is changed, or goes.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._renew()
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        self.mutex = threading.Lock()
        self.queues: dict[str, list[Hold]] = {}

    def __len__(self) -> int:
        return len(self.queues)


class Hold:
    """One who wants a lock, for the length of a `with`: see Store.lock. PERF: a generator takes three times as long.

    deadline: when its lease is over, once it holds the lock. bell: what it waits for.
    """

    __slots__ = ("_locks", "bell", "deadline", "lease", "name", "wait")

    def __init__(self, locks: Locks, name: str, wait: float | None, lease: float) -> None:
        self._locks = locks
        self.name = name
        self.wait = wait
        self.lease = lease
        self.deadline = inf
        self.bell: threading.Lock | None = None

    def __enter__(self) -> None:
        # PERF: a lock that is free takes no mutex: setdefault() is a single step, also without the GIL.
        locks = self._locks
        self.deadline = locks.clock() + self.lease
        alone = [self]
        if locks.queues.setdefault(self.name, alone) is not alone:
            self._queue_up(alone)

    def _queue_up(self, alone: list[Hold]) -> None:
        with self._locks.mutex:
            queue = self._locks.queues.setdefault(self.name, alone)
            if queue is alone:  # it has been given back meanwhile
                return
            self.bell = threading.Lock()
            self.bell.acquire()
            if len(queue) > CROWD and (self.wait is None or self.wait > BRIEFLY):
                self.wait = BRIEFLY
            queue.append(self)
        try:
            self._wait(queue)
        except BaseException:  # a KeyboardInterrupt, too, must leave nobody behind
            self.__exit__()
            raise

    def _wait(self, queue: list[Hold]) -> None:
        assert self.bell is not None
        mutex, clock = self._locks.mutex, self._locks.clock
        until = clock() + self.wait if self.wait is not None else inf
        while True:
            with mutex:
                first, now = queue[0], clock()
                if first is not self and first.deadline <= now:
                    self._next(queue)
                    first = queue[0]
                if first is self:
                    return
            if until <= now:
                raise LockTimeout(f"somebody else holds the lock {self.name!r}")
            self.bell.acquire(timeout=min(first.deadline - now, until - now, threading.TIMEOUT_MAX))

    def __exit__(self, *_: object) -> None:
        """Give it back, or stop waiting for it. A lease that was over has no say any more."""
        with self._locks.mutex:
            queue = self._locks.queues.get(self.name)
            if queue is None:
                return
            if queue[0] is self:
                if len(queue) == 1:
                    del self._locks.queues[self.name]
                else:
                    self._next(queue)
            elif self in queue:
                queue.remove(self)

    def _next(self, queue: list[Hold]) -> None:
        """The first one goes, the second holds it from now on."""
        del queue[0]
        first = queue[0]
        first.deadline = self._locks.clock() + first.lease
        assert first.bell is not None
        first.bell.release()


class LeasedStore(Store):
    """A store whose locks are shared by processes: a kind has to take one without waiting, and to give it back.

    Threads of a process queue here, so that one of them at most asks the store for the same lock.

    _left: locks that this process may hold without knowing, or wanting: a server that hung goes on later with what it
    was told, and one that has gone keeps what it could not be told to forget.
    """

    def __init__(self) -> None:
        self._locks = Locks()
        self._left: deque[tuple[str, bytes]] = deque(maxlen=MOST_LEFT)

    @abstractmethod
    def take(self, name: str, owner: bytes, lease: float) -> bool:
        """Take the lock for so many seconds, if nobody has it, or somebody's lease is over."""

    @abstractmethod
    def give_back(self, name: str, owner: bytes) -> None:
        """Let go of it, if it is still this owner's."""

    def lock(self, key: str, wait: float | None = None, lease: float = LEASE) -> AbstractContextManager[None]:
        check_key(key)
        return self._hold(key, wait, lease)

    @contextmanager
    def _hold(self, key: str, wait: float | None, lease: float) -> Iterator[None]:
        until = monotonic() + wait if wait is not None else inf
        with Hold(self._locks, key, wait, lease):
            owner = urandom(16)
            self._take_by(until, key, owner, lease)
            try:
                yield
            finally:
                try:
                    self.give_back(key, owner)
                except StoreError:  # what was done under the lock is done; the lease ends by itself
                    self._left.append((key, owner))

    def _take_by(self, until: float, key: str, owner: bytes, lease: float) -> None:
        look = SHORTEST_LOOK
        while not self._taken(key, owner, lease):
            left = until - monotonic()
            if left <= 0:
                raise LockTimeout(f"somebody else holds the lock {key!r}")
            sleep(min(look, left))
            look = min(look * 1.5, LONGEST_LOOK)

    def _taken(self, key: str, owner: bytes, lease: float) -> bool:
        try:
            taken = self.take(key, owner, lease)
        except Unavailable as error:
            if error.asked:
                self._left.append((key, owner))
            raise
        if self._left:
            for left in self._left.copy():  # a copy is one step, where other threads append
                if left[0] == key:
                    self._let_go(left, for_good=taken)  # nothing of it can come to pass any more, once we have it
        return taken

    def _let_go(self, left: tuple[str, bytes], *, for_good: bool) -> None:
        try:
            self.give_back(*left)
            if for_good:
                self._left.remove(left)
        except (StoreError, ValueError):  # another time; or it has been pushed out by others
            pass
