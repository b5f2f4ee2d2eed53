"""How often one client may ask: a bucket of tokens for each, in this process or in a store that several share.

The client is told how much is left by the fields RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers),
and is answered 429 with Retry-After when it asks too often.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from kirsch.app.errors import HTTPError
from kirsch.http.addresses import household, is_among, is_network
from kirsch.http.rates import Rate, parse_rate, state
from kirsch.options import Check, Option, Options, between, is_function
from kirsch.toolbox.buckets import Buckets, MemoryBuckets
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kirsch.app.hooks import Hook
    from kirsch.http.rates import Verdict
    from kirsch.stores.store import Store

ADDRESS: Final = "address"
LOGIN: Final = "login"

_KEY = Check(
    "that is 'address', 'login', or a callable of the request", lambda key: key in (ADDRESS, LOGIN) or is_function(key)
)
_EXEMPT = Check(
    "of addresses and networks, or a callable of the request",
    lambda given: is_function(given) or (isinstance(given, list | tuple) and all(map(is_network, given))),
)
_NAME = Check("without quotes and controls", lambda name: bool(re.fullmatch(r"[ !#-\[\]-~]+", name)))
_METHODS = Check("of names of methods", lambda names: all(isinstance(name, str) for name in names))


class RateLimitSettings(Options):
    """Whom it counts, and how much is too much."""

    rate = Option("100/minute", "How often, such as `5/second` or `1000/15 minutes`.")
    burst = Option(None, "How many of them may come at once; None: all.", int, between(1))
    key = Option(ADDRESS, "Whom to count: 'address', 'login', or a callable of the request.", object, _KEY)
    name = Option("default", "Of the limit: places that give the same name and rate count together.", check=_NAME)
    methods = Option(None, "The methods that count; None: all.", (list, tuple, set, frozenset), _METHODS)
    exempt = Option((), "Addresses and networks that are not counted, or a callable of the request.", object, _EXEMPT)
    status = Option(429, "Of the answer to who asks too often.", check=between(400, 599))
    fields = Option(True, "Send the fields RateLimit and RateLimit-Policy.")
    store = Option(
        None, "A store that several processes share, or its address; None counts in the memory of this one.", object
    )
    closed = Option(False, "Answer 503 while the store is away, instead of letting everybody in.")


class Limit:
    """A limit, made ready. key: gives the name or number of whom to count in a request, None for nobody."""

    def __init__(self, settings: RateLimitSettings, registry: Registry) -> None:
        self.settings = settings
        self.rate: Rate = parse_rate(settings.rate, settings.burst)
        self.policy = self.rate.policy(settings.name)
        key: Any = settings.key
        self.key: Callable[[Any], object] = _KEYS.get(key, key)
        self._methods = frozenset(settings.methods) if settings.methods is not None else None
        self._registry = registry
        self._app: Any = None
        self._buckets: Buckets = MemoryBuckets()
        self._prefix = ""

    def meet(self, request: Any, response: Any) -> None:
        """Count a request. Raises HTTPError if it is one too many."""
        if self._methods is not None and request.method not in self._methods:
            return
        key = self.key(request)
        if key is None or self._exempt(request):
            return
        if self._app is not request.app:
            self._bind(request.app)
        verdict = self._buckets.spend(f"{self._prefix}{key}", self.rate)
        if verdict is None:
            if self.settings.closed:
                raise HTTPError(503, headers={"Retry-After": "2"})
            return
        if self.settings.fields:
            response.headers.add("RateLimit-Policy", self.policy)
            response.headers.add("RateLimit", state(self.settings.name, verdict))
        if not verdict.allowed:
            self._refuse(verdict)

    def _refuse(self, verdict: Verdict) -> None:
        seconds = f"{verdict.wait} second{'s' if verdict.wait > 1 else ''}"
        words = f"That was too often. Try again in {seconds}."
        raise HTTPError(self.settings.status, words, headers={"Retry-After": str(verdict.wait)})

    def _exempt(self, request: Any) -> bool:
        exempt: Any = self.settings.exempt
        if callable(exempt):
            return bool(exempt(request))
        return bool(exempt) and is_among(request.remote.ip, exempt)

    def _bind(self, app: Any) -> None:
        """Each application counts for itself; of a shared store, each with the same name and mount point together."""
        self._buckets = self._registry.find(app, self.settings.store)
        rate = self.rate
        self._prefix = f"{app.script_name or ''}\0{self.settings.name}\0{rate.requests}/{rate.seconds}/{rate.burst}\0"
        self._app = app


class Registry:
    """The buckets of all applications."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._of: WeakKeyDictionary[Any, dict[Any, Buckets]] = WeakKeyDictionary()

    def find(self, app: Any, store: Any) -> Buckets:
        """Those of an application, in a store or in memory."""
        with self._mutex:
            buckets = self._of.setdefault(app, {})
            if store not in buckets:
                buckets[store] = _buckets(store)
            return buckets[store]


def _buckets(store: Store | None) -> Buckets:
    from kirsch.stores.opening import shared_store

    store = store or shared_store()
    if store is None:
        return MemoryBuckets()
    from kirsch.toolbox.sharedbuckets import SharedBuckets

    return SharedBuckets(store)


_KEYS: Final[Mapping[Any, Callable[[Any], str | None]]] = {
    ADDRESS: lambda request: household(request.remote.ip),
    LOGIN: lambda request: request.login or household(request.remote.ip),
}


class RateLimit(PreparedTool):
    """See the module. By address it acts before the body is read; else before the handler, when more is known."""

    choices = RateLimitSettings

    def __init__(self) -> None:
        super().__init__()
        self._registry = Registry()

    def prepare(self, settings: RateLimitSettings) -> Limit:
        """The limit of a place."""
        if settings.store is not None:
            from kirsch.stores.opening import open_store

            settings.store = open_store(settings.store)
        return Limit(settings, self._registry)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """One of the two: behind the proxy tool (30), or behind those that find out who asks (1)."""
        wanted = "before_request_body" if settings.get("key", ADDRESS) == ADDRESS else "before_handler"
        for point, hook in super().hooks(settings):
            if point == wanted:
                hook.priority = settings.get("priority", 40 if point == "before_request_body" else 5)
                yield point, hook

    def before_request_body(self, request: Any, response: Any, plan: Limit) -> None:
        """Count by address."""
        plan.meet(request, response)

    def before_handler(self, request: Any, response: Any, plan: Limit) -> None:
        """Count by what is known now."""
        plan.meet(request, response)
