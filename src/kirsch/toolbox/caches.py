"""The caches of all applications that have any."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kirsch.toolbox.makers import Makers
from kirsch.toolbox.pagecache import Cache, MemoryCache, key_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kirsch.stores.store import Store
    from kirsch.toolbox.cachingsettings import CachingSettings


class Caches:
    """The caches of all applications: each has its own for each size, or store, that its config names."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._of: WeakKeyDictionary[Any, tuple[Makers, dict[Any, Cache]]] = WeakKeyDictionary()

    def find(self, app: Any, settings: CachingSettings) -> tuple[Makers, Cache]:
        """The cache for these settings."""
        sizes = (settings.maxobjects, settings.maxsize, settings.store, settings.cache_class)
        with self._mutex:
            makers, caches = self._of.setdefault(app, (Makers(), {}))
            cache = caches.get(sizes)
            if cache is None:
                cache = caches[sizes] = make_cache(settings)
            return makers, cache

    def of(self, app: Any = None) -> list[Cache]:
        """Those of an application, or of all."""
        with self._mutex:
            return [cache for each, (_, caches) in self._of.items() if app in (None, each) for cache in caches.values()]

    def clear(self, app: Any = None) -> None:
        """Forget everything, also what is being made."""
        for makers in self._makers(app):
            makers.change_all()
        for cache in self.of(app):
            cache.clear()

    def delete(self, url: str, app: Any = None) -> None:
        """Forget a page."""
        self.forget([key_of_url(url)], app)

    def forget(self, keys: Iterable[str], app: Any = None) -> None:
        """Forget pages by their keys."""
        for key in keys:
            for makers in self._makers(app):
                makers.change(key)
            for cache in self.of(app):
                cache.delete(key)

    def _makers(self, app: Any) -> list[Makers]:
        with self._mutex:
            return [makers for each, (makers, _) in self._of.items() if app in (None, each)]


def _shared() -> Store | None:
    from kirsch.stores.opening import shared_store

    return shared_store()


def make_cache(settings: CachingSettings) -> Cache:
    """The cache that settings ask for."""
    if settings.cache_class is not None:
        cache: Cache = settings.cache_class()
    elif (store := settings.store or _shared()) is not None:
        from kirsch.toolbox.sharedcache import SharedCache

        cache = SharedCache(store)
    else:
        cache = MemoryCache()
    for name in ("maxobjects", "maxobj_size", "maxsize", "delay"):
        setattr(cache, name, getattr(settings, name))
    return cache
