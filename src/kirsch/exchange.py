"""The waist: one request being answered, as the outside sees it.

Whoever answers is a callable of one Exchange; whoever brings requests (our server, a WSGI server, a test) makes
Exchanges. The base class keeps the order for all of them: start before write, finish once, and exactly as many bytes
as were promised. A kind supplies the verbs at the bottom of the class, which may then take that for granted.

In this layer names and values are bytes, and the names of request fields are lower case.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Field = tuple[bytes, bytes]
Address = tuple[str, int]

NEW: Final = "new"
STARTED: Final = "started"
SENDING: Final = "sending"
FINISHED: Final = "finished"

SLOW: Final = 0.001
"""Seconds from which on a handler counts as slow: less than one tick of the watch, more than any quick page takes."""


BLOCK: Final = 64 * 1024
"""Bytes of a file that are read at once, where it has to be read."""

_READ_AT = getattr(os, "pread", None)


class ExchangeError(RuntimeError):
    """The answering side broke the order: its own mistake, never the client's."""


class ClientError(Exception):
    """The client's fault while its body is read: `status` says what to answer (400, 408, 413), if that still can be."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ClientGone(ClientError):
    """The client has left: nobody is there to answer."""

    def __init__(self, message: str = "the client closed the connection") -> None:
        super().__init__(400, message)


class Fields:
    """The header fields of a head. pairs: in the order sent, names in lower case, values without surrounding blanks.

    made: what others have made of these fields, by any key of theirs. A client that keeps its connection mostly sends
    the same fields again, and then the next head has this very object: look here first, and change nothing in it.
    """

    def __init__(self, pairs: Iterable[Field] = ()) -> None:
        self.pairs = list(pairs)
        self.made: dict[Any, Any] = {}

    def get(self, name: bytes) -> bytes | None:
        """The value of a field by its lower-case name; several lines are joined (RFC 9110 §5.3); None without one."""
        values = [value for known, value in self.pairs if known == name]
        if not values:
            return None
        return values[0] if len(values) == 1 else (b"; " if name == b"cookie" else b", ").join(values)


class Lasting(list[Field]):
    """Fields of an answer that is given many times, as they are: nobody changes them.

    wire: what a door has made of them, for the lines (Date, Server) that it would add: these first, and then the rest.
    """

    __slots__ = ("wire",)

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        super().__init__(fields)
        self.wire: tuple[bytes, bytes, bool] = (b"", b"", False)


class Head:
    """The head of a request: checked, but not decoded.

    method: as sent. target: origin-form (or `*`), still percent-encoded. version: `(1, 0)` or `(1, 1)`, as sent.
    block: its fields.
    """

    __slots__ = ("block", "method", "target", "version")

    def __init__(
        self,
        method: str,
        target: bytes,
        version: tuple[int, int] = (1, 1),
        fields: Fields | Iterable[Field] = (),
    ) -> None:
        self.method = method
        self.target = target
        self.version = version
        self.block = fields if isinstance(fields, Fields) else Fields(fields)

    def get(self, name: bytes) -> bytes | None:
        """The value of a field by its lower-case name; several lines are joined (RFC 9110 §5.3); None without one."""
        return self.block.get(name)

    @property
    def fields(self) -> list[Field]:
        """Pairs in the order sent, names in lower case, values without surrounding blanks."""
        return self.block.pairs

    def __repr__(self) -> str:
        return f"<Head {self.method} {self.target.decode('latin-1')}>"


TRIFLE: Final = SLOW / 10
"""Seconds that are not worth remembering, as long as nothing longer was seen."""


class Pace:
    """How long a handler takes: a moving average, which tells beforehand whether a call would hold others up.

    slow: whether the next call is expected to take longer than SLOW; as given, if it is given. seconds: the average.
    PERF: took() need not be called where both the call and the average are a TRIFLE.
    Threads may race on it: the worst that a lost update does is to forget one call.
    """

    __slots__ = ("fixed", "seconds", "slow")

    def __init__(self, slow: bool | None = None) -> None:
        self.fixed = slow is not None
        self.seconds = 0.0
        self.slow = bool(slow)

    def took(self, seconds: float) -> None:
        """Remember one call: an eighth of the new, seven of the old; the first counts whole."""
        known = self.seconds
        self.seconds = seconds = known + (seconds - known) / 8 if known else seconds
        if not self.fixed:
            self.slow = seconds > SLOW


class FileBody:
    """A body of which all, or most, stands in an open file. Whoever sends it closes it, and then it is of no more use.

    file: has close(); without a descriptor also seek() and read(). fd: its descriptor, or -1 for none; whoever can may
    have the system send from there. pieces: bytes, or a start and a stop in the file. length: of all of them.
    """

    __slots__ = ("fd", "file", "length", "pieces")

    def __init__(self, file: Any, pieces: Iterable[bytes | tuple[int, int]], fd: int = -1) -> None:
        self.file = file
        self.fd = fd
        self.pieces = tuple(piece for piece in pieces if isinstance(piece, bytes) or piece[0] < piece[1])
        self.length = sum(len(piece) if isinstance(piece, bytes) else piece[1] - piece[0] for piece in self.pieces)

    def read_at(self, start: int, size: int) -> bytes:
        """Up to `size` bytes of the file from there on. ExchangeError if there are none: it was longer before."""
        if self.fd < 0:
            self.file.seek(start)
            data: bytes = self.file.read(size)
        elif _READ_AT is not None:
            data = _READ_AT(self.fd, size, start)
        else:
            os.lseek(self.fd, start, os.SEEK_SET)
            data = os.read(self.fd, size)
        if not data:
            raise shortened(start)
        return data

    def __iter__(self) -> Iterator[bytes]:
        """All of it, in blocks; then it is closed."""
        try:
            for piece in self.pieces:
                if isinstance(piece, bytes):
                    yield piece
                    continue
                start, stop = piece
                while start < stop:
                    block = self.read_at(start, min(stop - start, BLOCK))
                    start += len(block)
                    yield block
        finally:
            self.close()

    def is_whole_file(self) -> bool:
        """Whether it is all of a file, from its beginning to where it ends now, and nothing else. Asks the system."""
        whole = len(self.pieces) == 1 and self.fd >= 0 and self.pieces[0] == (0, os.fstat(self.fd).st_size)
        return whole and (os.lseek(self.fd, 0, os.SEEK_SET) == 0)

    def close(self) -> None:
        """Close the file. A second call does nothing."""
        file, self.file, self.fd = self.file, None, -1
        if file is not None:
            file.close()

    def __repr__(self) -> str:
        return f"<FileBody of {self.length} bytes from {self.file!r}>"


def shortened(place: int) -> ExchangeError:
    """The error for a file that ends where more of it was promised."""
    return ExchangeError(f"the file has become shorter while it was being sent: there is nothing from byte {place} on")


class Exchange(ABC):
    """One request and its answer. Attributes beside the verbs:

    head: what was asked. scheme: `http` or `https`. client, server: `(host, port)`, or `("", 0)` on a Unix socket.
    prefix: the part of the path that belongs to whoever called us (a mount point in a foreign server), decoded.
    environ: the WSGI environ where there is one. trailers: fields after a chunked body, once it has been read.
    status, length: of the answer, once started (length None: not known). sent: bytes of body given away so far.
    when_done: set by the answering side; called once, when the last byte is out or the client is lost.
    context: for the answering side to keep what it likes.
    """

    # PERF: slots for all that is set per request. Setting an attribute that has a default in the class costs ten times
    # as much, as the interpreter cannot specialize it; the rest is read more often than set.
    __slots__ = (
        "bodiless", "client", "context", "fields", "head", "length", "prefix", "reason", "sent", "server", "stage",
        "status", "when_done",
    )  # fmt: skip

    scheme: str = "http"
    environ: dict[str, Any] | None = None
    trailers: Sequence[Field] = ()

    def __init__(self, head: Head, client: Address = ("", 0), server: Address = ("", 0)) -> None:
        self.head = head
        self.client = client
        self.server = server
        self.prefix = ""
        self.stage = NEW
        self.status = 0
        self.reason = b""
        self.fields: Sequence[Field] = ()
        self.length: int | None = None
        self.bodiless = False
        self.sent = 0
        self.when_done: Callable[[Exchange], None] | None = None
        self.context: Any = None

    def start(self, status: int, fields: Sequence[Field], length: int | None = None, reason: bytes = b"") -> None:
        """Say what the answer will be. Nothing is sent yet, so that head and body can leave together.

        status: 200 to 599. fields: without framing (Content-Length, Transfer-Encoding), which is the door's business.
        length: of the body in bytes, if known beforehand. reason: instead of the standard phrase.
        """
        if self.stage is not NEW:
            raise ExchangeError(f"start() twice: this exchange is {self.stage}, with status {self.status}")
        self.status = status
        self.fields = fields
        self.length = length
        self.reason = reason
        self.bodiless = status < 200 or status in (204, 304) or self.head.method == "HEAD"
        self.stage = STARTED

    def reply(self, status: int, fields: Sequence[Field], data: bytes, reason: bytes = b"") -> None:
        """Send a whole answer: start() and finish() in one, which most answers are. Raises ClientGone."""
        if self.stage is not NEW:
            raise ExchangeError(f"reply() while this exchange is {self.stage}, with status {self.status}")
        self.status = status
        self.fields = fields
        self.reason = reason
        self.length = len(data)
        self.bodiless = bodiless = status < 200 or status in (204, 304) or self.head.method == "HEAD"
        self.stage = STARTED
        if not bodiless:
            self.sent = len(data)
        self.answer(data)
        self.stage = FINISHED

    def write(self, data: bytes) -> None:
        """Send some of the body now, waiting for the client where it must. Raises ClientGone."""
        if self.stage is STARTED:
            self.open()
            self.stage = SENDING
        elif self.stage is not SENDING:
            raise ExchangeError(f"write() while this exchange is {self.stage}")
        if data and not self.bodiless:
            self.sent += len(data)
            if self.length is not None and self.sent > self.length:
                self.sent -= len(data)
                self.abort()
                raise ExchangeError(f"the body is longer than the {self.length} bytes that were promised")
            self.send(data)

    def finish(self, data: bytes = b"") -> None:
        """Send the last of the body, or all of it, and be done. Raises ExchangeError if bytes are missing."""
        if self.stage is STARTED:
            if self.length is None:
                if data or not self.bodiless:  # else nobody knows how long it would have been
                    self.length = len(data)
            elif not self.bodiless and self.length != len(data):
                raise ExchangeError(f"the body has {len(data)} bytes, but {self.length} were promised")
            if not self.bodiless:
                self.sent = len(data)
            self.answer(data)
            self.stage = FINISHED
        else:
            self.write(data)
            if self.length is not None and self.sent != self.length and not self.bodiless:
                self.abort()
                raise ExchangeError(f"the body ended after {self.sent} of the {self.length} bytes that were promised")
            self.stage = FINISHED
            self.end()

    def deliver(self, status: int, fields: Sequence[Field], body: FileBody, reason: bytes = b"") -> None:
        """Send a whole answer out of a file, as reply() does with bytes; the file is closed in any case.

        Raises ClientGone. The file may be read on after this has returned.
        """
        try:
            self.start(status, fields, body.length, reason)
            if not self.bodiless:
                for block in body:
                    self.write(block)
            self.finish()
        finally:
            body.close()

    def abort(self) -> None:
        """Break off, in a way that the client notices: what was sent is not the whole answer."""
        self.stage = FINISHED
        self.cut()

    def done(self) -> None:
        """Tell the answering side that it is over. For doors; a second call does nothing."""
        callback, self.when_done = self.when_done, None
        if callback is not None:
            callback(self)

    # -- what a door supplies ------------------------------------------------------------------------------------

    @abstractmethod
    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes of the request's body, at least one unless it has ended; all that is left with -1.

        Raises ClientError where the client is to blame: a broken body, one too large, one too slow.
        """

    @property
    def tls(self) -> dict[str, Any] | None:
        """What TLS says of the connection, by the names of a WSGI environ (`SSL_PROTOCOL`, …); None without TLS."""
        return None

    @property
    def gone(self) -> bool:
        """Whether the client is known to have left."""
        return False

    def upgrade(self, protocol: bytes, fields: Sequence[Field] = ()) -> Any:
        """Switch protocols (RFC 9110 §7.8): answer 101 and give the raw connection away. A door may refuse."""
        raise ExchangeError("this door cannot switch protocols")

    def take_over(self) -> Any:
        """Keep the raw connection for good: the answer still goes by the verbs, and then no server is left on it."""
        raise ExchangeError("this door cannot give its connection away")

    @property
    def rfile(self) -> Any:
        """The raw connection as a file, the body first: for guests, who look for the socket there (`raw._sock`)."""
        raise AttributeError("this door has no connection to show")

    def step_aside(self) -> None:
        """The calling thread is about to take its time: let another one serve the rest, where that means something."""

    def answer(self, data: bytes) -> None:
        """Send head and whole body: `data` is all there is, and it is not to be sent if `bodiless`."""
        self.open()
        if data and not self.bodiless:
            self.send(data)
        self.end()

    @abstractmethod
    def open(self) -> None:
        """Send the head: status, reason, fields, length."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send a piece of the body, not empty."""

    @abstractmethod
    def end(self) -> None:
        """The body is complete."""

    @abstractmethod
    def cut(self) -> None:
        """Break off so that the client notices: what was sent is not the whole body."""
