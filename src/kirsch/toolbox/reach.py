"""A store as long as it is within reach: one that is away is left alone for a while, and the log says so once.

Each attempt on a store that is away may take as long as its patience, which must not be paid by every request.
"""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.stores.store import Conflict, Full, LockTimeout, StoreError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.stores.store import Store

PAUSE: Final = 1.0
"""Seconds for which it is left alone."""

QUIET: Final = 60.0
"""Seconds for which it is not said again that something did not fit, or was refused."""

_log = logging.getLogger("kirsch.error")


class Reach:
    """See the module. store: which. instead: what is done while it is away, for the log.

    _away: until when it is left alone; 0 if it is well. _quiet: until when nothing is said of what did not fit, or
    was refused; threads may race on this, and then two of them speak.
    """

    def __init__(self, store: Store, instead: str) -> None:
        self.store = store
        self.instead = instead
        self._mutex = threading.Lock()
        self._away = 0.0
        self._quiet = 0.0

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What the store gives. Raises StoreError, at once while it is left alone."""
        away = self._away
        if away:
            if monotonic() < away:
                raise Unavailable(f"{self.store.url} was away a moment ago")
            self._away = monotonic() + PAUSE  # the others go on without it while this one tries
        try:
            given = act()
        except Unavailable as error:
            with self._mutex:  # of all who were waiting for it at that moment, one says so
                news, self._away = not self._away, monotonic() + PAUSE
            if news:
                _log.warning("%s while a store is away: %s", self.instead, error)
            raise
        except (Conflict, LockTimeout):
            raise
        except StoreError as error:
            if monotonic() >= self._quiet:
                self._quiet = monotonic() + QUIET
                why = "has no room" if isinstance(error, Full) else "refuses"
                _log.warning("%s where a store %s: %s", self.instead, why, error)
            raise
        if away:
            self._away = 0.0
            _log.warning("the store is there again: %s", self.store.url)
        return given
