"""`cherrypy.lib.caching`: the cache of pages, under the old names.

What keeps copies is another thing here than there: it gets keys and copies, and knows nothing of requests. A class of
one's own that was made for CherryPy is to be written anew; see `docs/reference/caching.md`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from kirsch.app.context import present
from kirsch.toolbox.pagecache import Cache, MemoryCache

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["AntiStampedeCache", "Cache", "MemoryCache", "expires", "get", "tee_output"]


def get(*args: Any, **settings: Any) -> bool:
    """Answer by a copy if there is one (True); else have one kept of the page to come. As the tool does by config."""
    request: Any = present()
    _tools().caching.callable(*args, **settings)
    return bool(request.cached)


def tee_output() -> None:
    """Nothing: get() has seen to it that the page is kept."""


def expires(secs: float | timedelta = 0, force: bool = False, debug: bool = False) -> None:
    """Say for how many seconds the answer is good: as `tools.expires`."""
    _tools().expires.callable(secs=secs, force=force, debug=debug)


def _tools() -> Any:
    app = present().app
    if app is None:
        raise RuntimeError("no request is being answered here, so nothing can be done about its answer")
    return app.toolboxes["tools"]


class AntiStampedeCache(dict[Any, Any]):
    """A dict for several threads: who asks for what is not there is to make it, and the others wait for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mutex = threading.Lock()

    def wait(self, key: Any, timeout: float | None = 5, debug: bool = False) -> Any:
        """What is there, or has come in so many seconds; None if it is for the caller to make, and to set.

        timeout: None does not wait for others at all.
        """
        with self._mutex:
            value = self.get(key)
            if not isinstance(value, threading.Event):
                if value is None:
                    dict.__setitem__(self, key, threading.Event())
                return value
        if timeout is None:
            return None
        value.wait(timeout)
        with self._mutex:
            come = self.get(key)
            if isinstance(come, threading.Event) or come is None:
                dict.__setitem__(self, key, threading.Event())  # who has made it in vain lets nobody wait for ever
                return None
            return come

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set it, and let those go on who wait."""
        with self._mutex:
            waiting = self.get(key)
            super().__setitem__(key, value)
        if isinstance(waiting, threading.Event):
            waiting.set()
