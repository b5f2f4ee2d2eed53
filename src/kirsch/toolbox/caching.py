"""A cache in front of pages (RFC 9111): what a page has answered once is given to whoever asks the same.

A copy is kept in this process, or in a store that several share. What it does with a request stands in
cachedplace.py, which is loaded when config turns the tool on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.app.hooks import Hook
from kirsch.toolbox.cachingsettings import CachingSettings
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kirsch.toolbox.cachedplace import CachedPlace
    from kirsch.toolbox.caches import Caches
    from kirsch.toolbox.pagecache import Cache


class Caching(PreparedTool):
    """See the module. It also forgets: what has changed behind its back is for you to tell it.

    _caches: of all applications, once one of them has any.
    """

    priority = 90
    choices = CachingSettings
    _caches: Caches | None = None

    def prepare(self, settings: CachingSettings) -> CachedPlace:
        """The place in front of the handler."""
        from kirsch.toolbox.cachedplace import CachedPlace
        from kirsch.toolbox.caches import Caches

        if self._caches is None:
            self._caches = Caches()
        if settings.store is not None:
            from kirsch.stores.opening import open_store

            settings.store = open_store(settings.store)
        return CachedPlace(settings, self._caches)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """The place itself is the hook. PERF: a call between costs a tenth of a hit."""
        plan = self.plan(settings)
        yield "before_handler", self.named(Hook(plan.look, priority=settings.get("priority", self.priority)))

    def before_handler(self, request: Any, response: Any, plan: CachedPlace) -> None:
        """Answer by a copy, or see to it that one is made: for use by hand."""
        plan.look(request, response)

    # -- for applications ----------------------------------------------------------------------------------------

    def caches(self, app: Any = None) -> list[Cache]:
        """What keeps the copies of an application, or of all that have been asked by now; for its counters."""
        return self._caches.of(app) if self._caches is not None else []

    def clear(self, app: Any = None) -> None:
        """Forget all copies of an application, or of all."""
        if self._caches is not None:
            self._caches.clear(app)

    def delete(self, url: str, app: Any = None) -> None:
        """Forget the copies of one page. url: absolute, with its query. ValueError if it is none."""
        if self._caches is not None:
            self._caches.delete(url, app)
