"""Our handlers as a WSGI application, for any server that speaks WSGI (PEP 3333).

The text of an environ holds one byte in each character (latin-1). An answer given at once is returned as a list of one
element; one given in pieces goes out through the `write` of start_response, so that the handler keeps its thread.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from kirsch.exchange import FINISHED, ClientError, ClientGone, Exchange, ExchangeError, Head
from kirsch.gateway.wsgi_answer import BLOCK, HOP_BY_HOP, MOST, REASONS, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from wsgiref.types import StartResponse, WSGIApplication

    from kirsch.exchange import Field, FileBody

MAX_BODY: Final = 100 * 1024 * 1024
PATH: Final = re.compile(r"/[!-\"$->@-~]*")
QUERY: Final = re.compile(r"[!-\"$-~]*")
"""What may stand in a target as it is, escapes and all: printable ASCII, without what would end that part."""
SLASH: Final = re.compile("%2[Ff]")
"""An escape that Cheroot leaves in PATH_INFO, where others decode it."""
KEPT_BACK: Final = HOP_BY_HOP | {b"content-length"}
"""Fields that are not handed on: of the connection, and the length, which is told apart."""
UNSENT: Final = (b"Date", b"Server")
"""Fields that an empty value takes off an answer."""
OPEN: Final = "/:@!$&'()*+,;=~"
"""What needs no escape in a path, besides letters, digits and `-._` (RFC 3986 §3.3)."""

log = logging.getLogger("kirsch.gateway")


class FieldNames(dict[str, bytes]):
    """Key in an environ → name of the request field; b"" for all other keys. Bounded: clients choose names."""

    def __missing__(self, key: str) -> bytes:
        name = key[5:].replace("_", "-").lower().encode("latin-1") if key.startswith("HTTP_") else b""
        if len(self) < MOST:
            self[key] = name
        return name


FIELD_NAMES: Final = FieldNames(
    CONTENT_TYPE=b"content-type",
    CONTENT_LENGTH=b"content-length",
    HTTP_CGI_AUTHORIZATION=b"authorization",  # how Apache's rewriting hands on what it would otherwise keep
    HTTP_CONTENT_TYPE=b"",  # these two are not the framing the server went by
    HTTP_CONTENT_LENGTH=b"",
    HTTP_PROXY=b"",  # a variable of the process, if the server lets those through
)


def as_wsgi(handler: Callable[[Exchange], None], max_body: int = MAX_BODY) -> WSGIApplication:
    """A WSGI application whose requests are answered by a handler of exchanges.

    max_body: bytes from which on a body is refused with 413; 0 for no limit. What the handler raises goes on to the
    server, unless the client is to blame (then it is answered) or the answer is complete (then it is logged).
    """

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        exchange = WSGIExchange(environ, start_response, max_body)
        try:
            handler(exchange)
            exchange.check()
        except Exception as error:
            if exchange.complete:
                log.exception("error after the answer to %r", exchange.head)
            elif not settle(exchange, error):
                exchange.done()
                if isinstance(error, ClientGone) and error.__cause__ is not None:
                    raise error.__cause__ from None  # the server's own words for it
                raise
        return exchange.body

    return application


class Body(list[bytes]):
    """A whole answer on its way; the server says by close() that it is out."""

    def __init__(self, pieces: Iterable[bytes], exchange: Exchange) -> None:
        super().__init__(pieces)
        self.close = exchange.done


class FileAnswer:
    """An answer out of a file on its way; the server says by close() that it is out.

    It is a file for wsgi.file_wrapper (read, and fileno for servers that have the system send it), and an iterable.
    """

    def __init__(self, body: FileBody, exchange: Exchange) -> None:
        self.body = body
        self.exchange = exchange
        self.blocks = iter(body)
        self.ahead = b""

    def read(self, size: int = -1) -> bytes:
        """Up to as many bytes as asked for; all that is left without a size."""
        if size < 0:
            ahead, self.ahead = self.ahead, b""
            return ahead + b"".join(self.blocks)
        data = self.ahead or next(self.blocks, b"")
        self.ahead = data[size:]
        return data[:size]

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self.body.fd

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks

    def close(self) -> None:
        """Close the file."""
        self.body.close()
        self.exchange.done()


class WSGIExchange(Exchange):
    """A request that came by a foreign server.

    body: what is to be returned to the server. broken: set when the answer breaks off; only an error tells the server.
    """

    body: Iterable[bytes] = ()
    broken: bool = False
    promised: int | None = None
    environ: dict[str, Any]

    def __init__(self, environ: dict[str, Any], start_response: StartResponse, max_body: int = MAX_BODY) -> None:
        version = (1, 0) if environ.get("SERVER_PROTOCOL") in ("HTTP/1.0", "HTTP/0.9") else (1, 1)
        super().__init__(Head(environ["REQUEST_METHOD"], target(environ), version, fields(environ)))
        self.environ = environ
        self.start_response = start_response
        self.max_body = max_body
        self.input = environ["wsgi.input"]
        self.measured = False
        self.left: int | None = None
        self.got = 0
        self.scheme = environ["wsgi.url_scheme"]
        self.client = (environ.get("REMOTE_ADDR", ""), number(environ.get("REMOTE_PORT", "")) or 0)
        self.server = (environ["SERVER_NAME"].strip("[]"), number(environ["SERVER_PORT"]) or 0)
        script: str = environ.get("SCRIPT_NAME", "")
        self.prefix = script.rstrip("/").encode("latin-1").decode("utf-8", "surrogateescape")

    @property
    def complete(self) -> bool:
        """Whether the whole answer was given."""
        return self.stage is FINISHED and not self.broken

    def check(self) -> None:
        """The handler has come back: raises if it was too early."""
        if not self.complete:
            broken = " and broken off" if self.broken else ""
            raise ExchangeError(f"the handler has returned, but its answer is {self.stage}{broken}")

    def measure(self) -> None:
        """Find out how long the body is.

        Without a Content-Length there is none, or its end must be marked (`wsgi.input_terminated`): reading on would
        wait for ever. A chunked body whose end the server does not mark is refused rather than taken for empty.
        """
        length = self.environ.get("CONTENT_LENGTH", "")
        if length:
            self.left = number(length)
            if self.left is None:
                raise ClientError(400, "Content-Length is not a number")
            if self.max_body and self.left > self.max_body:
                raise ClientError(413, f"the body is longer than {self.max_body} bytes")
        elif not self.environ.get("wsgi.input_terminated"):
            if "HTTP_TRANSFER_ENCODING" in self.environ:
                raise ClientError(411, "this server needs a Content-Length")
            self.left = 0
        self.measured = True

    def read(self, size: int = -1) -> bytes:
        """As the contract says; with a limit of its own, and patient with servers that give less than asked for."""
        if not self.measured:
            self.measure()
        if size < 0:
            return b"".join(iter(lambda: self.read(BLOCK), b""))
        due = size if self.left is None else min(size, self.left)
        if not due:
            return b""
        try:
            data: bytes = self.input.read(due)
        except OSError as error:
            raise ClientGone from error
        self.got += len(data)
        if self.left is not None:
            self.left -= len(data)
            if not data:
                raise ClientError(400, f"the body ended after {self.got} bytes, {self.left} are missing")
        elif self.max_body and self.got > self.max_body:
            raise ClientError(413, f"the body is longer than {self.max_body} bytes")
        return data

    def start(self, status: int, fields: Sequence[Field], length: int | None = None, reason: bytes = b"") -> None:
        """Find out beforehand whether a length of 0 is promised, or only what an empty body makes of it."""
        super().start(status, fields, length, reason)
        self.promised = length

    def reply(self, status: int, fields: Sequence[Field], data: bytes, reason: bytes = b"") -> None:
        """As start(): a whole answer promises its length, but for a 304, which is no answer to tell it by."""
        self.promised = len(data) if data or status != 304 else None
        super().reply(status, fields, data, reason)

    @property
    def told(self) -> int | None:
        """The length for the server (RFC 9110 §8.6): none with 204; to HEAD and with 304 that of the answer to GET."""
        if self.status == 204:
            return None
        return self.length or self.promised if self.bodiless else self.length

    def answer(self, data: bytes) -> None:
        """Keep the body for the server to fetch."""
        self.push = self.begin()
        if self.bodiless:
            self.end()
        else:
            self.body = [data] if self.when_done is None else Body([data], self)

    def deliver(self, status: int, fields: Sequence[Field], body: FileBody, reason: bytes = b"") -> None:
        """As of any Exchange. The server fetches it, by the system if it has a way to (PEP 3333, wsgi.file_wrapper)."""
        try:
            self.start(status, fields, body.length, reason)
            if self.bodiless:
                body.close()
                self.finish()
                return
            self.push = self.begin()
        except BaseException:
            body.close()
            raise
        self.sent = body.length
        self.stage = FINISHED
        self.body = answer = FileAnswer(body, self)
        wrapper = self.environ.get("wsgi.file_wrapper")
        if wrapper is not None and body.fd >= 0 and body.is_whole_file():
            self.body = wrapper(answer, BLOCK)

    def open(self) -> None:
        """The server keeps the head until there is body: PEP 3333 wants it so."""
        self.push = self.begin()

    def begin(self) -> Callable[[bytes], object]:
        """Hand the head to the server. What belongs to the connection stays here: a server would refuse it."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self.fields
            if name.lower() not in KEPT_BACK and (value or name not in UNSENT)
        ]
        if self.told is not None:
            headers.append(("Content-Length", str(self.told)))
        reason = self.reason.decode("latin-1") or REASONS.get(self.status, "Unknown")
        return self.start_response(f"{self.status} {reason}", headers)

    def send(self, data: bytes) -> None:
        """What servers raise when the client has left is an OSError of some kind."""
        try:
            self.push(data)
        except OSError as error:
            raise ClientGone from error

    def end(self) -> None:
        """All was pushed: that is as far as we can see."""
        if self.bodiless and self.told is None:
            self.push(b"")  # sends the head as it is; without this, servers add a Content-Length of 0
        self.done()

    def cut(self) -> None:
        """Only an error tells the server: see `as_wsgi`."""
        self.broken = True


def fields(environ: dict[str, Any]) -> list[Field]:
    """The fields of the request, as far as an environ still tells."""
    return [
        (name, value.encode("latin-1"))
        for key, value in environ.items()
        if (name := FIELD_NAMES[key]) and (value or key.startswith("HTTP_"))
    ]


def target(environ: dict[str, Any]) -> bytes:
    """The request's target below SCRIPT_NAME, as the client spelled it if the server tells, else escaped anew."""
    script: str = environ.get("SCRIPT_NAME", "").rstrip("/")
    path: str = environ.get("PATH_INFO", "")
    query: str = environ.get("QUERY_STRING", "")
    raw = (environ.get("REQUEST_URI") or environ.get("RAW_URI") or "").partition("?")[0]
    if path == "*" or (raw == "*" and not path):
        return b"*"
    if not path.startswith("/"):
        path = "/" + path
    if not QUERY.fullmatch(query):
        query = quote(query, OPEN + "?%", "latin-1")
    for spelling in (script, quote(script, OPEN, "latin-1")):
        below = raw[len(spelling) :]
        meanings = (unquote(below, "latin-1"), unquote(SLASH.sub("%252F", below), "latin-1"))
        if raw.startswith(spelling) and PATH.fullmatch(below) and path in meanings:
            break
    else:
        below = quote(path, OPEN, "latin-1")
    return (f"{below}?{query}" if query else below).encode("ascii")


def number(text: str) -> int | None:
    """A number of decimal digits, or None."""
    return int(text) if len(text) <= 18 and text.isascii() and text.isdigit() else None
