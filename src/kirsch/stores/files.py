"""A Store in a folder: one file an entry, replaced as a whole, so nobody ever sees half of one.

A file has a checksum, the version, the key and the value; what a power cut has left of one is none. The time of its
last change is when it expires, as far as the system is concerned, or 0; so touching opens none, and sweeping only those
that are to go: a file that does not have the key of its name is somebody else's, and left alone. What begins with a dot
is not an entry: locks and guards (see lockfiles.py), and what is being written.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from os import urandom
from time import time, time_ns
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from kirsch.stores.filenames import NO_ROOM, SHOWN, escape, file_name
from kirsch.stores.lockfiles import LOCK, Guards, LockFiles
from kirsch.stores.locks import LeasedStore
from kirsch.stores.store import ABSENT, ANY, PATIENCE, Conflict, Entry, Full, StoreError, Unavailable, check_key

if TYPE_CHECKING:
    from collections.abc import Iterator

SUM: Final = 4
VERSION: Final = 8
"""Bytes of a checksum, which is of all that follows it, and of a version."""

HEAD: Final = SUM + VERSION
"""What stands before the key's length, and the key."""

NEW: Final = ".new-"
"""How the name of a file begins that is being written."""

LOOKS: Final = 4
"""Files that each write looks at, whether they have expired. More than one, so that more go than come."""

LEFT_OVER: Final = 3600.0
"""Seconds after which a file that is being written was left by a process that has died."""

_BINARY: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER: Final = getattr(os, "O_DIRECTORY", 0)


class FilesStore(LeasedStore):
    """Entries in the files of a folder.

    fsync: wait for the disk at each write, so that a power cut loses nothing.
    _names: of files that are to be looked at, some at each write.
    """

    def __init__(self, path: str, fsync: bool = False, patience: float = PATIENCE) -> None:
        super().__init__()
        self.folder = os.path.abspath(path)
        self.url = f"files:{self.folder}"
        self.durable = fsync
        os.makedirs(self.folder, 0o700, exist_ok=True)
        self._guards = Guards(self.folder, patience)
        self._names: list[str] = []
        self._lock_files = LockFiles(self.folder, self._guards)

    def get(self, key: str) -> Entry | None:
        check_key(key)
        with self._mapped():
            try:
                descriptor = os.open(self._path(key), os.O_RDONLY | _BINARY)
            except FileNotFoundError:
                return None
            try:
                status = os.fstat(descriptor)
                return None if _expired(status) else _parsed(key, _whole(descriptor, status.st_size))
            finally:
                os.close(descriptor)

    def set(self, key: str, value: bytes, seconds: float | None = None, version: Any = ANY) -> Any:
        check_key(key)
        new = urandom(VERSION)
        with self._mapped():
            file = self._written(_content(key, value, new), seconds)
            try:
                with self._guards.hold(file_name(key)):
                    if version is not ANY:
                        entry = self.get(key)
                        if version != (ABSENT if entry is None else entry.version):
                            raise Conflict(f"{self.url}: somebody else has written {key!r}")
                    os.replace(file, self._path(key))
            except BaseException:
                _unlink(file)
                raise
            self._settle()
        self._tidy()
        return new

    def delete(self, key: str) -> bool:
        check_key(key)
        with self._mapped():
            return self._removed(file_name(key)) is False

    def touch(self, key: str, seconds: float | None) -> bool:
        check_key(key)
        with self._mapped():
            path = self._path(key)
            try:
                if _expired(os.stat(path)):
                    return False
                os.utime(path, ns=_times(seconds))
            except FileNotFoundError:
                return False
            return True

    def take(self, name: str, owner: bytes, lease: float) -> bool:
        with self._mapped():
            return self._lock_files.take(name, owner, lease)

    def give_back(self, name: str, owner: bytes) -> None:
        with self._mapped():
            self._lock_files.give_back(name, owner)

    def count(self, prefix: str = "") -> int:
        with self._mapped():
            return sum(not _gone(each.path) for each in self._entries(prefix))

    def clear(self, prefix: str = "") -> None:
        with self._mapped():
            for each in self._entries(prefix):
                if self._is_ours(each.name):
                    self._removed(each.name)

    def sweep(self) -> int:
        with self._mapped():
            return sum(self._tidied(name) for name in os.listdir(self.folder))

    def close(self) -> None:
        self._guards.close()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """What the system refuses, as our own errors."""
        try:
            yield
        except OSError as error:
            kind = Full if error.errno in NO_ROOM else Unavailable
            raise kind(f"{self.url}: {error.strerror}") from error

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, file_name(key))

    def _entries(self, prefix: str) -> Iterator[os.DirEntry[str]]:
        """The files of the keys that begin so."""
        begin = escape(prefix)
        with os.scandir(self.folder) as files:
            for each in files:
                name = each.name
                if name.startswith("."):
                    continue
                if name.startswith(begin) or (len(begin) > SHOWN and self._key(each.path).startswith(prefix)):
                    yield each

    def _key(self, path: str) -> str:
        """The key that a file has; none if it is no entry."""
        try:
            descriptor = os.open(path, os.O_RDONLY | _BINARY)
            try:
                head = os.read(descriptor, HEAD + 256)
            finally:
                os.close(descriptor)
        except OSError:  # it has just gone, is a folder, or somebody else's
            return ""
        return head[HEAD + 1 : HEAD + 1 + head[HEAD]].decode("latin-1") if len(head) > HEAD else ""

    def _is_ours(self, name: str) -> bool:
        return file_name(self._key(os.path.join(self.folder, name))) == name

    def _removed(self, name: str, *, expired_only: bool = False) -> bool | None:
        """Whether what this has removed had expired; None if nothing was removed."""
        path = os.path.join(self.folder, name)
        with self._guards.hold(name):
            try:
                expired = _expired(os.stat(path))
            except FileNotFoundError:
                return None
            if expired_only and not expired:
                return None
            _unlink(path)
        self._settle()
        return expired

    def _tidy(self) -> None:
        """Look at a few files, so that those that have expired go by and by."""
        with suppress(OSError, StoreError):  # what was to be done has been done
            for _ in range(LOOKS):
                if not self._names:
                    self._names = os.listdir(self.folder)
                self._tidied(self._names.pop())

    def _tidied(self, name: str) -> bool:
        """Remove a file if nobody needs it any more; whether it was an entry that had expired."""
        path = os.path.join(self.folder, name)
        if name.startswith(NEW):
            _remove_left_over(path)
        elif name.startswith(LOCK):
            self._lock_files.sweep(name.removeprefix(LOCK))
        elif not name.startswith("."):
            return _gone(path) and self._is_ours(name) and self._removed(name, expired_only=True) is True
        return False

    def _written(self, content: bytes, seconds: float | None) -> str:
        """A new file with all that, which is not an entry yet."""
        path = os.path.join(self.folder, f"{NEW}{urandom(12).hex()}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        try:
            try:
                _write(descriptor, content)
                os.utime(descriptor if os.utime in os.supports_fd else path, ns=_times(seconds))
                if self.durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except BaseException:
            _unlink(path)
            raise
        return path

    def _settle(self) -> None:
        """Have the disk know the folder as it is now."""
        if self.durable and _FOLDER:
            descriptor = os.open(self.folder, os.O_RDONLY | _FOLDER)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _expired(status: os.stat_result) -> bool:
    return 0 != status.st_mtime_ns <= time_ns()


def _gone(path: str) -> bool:
    """Whether it has expired, or somebody has just removed it."""
    try:
        return _expired(os.stat(path))
    except FileNotFoundError:
        return True


def _times(seconds: float | None) -> tuple[int, int]:
    """For utime: when it was read, which says nothing, and when it expires."""
    now = time_ns()
    return now, 0 if seconds is None else max(1, now + round(seconds * 1e9))


def _content(key: str, value: bytes, version: bytes) -> bytes:
    """What is in the file of an entry."""
    head = b"%b%c%b" % (version, len(key), key.encode())
    return b"%b%b%b" % (crc32(value, crc32(head)).to_bytes(SUM), head, value)


def _parsed(key: str, content: bytes) -> Entry | None:
    """What is in a file, if it is this key's, and whole."""
    head = HEAD + 1 + len(key)
    if content[HEAD:head] != b"%c%b" % (len(key), key.encode()):
        return None
    if crc32(memoryview(content)[SUM:]).to_bytes(SUM) != content[:SUM]:
        return None
    return Entry(content[head:], content[SUM:HEAD])


def _whole(descriptor: int, size: int) -> bytes:
    """What is in a file. Nobody changes it once it is there."""
    content = os.read(descriptor, size)
    while len(content) < size and (more := os.read(descriptor, size - len(content))):
        content += more
    return content


def _write(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, memoryview(content)[written:])


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _remove_left_over(path: str) -> None:
    with suppress(FileNotFoundError):
        if time() - os.stat(path).st_ctime > LEFT_OVER:
            os.unlink(path)
