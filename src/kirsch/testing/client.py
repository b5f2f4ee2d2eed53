"""A client for tests: it asks an application, a site, a root object or a handler in memory, and keeps cookies.

    client = Client(Application(Root()))
    assert client.get("/hello?name=Ada").text == "Hello Ada!"

There is no socket, and no thread but for stream(). What goes wrong in a page is answered as in production, unless
`raise_errors` is set; what escapes the handler is raised in any case. `kirsch.testing.live` has a real server, whose
client is this one, too.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from kirsch.http.headers import Headers
from kirsch.http.urls import join
from kirsch.testing.answer import Answer, AnswerHead, OpenAnswer
from kirsch.testing.body import body_of
from kirsch.testing.cookies import CookieJar
from kirsch.testing.courier import Courier, MemoryCourier
from kirsch.testing.multipart import BOUNDARY
from kirsch.testing.question import PATIENCE, Options, Question, basic, check, fields_of, own_lines
from kirsch.testing.subject import handler_of
from kirsch.testing.url import Url, parse_url, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Unpack

    from kirsch.exchange import Address, Exchange
    from kirsch.testing.body import Body
    from kirsch.testing.question import Line

__all__ = ["BOUNDARY", "Answer", "Client", "CookieJar", "OpenAnswer", "Options"]

MOST_HOPS: Final = 10
"""Redirects that are followed, one after another."""

WITH_BODY: Final = ("POST", "PUT", "PATCH")
"""Methods whose requests say how long their body is, also if there is none."""

A = TypeVar("A", bound=AnswerHead)


class Client:
    """See the module. asked: what is asked, or a Courier that carries questions elsewhere.

    base: scheme and host that it asks. client: address and port that it seems to come from. auth: user and password.
    follow: redirects; on the same host alone, or "anywhere". raise_errors: what a page raises unexpectedly comes out of
    the call. All but the last can be changed at any time, and for a single request, see Options.
    headers: sent with each request, unless the request has others. cookies: kept and sent as by a browser.
    """

    def __init__(
        self,
        asked: Any,
        base: str = "http://localhost",
        *,
        client: Address | None = None,
        auth: tuple[str, str] | None = None,
        follow: bool | Literal["anywhere"] = False,
        raise_errors: bool = False,
    ) -> None:
        self.courier = (
            asked if isinstance(asked, Courier) else MemoryCourier(handler_of(asked), raise_errors=raise_errors)
        )
        self.base = base
        self.client = client
        self.auth = auth
        self.follow = follow
        self.headers: dict[str, str | None] = {}
        self.cookies = CookieJar()

    @property
    def handler(self) -> Callable[[Exchange], None]:
        """Who answers in the end."""
        return self.courier.handler

    # -- asking --------------------------------------------------------------------------------------------------

    def get(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request()."""
        return self.request("DELETE", path, **options)

    def options(self, path: str, **options: Unpack[Options]) -> Answer:
        """As request(). The path may be `*`."""
        return self.request("OPTIONS", path, **options)

    def request(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """Ask, and give what came back. path: with its query, or a whole URL; what must be is percent-encoded."""
        return self._ask(method, path, options, self.courier.ask)

    @contextmanager
    def stream(self, method: str, path: str, **options: Unpack[Options]) -> Iterator[OpenAnswer]:
        """Ask, and look at the answer while it is being made; at the end of the `with` the client leaves."""
        answer = self._ask(method, path, options, self.courier.open)
        try:
            yield answer
        finally:
            answer.close()

    # -- how -----------------------------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, options: Options, carry: Callable[[Question], A]) -> A:
        check(method, options)
        url = url_of(self.base, path, options.get("params", ()))
        payload = body_of(options)
        own = own_lines(self.headers, options.get("headers", ()))
        history: list[Answer] = []
        while True:
            answer = carry(self._question(method, url, options, payload, own))
            self.cookies.keep(answer.headers.getall("Set-Cookie"), url)
            answer.history = history
            following = self._following(answer, url, options.get("follow", self.follow))
            if following is None:
                return answer
            history = [*history, answer.whole()]
            if len(history) > MOST_HOPS:
                raise RuntimeError(f"more than {MOST_HOPS} redirects, the last one to {following}")
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method = "HEAD" if method == "HEAD" else "GET"
                payload, own = (b"", ""), _less(own, "content-", "transfer-encoding")
            if following.name != url.name:  # no secret is for strangers
                options, own = {**options, "auth": None}, _less(own, "authorization", "cookie", "host")
            url = following

    def _question(
        self, method: str, url: Url, options: Options, payload: tuple[Body, str], own: list[Line]
    ) -> Question:
        body, kind = payload
        version = options.get("version", (1, 1))
        said = {name.lower() for name, _ in own}
        lines = Headers({"Host": url.host})
        auth = options.get("auth", self.auth)
        if auth is not None:
            lines["Authorization"] = basic(*auth)
        if kind:
            lines["Content-Type"] = kind
        if isinstance(body, bytes):
            if (body or method in WITH_BODY) and "transfer-encoding" not in said:
                lines["Content-Length"] = str(len(body))
        elif "content-length" not in said:
            if version < (1, 1):
                raise ValueError("HTTP/1.0 has no chunks: body= must be bytes, or its Content-Length be given")
            lines["Transfer-Encoding"] = "chunked"
        cookies = self.cookies.header(url)
        if cookies:
            lines["Cookie"] = cookies
        timeout = options.get("timeout", PATIENCE)
        return Question(method, url, version, fields_of(lines, own), body, options.get("client", self.client), timeout)

    def _following(self, answer: AnswerHead, url: Url, follow: bool | Literal["anywhere"]) -> Url | None:
        """Where to go on, if the answer sends us elsewhere and we go there."""
        if not follow or answer.status not in (301, 302, 303, 307, 308) or "Location" not in answer.headers:
            return None
        try:
            following = parse_url(join(str(url), answer.headers["Location"]))
        except ValueError:  # nowhere, or nowhere on the web
            return None
        return following if follow == "anywhere" or following.name == url.name else None

    def __repr__(self) -> str:
        return f"<Client of {self.base}, {len(self.cookies)} cookies>"


def _less(lines: list[Line], *beginnings: str) -> list[Line]:
    """The lines but for those whose names begin so."""
    return [line for line in lines if not line[0].lower().startswith(beginnings)]
