"""Files that are opened once and judged by what was opened: nothing can change between the look and the reading."""

from __future__ import annotations

import errno
import os
import stat
from threading import Lock
from time import time
from typing import Final

from kirsch.app.contents import Content, KeptFile, OpenFile
from kirsch.exchange import BLOCK

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe must not be waited for
    | getattr(os, "O_BINARY", 0)
)
_NOT_THERE: Final = frozenset(
    {
        errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG,
        errno.EINVAL, errno.ENXIO,
    }
)  # fmt: skip
"""What it means to be no file that could be sent; anything else, such as too many open files, is an accident."""

DIRECTORY: Final = "directory"
"""Given in place of a file, where a directory is."""

SMALL: Final = BLOCK
"""Bytes up to which a file is read at once and sent with its head. PERF: cheaper than to have the system send it."""

MOST_KEPT: Final = 8 * 1024 * 1024
MOST_FILES: Final = 1024

SETTLED: Final = 2.0
"""Seconds after which a change would show in a file's times: two within one tick of the clock leave the same."""


def open_file(path: str) -> OpenFile | str | None:
    """The regular file at a path, DIRECTORY, or None for anything else and for nothing. OSError for accidents."""
    try:
        fd = os.open(path, _FLAGS)
    except ValueError:  # a NUL, or half a surrogate pair
        return None
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        return DIRECTORY if os.name == "nt" and os.path.isdir(path) else None
    try:
        facts = os.fstat(fd)
    except BaseException:
        os.close(fd)
        raise
    if stat.S_ISREG(facts.st_mode):
        return OpenFile(fd, path, facts)
    os.close(fd)
    return DIRECTORY if stat.S_ISDIR(facts.st_mode) else None


class Files:
    """Opens files by their paths, and keeps small ones, to give them again while the system says the same of them.

    PERF: one call to the system instead of five, and ready header fields: half of what a small file costs.
    """

    def __init__(self) -> None:
        self._kept: dict[str, KeptFile] = {}
        self._size = 0
        self._lock = Lock()

    def open(self, path: str) -> Content | str | None:
        """As open_file(), for what is admitted."""
        kept = self._kept.get(path)
        if kept is not None:
            try:
                if _same(os.stat(path), kept.facts):
                    return kept
            except OSError:
                pass
            self._forget(path)
        found = open_file(path)
        if not isinstance(found, OpenFile):
            return found
        try:
            admitted = self.admits(found)
        except BaseException:
            found.close()
            raise
        if not admitted:
            found.close()
            return None
        return self._keep(path, found) if found.size <= SMALL else found

    def admits(self, file: OpenFile) -> bool:
        """Whether a file that was opened may be given to anybody."""
        return True

    def _keep(self, path: str, file: OpenFile) -> KeptFile:
        kept = KeptFile(file)
        facts = kept.facts
        if time() - max(facts.st_mtime, facts.st_ctime) > SETTLED and kept.size == facts.st_size:
            with self._lock:
                if self._size + kept.size > MOST_KEPT or len(self._kept) >= MOST_FILES:
                    self._kept.clear()
                    self._size = 0
                if self._kept.setdefault(path, kept) is kept:
                    self._size += kept.size
        return kept

    def _forget(self, path: str) -> None:
        with self._lock:
            kept = self._kept.pop(path, None)
            self._size -= kept.size if kept is not None else 0


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether it is the same file with the same content."""
    return (
        one.st_mtime_ns == other.st_mtime_ns
        and one.st_size == other.st_size
        and one.st_ino == other.st_ino
        and one.st_dev == other.st_dev
        and one.st_ctime_ns == other.st_ctime_ns
    )


class Folder(Files):
    """The files below one directory, and no others, whatever names and links may lead out of it.

    path: of the directory, absolute. links: whether symbolic links below it are followed, as long as they stay inside.
    """

    def __init__(self, path: str, *, links: bool = True) -> None:
        super().__init__()
        self.path = os.path.normpath(path)
        self.links = links
        self._start = f"{self.path.rstrip(os.sep)}{os.sep}"
        self._real = ""

    def find(self, name: str) -> Content | str | None:
        """As open(). name: relative to the directory, with slashes and without dot segments, as of file_name()."""
        return self.open(self._start + name)

    def admits(self, file: OpenFile) -> bool:
        """Only what lies in the directory."""
        real = real_path(file)
        if real is None:
            return False
        if self._real and self._is_inside(real, file.path):
            return True
        self._real = f"{os.path.realpath(self.path).rstrip(os.sep)}{os.sep}"  # it may be a link that was set anew
        return self._is_inside(real, file.path)

    def _is_inside(self, real: str, path: str) -> bool:
        if self.links:
            return real.startswith(self._real)
        return real == self._real + path[len(self._start) :].replace("/", os.sep)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"


def real_path(file: OpenFile) -> str | None:
    """Where an open file lies, all links resolved; None if that cannot be told for sure."""
    try:
        return os.readlink(f"/proc/self/fd/{file.fd}")
    except OSError:
        return real_path_by_name(file)


def real_path_by_name(file: OpenFile) -> str | None:
    """Where the system cannot say it of a descriptor: by name, if that still means the same file."""
    real = os.path.realpath(file.path)
    try:
        return real if os.path.samestat(file.facts, os.lstat(real)) else None
    except OSError:
        return None
