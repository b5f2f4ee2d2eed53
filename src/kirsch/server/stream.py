"""The live Exchange: one request on a connection of ours, answered by whoever the server's handler is.

It is used by one thread at a time, the one that runs the handler, which owns the connection meanwhile.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from kirsch.exchange import FINISHED, NEW, STARTED, ClientError, ClientGone, Exchange, ExchangeError, Field, Head
from kirsch.protocol.events import RemoteError
from kirsch.protocol.h1 import CONTINUE
from kirsch.server.incoming import Incoming

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from kirsch.exchange import Address, FileBody
    from kirsch.protocol.h1 import H1
    from kirsch.server.times import Times

LARGE = 64 * 1024
"""Bytes from which on a body is not copied behind its head, but sent beside it."""


class House(Protocol):
    """What a stream wants to know of the server. standing: ready lines for heads. stopping: nobody is let in again."""

    standing: bytes
    stopping: bool
    times: Times


class Carrier(Protocol):
    """What a stream asks of the connection that carries it. See there."""

    client: Address
    server: Address
    sock: socket.socket
    machine: H1
    body_received: int
    taken: bool
    finishing: Stream | None

    @property
    def loop(self) -> House:
        """The loop it belongs to."""

    def receive(self) -> bytes:
        """Wait for more of a body."""

    def send(self, data: bytes) -> bool:
        """Send, or leave it to the loop."""

    def send_both(self, head: bytes, data: bytes) -> bool:
        """As send, in two pieces."""

    def send_file(self, head: bytes, body: FileBody) -> bool:
        """As send, for a body in a file."""

    def send_all(self, data: bytes) -> None:
        """Send, waiting."""

    def peer_gone(self) -> bool:
        """Whether the client has closed."""

    def lose(self, *, reset: bool = False) -> None:
        """Give the connection up."""

    def step_aside(self) -> None:
        """Pass the baton on."""


class Stream(Exchange):
    """One request of a connection."""

    __slots__ = ("_given", "_head_bytes", "collected", "connection", "trailers")

    trailers: Sequence[Field]

    def __init__(self, connection: Carrier, head: Head) -> None:
        # PERF: what the base class would set, without a call of its own for each request.
        self.head = head
        self.client = connection.client
        self.server = connection.server
        self.stage = NEW
        self.status = self.sent = 0
        self.prefix = ""
        self.reason = b""
        self.fields = ()
        self.length = None
        self.bodiless = False
        self.when_done = None
        self.context = None
        self.connection = connection
        self.collected = b""
        self.trailers = ()
        self._given = 0  # bytes of `collected` that were read
        self._head_bytes = b""

    @property
    def gone(self) -> bool:
        """Whether the client has closed the connection: asks the system, so not for every line of a loop."""
        return self.connection.peer_gone()

    # -- the request's body --------------------------------------------------------------------------------------

    def read(self, size: int = -1) -> bytes:
        """As of every Exchange. Waits for the client, within the time-outs and the minimum rate of the settings."""
        if size < 0:
            pieces = [self.collected[self._given :]]
            self.collected = b""
            self._given = 0
            while piece := self._receive():
                pieces.append(piece)
            return b"".join(pieces)
        data = self.collected or (self._receive() if size else b"")
        start = self._given
        end = start + size
        if end < len(data):
            self.collected = data  # is cut once for each piece, not copied behind it
            self._given = end
            return data[start:end]
        self.collected = b""
        self._given = 0
        return data[start:] if start else data

    def _receive(self) -> bytes:
        """The next piece of the body as it comes; b"" when it has ended."""
        connection = self.connection
        machine = connection.machine
        try:
            while (data := machine.next_data()) is None:
                if machine.expects:
                    machine.expects = False
                    connection.send_all(CONTINUE)
                received = connection.receive()
                if not received:
                    raise ClientGone("the client closed the connection in the middle of its request's body")
                machine.receive(received)
        except RemoteError as error:
            machine.keep_alive = False
            raise ClientError(error.status, str(error)) from None
        if not data:
            self.trailers = machine.trailers
        connection.body_received += len(data)
        return data

    def _leave_body(self) -> None:
        """The answer begins: what is left of the body is skipped if it is here already; else nothing can follow it."""
        machine = self.connection.machine
        try:
            while machine.next_data():
                pass
        except RemoteError:
            machine.keep_alive = False
        if not machine.body_ended:
            machine.keep_alive = False

    # -- the answer ----------------------------------------------------------------------------------------------

    def reply(self, status: int, fields: Sequence[Field], data: bytes, reason: bytes = b"") -> None:
        """As of any Exchange. PERF: the commonest of all answers, without a step between."""
        if self.stage is not NEW:
            raise ExchangeError(f"reply() while this exchange is {self.stage}, with status {self.status}")
        self.status = status
        self.fields = fields
        self.reason = reason
        self.length = len(data)
        if self.head.method == "HEAD" or status in (204, 304):
            self.bodiless = True
        else:
            self.sent = len(data)
        self.stage = STARTED
        self.answer(data)

    def answer(self, data: bytes) -> None:
        """Send all of it in one go; what the client is too slow to take is left to the loop."""
        connection = self.connection
        machine = connection.machine
        if not machine.body_ended:
            self._leave_body()
        loop = connection.loop
        if loop.stopping:
            machine.keep_alive = False
        head = machine.send_head(self, loop.standing)
        self.stage = FINISHED  # from here on nothing else may be answered, whatever happens
        if self.bodiless or not data:
            sent = connection.send(head)
        elif len(data) < LARGE:
            sent = connection.send(head + data)
        else:
            sent = connection.send_both(head, data)
        if not sent:
            connection.finishing = self
        elif self.when_done is not None:
            self.done()

    def deliver(self, status: int, fields: Sequence[Field], body: FileBody, reason: bytes = b"") -> None:
        """As of any Exchange. The system sends from the file; what the client is too slow for is left to the loop."""
        if body.fd < 0 or self.head.method == "HEAD" or status in (204, 304):
            super().deliver(status, fields, body, reason)
            return
        try:
            self.start(status, fields, body.length, reason)
            head = self._head()
        except BaseException:
            body.close()
            raise
        connection = self.connection
        connection.finishing = self
        self.sent = body.length
        self.stage = FINISHED  # from here on nothing else may be answered, whatever happens
        if connection.send_file(head, body):
            connection.finishing = None
            self.done()

    def open(self) -> None:
        """Make the head; it leaves together with the first piece of the body."""
        self._head_bytes = self._head()

    def _head(self) -> bytes:
        machine = self.connection.machine
        if not machine.body_ended:
            self._leave_body()
        if self.connection.loop.stopping:
            machine.keep_alive = False
        return machine.send_head(self, self.connection.loop.standing)

    def send(self, data: bytes) -> None:
        """Send a piece now, blocking only this thread."""
        head, self._head_bytes = self._head_bytes, b""
        self.connection.send_all(head + self.connection.machine.send_data(data))

    def end(self) -> None:
        """Send what ends the body."""
        head, self._head_bytes = self._head_bytes, b""
        last = head + (b"" if self.bodiless else self.connection.machine.send_end())
        if last:
            self.connection.send_all(last)
        self.done()

    def cut(self) -> None:
        """Close the connection in the middle, which a client cannot mistake for the end."""
        closes = self.length is None and self.head.version == (1, 0) and not self.bodiless
        self.connection.lose(reset=closes)

    def upgrade(self, protocol: bytes, fields: Sequence[Field] = ()) -> tuple[socket.socket, bytes]:
        """Answer 101 and give away the socket, blocking, with what was received on it beyond the request.

        It stays the handler's until the handler returns; then it is closed.
        """
        if self.stage is not NEW or not self.connection.machine.body_ended:
            raise ExchangeError("a protocol can only be switched instead of an answer, and after the request's body")
        self.step_aside()
        machine = self.connection.machine
        self.start(101, [*fields, (b"Upgrade", protocol)])
        head = machine.send_head(self, self.connection.loop.standing)
        self.stage = FINISHED
        self.connection.send_all(head)
        self.connection.sock.setblocking(True)
        return self.connection.sock, machine.take_buffer()

    def take_over(self) -> socket.socket:
        """Keep the socket for good. Until the handler returns, the answer still goes by it; then the server forgets it.

        From here on it waits, as long as the server would have; closing it is the taker's business.
        """
        self.step_aside()
        connection = self.connection
        connection.taken = True
        connection.machine.keep_alive = False
        sock = _plain(connection.sock)
        sock.settimeout(connection.loop.times.write_timeout)
        return sock

    @property
    def rfile(self) -> io.BufferedReader:
        """The body as a file, and behind it, once the connection is taken over, whatever else the client says."""
        return io.BufferedReader(Incoming(_plain(self.connection.sock), self))

    def beyond(self) -> bytes | None:
        """What has come of another protocol already; None while the connection is not taken over."""
        return self.connection.machine.take_buffer() if self.connection.taken else None

    def step_aside(self) -> None:
        """Pass the baton on, as this thread is about to take its time."""
        self.connection.step_aside()


def _plain(sock: socket.socket) -> socket.socket:
    """The socket as the standard library has it, with TLS or without."""
    plain: socket.socket = getattr(sock, "plain", sock)
    return plain
