"""The answer of a WSGI application (PEP 3333): start_response, write, the pieces of a body, and what may go wrong.

Whatever the application gives is checked while it is still running, so that its own traceback shows the mistake.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from kirsch.exchange import FINISHED, NEW, SENDING, ClientError, ClientGone, Exchange, ExchangeError, Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from kirsch.exchange import Field

    Failure = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

MOST: Final = 1024
"""How many entries a table keeps whose keys others choose."""
BLOCK: Final = 65536
LONG_PLACE: Final = 200
HOP_BY_HOP: Final = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer trailers "
    b"transfer-encoding upgrade".split()
)
"""Fields that belong to the connection: an application may not send them (PEP 3333, "Other HTTP Features")."""
REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
LENGTH: Final = b"Content-Length"
PLAIN: Final = ((b"Content-Type", b"text/plain; charset=utf-8"),)
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
STATUS: Final = re.compile(r"([2-5][0-9][0-9])(?: ([ -~\xa0-\xff]*))?")
CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Names(dict[str, bytes]):
    """Name of a field, as an application spells it → the bytes to send. Raises for what is no such name."""

    def __missing__(self, name: object) -> bytes:
        if not isinstance(name, str):
            raise TypeError(f"the name of a header must be a str, not {name!r}")
        if not TOKEN.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a header")
        raw = name.encode("ascii")
        if raw.lower() in HOP_BY_HOP:
            raise ValueError(f"{name} is about the connection, which is the server's: leave this header out (PEP 3333)")
        if raw.lower() == b"content-length":
            raw = LENGTH
        if len(self) < MOST:
            self[name] = raw
        return raw


class Statuses(dict[str, tuple[int, bytes]]):
    """Status line → number, and the reason where that is not the standard one. Raises for what is no such line."""

    def __missing__(self, line: object) -> tuple[int, bytes]:
        if not isinstance(line, str):
            raise TypeError(f"a status must be a str such as '200 OK', not {line!r}")
        match = STATUS.fullmatch(line)
        if match is None:
            raise ValueError(f"{line!r} cannot be a status: write it like '200 OK', with a number from 200 to 599")
        number, reason = int(match[1]), match[2] or ""
        known = (number, b"" if reason == REASONS.get(number) else reason.encode("latin-1"))
        if len(self) < MOST:
            self[line] = known
        return known


NAMES: Final = Names()
STATUSES: Final = Statuses()


class FileWrapper:
    """wsgi.file_wrapper: a file as a body, in blocks; `block_size` may only ask for larger ones than ours.

    With a Content-Length promised, that much of the file is sent, from where it stands.
    """

    def __init__(self, file: Any, block_size: int = BLOCK) -> None:
        self.file = file
        self.block_size = max(block_size, BLOCK)
        self.left: int | None = None
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self.left != 0:
            block = self.file.read(self.block_size if self.left is None else min(self.left, self.block_size))
            if not block:
                return
            if self.left is not None:
                self.left -= len(block)
            yield block


class Paces:
    """How long an application takes in its places; a place is a method and a path.

    Bounded by forgetting everything when full: a slow place is soon known again.
    """

    def __init__(self) -> None:
        self.known: dict[str, Pace] = {}

    def first(self, place: str) -> Pace:
        """For a place not known: what to expect, and to be told how long it took."""
        if len(self.known) >= MOST:
            self.known.clear()
        around = place[: place.rfind("/") + 1][:LONG_PLACE] + "*"
        return FirstVisit(self.known, place, self.known.setdefault(around, Pace()))


class FirstVisit(Pace):
    """Expects of a place what first visits to its neighbours took (`/report/1` of `/report/2`)."""

    __slots__ = ("known", "neighbours", "place")

    def __init__(self, known: dict[str, Pace], place: str, neighbours: Pace) -> None:
        super().__init__(neighbours.slow)
        self.known = known
        self.place = place
        self.neighbours = neighbours

    def took(self, seconds: float) -> None:
        """Remember the visit, for the place and for its neighbours."""
        self.neighbours.took(seconds)
        if len(self.place) <= LONG_PLACE:
            self.known[self.place] = pace = Pace()
            pace.took(seconds)


class Answer:
    """The start_response of one request. Keeps what the application says until there is body to send with it.

    pace: told how long that took. asked: whether the application has called. status: 0 before, or if that failed.
    length: what was promised as Content-Length. fields, reason: there once status is.
    """

    # PERF: defaults that most requests never touch stay in the class; with __slots__ each costs a store per request.
    asked = False
    status = 0
    length: int | None = None
    fields: list[Field]
    reason: bytes

    def __init__(self, exchange: Exchange, pace: Pace) -> None:
        self.exchange = exchange
        self.pace = pace
        self.began = perf_counter()

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Failure | None = None) -> Any:
        """Keep status and headers; they replace those of an earlier call if that one gave way to an error."""
        if exc_info:
            try:
                if self.exchange.stage is not NEW:
                    raise exc_info[1] or ExchangeError("start_response() with exc_info after the head was sent")
            finally:
                exc_info = None  # or the traceback, which holds this frame, would be held by it
        elif self.asked:
            raise ExchangeError("start_response() twice: only an error handler may call it again, with exc_info")
        self.asked = True
        self.status = 0
        number, self.reason = STATUSES[status]
        if not isinstance(headers, list):
            raise TypeError(f"headers must be a list of (name, value) pairs, not {headers!r}")
        self.length = None
        self.fields = fields = []
        name, value = "", ""
        try:
            for name, value in headers:
                known = NAMES[name]
                if known is LENGTH:
                    self.promise(value)
                # PERF: what is printable has no control characters; the rest (tab, no-break space) is rare.
                elif value.isprintable() or not CONTROL.search(value):
                    fields.append((known, value.encode("latin-1")))
                else:
                    raise ValueError(f"the header {name} has a control character in its value {value!r}")
        except UnicodeEncodeError as error:
            raise ValueError(f"the header {name} has characters beyond latin-1 in its value {value!r}") from error
        except AttributeError as error:
            raise TypeError(f"the value of the header {name} must be a str, not {value!r}") from error
        self.status = number
        return self.write

    def promise(self, value: str) -> None:
        """Take a Content-Length."""
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise ValueError(f"Content-Length must be a number of bytes, not {value!r}")
        if self.length is not None and self.length != int(value):
            raise ValueError(f"Content-Length is given twice, as {self.length} and as {value}")
        self.length = int(value)

    def took(self) -> None:
        """The application is ready to be sent, or has failed."""
        self.pace.took(perf_counter() - self.began)

    def start(self) -> None:
        """The first of the body has come, or its end."""
        self.took()
        if not self.status:
            raise ExchangeError("there is a body, but start_response() was not called, or it failed")
        self.exchange.start(self.status, self.fields, self.length, self.reason)

    def write(self, data: bytes) -> None:
        """Send some of the body now: what start_response gives back."""
        if not isinstance(data, bytes):
            raise wrong(data)
        if self.exchange.stage is NEW:
            self.start()
        self.exchange.write(data)

    def finish(self, data: bytes = b"") -> None:
        """Send all of the body, or what is left of it."""
        exchange = self.exchange
        if not isinstance(data, bytes):
            raise wrong(data)
        if exchange.stage is NEW:
            self.start()
            if not data and exchange.bodiless and self.length is None:
                exchange.write(data)  # an empty answer to HEAD does not mean a length of 0: leave it open
        exchange.finish(data)

    def stream(self, body: Iterable[bytes]) -> None:
        """Send a body piece by piece, each as soon as it is there, and finish."""
        if body is None:
            raise TypeError("the application returned None: it must return an iterable of bytes, such as [data]")
        exchange = self.exchange
        count = getattr(body, "__len__", None)
        alone = count is not None and count() == 1
        if isinstance(body, FileWrapper) and self.length is not None:
            body.left = self.length - exchange.sent
        for piece in body:
            if not isinstance(piece, bytes):
                raise wrong(piece)
            if not piece:
                continue
            if exchange.stage is FINISHED:
                raise ExchangeError(f"the body is longer than the {self.length} bytes that were promised")
            if exchange.stage is NEW and (alone or len(piece) == self.length):
                self.finish(piece)  # head and body leave together
            else:
                self.write(piece)
            if exchange.bodiless:
                break
        if exchange.stage is not FINISHED:
            self.finish()


def wrong(piece: object) -> TypeError:
    """The error for a piece of body that is none."""
    return TypeError(f"a body is an iterable of bytes, such as [data]; it cannot have {piece!r:.80} in it")


def settle(exchange: Exchange, error: BaseException) -> bool:
    """After a failure: cut what is half sent, or tell the client what it did wrong. Whether that is all there is to do.

    If not, the error belongs to whoever called us.
    """
    if exchange.stage is SENDING:
        exchange.cut()
    elif exchange.stage is NEW and isinstance(error, ClientError) and not isinstance(error, ClientGone):
        exchange.start(error.status, PLAIN)
        exchange.finish(f"{error.status} {REASONS.get(error.status, '')}: {error}\n".encode())
        return True
    return False
