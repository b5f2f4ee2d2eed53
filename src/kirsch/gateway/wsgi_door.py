"""Our handlers as a WSGI application, for any server that speaks WSGI (PEP 3333).

The text of an environ holds one byte in each character (latin-1). An answer given at once is returned as a list of one
element; one given in pieces goes out through the `write` of start_response, so that the handler keeps its thread.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from kirsch.exchange import FINISHED, ClientError, ClientGone, ExchangeError, Head
from kirsch.gateway.hosted import MAX_BODY, OPEN, PATH, QUERY, HostedExchange, number
from kirsch.gateway.wsgi_answer import BLOCK, MOST, REASONS, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from wsgiref.types import StartResponse, WSGIApplication

    from kirsch.exchange import Exchange, Field, FileBody

MAX_GATHERED: Final = 64 * 1024 * 1024
"""Bytes of a stream that are kept for a server which cannot take it as it comes."""
SLASH: Final = re.compile("%2[Ff]")
"""An escape that Cheroot leaves in PATH_INFO, where others decode it."""

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
                if exchange.lost is not None:
                    raise exchange.lost from None  # in the server's own words, which it knows not to log
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


class WSGIExchange(HostedExchange):
    """A request that came by a foreign server.

    body: what is to be returned to the server. lost: what the server raised, as when the client has left.
    """

    body: Iterable[bytes] = ()
    lost: Exception | None = None
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
    def rfile(self) -> Any:
        """What the server shows of its connection, as Cheroot does."""
        return self.input.rfile

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
            self.lost = error
            raise ClientGone from error
        self.got += len(data)
        if self.left is not None:
            self.left -= len(data)
            if not data:
                raise ClientError(400, f"the body ended after {self.got} bytes, {self.left} are missing")
        elif self.max_body and self.got > self.max_body:
            raise ClientError(413, f"the body is longer than {self.max_body} bytes")
        return data

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
        """Hand the head to the server. Gives what takes pieces of the body."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.handed_on()]
        if self.told is not None:
            headers.append(("Content-Length", str(self.told)))
        reason = self.reason.decode("latin-1") or REASONS.get(self.status, "Unknown")
        push: Callable[[bytes], object] | None = self.start_response(f"{self.status} {reason}", headers)
        return self.gather if push is None else push

    def gather(self, data: bytes) -> None:
        """For servers that have no `write`, against PEP 3333: they get the pieces when the last one is there."""
        if not isinstance(self.body, list):
            self.body = []
        self.body.append(data)
        if self.sent > MAX_GATHERED:
            self.broken = True
            raise ExchangeError(
                f"a stream of more than {MAX_GATHERED} bytes, which this server would only send when all of it is "
                "there: its start_response() gives no write(). Has it another interface, such as ASGI?"
            )

    def send(self, data: bytes) -> None:
        """What the server raises is its own business, mostly that the client has left: not always an OSError."""
        try:
            self.push(data)
        except ExchangeError:
            raise
        except Exception as error:
            self.lost = error
            raise ClientGone from error

    def end(self) -> None:
        """All was pushed: that is as far as we can see."""
        if self.bodiless and self.told is None:
            self.push(b"")  # sends the head as it is; without this, servers add a Content-Length of 0
        self.done()


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
