"""`cheroot.makefile`: files over a socket that count their bytes, and send at once what is written to them."""

from __future__ import annotations

import io
import socket
from typing import Any, Final

SOCK_WRITE_BLOCKSIZE: Final = io.DEFAULT_BUFFER_SIZE * 2


class BufferedWriter(io.BufferedWriter):
    """What is written is sent, all of it."""

    def write(self, b: Any) -> int:
        """As of any file."""
        count = super().write(b)
        self.flush()
        return count


class StreamReader(io.BufferedReader):
    """Reads from a socket. bytes_read: so far, by read()."""

    def __init__(self, sock: socket.socket, mode: str = "r", bufsize: int = io.DEFAULT_BUFFER_SIZE) -> None:
        super().__init__(_raw(sock, mode), bufsize)
        self.bytes_read = 0

    def read(self, *args: Any, **kwargs: Any) -> bytes:
        """As of any file."""
        data: bytes = super().read(*args, **kwargs)
        self.bytes_read += len(data)
        return data

    def has_data(self) -> bool:
        """Whether something has been read ahead; it may wait for something to come, as long as the socket does."""
        return bool(self.peek())


class StreamWriter(BufferedWriter):
    """Writes to a socket. bytes_written: so far."""

    def __init__(self, sock: socket.socket, mode: str = "w", bufsize: int = SOCK_WRITE_BLOCKSIZE) -> None:
        super().__init__(_raw(sock, mode), bufsize)
        self.bytes_written = 0

    def write(self, b: Any) -> int:
        """As of any file."""
        count = super().write(b)
        self.bytes_written += count
        return count


def _raw(sock: socket.socket, mode: str) -> socket.SocketIO:
    return socket.SocketIO(sock, "r" if "r" in mode else "w")


def MakeFile(
    sock: socket.socket, mode: str = "r", bufsize: int = io.DEFAULT_BUFFER_SIZE
) -> StreamReader | StreamWriter:
    """The one or the other, by `r` or `w`."""
    return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)
