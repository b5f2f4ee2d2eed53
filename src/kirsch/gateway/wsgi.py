"""A WSGI application as one of our handlers (PEP 3333).

The text of an environ holds one byte in each character (latin-1), whereas `Exchange.prefix` is decoded from UTF-8.
Paths are percent-decoded once, `%2F` too, as every WSGI server does it; REQUEST_URI keeps what the client sent.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote_to_bytes

from kirsch.exchange import NEW, Exchange
from kirsch.gateway.wsgi_answer import BLOCK, MOST, PLAIN, Answer, FileWrapper, Paces, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from kirsch.exchange import Address, Field

VERSIONS: Final = {(1, 0): "HTTP/1.0", (1, 1): "HTTP/1.1", (2, 0): "HTTP/2"}
THEIRS: Final = ("wsgi.errors", "wsgi.multiprocess", "wsgi.multithread", "wsgi.run_once", "REQUEST_URI")
"""What a foreign server around us knows better than we do."""
COMMON: Final = (
    b"host user-agent accept accept-encoding accept-language authorization cache-control connection cookie date dnt "
    b"expect forwarded if-match if-modified-since if-none-match if-range if-unmodified-since origin pragma priority "
    b"range referer sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site "
    b"sec-fetch-user te transfer-encoding upgrade-insecure-requests via x-forwarded-for x-forwarded-proto "
    b"x-requested-with"
)
KEYS: Final = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def key_of(name: bytes) -> str:
    """The key in an environ for a field of a request; "" for a field that an application must not see.

    With `-` and `_` becoming the same, `X_User` could pose as `X-User`: names with `_` are dropped. So is `Proxy`,
    which would pose as the variable HTTP_PROXY of the process.
    """
    key = KEYS.get(name)
    if key is None:
        key = "" if b"_" in name or name == b"proxy" else "HTTP_" + name.upper().replace(b"-", b"_").decode("latin-1")
        if len(KEYS) < MOST:
            KEYS[name] = key
    return key


for common in COMMON.split():
    key_of(common)  # so that a client which fills the table with nonsense cannot keep the usual names out


class Input:
    """wsgi.input: the body of a request as a file. Raises ClientError as `Exchange.read` does.

    Reading lines takes linear time, however small the parts in which they come.
    """

    buffer = b""
    start = 0

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def read(self, size: int | None = -1) -> bytes:
        """`size` bytes, fewer only at the end; all that is left without a size."""
        if size is None or size < 0:
            return self.buffered(sys.maxsize) + self.exchange.read()
        parts = []
        while size and (self.start < len(self.buffer) or self.fill()):
            part = self.buffered(size)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def readline(self, size: int | None = -1) -> bytes:
        """Up to the next line feed, which is included; at most `size` bytes."""
        left = sys.maxsize if size is None or size < 0 else size
        parts = []
        while left and (self.start < len(self.buffer) or self.fill()):
            end = self.buffer.find(b"\n", self.start, self.start + left) + 1
            part = self.buffered(end - self.start if end else left)
            parts.append(part)
            if end:
                break
            left -= len(part)
        return b"".join(parts)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """All lines, or no more than it takes to have `hint` bytes."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    @property
    def rfile(self) -> Any:
        """The connection below, as a file: see Exchange.rfile."""
        return self.exchange.rfile

    def buffered(self, size: int) -> bytes:
        """Take up to `size` bytes of what has been read ahead."""
        data = self.buffer[self.start : self.start + size]
        self.start += len(data)
        return data

    def fill(self) -> bool:
        """Read ahead. Whether there was more."""
        self.buffer = self.exchange.read(BLOCK)
        self.start = 0
        return bool(self.buffer)


class WSGIHandler:
    """A handler of exchanges that asks a WSGI application.

    prefix: the mount point, such as `/wiki`: it becomes SCRIPT_NAME, behind what the exchange brings; a path outside
    of it is answered with 404. Safe to be called by several threads at once if the application is.
    """

    def __init__(self, application: WSGIApplication, prefix: str = "") -> None:
        prefix = prefix.rstrip("/")
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"a mount point begins with a slash: {'/' + prefix!r} instead of {prefix!r}?")
        self.application = application
        self.prefix = spelled(prefix)
        self.paces = Paces()
        self.constants: dict[tuple[str, Address], dict[str, Any]] = {}

    def __repr__(self) -> str:
        return f"<WSGIHandler {self.application!r} at {self.prefix or '/'!r}>"

    def __call__(self, exchange: Exchange) -> None:
        """Answer a request. What the application raises goes up, unless the client is to blame."""
        head = exchange.head
        target = head.target.decode("latin-1")
        path, _, query = target.partition("?")
        if "%" in path:
            path = unquote_to_bytes(path.encode("latin-1")).decode("latin-1")
        prefix = self.prefix
        if prefix:
            if not path.startswith(prefix) or path[len(prefix) : len(prefix) + 1] not in ("", "/"):
                exchange.start(404, PLAIN)
                exchange.finish(b"404 Not Found\n")
                return
            path = path[len(prefix) :]
        elif path == "*":
            path = ""  # OPTIONS *: PATH_INFO is empty or begins with a slash (RFC 3875 §4.1.5)
        place = head.method + path
        pace = self.paces.known.get(place) or self.paces.first(place)
        if pace.slow:
            exchange.step_aside()
        environ = self.environ(exchange, target, path, query)
        answer = Answer(exchange, pace)
        try:
            body = self.application(environ, answer)
            if type(body) is list or type(body) is tuple:
                answer.finish(body[0] if len(body) == 1 else b"".join(body))
            else:
                self.stream(answer, body)
        except BaseException as error:
            if exchange.stage is NEW:
                answer.took()
            if not settle(exchange, error):
                raise

    def environ_of(self, exchange: Exchange) -> dict[str, Any]:
        """What an application at our prefix would be told of a request; the body is not to be read by it."""
        target = exchange.head.target.decode("latin-1")
        path, _, query = target.partition("?")
        path = unquote_to_bytes(path.encode("latin-1")).decode("latin-1") if "%" in path else path
        return self.environ(exchange, target, path.removeprefix(self.prefix), query)

    def stream(self, answer: Answer, body: Any) -> None:
        """Send what is not there at once; close it in any case."""
        try:
            answer.stream(body)
        finally:
            if hasattr(body, "close"):
                body.close()

    def environ(self, exchange: Exchange, target: str, path: str, query: str) -> dict[str, Any]:
        """What the application is told of the request."""
        head = exchange.head
        where = (exchange.scheme, exchange.server)
        constant = self.constants.get(where) or self.prepare(where)
        host, port = exchange.client
        # PERF: a copy of all keys and then values in place is 0.5 us faster than a literal of two parts.
        environ = constant.copy()
        environ["REQUEST_METHOD"] = head.method
        environ["PATH_INFO"] = path
        environ["QUERY_STRING"] = query
        environ["REQUEST_URI"] = target
        environ["SERVER_PROTOCOL"] = VERSIONS.get(head.version, "HTTP/1.1")
        environ["REMOTE_ADDR"] = host
        environ["REMOTE_PORT"] = str(port) if port else ""
        environ["wsgi.input"] = Input(exchange)
        environ["wsgi.errors"] = sys.stderr
        made = head.block.made
        known = made.get("environ")
        if known is None:
            known = made["environ"] = of_fields(head.fields)
        environ.update(known)
        if exchange.scheme == "https":
            environ.update(exchange.tls or {})
        if exchange.prefix or exchange.environ is not None:
            self.inherit(environ, exchange)
        return environ

    def prepare(self, where: tuple[str, Address]) -> dict[str, Any]:
        """The environ as far as it is the same for all requests that come in by one address; all keys are there."""
        scheme, (host, port) = where
        constant = {
            "REQUEST_METHOD": "",
            "SCRIPT_NAME": self.prefix,
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "REQUEST_URI": "",
            # Neither may be empty, so a Unix socket needs a name; addresses of IPv6 go in brackets (RFC 3875 §4.1.14).
            "SERVER_NAME": f"[{host}]" if ":" in host else host or "localhost",
            "SERVER_PORT": str(port or (443 if scheme == "https" else 80)),
            "SERVER_PROTOCOL": "",
            "REMOTE_ADDR": "",
            "REMOTE_PORT": "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": None,
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
            "wsgi.file_wrapper": FileWrapper,
        }
        if len(self.constants) >= MOST:
            self.constants.clear()
        self.constants[where] = constant
        return constant

    def inherit(self, environ: dict[str, Any], exchange: Exchange) -> None:
        """Under a foreign server: its own variables, such as REMOTE_USER and SSL_*, go on to the application."""
        foreign = exchange.environ or {}
        for key, value in foreign.items():
            if (key not in environ and not key.startswith(("HTTP_", "CONTENT_"))) or key in THEIRS:
                environ[key] = value
        if foreign.get("PATH_INFO") == "" and environ["PATH_INFO"] == "/":
            environ["PATH_INFO"] = ""  # the target could not say it: an origin-form is never empty
        outer = spelled(exchange.prefix)
        environ["SCRIPT_NAME"] = outer + environ["SCRIPT_NAME"]
        if "REQUEST_URI" not in foreign:
            environ["REQUEST_URI"] = quote(outer, encoding="latin-1") + environ["REQUEST_URI"]


def spelled(text: str) -> str:
    """Text as an environ holds it: the bytes of its UTF-8, one in each character."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def of_fields(fields: list[Field]) -> dict[str, str]:
    """The part of an environ that is made of the request's fields."""
    environ = {key_of(name): str(value, "latin1") for name, value in fields}
    if len(environ) != len(fields) or "" in environ:
        combine(environ, fields)
    return environ


def combine(environ: dict[str, Any], fields: list[Field]) -> None:
    """Take care of fields that came several times (RFC 9110 §5.3), and of those that are dropped."""
    environ.pop("", None)
    lines: dict[str, list[bytes]] = {}
    for name, value in fields:
        lines.setdefault(key_of(name), []).append(value)
    for key, values in lines.items():
        if key.startswith("HTTP_") and len(values) > 1:
            environ[key] = (b"; " if key == "HTTP_COOKIE" else b", ").join(values).decode("latin-1")
