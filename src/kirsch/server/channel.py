"""A client's socket and what is still to be sent on it: for the loop without waiting, for a handler with patience."""

from __future__ import annotations

import contextlib
import socket
import struct
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from kirsch.exchange import ClientGone
from kirsch.server.flow import Flow
from kirsch.server.poller import WRITE, wait_for

if TYPE_CHECKING:
    from kirsch.exchange import FileBody
    from kirsch.server.times import Times


class Clock(Protocol):
    """What a channel wants to know of the loop. now: monotonic, of its last wake-up."""

    now: float
    times: Times


class Channel:
    """The sending half of a connection.

    deadline: when (monotonic) the loop gives up on what it waits for. lost: there is nobody to send to any more.
    away: owned by a thread that has passed the baton on. taken: the handler keeps the socket. patience: seconds of
    waiting that an answer may still cost its handler; each byte that the client takes adds to it.
    """

    __slots__ = ("_outgoing", "_whole", "away", "clock", "deadline", "fd", "lost", "patience", "sock", "taken")

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.clock = clock
        self.deadline = 0.0
        self.lost = False
        self.away = False
        self.taken = False
        self.patience = clock.times.write_timeout
        self._outgoing: memoryview | Flow | None = None
        self._whole = 0.0  # when the loop gives up on all of it, however steadily the client takes some

    # -- without waiting -----------------------------------------------------------------------------------------

    def send(self, data: bytes) -> bool:
        """Send what can be sent now and keep the rest for the loop; whether all is out."""
        if self._outgoing is None:
            try:
                sent = self.sock.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.lost = True
                return True
            if sent == len(data):
                return True
            return self._leave_to_loop(memoryview(data)[sent:])
        self._outgoing = memoryview(self._taken_back(data))
        return False

    def send_file(self, head: bytes, body: FileBody) -> bool:
        """As send(), for a body in a file, which is closed with its last byte, or by drop(). Also raises ExchangeError.

        It says False, too, where the client is lost with something of it unsent.
        """
        self._outgoing = flow = Flow(self._taken_back(head), body)
        try:
            flow.push(self.sock)
        except OSError:
            self.lost = True
        if flow.left:
            return self._leave_to_loop(flow)
        self._outgoing = None
        return True

    def _taken_back(self, data: bytes) -> bytes:
        """What is left to the loop, taken from it, and these bytes behind it."""
        rest, self._outgoing = self._outgoing, None
        return data if rest is None else bytes(_plain(rest)) + data

    def _leave_to_loop(self, rest: memoryview | Flow) -> bool:
        self._outgoing = rest
        if self.taken:  # it would come in between what the taker sends
            return self._wait_until_sent()
        self.deadline = self._whole = self.clock.now + self.clock.times.write_timeout
        return False

    def _wait_until_sent(self) -> bool:
        try:
            while not self.push():
                if not wait_for(self.fd, WRITE, self.clock.times.write_timeout):
                    raise TimeoutError
        except OSError:
            self.lost = True
        self.drop()
        return True

    def send_both(self, head: bytes, data: bytes) -> bool:
        """As send(), for a body too large to be copied behind its head."""
        try:
            sent = self.sock.sendmsg([head, data]) if self._outgoing is None else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.lost = True
            return True
        if sent < len(head):
            return self.send(head[sent:] + data)
        if sent == len(head) + len(data):
            return True
        return self._leave_to_loop(memoryview(data)[sent - len(head) :])

    @property
    def sending(self) -> bool:
        """Whether something is left to the loop to send, or has just been sent and nothing was made of that."""
        return self._outgoing is not None

    def push(self) -> bool:
        """Send more of what is left; whether all is out. What follows from that is not done here. Raises OSError."""
        rest = self._outgoing
        assert rest is not None
        if isinstance(rest, Flow):
            sent = rest.push(self.sock)
            done = not rest.left
        else:
            sent = self.sock.send(rest)
            self._outgoing = rest[sent:]
            done = sent == len(rest)
        times = self.clock.times
        self._whole += sent / times.min_rate
        self.deadline = min(self.clock.now + times.write_timeout, self._whole)
        return done

    def drop(self) -> int:
        """Let go of what is left: nobody will send it. How many bytes that were."""
        rest, self._outgoing = self._outgoing, None
        if isinstance(rest, Flow):
            rest.close()
            return rest.left
        return len(rest) if rest is not None else 0

    # -- for a handler: waits, but never with the baton ----------------------------------------------------------

    def send_all(self, data: bytes) -> None:
        """Send for a handler, waiting until the last byte is out. Raises ClientGone, also for a client too slow."""
        if self.lost:
            raise ClientGone
        rest: memoryview | bytes = data
        if self._outgoing is not None:
            rest = self._taken_back(data)
        times = self.clock.times
        while True:
            try:
                sent = self.sock.send(rest)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self.lost = True
                raise ClientGone(f"the client closed the connection: {error}") from None
            self.patience += sent / times.min_rate
            if sent == len(rest):
                return
            rest = memoryview(rest)[sent:]
            self.step_aside()
            began = monotonic()
            patience = min(times.write_timeout, self.patience)
            if patience <= 0 or not wait_for(self.fd, WRITE, patience):
                self.lost = True
                self.close_hard()
                raise ClientGone("the client takes the answer too slowly")
            self.patience -= monotonic() - began

    def close_hard(self) -> None:
        """Let the close be a reset: else the system would keep what a client does not take, for minutes."""
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def peer_gone(self) -> bool:
        """Whether the client has closed: looks without taking anything."""
        try:
            return self.lost or not self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def step_aside(self) -> None:
        """The thread that answers on this connection will take its time: others are to be served meanwhile."""

    def disconnect(self) -> None:
        """End the talk under the thread that owns the connection: what it waits for will not come. From any thread."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _plain(rest: memoryview | Flow) -> memoryview:
    """What may have something put behind it: an answer out of a file is the last that is sent before the next step."""
    assert not isinstance(rest, Flow)
    return rest
