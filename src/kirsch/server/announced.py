"""A connection from a proxy that says first whom it speaks for: the PROXY protocol."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

from kirsch.protocol.events import RemoteError
from kirsch.protocol.proxyline import parse_preamble
from kirsch.server.connection import CLOSE, KEEP, RECEIVE, Connection, Ground

if TYPE_CHECKING:
    from kirsch.exchange import Address

_log = logging.getLogger("kirsch.server")


class AnnouncedConnection(Connection):
    """As any connection, once the announcement is complete; then client and server are what it has told.

    Until then it is idle: nothing of a request has come. The deadline for the first head is one for both together. No
    byte behind the announcement is taken with it, as it may belong to a handshake.
    """

    __slots__ = ("_announcement",)

    def __init__(
        self, sock: socket.socket, client: Address, server: Address, loop: Ground, announced: bool = True
    ) -> None:
        super().__init__(sock, client, server, loop)
        self._announcement: bytes | None = b"" if announced else None

    @property
    def waits_for_announcement(self) -> bool:
        """Whether it has not come yet."""
        return self._announcement is not None

    def step(self) -> int:
        """As of any connection."""
        if self._announcement is None or self.lingering:
            return super().step()
        try:
            return self._hear(self._announcement, self.sock.recv(RECEIVE, socket.MSG_PEEK))
        except BlockingIOError:
            return KEEP
        except OSError as error:
            _log.debug("connection from %s lost: %s", self.client[0], error)
            return CLOSE

    def _hear(self, before: bytes, data: bytes) -> int:
        if not data:
            return CLOSE
        try:
            preamble = parse_preamble(before + data)
        except RemoteError as error:
            _log.warning("connection from %s closed: %s", self.client[0] or "a local proxy", error)
            self.sock.recv(len(data))  # else the close would be a reset
            return CLOSE
        if preamble is None:
            self._announcement = before + self.sock.recv(len(data))
            return KEEP
        self.sock.recv(preamble.size - len(before))
        self._announcement = None
        self.client = preamble.client or self.client
        self.server = preamble.server or self.server
        return self.step()
