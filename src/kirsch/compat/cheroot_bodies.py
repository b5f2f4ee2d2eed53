"""The bodies of requests as files, by the names that `cheroot.server` has for them."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Self

from kirsch.compat.cheroot_errors import MaxSizeExceeded

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Lines:
    """Lines, for files that have read() and readline()."""

    rfile: Any

    def readline(self, size: int | None = None) -> bytes:
        """Up to the next line feed."""
        raise NotImplementedError

    def readlines(self, sizehint: int = 0) -> list[bytes]:
        """All lines, or no more than it takes to have so many bytes."""
        lines: list[bytes] = []
        total = 0
        while line := self.readline():
            lines.append(line)
            total += len(line)
            if 0 < sizehint <= total:
                break
        return lines

    def close(self) -> None:
        """Close the file below."""
        self.rfile.close()


class _Iterable(_Lines):
    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__


class SizeCheckWrapper(_Iterable):
    """A file of which no more than `maxlen` bytes may be read (0: any number); MaxSizeExceeded beyond."""

    def __init__(self, rfile: IO[bytes], maxlen: int) -> None:
        self.rfile = rfile
        self.maxlen = maxlen
        self.bytes_read = 0

    def _count(self, data: bytes) -> bytes:
        self.bytes_read += len(data)
        if self.maxlen and self.bytes_read > self.maxlen:
            raise MaxSizeExceeded
        return data

    def read(self, size: int | None = None) -> bytes:
        """As of any file."""
        return self._count(self.rfile.read(size))

    def readline(self, size: int | None = None) -> bytes:
        """As of any file."""
        return self._count(self.rfile.readline(-1 if size is None else size))


class KnownLengthRFile(_Iterable):
    """A body of known length. remaining: bytes of it still to be read. rfile: the connection below it."""

    def __init__(self, rfile: IO[bytes], content_length: int) -> None:
        self.rfile = rfile
        self.remaining = content_length

    def _taken(self, data: bytes) -> bytes:
        self.remaining -= len(data)
        return data

    def _most(self, size: int | None) -> int:
        return self.remaining if size is None or size < 0 else min(size, self.remaining)

    def read(self, size: int | None = None) -> bytes:
        """As of any file."""
        return self._taken(self.rfile.read(self._most(size))) if self.remaining else b""

    def readline(self, size: int | None = None) -> bytes:
        """As of any file."""
        return self._taken(self.rfile.readline(self._most(size))) if self.remaining else b""


class ChunkedRFile(_Lines):
    """A body in chunks (RFC 9112 §7.1). maxlen: bytes on the wire that are taken at most; 0: any number."""

    def __init__(self, rfile: IO[bytes], maxlen: int, bufsize: int = 8192) -> None:
        self.rfile = rfile
        self.maxlen = maxlen
        self.bufsize = bufsize
        self.bytes_read = 0
        self.buffer = b""
        self.closed = False

    def _fetch(self) -> None:
        """Have one more chunk in the buffer."""
        if self.closed:
            return
        line = self.rfile.readline(self.bufsize)
        self._count(line)
        size = line.partition(b";")[0].strip()
        if not line.endswith(b"\n") or not size or size.strip(b"0123456789abcdefABCDEF"):
            raise ValueError(f"Bad chunked transfer size: {size!r}")
        length = int(size, 16)
        if not length:
            self.closed = True
            return
        chunk = self.rfile.read(length)
        self._count(chunk)
        if len(chunk) < length or self.rfile.read(2) != b"\r\n":
            raise ValueError("Bad chunked transfer coding: a chunk has another length than it says")
        self.buffer += chunk

    def _count(self, data: bytes) -> None:
        self.bytes_read += len(data)
        if self.maxlen and self.bytes_read > self.maxlen:
            raise MaxSizeExceeded("Request Entity Too Large", self.maxlen)

    def _cut(self, size: int) -> bytes:
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read(self, size: int | None = None) -> bytes:
        """As of any file."""
        if size == 0:
            return b""
        whole = size is None or size < 0
        while not self.closed and (whole or len(self.buffer) < (size or 0)):
            self._fetch()
        return self._cut(len(self.buffer) if whole else size or 0)

    def readline(self, size: int | None = None) -> bytes:
        """As of any file."""
        if size == 0:
            return b""
        most = size if size is not None and size > 0 else 0
        while not self.closed and b"\n" not in self.buffer and not (most and len(self.buffer) >= most):
            self._fetch()
        end = self.buffer.find(b"\n") + 1 or len(self.buffer)
        return self._cut(min(end, most) if most else end)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def read_trailer_lines(self) -> Iterator[bytes]:
        """The lines behind the last chunk, once all of the body has been read."""
        if not self.closed:
            raise ValueError("Cannot read trailers until the request body has been read.")
        while line := self.rfile.readline(self.bufsize):
            self._count(line)
            if line == b"\r\n":
                return
            yield line


class DecodedRFile(ChunkedRFile):
    """A body in chunks, which our server has taken apart already."""

    def __init__(self, rfile: IO[bytes], exchange: Any) -> None:
        super().__init__(rfile, 0)
        self._exchange = exchange

    def _fetch(self) -> None:
        data = self._exchange.read(65536)
        self.closed = not data
        self.buffer += data

    def read_trailer_lines(self) -> Iterator[bytes]:
        """The lines behind the last chunk, once all of the body has been read."""
        if not self.closed:
            raise ValueError("Cannot read trailers until the request body has been read.")
        for name, value in self._exchange.trailers:
            yield b"%b: %b\r\n" % (name, value)
