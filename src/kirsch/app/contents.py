"""What can be sent whole or in parts: files that we have opened, small ones that we keep, and what a page hands in."""

from __future__ import annotations

import io
import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from kirsch.exchange import FileBody
from kirsch.http.dates import http_date
from kirsch.http.ranges import ByteRange

if TYPE_CHECKING:
    from collections.abc import Iterable


class Content(Protocol):
    """What can be sent whole or in parts. One of read(), body() and close() is called, once, and closes it in the end.

    size: bytes. modified: seconds since 1970, if known. etag, last_modified: as header fields, likewise.
    """

    size: int
    modified: float | None

    @property
    def etag(self) -> str | None:
        """Another one for other bytes."""

    @property
    def last_modified(self) -> str | None:
        """The time as HTTP writes it."""

    def read(self) -> bytes:
        """All of it; for what is small."""

    def body(self, pieces: Iterable[bytes | ByteRange]) -> FileBody:
        """A body with these pieces: bytes, and ranges of it."""

    def close(self) -> None:
        """Nobody wants it."""


class Descriptor:
    """A descriptor that is closed once, and at the latest when nobody knows it any more."""

    __slots__ = ("_fd",)

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def close(self) -> None:
        """Close it. A second call does nothing."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    __del__ = close


class OpenFile:
    """A regular file, opened by us: a Content. path: by which it was opened. facts: what the system says of it."""

    def __init__(self, fd: int, path: str, facts: os.stat_result) -> None:
        self.fd = fd
        self.path = path
        self.facts = facts
        self.size = facts.st_size
        self.modified: float | None = facts.st_mtime

    @cached_property
    def etag(self) -> str | None:
        """Of time and size, so that a copy on another machine has the same."""
        return f'"{self.facts.st_mtime_ns:x}-{self.size:x}"'

    @cached_property
    def last_modified(self) -> str | None:
        """As of any Content."""
        return http_date(self.modified or 0)

    def read(self) -> bytes:
        """As of any Content."""
        try:
            return os.read(self.fd, self.size)
        finally:
            os.close(self.fd)

    def body(self, pieces: Iterable[bytes | ByteRange]) -> FileBody:
        """As of any Content."""
        return FileBody(Descriptor(self.fd), pieces, self.fd)

    def close(self) -> None:
        """As of any Content."""
        os.close(self.fd)


class KeptFile:
    """A small file as it was once read: a Content. ready: what somebody has made ready to send it, by any key."""

    def __init__(self, file: OpenFile) -> None:
        self.facts = file.facts
        self.modified = file.modified
        self.etag = file.etag
        self.last_modified = file.last_modified
        self.data = file.read()
        self.size = len(self.data)
        self.ready: dict[str, Any] = {}

    def read(self) -> bytes:
        """As of any Content."""
        return self.data

    def body(self, pieces: Iterable[bytes | ByteRange]) -> FileBody:
        """As of any Content."""
        data = self.data
        cut = [piece if isinstance(piece, bytes) else data[piece.start : piece.stop] for piece in pieces]
        return FileBody(self, cut)

    def close(self) -> None:
        """As of any Content."""


class GivenFile:
    """What somebody else has opened, from where it stands: a Content. UnsizedError where its end cannot be known."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._fd = -1
        self.modified: float | None = None
        self._nanoseconds = 0
        if _is_of_the_system(file):
            if file.writable():
                file.flush()
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UnsizedError
            self._fd, self.modified, self._nanoseconds = file.fileno(), facts.st_mtime, facts.st_mtime_ns
        try:
            if isinstance(file, io.TextIOBase) or not file.seekable():
                raise UnsizedError
            self._start = file.tell()
            file.seek(0, os.SEEK_END)
            self.size = max(0, file.tell() - self._start)
            file.seek(self._start)
        except (AttributeError, OSError, ValueError):
            raise UnsizedError from None

    @property
    def etag(self) -> str | None:
        """As of any Content; None for what is no file of the system."""
        return f'"{self._nanoseconds:x}-{self.size:x}"' if self._fd >= 0 else None

    @property
    def last_modified(self) -> str | None:
        """As of any Content; None for what is no file of the system."""
        return http_date(self.modified) if self.modified is not None else None

    def read(self) -> bytes:
        """As of any Content."""
        whole = self.body([ByteRange(0, self.size)])
        try:
            return b"".join(whole)
        finally:
            whole.close()

    def body(self, pieces: Iterable[bytes | ByteRange]) -> FileBody:
        """As of any Content."""
        return FileBody(self._file, [_moved(piece, self._start) for piece in pieces], self._fd)

    def close(self) -> None:
        """As of any Content."""
        self._file.close()


def _moved(piece: bytes | ByteRange, by: int) -> bytes | ByteRange:
    return piece if isinstance(piece, bytes) else ByteRange(piece.start + by, piece.stop + by)


class UnsizedError(ValueError):
    """How much there is will be known when it has ended: a pipe, say."""


def _is_of_the_system(file: Any) -> bool:
    """Whether its descriptor has the bytes that read() gives: of what unpacks or decodes it has others."""
    wrapped = getattr(file, "file", file)  # tempfile's
    return isinstance(getattr(wrapped, "raw", wrapped), io.FileIO)
