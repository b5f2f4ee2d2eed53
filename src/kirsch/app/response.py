"""What we answer: status, headers, cookies and body, and finalize(), which makes of them what the wire wants."""

from __future__ import annotations

import time
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.lazy import lazy
from kirsch.app.legacynames import OldResponseNames
from kirsch.app.responseheaders import ResponseHeaders, decoded
from kirsch.exchange import FileBody, Lasting
from kirsch.http.codes import parse_status, reason
from kirsch.http.cookies import Cookies, set_cookie_lines
from kirsch.http.media import charset_name, parse_media_type
from kirsch.http.vary import add_vary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from http import HTTPStatus

    from kirsch.exchange import Field
    from kirsch.http.headers import Headers

BLOCK: Final = 64 * 1024
DEFAULT_TYPE: Final = "text/html"
_ADVICE: Final = {
    "coroutine": "; handlers are plain functions: `async def` is not called here",
    "dict": "; tools.json_out sends it as JSON, a template tool fills a page with it",
    "list": "; tools.json_out sends it as JSON",
}
"""What may have been meant by what a page handler must not return."""

_HTML: Final = Lasting([(b"Content-Type", b"text/html;charset=utf-8")])
_BY_COOKIE: Final = Lasting([*_HTML, (b"Vary", b"Cookie")])


class Pieces:
    """A body that comes piece by piece, as bytes. close() closes what it is made of."""

    def __init__(self, pieces: Iterator[bytes], source: Any) -> None:
        self._pieces = pieces
        self._source = source

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """The generator or file behind it."""
        close(self._source)


class Response(OldResponseNames):
    """The answer to one request. Class attributes are the defaults; config sets them for a path as `response.<name>`.

    status: an int, `"404"`, `"404 Reason"` or an HTTPStatus; None means 200.
    page: the body as it was given: str, bytes, None, an iterable of these (a generator, a list), or a file; once
    finalized, bytes or what is streamed. stream: send the pieces as they come.
    source: what a streamed body is made of, to be closed at the end.
    charset: what str is encoded in, and what text/* is declared as unless it declares itself; None declares nothing.
    errors: what becomes of characters that the charset lacks, as of str.encode(). text_only: no other type than text/*
    is declared.
    """

    status: int | str | HTTPStatus | None = None
    stream = False
    charset: str | None = "utf-8"
    errors = "strict"
    text_only = True
    reason = "OK"
    phrase = b""
    source: Any = None

    def __init__(self) -> None:
        # PERF: what is set for each response has no default in the class; see Exchange.
        self.page: Any = None
        self.code = 0
        self.length: int | None = None
        self.fields: list[Field] = _HTML
        self._headers: Headers | None = None
        self._cookie: Cookies | None = None

    @property
    def headers(self) -> Headers:
        """The header fields, but for cookies; Date and Server are added on the way out."""
        if self._headers is None:
            if self.fields is _HTML:
                self._headers = ResponseHeaders([("Content-Type", DEFAULT_TYPE)])
            elif self.fields is _BY_COOKIE:
                self._headers = ResponseHeaders([("Content-Type", DEFAULT_TYPE), ("Vary", "Cookie")])
            else:
                self._headers = decoded(self.fields)
        return self._headers

    @headers.setter
    def headers(self, headers: Headers) -> None:
        self._headers = headers

    def vary_by_cookie(self) -> None:
        """Say that the answer depends on the cookies of the request."""
        if self._headers is None and self.fields is _HTML:
            self.fields = _BY_COOKIE  # PERF: a tenth of the time of a page with a session
        else:
            add_vary(self.headers, "Cookie")

    @property
    def cookie(self) -> Cookies:
        """Cookies to set: `response.cookie["name"] = "value"`, then attributes such as `["path"]` of it."""
        if self._cookie is None:
            self._cookie = Cookies()
        return self._cookie

    @cookie.setter
    def cookie(self, cookie: Cookies) -> None:
        self._cookie = cookie

    @lazy
    def time(self) -> float:
        """When the response was begun (seconds since the epoch)."""
        return time.time()

    @property
    def body(self) -> Any:
        """The body in pieces of bytes, for hooks: a list, or an iterator where it comes piece by piece."""
        self.page = body = self._as_pieces(self.page)
        return body

    @body.setter
    def body(self, body: Any) -> None:
        self.page = body

    @property
    def blank(self) -> bool:
        """Whether nothing has been said of it yet, so that `fields` and a page of bytes are all that it takes."""
        return (
            self._headers is None
            and self._cookie is None
            and self.status is None
            and self.fields is _HTML
            and self.charset == "utf-8"
        )

    @property
    def is_file(self) -> bool:
        """Whether the page is a file, of which there need never be more than a block in memory."""
        return type(self.page) is FileBody or hasattr(self.page, "read")

    @property
    def output_status(self) -> bytes | None:
        """Code and reason, once finalized."""
        return f"{self.code} {self.reason or reason(self.code)}".encode("latin-1", "replace") if self.code else None

    @property
    def header_list(self) -> list[Field]:
        """The fields as they will be sent, once finalized; more may be added."""
        if type(self.fields) is Lasting:
            self.fields = list(self.fields)
        return self.fields

    timed_out = False

    def check_timeout(self) -> None:
        """Nothing: answers have no time-out of their own any more; the server has those that protect it."""

    def tell(self) -> None:
        """Say for hooks what finalize() has settled: status with its reason, and the length."""
        status = self.output_status
        if status is not None:
            self.status = status.decode("latin-1")
            if self.length is not None and "Content-Length" not in self.headers:
                self.headers["Content-Length"] = self.length
                self.header_list.append((b"Content-Length", b"%d" % self.length))

    def finalize(self) -> None:
        """Settle status, fields, length and body: bytes, or with `stream` an iterator of bytes.

        Raises ValueError for what cannot be sent, such as a status that is none or a line break in a header, and
        TypeError for a body that is none. What a streamed body raises before its first piece comes through.
        """
        # The body comes first: a generator has only now its turn to set status and headers.
        if type(self.page) is FileBody:
            self.length = self.page.length
        elif self.stream and not isinstance(self.page, (str, bytes, type(None))):
            self.source = self.page
            pieces = self._pieces(self.page)
            # The first piece is waited for, so that what is done or raised before it still counts.
            first = next((piece for piece in pieces if piece), b"")
            self.page = chain((first,), pieces)
        else:
            self.length = len(self.collapse_body())
        if self.status is None:
            self.code = 200
        else:
            self._settle_status()
        if self._headers is not None or self._cookie is not None or self.charset != "utf-8":
            self.fields = self._wire_fields()

    def _settle_status(self) -> None:
        self.code, self.reason = parse_status(self.status)
        self.phrase = self.reason.encode("latin-1", "replace")
        if self.code == 101:  # for who has taken the connection over
            self.discard()
            self.page, self.length = (), None
        elif self.code < 200:
            raise ValueError(f"the status {self.status!r} is no final answer: it must be 200 to 599")
        if self.code == 205:  # it has no content (RFC 9110 §15.3.6)
            self.discard()
            self.page, self.length = b"", 0

    def _wire_fields(self) -> list[Field]:
        headers = self.headers
        promised = headers.pop("Content-Length", None) if "Content-Length" in headers else None
        if promised is not None and self.source is not None:
            self.length = _size(promised)
        content_type = headers.get("Content-Type")
        if content_type is not None:
            declared = self.declared(content_type)
            if declared is not content_type:
                headers["Content-Type"] = declared
        try:
            fields = headers.to_wire()
            if self._cookie is not None:
                fields.extend((b"Set-Cookie", line) for line in set_cookie_lines(self._cookie))
        except ValueError:
            # The error page takes its place, and could not be sent with them either.
            self._headers = self._cookie = None
            raise
        return fields

    def declared(self, content_type: str) -> str:
        """A type as it will be sent: with the charset, if it is one of text."""
        if self.charset and lacks_charset(content_type, self.text_only):
            return f"{content_type};charset={self.charset}"
        return content_type

    def collapse_body(self) -> bytes:
        """The whole body as bytes, which it is from then on; an iterator is used up and closed."""
        body = self.page
        if isinstance(body, str):
            data = body.encode(self._spoken(), self.errors)
        elif isinstance(body, bytes):
            data = body
        elif body is None:
            data = b""
        else:
            self.page = None
            try:
                data = b"".join(self._pieces(body))
            finally:
                close(body)
        self.page = data
        return data

    def _as_pieces(self, page: Any) -> Any:
        """What a page handler gave as a list of bytes, or an iterator of them; what it must not give as it is."""
        if isinstance(page, list) and all(isinstance(piece, bytes) for piece in page):
            return page
        if page is None or isinstance(page, (str, bytes, bytearray, memoryview, list, tuple)):
            return [piece for piece in self._pieces(page) if piece]
        if isinstance(page, (Pieces, FileBody, dict)) or not (hasattr(page, "read") or hasattr(page, "__iter__")):
            return page
        return Pieces(self._pieces(page), page)

    def _pieces(self, body: Any) -> Iterator[bytes]:
        """The body piece by piece, as bytes. TypeError names what a page handler must not return."""
        if body is None:
            return iter(())
        if isinstance(body, (str, bytes)):
            body = (body,)
        elif isinstance(body, (bytearray, memoryview)):
            body = (bytes(body),)
        elif hasattr(body, "read"):
            body = blocks(body)
        elif isinstance(body, dict) or not hasattr(body, "__iter__"):
            raise TypeError(
                f"a page handler returned {type(body).__name__}; it may return str, bytes, None, an iterable of these, "
                f"or a file{_ADVICE.get(type(body).__name__, '')}"
            )
        return self._encoded(body)

    def _encoded(self, pieces: Iterable[Any]) -> Iterator[bytes]:
        charset = self._spoken()
        for piece in pieces:
            if isinstance(piece, str):
                yield piece.encode(charset, self.errors)
            elif isinstance(piece, (bytes, bytearray, memoryview)):
                yield bytes(piece)
            elif piece is not None:
                raise TypeError(f"a piece of the body is {type(piece).__name__}; it must be str or bytes")

    def _spoken(self) -> str:
        """What str is encoded in: as the Content-Type declares, or else `charset`."""
        declared = None
        if self._headers is not None and "charset" in self._headers.get("Content-Type", ""):
            _, parameters = parse_media_type(self._headers.get("Content-Type", ""))
            declared = charset_name(parameters.get("charset", ""))
        return declared or self.charset or "utf-8"

    def renew(self, code: int, phrase: bytes, fields: list[Field], page: bytes) -> None:
        """Answer with what was finalized once before, in place of any page; cookies and headers set by now stay.

        Of headers by the same name, those in `fields` are sent. PERF: with none set, finalize() has nothing to do.
        """
        if self.page is not None:
            self.discard()
        self.page = page
        # PERF: setting what has a default in the class takes ten times as long; see Exchange.
        if self.stream:
            self.stream = False
        if code != 200 or phrase:
            self.status = f"{code} {phrase.decode('latin-1')}" if phrase else code
        elif self.status is not None:
            self.status = None
        if self._headers is None:
            self.fields = fields
        else:
            self._headers.pop("Content-Type", None)
            self._headers.update(decoded(fields))

    def discard(self) -> None:
        """Let go of the page that was to be, and close what its body holds open."""
        body = self.page if self.source is None else self.source
        self.page = self.source = None
        close(body)

    def __repr__(self) -> str:
        status = (self.output_status or b"").decode("latin-1") or self.status or "not finalized"
        return f"<Response {status}>"


def lasting(fields: Iterable[Field]) -> Lasting:
    """Fields for renew(), that are to be sent many times. PERF: they are put together once a second."""
    return Lasting(fields)


@lru_cache(256)  # PERF: a site has few media types, and reading one takes 2 µs
def lacks_charset(content_type: str, text_only: bool = True) -> bool:
    """Whether a charset is to be declared for this type: it names none. text_only: and is one of text/*."""
    kind, parameters = parse_media_type(content_type)
    return "charset" not in parameters and (kind.startswith("text/") or not text_only)


def blocks(file: Any, size: int = BLOCK) -> Iterator[Any]:
    """A file in blocks; who has opened it closes it."""
    while block := file.read(size):
        yield block


def close(body: Any) -> None:
    """Close what a body holds open: a generator, a file."""
    method = getattr(body, "close", None)
    if method is not None:
        method()


def _size(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"the response has a Content-Length that is no number: {value!r}")
    return int(value)
