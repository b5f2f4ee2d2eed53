"""What is waiting to be written, and the thread that writes it, so that no request waits for a disk or a terminal.

- Whoever has something puts it down and goes on. The thread is started by the first of them. It writes at once what
  comes after a silence, and then all that has come together within PAUSE in one go. In silence it sleeps, and ends
  when that lasts: an application that nobody has any more leaves no thread behind.
- What waits is bounded, in number and bytes: with a disk that stands still, lines are lost, never requests. How many
  is said once it goes on.
- PERF: to put something down takes no lock, but for the first after a silence: appending to a list is atomic, also
  without the GIL. Who falls asleep says so first, and looks at the list after that; who puts something down does it
  the other way round. So one of the two sees the other.
- Only who holds `busy` writes: the thread, or whoever flushes. So the order is kept, and after the end of the process
  has begun (atexit) everybody writes for himself.
- Locks are re-entrant, because a signal handler may log while the same thread is at it.
- A forked child has no thread, nothing waiting and new locks: what waited is the parent's to write.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MOST_WAITING: Final = 65_536
"""Items: a second of a busy server."""

MOST_LONG: Final = 16 * 1024 * 1024
"""Bytes, about, of items that are not short: one page handler gone mad."""

SHORT: Final = 500
"""Bytes up to which an item is only counted."""

PAUSE: Final = 0.05
"""Seconds between two writes while there is always something."""

LINGER: Final = 10.0
"""Seconds of silence after which the thread ends."""

PATIENCE: Final = 2.0
"""Seconds that a flush waits for its turn."""

INTERVAL: Final = 10.0
"""Seconds between two complaints about the same thing."""

_log = logging.getLogger("kirsch.log")


class LogWriter(Generic[T]):
    """A queue and its thread. write: takes all that has come, in order; called by one thread at a time.

    busy: held while something is written; whoever holds it may change what is written to. lost: how many were dropped
    since the last complaint.
    """

    def __init__(self, write: Callable[[list[T]], None], name: str) -> None:
        self._write = write
        self.name = name
        self.lost = 0
        self.limited = Limited()
        self.renew()
        _writers.add(self)

    def renew(self) -> None:
        """Begin anew, with nothing waiting. For a forked child, where all locks may be locked by nobody."""
        self.busy = threading.RLock()
        self._lock = threading.RLock()
        self._waiting: list[T] = []
        self._long = 0  # bytes waiting in items that are not short
        self._taking = False
        self._idle = True
        self._wake: threading.Lock | None = None  # of the thread, and its token: a thread without it ends

    def put(self, item: T, size: int) -> None:
        """Have something written soon. size: about how many bytes it is."""
        waiting = self._waiting
        if len(waiting) >= MOST_WAITING or (size > SHORT and not self._has_room(size)):
            with self._lock:
                self.lost += 1
            return
        waiting.append(item)
        if self._idle:
            self._call_writer()

    def _has_room(self, size: int) -> bool:
        with self._lock:
            room = self._long < MOST_LONG
            if room:
                self._long += size
        return room

    def _call_writer(self) -> None:
        with self._lock:
            alone = self._idle and not self._rouse()
        if alone:
            self.flush(patience())

    def _rouse(self) -> bool:
        """Under the lock: whether there is a thread, which is awake from now on."""
        if self._wake is not None:
            self._wake.release()
        elif _end.begun or not self._start():
            return False
        self._idle = False
        return True

    def _start(self) -> bool:
        self._wake = wake = threading.Lock()
        wake.acquire()
        try:
            threading.Thread(target=self._run, args=(wake,), name=f"kirsch log {self.name}", daemon=True).start()
        except RuntimeError:  # no thread to be had now; the next one who puts something down tries again
            self._wake = None
            return False
        return True

    def _run(self, wake: threading.Lock) -> None:
        while self._wake is wake:
            if self.flush():
                if len(self._waiting) < MOST_WAITING // 2 and self._long < MOST_LONG // 2:
                    wake.acquire(timeout=PAUSE)
                continue
            with self._lock:
                if self._wake is not wake:
                    continue
                self._idle = True
            if self._waiting[:1]:  # it has come just before we said so, or after and has woken us
                with self._lock:
                    if self._idle and self._wake is wake:
                        self._idle = False
                        continue
            if not wake.acquire(timeout=LINGER) and self._is_dismissed(wake):
                return

    def _is_dismissed(self, wake: threading.Lock) -> bool:
        """Whether nobody has called the thread meanwhile: then it is no more, and the next line starts another."""
        with self._lock:
            dismissed = self._idle and self._wake is wake
            if dismissed:
                self._wake = None
        return dismissed

    def flush(self, timeout: float = -1) -> bool:
        """Write what is waiting. Whether there was something, and it was this thread's turn within `timeout` seconds.

        Not to be called under the lock: who writes may need it.
        """
        if not self.busy.acquire(timeout=timeout):
            return False
        try:
            batch = self._take()
            if not batch:
                return False
            self._write(batch)
        except Exception:
            if self.limited():
                _log.exception("%d lines for %s could not be written", len(batch), self.name)
        finally:
            self.busy.release()
        if self.lost and self.limited():
            with self._lock:
                lost, self.lost = self.lost, 0
            _log.warning("%d lines for %s were lost: they came faster than they could be written", lost, self.name)
        return True

    def _take(self) -> list[T]:
        """All that is waiting, which it is no more. For the holder of `busy`."""
        if self._taking:  # we are in a signal handler that has come in between: who was interrupted has it all
            return []
        self._taking = True
        batch = self._waiting[:]
        del self._waiting[: len(batch)]
        self._taking = False
        if self._long:
            with self._lock:
                self._long = 0
        return batch

    def stop(self) -> None:
        """Write what is waiting, and let the thread go. What is put down later starts a new one."""
        with self._lock:
            wake, self._wake = self._wake, None
            self._idle = True
            if wake is not None and wake.locked():
                wake.release()
        self.flush(patience())

    def __repr__(self) -> str:
        return f"<LogWriter {self.name}: {len(self._waiting)} waiting, {self.lost} lost>"


class Limited:
    """Says yes once in INTERVAL."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> bool:
        """Whether it is time again."""
        now = monotonic()
        if now < self._next:
            return False
        self._next = now + INTERVAL
        return True


class _End:
    """Whether the end of the process has begun, when threads cannot be relied on, and how long it may take."""

    begun = False
    deadline = 0.0


_end = _End()
_writers: WeakSet[LogWriter[Any]] = WeakSet()


def patience() -> float:
    """Seconds to wait for a turn to write: PATIENCE, or what is left of it for all at the end of the process."""
    return max(0.0, _end.deadline - monotonic()) if _end.begun else PATIENCE


def _end_of_process() -> None:
    _end.deadline = monotonic() + PATIENCE
    _end.begun = True
    for writer in list(_writers):
        writer.stop()


def _before_fork() -> None:
    for writer in list(_writers):
        writer.flush(PATIENCE)


def _in_child() -> None:
    for writer in list(_writers):
        writer.renew()


atexit.register(_end_of_process)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)
