"""A page that is being made and may be kept: what is known of it on the way, and what becomes of it in the end."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any, Final, Protocol

from kirsch.app.conditions import settle
from kirsch.app.nonce import is_nonce_taken, nonce_of
from kirsch.http.cachecontrol import KEEPABLE, UNASKED, initial_age, parse_terms, vary_names
from kirsch.http.codes import parse_status
from kirsch.http.dates import parse_http_date
from kirsch.toolbox.copies import Copy, Facts, kept_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.http.headers import Headers
    from kirsch.toolbox.cachingsettings import CachingSettings
    from kirsch.toolbox.copies import Field
    from kirsch.toolbox.makers import Makers, Making
    from kirsch.toolbox.pagecache import Cache

_CONDITIONS: Final = ("If-None-Match", "If-Modified-Since")
"""Those that a cache judges itself."""


class Place(Protocol):
    """Where the page belongs. See CachedPlace."""

    settings: CachingSettings
    cache: Cache
    makers: Makers

    def keep(self, key: str, fields: Any, names: tuple[str, ...], copy: Copy) -> bool:
        """Put a copy where others find it."""

    def guarded(self, request: Any, response: Any, ticket: Any) -> Callable[[], Any]:
        """The handler, which does not fail while there is a stale copy."""

    def status(self, text: str) -> tuple[Field, ...]:
        """The field Cache-Status."""

    def say(self, request: Any, text: str) -> None:
        """Tell the log."""


class Ticket:
    """See the module.

    making: if others wait for it. stale: the copy that would not do. unkept: why it is not to be kept, known
    beforehand. named: the request is made in somebody's name. around: headers set before the handler, which will be set
    for every request anew. asked: the headers of the request, if it has others now. conditional: these ask whether the
    stale copy is good.
    """

    stale: Copy | None = None
    making: Making | None = None
    unkept = ""
    named = False
    asked: Headers | None = None
    conditional = False

    def __init__(self, place: Place, request: Any, response: Any, key: str) -> None:
        self.place = place
        self.key = key
        self.began = place.makers.clock()
        self._request = request
        self._response = response
        self._holding = ExitStack()
        self._taken = False
        self._before = response.headers.copy()
        self.around = frozenset((name.lower(), value) for name, value in self._before.lines())

    def hold(self, lock: AbstractContextManager[bool]) -> None:
        """Hold a lock until the page is made."""
        self._holding.enter_context(lock)

    def ask(self, whether_good: bool) -> None:
        """Have the page asked for as the cache needs it: whole, as only that can be kept, or whether the copy is good.

        What the client has is held against it when it is there.
        """
        headers = self._request.headers
        ours = self.stale.conditions() if self.stale is not None and whether_good else {}
        self.conditional = bool(ours)
        if ours or any(name in headers for name in _CONDITIONS):
            self.asked = headers.copy()
            for name in _CONDITIONS:
                headers.pop(name, None)
            headers.update(ours)

    def attach(self) -> None:
        """Be there when the page is made, and when its making has failed."""
        hooks = self._request.hooks
        hooks.attach("before_finalize", self.take, priority=100)
        hooks.attach("on_end_resource", self.end, failsafe=True, priority=0)
        if self.conditional or self.usable_stale() is not None:
            self._request.handler = self.place.guarded(self._request, self._response, self)

    # -- in the end ----------------------------------------------------------------------------------------------

    def take(self, request: Any, response: Any) -> None:
        """The page is made: keep a copy of it, or of its pieces as they are sent."""
        if request.cached:  # by the stale copy
            return
        good = self.conditional and parse_status(response.status)[0] == 304
        if good:
            assert self.stale is not None
            self.stale.put_again(response)
        if response.is_file:  # which is sent as it lies on the disk, without being in memory as a whole
            self.release(kept=False, passing=True)
            self._heed_conditions(request, response)
            return
        if response.stream and not isinstance(response.page, (str, bytes, type(None))):
            self._heed_conditions(request, response)
            if response.status != 304:
                self._taken = True
                response.body = Tee(self, iter(response.body), response.page)
            return
        response.finalize()
        if response.code >= 500 and self.usable_stale() is not None:
            self.put_stale(request, response)
            return
        copied = self.settle(response.page)
        self._show(response, copied, good)
        self._heed_conditions(request, response)

    def end(self, request: Any, response: Any) -> None:
        """Nobody is to wait for what has failed on the way."""
        if not self._taken:
            self.release(kept=False)

    def settle(self, body: bytes | None) -> bool:
        """Keep a copy of the finished answer, if it may be; None for a body that is none. Whether it is kept."""
        response, request = self._response, self._request
        why, copy, names = self._copy(request, response, body)
        kept = copy is not None and not self.place.makers.changed_since(self.key, self.began)
        if copy is not None and kept:
            kept = self.place.keep(self.key, request.exchange.head.block, names, copy)
            why = "" if kept else "the cache cannot take it"
        self.release(kept, passing=copy is None and 0 < response.code < 500 and not self.unkept)
        self.place.say(request, "kept" if kept else f"not kept: {why or 'it has changed meanwhile'}")
        return kept

    def release(self, kept: bool, passing: bool = False) -> None:
        """Let go of what is held, and let the others go on. passing: this page can never be shared."""
        self._holding.close()
        if self.making is not None:
            self.place.makers.finish(self.making, kept, passing)

    # -- what is kept --------------------------------------------------------------------------------------------

    def _copy(self, request: Any, response: Any, body: bytes | None) -> tuple[str, Copy | None, tuple[str, ...]]:
        """Why not; or else a copy, and the names of the fields by which it varies."""
        settings = self.place.settings
        headers = response.headers
        now = time.time()
        date = headers.get("Date")
        made = parse_http_date(date) if date else None
        terms = parse_terms(
            headers.get("Cache-Control", ""), headers.get("Expires"), headers.get("Pragma", ""), made or now
        )
        names = vary_names(headers.get("Vary", ""))
        lifetime = _first(terms.lifetime, settings.delay if response.code in UNASKED else 0)
        facts = Facts(
            self.place.cache.clock() - initial_age(headers.get("Age"), date, now),
            lifetime,
            _first(terms.while_revalidate, settings.stale_while_revalidate),
            _first(terms.if_error, settings.stale_if_error),
            terms.public,
            terms.strict,
        )
        why = self.unkept or self._why_not(request, response, body)
        if not why and not terms.keep:
            why = "it says so"
        elif not why and names is None:
            why = "Vary: *"
        elif not why and facts.useful <= 0:
            why = (
                f"status {response.code} without a lifetime" if terms.lifetime is None else "it is stale from the start"
            )
        elif not why and not terms.public:
            varies = "cookie" in (names or ())
            asked = varies or request.cookies_read
            looked = asked and not (varies and terms.lifetime is not None)
            why = "cookies were looked at" if looked else self._whose(request, response, body or b"")
        if why or body is None:
            return why, None, ()
        copy = Copy(facts, response.code, response.phrase, kept_fields(response.fields, self.around, now), body)
        return "", copy, names or ()

    def _why_not(self, request: Any, response: Any, body: bytes | None) -> str:
        """What stands against keeping it beside what it says itself; "" if nothing."""
        settings = self.place.settings
        if response.code not in KEEPABLE or "Content-Range" in response.headers:
            return f"status {response.code}"
        if body is None or (response.source is not None and response.length not in (None, len(body))):
            return "it did not come whole"
        if len(body) > settings.maxobj_size:
            return f"{len(body)} bytes"
        if not settings.store_cookies and any(name.lower() == b"set-cookie" for name, _ in response.fields):
            return "it sets a cookie"
        return ""

    def _whose(self, request: Any, response: Any, body: bytes) -> str:
        """Why it is for one client alone, as far as can be seen beside cookies; "" if it is not."""
        own = request.__dict__
        coded = "Content-Encoding" in response.headers
        if self.named or own.get("login") is not None:
            return "it was made in somebody's name"
        nonce = nonce_of(request)
        if nonce and ((coded and is_nonce_taken(request)) or nonce.encode() in body):
            return "it has a nonce, or may have one"
        return ""

    def _heed_conditions(self, request: Any, response: Any) -> None:
        """Answer 304 after all, if the client has this very page."""
        if self.asked is not None:
            request.headers = self.asked
            settle(request, response)
            self.place.cache.tot_non_modified += response.status == 304

    def _show(self, response: Any, kept: bool, good: bool) -> None:
        why = "stale; fwd-status=304" if good else "stale" if self.stale is not None else "miss"
        for name, value in self.place.status(f"fwd={why}{'; stored' if kept else ''}"):
            response.headers.add(name.decode(), value.decode())

    # -- the stale copy ------------------------------------------------------------------------------------------

    def usable_stale(self) -> Copy | None:
        """The stale copy, if it may be used instead of an error."""
        copy = self.stale
        if copy is None or self.place.cache.clock() - copy.made >= copy.lifetime + copy.facts.if_error:
            return None
        return copy

    def put_stale(self, request: Any, response: Any) -> None:
        """Answer by the stale copy."""
        copy = self.usable_stale()
        assert copy is not None
        request.cached, request.cacheable = True, False
        response.headers = self._before
        copy.put(response, self.place.cache.clock() - copy.made, self.place.status("hit; fwd=stale; fwd-status=500"))
        self.place.say(request, "a stale copy instead of an error")
        self.release(kept=False)


def _first(said: int | None, otherwise: float) -> float:
    return otherwise if said is None else said


class Tee:
    """A body that is sent piece by piece, and kept beside as long as it is small enough."""

    def __init__(self, ticket: Ticket, pieces: Any, source: Any) -> None:
        self._ticket = ticket
        self._pieces = pieces
        self._source = source
        self._kept: list[bytes] = []
        self._size = 0
        self._most = ticket.place.settings.maxobj_size

    def __iter__(self) -> Tee:
        return self

    def __next__(self) -> bytes:
        try:
            piece: bytes = next(self._pieces)
        except StopIteration:
            body = b"".join(self._kept) if self._size <= self._most else None
            self._ticket.settle(body)
            raise
        self._size += len(piece)
        if self._size <= self._most:
            self._kept.append(piece)
        elif self._kept:
            self._kept.clear()
            self._ticket.release(kept=False, passing=True)
        return piece

    def close(self) -> None:
        """It is sent, or the client has gone: close what it is made of."""
        self._ticket.release(kept=False)
        close = getattr(self._source, "close", None)
        if close is not None:
            close()
