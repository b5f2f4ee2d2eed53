"""`cheroot.test.webtest`: tests of unittest that ask a running server, and assert what it has answered.

New tests use `kirsch.testing`, which needs no server.
"""

from __future__ import annotations

import re
import sys
import time
import traceback
import unittest
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from ssl import SSLContext

__all__ = ["ServerError", "WebCase", "cleanHeaders", "interface", "openURL", "server_error", "shb", "strip_netloc"]

ATTEMPTS: Final = 10
BETWEEN: Final = 0.5
"""How often it is asked for a page, and how many seconds lie between, while there is no connection."""
FAMILIES: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}

ignored_exceptions: list[type[BaseException]] = []
"""Errors of pages that are no error of the test, though server_error() has been told."""

Fields = list[tuple[str, str]]


class ServerError(Exception):
    """The page that was asked for has failed in the server. on: whether one is waiting to be raised."""

    on = False


def interface(host: str) -> str:
    """The address by which a client reaches a server that listens there."""
    return FAMILIES.get(host, host)


def strip_netloc(url: str) -> str:
    """The address without scheme and host."""
    return urlunsplit(("", "", *urlsplit(url)[2:]))


def shb(response: HTTPResponse) -> tuple[str, Fields, bytes]:
    """Status line, fields and body of an answer."""
    fields = [(name, value.strip()) for name, value in response.getheaders()]
    return f"{response.status} {response.reason}", fields, response.read()


def cleanHeaders(
    headers: Iterable[tuple[str, str]] | None, method: str, body: str | bytes | None, host: str, port: int
) -> Fields:
    """The fields, with Host, and where a body belongs with its type and length, unless they say so."""
    fields = list(headers or ())
    said = {name.lower() for name, _ in fields}
    if "host" not in said:
        fields.insert(0, ("Host", host if port == 80 else f"{host}:{port}"))
    if method in ("POST", "PUT", "PATCH"):
        if "content-type" not in said:
            fields.append(("Content-Type", "application/x-www-form-urlencoded"))
        if "content-length" not in said:
            fields.append(("Content-Length", str(len(body.encode() if isinstance(body, str) else body or b""))))
    return fields


def openURL(*args: Any, raise_subcls: Any = (), **kwargs: Any) -> tuple[str, Fields, bytes]:
    """Ask a server, again if there is no connection; see WebCase.getPage() for the arguments."""
    left = ATTEMPTS
    while True:
        left -= 1
        try:
            return _asked(*args, **kwargs)
        except (OSError, HTTPException) as error:
            if isinstance(error, raise_subcls) or not left:
                raise
            time.sleep(BETWEEN)


def _asked(
    url: str, headers: Any = None, method: str = "GET", body: Any = None, **way: Any
) -> tuple[str, Fields, bytes]:
    host, port = interface(way.get("host", "127.0.0.1")), way.get("port", 8000)
    maker = way.get("http_conn", HTTPConnection)
    context = {"context": way["ssl_context"]} if way.get("ssl_context") is not None else {}
    connection = maker(host, port, **context) if isinstance(maker, type) else maker
    try:
        protocol = way.get("protocol", "HTTP/1.1")
        vars(connection).update(_http_vsn_str=protocol, _http_vsn=int(re.sub(r"\D", "", protocol)))
        connection.putrequest(method.upper(), url, skip_host=True, skip_accept_encoding=True)
        for name, value in cleanHeaders(headers, method, body, host, port):
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders()
        if body is not None:
            connection.send(body.encode() if isinstance(body, str) else body)
        return shb(connection.getresponse())
    finally:
        if isinstance(maker, type):
            connection.close()


def server_error(exc: Any = None) -> bool:
    """Tell of an error in a page, by default of the one being handled: getPage() raises ServerError then."""
    kind, error, trace = exc or sys.exc_info()
    if kind is None or any(issubclass(kind, ignored) for ignored in ignored_exceptions):
        return False
    ServerError.on = True
    traceback.print_exception(kind, error, trace)
    return True


class WebCase(unittest.TestCase):
    """See the module. What getPage() was answered stands in url, status, headers, body and time."""

    HOST = "127.0.0.1"
    PORT = 8000
    HTTP_CONN: Any = HTTPConnection
    PROTOCOL = "HTTP/1.1"
    scheme = "http"
    url: str | None = None
    ssl_context: SSLContext | None = None
    status: Any = None
    headers: Any = None
    body: Any = None
    encoding = "utf-8"
    time: float | None = None
    interactive = False
    console_height = 30
    cookies: Fields

    # -- asking ------------------------------------------------------------------------------------------------------

    @property
    def status_code(self) -> int:
        """The number of the status."""
        return int(self.status[:3])

    @property
    def persistent(self) -> bool:
        """Whether all questions go over one connection."""
        return not isinstance(self.HTTP_CONN, type)

    @persistent.setter
    def persistent(self, on: bool) -> None:
        self.set_persistent(on)

    def set_persistent(self, on: bool = True, auto_open: bool = False) -> None:
        """Ask over one connection, or over one for each question."""
        if self.persistent:
            self.HTTP_CONN.close()
        kind = HTTPSConnection if self.scheme == "https" else HTTPConnection
        self.HTTP_CONN = self.get_conn(auto_open) if on else kind

    def get_conn(self, auto_open: bool = False) -> HTTPConnection:
        """A connection to the server, open."""
        more = {"context": self.ssl_context} if self.scheme == "https" else {}
        kind: Any = HTTPSConnection if self.scheme == "https" else HTTPConnection
        connection: HTTPConnection = kind(self.interface(), self.PORT, **more)
        connection.auto_open = auto_open
        connection.connect()
        return connection

    def interface(self) -> str:
        """The address by which the server is reached."""
        return interface(self.HOST)

    def getPage(
        self, url: str, headers: Any = None, method: str = "GET", body: Any = None, protocol: str | None = None,
        raise_subcls: Any = (),
    ) -> tuple[str, Fields, bytes]:  # fmt: skip
        """Ask for a page. raise_subcls: errors of the connection after which it is not asked for again.

        Raises ServerError, if the page has told of one.
        """
        ServerError.on = False
        self.url = url
        self.time = None
        started = time.time()
        maker = self.HTTP_CONN
        if self.scheme == "https" and maker is HTTPConnection:
            maker = HTTPSConnection
        self.status, self.headers, self.body = openURL(
            url, headers, method, body, host=self.HOST, port=self.PORT, http_conn=maker,
            protocol=protocol or self.PROTOCOL, ssl_context=self.ssl_context, raise_subcls=raise_subcls,
        )  # fmt: skip
        self.time = time.time() - started
        self.cookies = [("Cookie", value) for name, value in self.headers if name.lower() == "set-cookie"]
        if ServerError.on:
            raise ServerError
        return self.status, self.headers, self.body

    # -- asserting ---------------------------------------------------------------------------------------------------

    def _fail(self, msg: str | None, otherwise: str) -> NoReturn:
        shown = self.body[:1000] if isinstance(self.body, bytes) else self.body
        raise self.failureException(f"{msg or otherwise}\n{self.url} {self.status}\n{self.headers}\n{shown!r}")

    def status_matches(self, expected: Any) -> bool:
        """Whether the status is this: a number, a line, or one of several of these."""
        if isinstance(expected, int):
            return self.status_code == expected
        if isinstance(expected, str):
            return bool(self.status == expected)
        return any(self.status_matches(each) for each in expected)

    def assertStatus(self, status: Any, msg: str | None = None) -> None:
        """The status is this, or one of these."""
        if not self.status_matches(status):
            self._fail(msg, f"Status {self.status!r} is not {status!r}")

    def _values(self, key: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == key.lower()]

    def assertHeader(self, key: str, value: Any = None, msg: str | None = None) -> str:
        """There is such a field, with this value if one is given; gives the value."""
        found = [each for each in self._values(key) if value is None or str(value) == each]
        if not found:
            self._fail(msg, f"{key} is not in the headers" if value is None else f"{key}: {value!r} is not")
        return found[0]

    def assertHeaderIn(self, key: str, values: Sequence[Any], msg: str | None = None) -> str:
        """There is such a field with one of these values; gives the value."""
        found = [each for each in self._values(key) if each in [str(value) for value in values]]
        if not found:
            self._fail(msg, f"{key} has none of the values {values!r}")
        return found[0]

    def _has_item(self, key: str, value: str) -> bool:
        return any(value in [item.strip() for item in found.split(",")] for found in self._values(key))

    def assertHeaderItemValue(self, key: str, value: str, msg: str | None = None) -> None:
        """A field has this among its values, which are separated by commas."""
        if not self._has_item(key, value):
            self._fail(msg, f"{value!r} is not in the header {key}")

    def assertNoHeader(self, key: str, msg: str | None = None) -> None:
        """There is no such field."""
        if self._values(key):
            self._fail(msg, f"{key} is in the headers")

    def assertNoHeaderItemValue(self, key: str, value: str, msg: str | None = None) -> None:
        """No such field has this among its values."""
        if self._has_item(key, value):
            self._fail(msg, f"{value!r} is in the header {key}")

    def _as_bytes(self, value: str | bytes) -> bytes:
        return value.encode(self.encoding) if isinstance(value, str) else value

    def assertBody(self, value: str | bytes, msg: str | None = None) -> None:
        """The body is this."""
        if self._as_bytes(value) != self.body:
            self._fail(msg, f"The body is not {value!r}")

    def assertInBody(self, value: str | bytes, msg: str | None = None) -> None:
        """The body has this in it."""
        if self._as_bytes(value) not in self.body:
            self._fail(msg, f"{value!r} is not in the body")

    def assertNotInBody(self, value: str | bytes, msg: str | None = None) -> None:
        """The body has not this in it."""
        if self._as_bytes(value) in self.body:
            self._fail(msg, f"{value!r} is in the body")

    def assertMatchesBody(self, pattern: str | bytes, msg: str | None = None, flags: int = 0) -> None:
        """The body matches the regular expression somewhere."""
        if re.search(self._as_bytes(pattern), self.body, flags) is None:
            self._fail(msg, f"Nothing in the body matches {pattern!r}")
