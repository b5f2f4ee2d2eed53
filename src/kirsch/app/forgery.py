"""Requests that a page of another site has its visitor's browser send: told apart by what browsers say, or by a token.

Browsers say where a request comes from (Sec-Fetch-Site since 2020 to 2023, Origin some years longer). One that says
neither must send a token back that was in our form: it is sealed for the visitor's session, or else for a cookie.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import present
from kirsch.http.origins import from_here

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kirsch.app.request import Request
    from kirsch.http.origins import Origin
    from kirsch.http.signing import Signer

FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"
COOKIE: Final = "csrf"

NO_KEY: Final = "Forms have tokens, and tools.csrf.key is not set: they are sealed by a key that ends with this process"

_COOKIE_VALUE = re.compile(r"[0-9a-f]{32}")


def comes_from_here(request: Request, trusted: Collection[Origin] = ()) -> bool | None:
    """Whether a request comes from a page of ours, or of nobody. None if the client does not say."""
    head = request.exchange.head
    site, origin = head.get(b"sec-fetch-site"), head.get(b"origin")
    return from_here(
        site.decode("latin-1") if site is not None else None,
        origin.decode("latin-1") if origin is not None else None,
        request.base,
        trusted,
    )


def carries_nothing(request: Request) -> bool:
    """Whether a client shows nothing that a browser would add by itself, and another site could so make use of."""
    head = request.exchange.head
    return head.get(b"cookie") is None and head.get(b"authorization") is None


class Tokens:
    """The tokens for one visitor. keys: to seal with, the first makes, all of them open; none: one of this process.

    field: of forms, by which a token comes back.
    """

    def __init__(self, request: Request, keys: Sequence[bytes | str], field: str = FIELD) -> None:
        self.field = field
        self._request = request
        self._keys = keys
        self._token = ""

    def token(self) -> str:
        """What a form of this page sends back. The same throughout a request, another one in the next."""
        if not self._token:
            visitor = next(self._visitors(), "") or self._new_visitor()
            self._token = self._signer().seal(os.urandom(8), visitor)
            headers = self._request.response.headers
            if "Cache-Control" not in headers:
                headers["Cache-Control"] = "private"  # the page is for this visitor alone
        return self._token

    def fits(self, token: str) -> bool:
        """Whether this visitor was given the token."""
        from kirsch.http.signing import SealError

        signer = self._signer()
        for visitor in self._visitors():
            try:
                return bool(signer.open(token, visitor))
            except SealError:
                continue
        return False

    def _signer(self) -> Signer:
        from kirsch.http.signing import Signer

        keys: Any = self._keys
        app: Any = self._request.app
        if not keys and app is not None:
            keys = [app.secret.key(lambda: app.log(NO_KEY, "CSRF"))]
        return Signer(keys, "csrf")

    def _visitors(self) -> Iterator[str]:
        """Who asks: by the session if there is one already, and by our cookie."""
        session: Any = self._request.belonging("session")
        sent = session.originalid if session is not None else None
        if sent and session.id == sent:
            yield f"session {sent}"
        morsel = self._request.cookie.get(self._cookie())
        if morsel is not None and _COOKIE_VALUE.fullmatch(morsel.value):
            yield f"cookie {morsel.value}"

    def _new_visitor(self) -> str:
        name, value = self._cookie(), os.urandom(16).hex()
        cookie = self._request.response.cookie
        cookie[name] = value
        cookie[name]["path"], cookie[name]["samesite"] = "/", "Lax"
        cookie[name]["httponly"], cookie[name]["secure"] = True, name != COOKIE
        return f"cookie {value}"

    def _cookie(self) -> str:
        """With TLS a name that another host of the same domain cannot set (RFC 6265bis §4.1.3.2)."""
        return f"__Host-{COOKIE}" if self._request.base.startswith("https:") else COOKIE


def csrf_token() -> str:
    """The token that the form of this page is to send back, as the field `csrf_token`, where tools.csrf is on."""
    tokens: Tokens | None = present().belongings.get("csrf")
    if tokens is None:
        raise RuntimeError("there are no tokens here: set tools.csrf.on for the page that has the form")
    return tokens.token()
