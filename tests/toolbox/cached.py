"""A site whose one page counts how often it was made and answers as it is told, behind a cache with a clock of ours."""

from __future__ import annotations

import kirsch
from kirsch.testing.client import Client
from kirsch.toolbox.pagecache import MemoryCache
from tests.app.pages import LonelyApplication


class Site:
    """clock: seconds, moved by hand. made: how often the page was made. cache: what keeps its copies.

    make: called for each page, with the request; gives its body.
    """

    def __init__(self, make=None, headers=(), status=None, **settings):
        self.now = 1000.0
        self.made = 0
        self.headers = dict(headers)
        self.status = status
        self.make = make or (lambda request: f"page {self.made}")
        config = {"tools.caching.on": True, "tools.caching.cache_class": self._cache_class()}
        config.update({f"tools.caching.{name}": value for name, value in settings.items() if "." not in name})
        config.update({name: value for name, value in settings.items() if "." in name})
        self.app = LonelyApplication(self, "", {"/": config})
        self.tools = self.app.toolboxes["tools"]
        self.client = Client(self.app)

    def _cache_class(self):
        class Timed(MemoryCache):
            clock = lambda _: self.now  # noqa: E731

        return Timed

    @kirsch.expose
    def default(self, *args, **kwargs):
        self.made += 1
        kirsch.response.headers.update(self.headers)
        if self.status is not None:
            kirsch.response.status = self.status
        return self.make(kirsch.request)

    @property
    def cache(self):
        return self.tools.caching.caches()[0]

    def get(self, path="/", **headers):
        """A GET with these headers, `_` for `-`; what is made is seen by `made`."""
        return self.client.get(path, headers=named(headers))

    def ask(self, method, path="/", **headers):
        """The same by any method."""
        return self.client.request(method, path, headers=named(headers))


def named(headers):
    """Header fields of keyword arguments."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
