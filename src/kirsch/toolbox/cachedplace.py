"""The cache in front of one place: whether a copy will do, who makes a new one, and whether it may be kept."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from kirsch.app.answers import tell
from kirsch.app.errors import HTTPError, HTTPRedirect, KirschError
from kirsch.app.hooks import Points
from kirsch.app.request import Request
from kirsch.http.cachecontrol import NO_WISHES, Wishes
from kirsch.http.headers import Headers
from kirsch.http.urls import join
from kirsch.toolbox.asking import read_asking, values_of
from kirsch.toolbox.copies import Copy, Fork
from kirsch.toolbox.pagecache import key_of, key_of_url, variant_key
from kirsch.toolbox.refreshing import refresh
from kirsch.toolbox.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.toolbox.asking import Asking, Block
    from kirsch.toolbox.caches import Caches
    from kirsch.toolbox.cachingsettings import CachingSettings
    from kirsch.toolbox.copies import Field
    from kirsch.toolbox.makers import Makers
    from kirsch.toolbox.pagecache import Cache

READING: Final = ("GET", "HEAD")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HARMLESS: Final = frozenset({"caching", "encode", "trailing_slash"})
"""Tools that stand before the cache, and neither say who asks nor change what is asked for."""

GRACE: Final = 60.0
"""Seconds for which a copy is kept after its use, for clients that take a stale one; one that has a validator is kept
for as long again as it was of use, as its page may find it good still."""

FORKED: Final = 86400.0
"""Seconds for which it is remembered that a page varies."""


def _may_be_changed(request: Any) -> bool:
    """Whether something before the cache may have changed the request: its base, or who asks.

    PERF: to look whether it has takes longer than all of a hit; so what is known to do no such thing is named here.
    """
    resource, points = request.resource, request.points
    if type(request) is not Request or type(points) is not Points:
        return True
    if resource.setups or resource.on_request or "request.dispatch" in resource.config:
        return True
    hooks = (*points.on_start_resource, *points.before_request_body, *points.before_handler)
    return any(hook.name not in HARMLESS for hook in hooks)


class CachedPlace:
    """See the module. settings: what config says. cache, makers: of the application, known at the first request."""

    cache: Cache
    makers: Makers

    def __init__(self, settings: CachingSettings, caches: Caches) -> None:
        self.settings = settings
        self.caches = caches
        self._app: Any = None
        self._clock: Callable[[], float] = monotonic
        self._mount = ""
        self._counts_all = settings.params is None and not settings.ignored_params and not settings.sorted_params
        self._plain = self._counts_all and not (settings.debug or settings.cache_status)

    def look(self, request: Any, response: Any) -> None:
        """Answer by a copy, or see to it that one is made of the page to come."""
        if self._app is not request.app:
            self._bind(request)
        if request.method not in READING or (request.handler_replaced and request.handler is None):
            self._leave(request)
            return
        exchange = request.exchange
        fields = exchange.head.block
        asking = read_asking(fields)
        if self._plain and asking.plain and exchange.environ is None and not exchange.prefix and request.prev is None:
            # PERF: the usual case, with nothing to be weighed and nothing to be told.
            key = key_of(f"{exchange.scheme}://{asking.host}{self._mount}", request.path_info, request.query_string)
            kept, at = self.find(key, fields)
            if kept is not None and 0 <= (age := self._clock() - kept.made) < kept.lifetime:
                request.cached = True
                request.cacheable = False
                request.handler = None
                kept.put(response, age)
                return
        else:
            key = self.key(request, asking)
            kept, at = self.find(key, fields)
        if kept is not None and "refreshing" not in request.__dict__ and self.serve(request, response, asking, kept):
            return
        self._make(request, response, asking, key, kept, at)

    def _bind(self, request: Any) -> None:
        self.makers, self.cache = self.caches.find(request.app, self.settings)
        self._clock = self.cache.clock
        self._mount = request.app.script_name or ""
        self._plain = self._plain and not _may_be_changed(request)
        self._app = request.app

    def key(self, request: Any, asking: Asking) -> str:
        """The key of the page that is asked for."""
        own = request.__dict__  # where there is what a proxy tool, for instance, has set
        exchange = request.exchange
        base = own.get("base")
        if base is None:
            base = f"{exchange.scheme}://{asking.host}" if asking.host else request.base
        prefix = own.get("script_name")
        if prefix is None:
            prefix = exchange.prefix + self._mount
        query = request.query_string
        if query and not self._counts_all:
            query = self._counting(query)
        return key_of(base, prefix + request.path_info, query)

    def _counting(self, query: str) -> str:
        """The part of a query that counts."""
        settings = self.settings
        parts = [(unquote_plus(part.partition("=")[0]), part) for part in query.split("&")]
        if settings.params is not None:
            parts = [each for each in parts if each[0] in settings.params]
        parts = [each for each in parts if each[0] not in settings.ignored_params]
        if settings.sorted_params:
            parts.sort(key=lambda each: each[0])  # those of one name keep their order, which may matter
        return "&".join([part for _, part in parts])

    def find(self, key: str, fields: Block) -> tuple[Copy | None, str]:
        """The copy for a request with these fields, fresh or not, and the key at which it stands or would stand."""
        kept = self.cache.get(key)
        if isinstance(kept, Fork):
            key = variant_key(key, kept, values_of(fields, kept.names))
            kept = self.cache.get(key)
        return (kept if isinstance(kept, Copy) else None), key

    @staticmethod
    def _named(request: Any, asking: Asking) -> bool:
        """Whether it is made in somebody's name, as far as that is known."""
        if asking.named or request.__dict__.get("login") is not None:
            return True
        return request.exchange.environ is not None and request.login is not None

    def wishes(self, asking: Asking) -> Wishes:
        """What is heeded of the client's wishes."""
        wishes = asking.wishes
        if self.settings.allow_reload or wishes is NO_WISHES:
            return wishes
        return Wishes(no_store=wishes.no_store, only_copy=wishes.only_copy)

    def serve(self, request: Any, response: Any, asking: Asking, copy: Copy) -> bool:
        """Answer by a copy if it will do."""
        facts = copy.facts
        if asking.matched or (self._named(request, asking) and not facts.public):
            return False
        age = max(0.0, self._clock() - copy.made)
        wishes = self.wishes(asking)
        if not wishes.suits(age, copy.lifetime, facts.strict):
            lasting = 0 if wishes.min_fresh else copy.lifetime + facts.while_revalidate
            if not wishes.suits(age, lasting):
                return False
            refresh(self, request, asking)
        request.cached, request.cacheable, request.handler = True, False, None
        headers = Headers.from_wire(request.exchange.head.block.pairs)
        copy.put_for(request.method, headers, response, age, self.status(f"hit; ttl={int(copy.lifetime - age)}"))
        if response.status == 304:
            self.cache.tot_non_modified += 1
        self.say(request, f"a copy of {int(age)} s")
        return True

    # -- making it -----------------------------------------------------------------------------------------------

    def _make(self, request: Any, response: Any, asking: Asking, key: str, copy: Copy | None, at: str) -> None:
        """Wait for somebody who makes it, or see to it that this request does."""
        wishes = self.wishes(asking)
        if wishes.only_copy:
            raise HTTPError(504, "There is no copy of this page, and nothing else was asked for.")
        request.cached, request.cacheable = False, True
        named = self._named(request, asking)
        ticket = Ticket(self, request, response, key)
        ticket.stale = copy if copy is not None and not (named and not copy.facts.public) else None
        ticket.unkept = "no-store" if wishes.no_store else "" if request.method == "GET" else "HEAD"
        ticket.named = named
        own = named or asking.part or asking.matched
        making = request.__dict__.get("refreshing")
        if making is not None:
            ticket.making = making
        elif not (own or wishes.anew or ticket.unkept) and self._wait(request, response, asking, at, ticket):
            return
        if not (own or ticket.unkept or self.makers.passes(at)):
            ticket.ask(whether_good=not wishes.anew)
        ticket.attach()

    def _wait(self, request: Any, response: Any, asking: Asking, at: str, ticket: Ticket) -> bool:
        """Whether somebody else has made it meanwhile, so that it is answered. Else this request is to make it."""
        seconds = self.settings.antistampede_timeout or 0
        until = monotonic() + seconds
        fields = request.exchange.head.block
        while not self.makers.passes(at):
            making, mine = self.makers.join(at)
            if mine:
                ticket.making = making
                ticket.hold(self.cache.making(at, max(0.0, until - monotonic())))
            else:
                left = until - monotonic()
                if left <= 0:
                    return False
                request.exchange.step_aside()
                if not making.wait(left) or not making.kept:
                    return False
            copy, at = self.find(ticket.key, fields)  # it may have been made since we looked
            if copy is not None and self.serve(request, response, asking, copy):
                ticket.release(kept=True)
                return True
            if mine:
                return False
        return False

    def keep(self, key: str, fields: Block, names: tuple[str, ...], copy: Copy) -> bool:
        """Put a copy where requests like this one find it. names: of the fields by which the page varies."""
        cache = self.cache
        grace = max(GRACE, copy.facts.useful) if copy.conditions() else GRACE
        seconds = copy.facts.useful + grace + copy.made - self._clock()
        fork = cache.get(key)
        if not isinstance(fork, Fork):
            if not names:
                return cache.put(key, copy, seconds) is not False
            fork = Fork(names)
        elif set(names) - set(fork.names):
            fork = Fork(tuple(dict.fromkeys((*fork.names, *names))))
        cache.put(key, fork, max(seconds, FORKED))
        return cache.put(variant_key(key, fork, values_of(fields, fork.names)), copy, seconds) is not False

    def guarded(self, request: Any, response: Any, ticket: Ticket) -> Callable[[], Any]:
        """The handler, but when it fails the stale copy is the page; and so it is when it is found good."""
        handler = request.handler

        def page() -> Any:
            try:
                return handler()
            except HTTPRedirect as unchanged:
                if not (ticket.conditional and unchanged.status == 304):
                    raise
                unchanged.set_response()
                return response.page
            except KirschError as error:
                if not (isinstance(error, HTTPError) and error.code >= 500) or ticket.usable_stale() is None:
                    raise
            except Exception as error:
                if ticket.usable_stale() is None:
                    raise
                tell(request, error)
            ticket.put_stale(request, response)
            return response.page

        return page

    # -- other methods -------------------------------------------------------------------------------------------

    def _leave(self, request: Any) -> None:
        """Do nothing for this request, unless it changes the page."""
        request.cached = request.cacheable = False
        if request.method not in SAFE or request.method in self.settings.invalid_methods:
            request.hooks.attach("on_end_resource", self._changed)

    def _changed(self, request: Any, response: Any) -> None:
        """Forget the page, and those that the answer names, unless it says that nothing was done (§4.4)."""
        if response.code >= 400:
            return
        asking = read_asking(request.exchange.head.block)
        keys = [self.key(request, asking)]
        base = request.base
        for name in ("Location", "Content-Location"):
            value = response.headers.get(name)
            url = join(f"{base}{request.script_name}{request.path_info}", value) if value else ""
            if url.startswith(f"{base}/"):
                with suppress(ValueError):  # an address that is none, of the application's own making
                    keys.append(key_of_url(url))
        self.caches.forget(keys, request.app)
        self.say(request, f"forgotten after {request.method}")

    # -- what is told --------------------------------------------------------------------------------------------

    def status(self, text: str) -> tuple[Field, ...]:
        """The field Cache-Status, if it is wanted."""
        return ((b"Cache-Status", f"Kirsch; {text}".encode()),) if self.settings.cache_status else ()

    def say(self, request: Any, text: str) -> None:
        """Tell the log, if it is wanted."""
        if self.settings.debug:
            request.app.log(f"{request.request_line}: {text}", "TOOLS.CACHING")
