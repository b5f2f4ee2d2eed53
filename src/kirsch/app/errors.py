"""What a page handler raises to answer in another way: errors and redirects, as plain data.

They know neither request nor response: the application alone makes an answer of them, with what is in
`app/errorpage.py`. Each may also stand where a callable is expected, as a handler for instance: called, it is raised.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kirsch.app.current import current
from kirsch.app.legacy import warn
from kirsch.http.codes import parse_status
from kirsch.http.forms import encode_query
from kirsch.http.urls import normalize_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

CONTENT_HEADERS: Final = frozenset(
    {
        "Accept-Ranges", "Age", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length",
        "Content-Location", "Content-MD5", "Content-Range", "Digest", "ETag", "Expires", "Last-Modified", "Location",
    }
)  # fmt: skip
"""What speaks of the page that was to be, and so goes when an error page or a redirect takes its place.

Everything else stays: Vary, Retry-After, Allow, WWW-Authenticate, cookies, and of Cache-Control what forbids keeping.
See `stale_headers`.
"""

_NOT_MODIFIED: Final = frozenset({"Content-Location", "ETag", "Expires"})
"""What a 304 must repeat if the page would have it (RFC 9110 §15.4.5)."""

_LIKE_A_HOST = re.compile(r"[\x00-\x20]*[/\\][\x00-\x20]*[/\\][/\\\x00-\x20]*")
"""What browsers take for the slashes before a host: they read backslashes as slashes and skip blanks and controls."""

_NOT_IN_URLS = re.compile(r"[^\x21-\x7e]+|[<>\"\\^`{|}]+")


def _answering() -> Any:
    request = current.get()
    if request is None or request.app is None:
        raise RuntimeError("no request is being answered here")
    return request


class KirschError(Exception):
    """What all that is raised on purpose here has in common."""

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Raise it. The arguments of a page are accepted, so that it can be one."""
        raise self.with_traceback(None)  # one instance for many requests must not collect their frames


class HTTPError(KirschError):
    """An error to answer with.

    status: as given: 403, "403", "403 Go Away" or an HTTPStatus, from 400 to 599; anything else is a ValueError.
    code, reason: what it says. message: for the client's eyes; a standard sentence if none is given.
    headers: to send with it, such as Retry-After or WWW-Authenticate.
    """

    def __init__(
        self,
        status: int | str | HTTPStatus = 500,
        message: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.code, self.reason = parse_status(status)
        if not 400 <= self.code <= 599:
            raise ValueError(
                f"an HTTPError has a status from 400 to 599, not {status!r}; to send the client elsewhere, raise "
                f"HTTPRedirect; to answer with another status, set response.status"
            )
        self.message = standard_message(self.code) if message is None else str(message)
        self.headers = dict(headers or {})

    @classmethod
    @contextmanager
    def handle(
        cls, exception: type[Exception] | tuple[type[Exception], ...], status: int | str = 500, message: str = ""
    ) -> Iterator[None]:
        """Within `with HTTPError.handle(KeyError, 404):` a KeyError becomes this error; its text is the message."""
        try:
            yield
        except exception as error:
            raise cls(status, message or str(error)) from error

    def set_response(self) -> None:
        """Put this in place of the page that is being made, as raising it would. May be overridden."""
        request = _answering()
        request.app.put(request, self)

    def get_error_page(self, *_: Any, **words: Any) -> bytes | str:
        """The page for people. May be overridden: it is called with the status, and `traceback` and `message`."""
        request = _answering()
        page: bytes = request.app.error_page(request, self, words)
        return page

    @property
    def _message(self) -> str:
        """The message, by the name under which applications have read it for years."""
        return self.message

    def __str__(self) -> str:
        return f"{self.code} {self.reason}: {self.message}" if self.message else f"{self.code} {self.reason}"


class NotFound(HTTPError):
    """Nothing is there. path: what was asked for; None: the path of the request, which `message_for` then names."""

    def __init__(self, path: str | None = None) -> None:
        super().__init__(404, None if path is None else _not_found(path))
        self.path = path

    def message_for(self, path: str) -> str:
        """The message for a request of this path."""
        return _not_found(path) if self.path is None else self.message


class HTTPRedirect(KirschError):
    """Send the client elsewhere.

    urls: one or several, as given: relative to the page, from the root of the host, or with scheme and host. Without a
    scheme they lead to this host whatever they look like: of several slashes at the start one is left, so that no path
    of a client can become a host (write `https://…` to leave). status: 300 to 399, anything else is a ValueError;
    without one it is 303, or 302 for a client of HTTP/1.0. encoding: of urls that are bytes.
    """

    default_status = 303

    def __init__(
        self, urls: str | bytes | Iterable[str | bytes], status: int | None = None, encoding: str | None = None
    ) -> None:
        given = [urls] if isinstance(urls, (str, bytes)) else list(urls)
        self.encoding = encoding or "utf-8"
        self.urls = [url if isinstance(url, str) else url.decode(self.encoding) for url in given]
        self.given_status = None if status is None else int(status)
        if self.given_status is not None and not 300 <= self.given_status <= 399:
            raise ValueError(f"an HTTPRedirect has a status from 300 to 399, not {status!r}")
        super().__init__(self.urls, self.status)

    @property
    def status(self) -> int:
        """The status as far as it is known without the client."""
        return self.default_status if self.given_status is None else self.given_status

    code = status

    def status_for(self, version: tuple[int, int]) -> int:
        """The status for a client that speaks this version of HTTP."""
        if self.given_status is None and version < (1, 1) and self.default_status == 303:
            return 302
        return self.status

    def set_response(self) -> None:
        """Put this in place of the page that is being made, as raising it would. May be overridden."""
        request = _answering()
        request.app.put(request, self)

    @property
    def bodiless(self) -> bool:
        """Whether it is answered without a body: 304 and 305."""
        return self.status in (304, 305)

    def locations(self, join: Callable[[str], str]) -> list[str]:
        """The URLs as they are sent. join: makes the absolute URL of one that stands on the current page."""
        return [_NOT_IN_URLS.sub(_quoted, join(_of_this_host(url))) for url in self.urls]

    def __str__(self) -> str:
        return f"{self.status} {', '.join(self.urls)}"


class InternalRedirect(KirschError):
    """Go on as if the client had asked for another path of the same site. It does not see it.

    path: relative to the current one, or from the root; a query string may follow it after `?`.
    """

    def __init__(self, path: str, query_string: str | Mapping[str, Any] = "") -> None:
        if not isinstance(query_string, str):
            warn("InternalRedirect(path, params)", "InternalRedirect(path, 'x=1')")
            query_string = encode_query(query_string)
        self.path, mark, query = path.partition("?")
        self.query_string = query if mark else query_string
        super().__init__(self.path, self.query_string)

    @property
    def request(self) -> Any:
        """The request that is being answered."""
        return _answering()

    def target_from(self, path: str) -> tuple[str, str]:
        """Path and query string to go on with. path: the current one, decoded, so that a `?` in it means nothing."""
        if not self.path:
            return path, self.query_string
        target = self.path if self.path.startswith("/") else path[: path.rfind("/") + 1] + self.path
        return normalize_path(target), self.query_string

    def __str__(self) -> str:
        return f"{self.path}?{self.query_string}" if self.query_string else self.path


_IN_OUR_WORDS: Final = {
    400: "The request does not fit what is here.",
    404: "There is nothing at this address.",
    500: "Something went wrong here. It has been logged.",
}


def standard_message(code: int) -> str:
    """What an error says that was raised without words; nothing for a code that is not a standard one."""
    if code in _IN_OUR_WORDS:
        return _IN_OUR_WORDS[code]
    try:
        return HTTPStatus(code).description
    except ValueError:
        return ""


def stale_headers(status: int) -> frozenset[str]:
    """The headers of a page that must go when it is answered with this status instead."""
    if status == 416:
        return CONTENT_HEADERS - {"Content-Range"}  # it says how long the file is (RFC 9110 §15.5.17)
    if status == 304:
        return CONTENT_HEADERS - _NOT_MODIFIED | {"Allow", "Content-Type"}
    return CONTENT_HEADERS


def _not_found(path: str) -> str:
    return f"The path {path!r} was not found."


def _of_this_host(url: str) -> str:
    start = _LIKE_A_HOST.match(url)
    return f"/{url[start.end() :]}" if start else url


def _quoted(match: re.Match[str]) -> str:
    return "".join([f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")])
