"""A connection from a proxy that says first whom it speaks for: the PROXY protocol."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kirsch.protocol.events import RemoteError
from kirsch.protocol.proxyline import parse_preamble
from kirsch.server.connection import CLOSE, KEEP, RECEIVE, Connection, Ground

if TYPE_CHECKING:
    import socket

    from kirsch.exchange import Address

_log = logging.getLogger("kirsch.server")


class AnnouncedConnection(Connection):
    """As any connection, once the announcement is complete; then client and server are what it has told.

    Until then it is idle: nothing of a request has come. The deadline for the first head is one for both together.
    """

    __slots__ = ("_announcement",)

    def __init__(self, sock: socket.socket, client: Address, server: Address, loop: Ground) -> None:
        super().__init__(sock, client, server, loop)
        self._announcement: bytes | None = b""

    def step(self) -> int:
        """As of any connection."""
        if self._announcement is None or self.lingering:
            return super().step()
        try:
            data = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return KEEP
        except OSError as error:
            _log.debug("connection from %s lost: %s", self.client[0], error)
            return CLOSE
        return self._hear(self._announcement + data) if data else CLOSE

    def _hear(self, data: bytes) -> int:
        try:
            preamble = parse_preamble(data)
        except RemoteError as error:
            _log.warning("connection from %s closed: %s", self.client[0] or "a local proxy", error)
            return CLOSE
        if preamble is None:
            self._announcement = data
            return KEEP
        self._announcement = None
        self.client = preamble.client or self.client
        self.server = preamble.server or self.server
        if len(data) == preamble.size:
            return KEEP
        self.machine.receive(data[preamble.size :])
        self.more = True
        return super().step()
