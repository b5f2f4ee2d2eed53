"""A client for tests: it asks a handler, an application or a site in memory, without a socket, and keeps cookies.

    client = Client(Application(Root()))
    assert client.get("/hello?name=Ada").text == "Hello Ada!"

What goes wrong in a page is answered as in production; what escapes the handler is raised here.
"""

from __future__ import annotations

import json
from time import time
from typing import TYPE_CHECKING, Any, Final, TypedDict

from kirsch.exchange import FINISHED, ExchangeError, Head
from kirsch.http.codes import reason
from kirsch.http.dates import parse_http_date
from kirsch.http.forms import encode_query
from kirsch.http.headers import Headers
from kirsch.testing.memory import MemoryExchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Unpack

    from kirsch.exchange import Exchange

BOUNDARY: Final = "kirsch-testing-0fb2c1d94e"
CLOSE: Final = f"--{BOUNDARY}--\r\n".encode()
MOST_HOPS: Final = 10
"""Redirects that are followed, one after another."""


class Options(TypedDict, total=False):
    """What a request may have beside its method and path.

    headers: None as a value takes away a line that would be there (Host, Content-Length). body: sent as it is.
    data: fields of a form, urlencoded. files: makes it a multipart form: `{"field": ("a.txt", b"data", "text/plain")}`.
    follow: redirects on this host. version: of HTTP.
    """

    headers: Mapping[str, str | None]
    body: bytes | str
    data: Mapping[str, Any]
    files: Mapping[str, tuple[str, bytes, str]]
    follow: bool
    version: tuple[int, int]


class Answer:
    """What came back. pieces: the body as it was sent, piece by piece. broken: it was cut off before its end."""

    def __init__(self, exchange: MemoryExchange) -> None:
        self.status = exchange.status
        self.reason = exchange.reason.decode("latin-1") or reason(exchange.status)
        self.pieces = exchange.pieces
        self.broken = exchange.broken
        self.headers = Headers([(name.decode("ascii"), value.decode("latin-1")) for name, value in exchange.fields])
        if exchange.length is not None and self.status not in (204, 304):
            self.headers["Content-Length"] = str(exchange.length)

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    @property
    def text(self) -> str:
        """The body, which must be UTF-8."""
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """What the body says in JSON."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.reason}, {len(self.body)} bytes>"


class Client:
    """See the module. handler: a callable of one Exchange, or what has one as its method `handle`.

    base: scheme and host that it asks. headers: sent with each request, unless the request has others. cookies: by
    name, as the answers set and delete them; all are sent to every path.
    """

    def __init__(self, handler: Any, base: str = "http://localhost") -> None:
        self.handler: Callable[[Exchange], None] = getattr(handler, "handle", handler)
        self.base = base
        self.headers: dict[str, str | None] = {}
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """Ask, and give what came back. path: with its query; what is not ASCII in it is sent as UTF-8."""
        answer = self._ask(method, path, options)
        for _ in range(MOST_HOPS):
            following = self._location(answer) if options.get("follow") else None
            if following is None:
                return answer
            if answer.status not in (307, 308):
                method = "HEAD" if method == "HEAD" else "GET"
                options = {**options, "body": b"", "data": {}, "files": {}}
            answer = self._ask(method, following, options)
        raise RuntimeError(f"more than {MOST_HOPS} redirects, the last one to {answer.headers['Location']}")

    def _ask(self, method: str, path: str, options: Options) -> Answer:
        body, kind = _encoded(options)
        exchange = MemoryExchange(self._head(method, path, options, (kind, len(body))), body)
        exchange.scheme = self.base.partition("://")[0]
        self.handler(exchange)
        if exchange.stage is not FINISHED:
            raise ExchangeError(f"the handler has returned, but its answer is {exchange.stage}")
        answer = Answer(exchange)
        self._keep_cookies(answer.headers.getall("Set-Cookie"))
        return answer

    def _head(self, method: str, path: str, options: Options, body: tuple[str, int]) -> Head:
        kind, length = body
        lines = Headers({"Host": self.base.partition("://")[2]})
        if kind:
            lines["Content-Type"] = kind
        own = {**self.headers, **options.get("headers", {})}
        if (length or method in ("POST", "PUT", "PATCH")) and "transfer-encoding" not in map(str.lower, own):
            lines["Content-Length"] = str(length)
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        for name, value in own.items():
            lines.pop(name, None)
            if value is not None:
                lines[name] = value
        fields = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in lines.lines()]
        return Head(method, path.encode(), options.get("version", (1, 1)), fields)

    def _location(self, answer: Answer) -> str | None:
        """The path to go on with, if the answer sends us elsewhere on this host."""
        location = answer.headers.get("Location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not location.startswith(f"{self.base}/"):
            return None
        return location.removeprefix(self.base).partition("#")[0]

    def _keep_cookies(self, lines: Sequence[str]) -> None:
        for line in lines:
            pair, *rest = line.split(";")
            name, _, value = pair.partition("=")
            attributes = {key.strip().lower(): text for key, _, text in (each.partition("=") for each in rest)}
            expires = parse_http_date(attributes.get("expires", ""))
            if attributes.get("max-age", "1").startswith(("0", "-")) or (expires is not None and expires <= time()):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def _encoded(options: Options) -> tuple[bytes, str]:
    """The body of a request and its Content-Type."""
    body, data, files = options.get("body", b""), options.get("data", {}), options.get("files", {})
    if files:
        return _multipart(data, files), f"multipart/form-data; boundary={BOUNDARY}"
    if data:
        return encode_query(data).encode("ascii"), "application/x-www-form-urlencoded"
    return body.encode() if isinstance(body, str) else body, ""


def _multipart(data: Mapping[str, Any], files: Mapping[str, tuple[str, bytes, str]]) -> bytes:
    parts: list[tuple[str, bytes]] = []
    for name, value in data.items():
        parts += [(f'name="{name}"', str(each).encode()) for each in (value if isinstance(value, list) else [value])]
    for name, (filename, content, kind) in files.items():
        parts.append((f'name="{name}"; filename="{filename}"\r\nContent-Type: {kind}', content))
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
    return b"".join([f"{start}{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts]) + CLOSE
