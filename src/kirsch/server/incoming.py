"""What comes by a connection, as a raw file of the standard library."""

from __future__ import annotations

import socket
from typing import Any, Protocol


class Source(Protocol):
    """What is before the bytes that the socket still has. See Stream."""

    def read(self, size: int = -1) -> bytes:
        """Some of the request's body; b"" when it has ended."""

    def beyond(self) -> bytes | None:
        """What was received behind the request; None if it is the server's."""


class Incoming(socket.SocketIO):
    """The request's body, and behind it, for who has taken the connection over, what the socket gives.

    sock: what applications know as `_sock`, too.
    """

    def __init__(self, sock: socket.socket, source: Source) -> None:
        super().__init__(sock, "r")
        self.sock = sock
        self._source = source
        self._ahead = b""

    def readinto(self, buffer: Any) -> int | None:
        """As of any raw file."""
        view = memoryview(buffer)
        data = self._ahead or self._source.read(len(view))
        if not data:
            beyond = self._source.beyond()
            if not beyond:
                return 0 if beyond is None else super().readinto(view)
            data = beyond
        self._ahead = data[len(view) :]
        view[: len(data)] = data[: len(view)]
        return min(len(data), len(view))
