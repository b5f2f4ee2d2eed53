"""A socket and the machine that understands it; step() does all that can be done without waiting.

A connection has one owner at any moment: the holder of the baton, or (`away`) the thread that runs a handler for it and
has passed the baton on. Only the owner touches anything here. What a step ends with says what the loop is to do.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from kirsch.exchange import FINISHED, NEW, STARTED, Address, ClientError, ClientGone, Field
from kirsch.protocol.events import LocalError, RemoteError
from kirsch.protocol.h1 import CHUNKED, CONTINUE, H1
from kirsch.server.channel import Channel
from kirsch.server.poller import READ, WRITE, wait_for
from kirsch.server.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kirsch.exchange import Exchange
    from kirsch.protocol.events import Limits
    from kirsch.protocol.wirefields import KnownFields
    from kirsch.server.times import Times

KEEP: Final = 0
"""Nothing to change: go on waiting for the same."""
AGAIN: Final = 8
"""More has been received already: step again, after the others."""
CLOSE: Final = 16

RECEIVE = 16 * 1024
"""Bytes received at once by the loop. PERF: with 64 KiB the allocator costs 0.5 µs more a request."""
RECEIVE_BODY = 256 * 1024
"""Bytes received at once by a handler that reads a large body."""
LINGER_SECONDS = 5.0
LINGER_BYTES = 64 * 1024 * 1024
"""What is received of a body that nobody wants, so that a client that sends all before it reads gets to its answer."""
SETTLED = 0.5
"""Seconds that a busy client is given, at the end, to hear `Connection: close` rather than find a closed door."""

_log = logging.getLogger("kirsch.server")


class Ground(Protocol):
    """What a connection stands on: the loop that it belongs to. See there."""

    now: float
    times: Times
    limits: Limits
    known: KnownFields
    standing: bytes
    stopping: bool
    handler: Callable[[Exchange], None]

    def interrupted(self, error: BaseException) -> None:
        """A handler wants the process to end."""

    def step_aside(self, connection: Connection) -> None:
        """The handler of this connection will take its time."""


class Refusal:
    """An answer of the server itself, to what never became an Exchange."""

    reason = b""
    bodiless = False

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        self.status = status
        self.body = f"{message}\n".encode()
        self.length: int | None = len(self.body)
        fields = [(b"Content-Type", b"text/plain;charset=utf-8")]
        if retry_after is not None:
            fields.append((b"Retry-After", b"%d" % retry_after))
        self.fields: Sequence[Field] = fields


class Connection(Channel):
    """One client's connection. Beside the obvious:

    disarmed: the loop has stopped watching it meanwhile. interest: what the loop watches it for.
    began: when (roughly) the request that is answered was handed to the handler. requests: how many so far.
    collecting: the request whose body the loop is still receiving. finishing: the one whose answer it is still sending.
    kind: of the requests on it.
    """

    __slots__ = (
        "_body_patience", "_pieces", "began", "body_received", "body_since", "client", "collecting", "disarmed",
        "finishing", "interest",
        "lingering", "loop", "machine", "more", "requests", "server", "since", "stream",
    )  # fmt: skip

    kind = Stream

    def __init__(self, sock: socket.socket, client: Address, server: Address, loop: Ground) -> None:
        super().__init__(sock, loop)
        self.loop = loop
        self.client = client
        self.server = server
        self.machine = H1(loop.limits, loop.known)
        self.interest = READ
        self.disarmed = self.more = False
        self.requests = 0
        self.since = 0.0
        self.began = loop.now
        self.deadline = loop.now + loop.times.header_timeout
        self.stream: Stream | None = None
        self.collecting: Stream | None = None
        self.finishing: Stream | None = None
        self.lingering = 0
        self.body_received = 0
        self.body_since = 0.0
        self._body_patience = 0.0
        self._pieces: list[bytes] = []

    # -- the loop's side: never waits ----------------------------------------------------------------------------

    def step(self) -> int:
        """Receive, serve, send what can be; never raises. Gives KEEP, READ, WRITE, AGAIN or CLOSE."""
        try:
            if self._outgoing is not None:
                return self._go_on_sending()
            if self.more:
                self.more = False
                return self._advance()
            data = self.sock.recv(RECEIVE)
            if self.lingering:
                return self._discard(data)
            if not data:
                return CLOSE
            self.machine.receive(data)
            return self._advance()
        except BlockingIOError:
            return KEEP
        except OSError as error:
            _log.debug("connection from %s lost: %s", self.client[0], error)
            return CLOSE
        except Exception:
            _log.exception("connection from %s closed after an error of the server's own", self.client[0])
            return CLOSE

    def _advance(self) -> int:
        """Go on with what has been received."""
        try:
            stream = self.collecting
            if stream is None:
                head = self.machine.next_head()
                if head is None:
                    return self._await_head()
                stream = self.kind(self, head)
            if not self.machine.body_ended and not self._collect(stream):
                return self._await_body()
        except RemoteError as error:
            return self.refuse(error.status, str(error))
        self.collecting = None
        return self._run(stream)

    def _await_head(self) -> int:
        """A head has begun: from its first byte on there is a deadline for all of it."""
        if self.machine.started:
            if not self.since:
                self.since = self.loop.now
                self.deadline = self.since + self.loop.times.header_timeout
            elif self.deadline < self.loop.now:
                return self.expire()
        return KEEP

    def _await_body(self) -> int:
        """More of a small body must come; but first `100 Continue` must be out."""
        self.deadline = self._body_deadline(self.loop.now)
        if self.deadline < self.loop.now:
            return self.expire()
        return KEEP if self._outgoing is None else WRITE

    def _collect(self, stream: Stream) -> bool:
        """Receive a small body before its handler is called, so that a slow client holds no thread. True: go on."""
        machine = self.machine
        limit = self.loop.times.body_buffer_size
        if self.collecting is None:
            if machine.length > limit:
                self._begin_body()
                return True
            self.collecting = stream
            self._pieces = []
            self._begin_body()
            if machine.expects and machine.length != CHUNKED:
                machine.expects = False
                self.send(CONTINUE)
        while data := machine.next_data():
            self._pieces.append(data)
            self.body_received += len(data)
            if self.body_received > limit:
                break
        if data is None and not (machine.expects and machine.length == CHUNKED):
            return False
        stream.collected = b"".join(self._pieces)
        self._pieces = []
        return True

    def _begin_body(self) -> None:
        self.body_received = 0
        self.body_since = self.loop.now
        self._body_patience = self.loop.times.body_timeout

    def _body_deadline(self, now: float) -> float:
        """The end of patience: so long a silence, or so slow a body on the whole."""
        times = self.loop.times
        whole = self.body_since + times.body_timeout + self.body_received / times.min_rate
        return min(now + times.body_timeout, whole)

    def _run(self, stream: Stream) -> int:
        """Have the request answered."""
        self.requests += 1
        self.stream = stream
        self.began = self.loop.now
        self.patience = self.loop.times.write_timeout
        try:
            self.loop.handler(stream)
        except ClientGone:
            self.lost = True
        except ClientError as error:
            self._blame(stream, error)
        except (SystemExit, KeyboardInterrupt) as error:
            self.loop.interrupted(error)
            self._fail(stream)
        except BaseException:
            _log.exception("%r failed", stream.head)
            self._fail(stream)
        if stream.stage is not FINISHED and not self.lost:
            _log.error("%r: the handler returned without finishing its answer", stream.head)
            self._fail(stream)
        self.stream = None
        return self._after(stream)

    def _blame(self, stream: Stream, error: ClientError) -> None:
        """A handler let the client's fault pass through: answer it, if nothing was sent."""
        if stream.stage in (NEW, STARTED):
            self._answer(stream, Refusal(error.status, str(error)))
        elif stream.stage is not FINISHED:
            stream.abort()

    def _fail(self, stream: Stream) -> None:
        """The handler failed: say so if nothing was sent, else cut the connection, which is also an answer."""
        if stream.stage in (NEW, STARTED):
            self._answer(stream, Refusal(500, "Internal Server Error"))
        elif stream.stage is not FINISHED:
            stream.abort()
        stream.done()

    def _answer(self, stream: Stream, refusal: Refusal) -> None:
        stream.stage = NEW
        stream.start(refusal.status, refusal.fields)
        with contextlib.suppress(ClientError, LocalError):
            stream.finish(refusal.body)

    def _after(self, stream: Stream) -> int:
        """The answer is on its way: what comes next on this connection?"""
        if stream.when_done is not None and self.finishing is None:
            stream.done()
        if self.lost:
            return CLOSE
        machine = self.machine
        if not machine.keep_alive:
            return WRITE if self._outgoing is not None else self._part()
        machine.next_cycle()
        self.since = 0.0
        if self._outgoing is not None:
            return WRITE
        return self._rest(KEEP)

    def _rest(self, wanted: int) -> int:
        """The answer is out, the connection lives on: is the next request here already?"""
        loop = self.loop
        self.deadline = loop.now + (SETTLED if loop.stopping else loop.times.keep_alive_timeout)
        self.more = more = self.machine.pending > 0
        return AGAIN if more else wanted

    def refuse(self, status: int, message: str, retry_after: int | None = None) -> int:
        """Answer without a handler, and close."""
        _log.info("%d to %s: %s", status, self.client[0] or "a local client", message)
        refusal = Refusal(status, message, retry_after)
        self.machine.keep_alive = False
        self.collecting = None
        head = self.machine.send_head(refusal, self.loop.standing)
        self._pieces = []
        self.lingering = LINGER_BYTES
        return self._part() if self.send(head + refusal.body) else WRITE

    def turn_away(self) -> int:
        """No thread was free for what has come here: 503."""
        return self.step() if self.lingering else self.refuse(503, "the server is too busy", retry_after=1)

    def expire(self) -> int:
        """The deadline has passed: say so where that makes sense."""
        if self._outgoing is None and not self.lingering and (self.collecting or self.machine.started):
            return self.refuse(408, "the request took too long to arrive")
        if self._outgoing is not None:
            self.close_hard()
        return CLOSE

    @property
    def idle(self) -> bool:
        """Whether nothing of a request has come, and nothing of an answer is left to send."""
        nothing_begun = not self.machine.started and self.collecting is None and not self.more
        return nothing_begun and self._outgoing is None and not self.away

    def _part(self) -> int:
        """Close; but where the client may still be sending, let it read the answer first (RFC 9112 §9.6)."""
        machine = self.machine
        if self.taken or (not self.lingering and machine.body_ended and not machine.pending):
            return CLOSE
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return CLOSE
        self.lingering = LINGER_BYTES
        self.deadline = self.loop.now + LINGER_SECONDS
        return READ

    def _discard(self, data: bytes) -> int:
        self.lingering -= len(data)
        return KEEP if data and self.lingering > 0 else CLOSE

    def _go_on_sending(self) -> int:
        """Send more of an answer that did not fit."""
        if not self.push():
            return KEEP if self.interest == WRITE else WRITE
        self._outgoing = None
        if self.collecting is not None:  # that was `100 Continue`
            self.deadline = self._body_deadline(self.loop.now)
            return READ
        if self.finishing is not None:
            self.finishing.done()
            self.finishing = None
        return self._rest(READ) if self.machine.keep_alive else self._part()

    # -- the handler's side: waits, but never with the baton -----------------------------------------------------

    def receive(self) -> bytes:
        """Receive for a handler that reads a large body; b"" when the client is gone. Raises RemoteError (408).

        Only what it waits counts against the client: a handler may take its own time between two pieces.
        """
        times = self.loop.times
        while True:
            try:
                return self.sock.recv(RECEIVE_BODY)
            except BlockingIOError:
                patience = min(times.body_timeout, self._body_patience + self.body_received / times.min_rate)
            except OSError:
                return b""
            self.step_aside()
            began = monotonic()
            if patience <= 0 or not wait_for(self.fd, READ, patience):
                raise RemoteError(408, "the body of the request took too long to arrive")
            self._body_patience -= monotonic() - began

    def step_aside(self) -> None:
        """Pass the baton on, if this thread has it."""
        self.loop.step_aside(self)

    def lose(self, *, reset: bool = False) -> None:
        """Give the connection up in the middle of something. reset: where a plain end would look like a good one."""
        self.lost = True
        self.machine.keep_alive = False
        if reset:
            self.close_hard()

    def close(self) -> None:
        """Close the socket, unless it was taken; for the loop, when it has forgotten the connection."""
        if not self.taken:
            with contextlib.suppress(OSError):
                self.sock.close()
        unsent = self.drop()
        if self.finishing is not None and unsent:
            self.finishing.sent = max(0, self.finishing.sent - unsent)
        for stream in (self.stream, self.finishing):
            if stream is not None:
                try:
                    stream.done()
                except Exception:
                    _log.exception("what was to be done after %r failed", stream.head)
        self.finishing = None

    def __repr__(self) -> str:
        doing = "away" if self.away else "idle" if self.idle else "busy"
        return f"<Connection from {self.client[0]}:{self.client[1]}, {doing}, {self.requests} requests>"
