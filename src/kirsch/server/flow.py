"""An answer out of a file on its way to one socket, as far as the socket takes it: nothing here ever waits."""

from __future__ import annotations

import errno
import os
import socket
from collections import deque
from typing import TYPE_CHECKING, Final

from kirsch.exchange import BLOCK, shortened

if TYPE_CHECKING:
    from kirsch.exchange import FileBody

SHARE: Final = 1024 * 1024
"""Bytes from which on other connections get their turn, however quickly this client takes them."""

_MORE: Final = getattr(socket, "MSG_MORE", 0)
"""What is sent so waits a moment for what follows: head and beginning of a file leave in one packet."""

_SENDFILE = getattr(os, "sendfile", None)
_CANNOT: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EOVERFLOW})
"""What the system says of files that it can only be read from."""


class Flow:
    """See the module. left: bytes still to be sent, head included. The file is closed with the last of them."""

    __slots__ = ("_body", "_by_system", "_pieces", "left")

    def __init__(self, head: bytes, body: FileBody) -> None:
        self._body = body
        self._pieces: deque[bytes | tuple[int, int]] = deque((head, *body.pieces))
        self._by_system = _SENDFILE is not None
        self.left = len(head) + body.length

    def push(self, sock: socket.socket) -> int:
        """Send what can be sent now, a SHARE or a little more at most; how much that was.

        Raises OSError, and ExchangeError for a file that has become shorter.
        """
        sent = 0
        pieces = self._pieces
        try:
            while pieces and sent < SHARE:
                piece = pieces[0]
                if isinstance(piece, bytes):
                    took = sock.send(piece, _MORE if len(pieces) > 1 else 0)
                    rest: bytes | tuple[int, int] = piece[took:]
                    whole = not rest
                else:
                    took = self._push_part(sock, *piece)
                    rest = (piece[0] + took, piece[1])
                    whole = rest[0] == piece[1]
                sent += took
                if not whole:
                    pieces[0] = rest
                    if took < SHARE:
                        break
                else:
                    pieces.popleft()
        except BlockingIOError:
            pass
        finally:
            self.left -= sent
            if not pieces:
                self._body.close()
        return sent

    def _push_part(self, sock: socket.socket, start: int, stop: int) -> int:
        size = min(stop - start, SHARE)
        if self._by_system and type(sock) is socket.socket and _SENDFILE is not None:
            try:
                took: int = _SENDFILE(sock.fileno(), self._body.fd, start, size)
            except OSError as error:
                if error.errno not in _CANNOT:
                    raise
                self._by_system = False
            else:
                if not took:
                    raise shortened(start)
                return took
        # What the socket does not take is read once more: cheaper than keeping it for a client that takes its time.
        return sock.send(self._body.read_at(start, min(size, BLOCK)))

    def close(self) -> None:
        """Nothing more will be sent."""
        self._body.close()
