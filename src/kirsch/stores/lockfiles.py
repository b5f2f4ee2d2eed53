"""Locks that the processes of one machine share, by files: some for moments, and any number of named ones for longer.

The system lets go of the lock of a file when its process ends, however it ends. So a named lock is free at once when
its holder has been killed; its lease ends only what a living holder keeps for too long. Its file goes with it.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from struct import Struct
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final
from zlib import crc32

from kirsch.stores.filenames import file_name
from kirsch.stores.store import PATIENCE, Unavailable, jitter, renew_after_fork

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARDS: Final = 16
"""How many writers may be at work at once."""

LOCK: Final = ".lock-"
GUARD: Final = ".guard-"
GATE: Final = ".gate-"
"""How the names of these files begin."""

_OPEN: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LEASE: Final = Struct("<dd")
"""What a lock's file says: when it was taken, and for how long. By the clock that runs since the machine has started:
one that was taken later than now is of an earlier start."""

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Lock an open file, if nobody has; the system lets go of it when it is closed."""
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # beyond all that is to be read by others
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of it, and keep the file open."""
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Lock an open file, if nobody has; the system lets go of it when it is closed."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of it, and keep the file open."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class Files:
    """A few files that processes lock for moments. _files: their descriptors, -1 until they are needed."""

    def __init__(self, folder: str, begin: str, count: int) -> None:
        self._folder = folder
        self._begin = begin
        self._files = [-1] * count

    def lock(self, index: int, until: float) -> int:
        """The descriptor of a file that is ours now: of the one that others find, if somebody has removed ours."""
        path = os.path.join(self._folder, f"{self._begin}{index:x}")
        while True:
            descriptor = self._files[index]
            if descriptor < 0:
                descriptor = self._files[index] = os.open(path, _OPEN, 0o600)
            while not try_lock(descriptor):
                if monotonic() > until:
                    raise Unavailable(f"{self._folder}: another process is stuck in it")
                sleep(jitter(0.002))
            if _same(descriptor, path) or monotonic() > until:
                return descriptor
            self._files[index] = -1
            os.close(descriptor)

    def close(self) -> None:
        """When nobody is at work."""
        for index, descriptor in enumerate(self._files):
            self._files[index] = -1
            if descriptor >= 0:
                os.close(descriptor)


class Guards:
    """A few locks for moments, over threads and processes: each name has one of them, which it shares with others.

    _turns: which thread of this process may ask for it.
    """

    def __init__(self, folder: str, patience: float = PATIENCE) -> None:
        self._folder = folder
        self._patience = patience
        self._files = Files(folder, GUARD, GUARDS)
        self._turns = [threading.Lock() for _ in range(GUARDS)]
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        self._turns = [threading.Lock() for _ in range(GUARDS)]
        self._files.close()  # a child that uses its parent's would share the locks, too

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """For a `with` that does not take long. Raises Unavailable if somebody else takes too long."""
        index = crc32(name.encode()) % GUARDS
        until = monotonic() + self._patience
        turn = self._turns[index]
        if not turn.acquire(timeout=self._patience):
            raise Unavailable(f"{self._folder}: another thread is stuck in it")
        try:
            descriptor = self._files.lock(index, until)
            try:
                yield
            finally:
                unlock(descriptor)
        finally:
            turn.release()

    def close(self) -> None:
        """Close the files, when nobody is at work."""
        for turn in self._turns:
            turn.acquire(timeout=self._patience)
        self._files.close()
        for turn in self._turns:
            turn.release()


class Gate:
    """One process at a time, and nobody is passed over for good, though nobody is woken up, but looks now and then.

    There are two files: the one that is held while a process is at work, and a gate on the way there, which is open.
    Who has looked in vain for a quarter of his time shuts it behind himself: those who have just been at work, and want
    to go on, cannot be quicker than him any more. For one thread at a time.
    """

    def __init__(self, folder: str) -> None:
        self._files = Files(folder, GATE, 2)
        renew_after_fork(self._files.close)

    @contextmanager
    def passed(self, until: float) -> Iterator[None]:
        """For a `with`. Raises Unavailable when it is too late."""
        now = monotonic()
        soon, later = now + (until - now) / 4, now + (until - now) / 2
        with self._shut(later):
            pass
        try:
            work = self._files.lock(1, soon)
        except Unavailable:
            with self._shut(later):
                work = self._files.lock(1, until)
        try:
            yield
        finally:
            unlock(work)

    @contextmanager
    def _shut(self, until: float) -> Iterator[None]:
        """For a `with`: nobody else gets to the gate. Unless somebody hangs there, who is not to keep out everybody."""
        try:
            gate = self._files.lock(0, until)
        except Unavailable:
            gate = -1
        try:
            yield
        finally:
            if gate >= 0:
                unlock(gate)

    def close(self) -> None:
        """Close the files, when nobody is at work."""
        self._files.close()


class LockFiles:
    """Named locks. _held: the descriptors of those that this process holds, by name and owner."""

    def __init__(self, folder: str, guards: Guards) -> None:
        self._folder = folder
        self._guards = guards
        self._held: dict[tuple[str, bytes], int] = {}
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held = {}

    def take(self, key: str, owner: bytes, lease: float) -> bool:
        """Take a lock if nobody has it, or the lease is over of somebody who has."""
        name = file_name(key)
        path = self._path(name)
        with self._guards.hold(name):
            descriptor = os.open(path, _OPEN, 0o600)
            try:
                if not try_lock(descriptor):
                    if not _over(descriptor) or not _removed(path):
                        return False
                    os.close(descriptor)
                    descriptor = os.open(path, _OPEN, 0o600)
                    try_lock(descriptor)
                _note(descriptor, lease)
                self._held[name, owner] = descriptor
                descriptor = -1
                return True
            finally:
                if descriptor >= 0:
                    os.close(descriptor)

    def give_back(self, key: str, owner: bytes) -> None:
        """Let go of it; its file goes, unless it is another holder's by now."""
        name = file_name(key)
        path = self._path(name)
        descriptor = self._held.pop((name, owner), -1)
        if descriptor < 0:
            return
        try:
            with self._guards.hold(name):
                mine = _same(descriptor, path)
                os.close(descriptor)
                descriptor = -1
                if mine:
                    _removed(path)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def sweep(self, name: str) -> None:
        """Remove the file of a lock if a killed process has left it."""
        path = self._path(name)
        with self._guards.hold(name), suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_RDWR)
            free = try_lock(descriptor)
            os.close(descriptor)
            if free:
                _removed(path)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, LOCK + name)


def _note(descriptor: int, lease: float) -> None:
    """Write who has it since when; what a killed holder has left there is overwritten."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, _LEASE.pack(monotonic(), lease))


def _over(descriptor: int) -> bool:
    """Whether the lease that is in the file is over."""
    noted = os.read(descriptor, _LEASE.size)
    if len(noted) < _LEASE.size:
        return True  # it has been killed, or stopped, before it could write it
    taken, lease = _LEASE.unpack(noted)
    return not taken <= monotonic() < taken + lease


def _same(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _removed(path: str) -> bool:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError:  # Windows removes no file that somebody has open
        return False
    return True
