"""A fuse: when a server is away, threads fail at once instead of waiting for it one after another."""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

from kirsch.stores.store import Unavailable, renew_after_fork

if TYPE_CHECKING:
    from types import TracebackType

PAUSE: Final = 0.5
"""Seconds after a failure in which nobody asks the server. Then one thread tries; the others, once it has succeeded."""

_log = logging.getLogger("kirsch.stores")


class Circuit:
    """For a `with` around each talk to a server: an Unavailable that comes out of it opens the circuit.

    _until: the moment from which on somebody may try; 0.0 while the server is there. _why: what went wrong.
    """

    def __init__(self, name: str, patience: float) -> None:
        self._name = name
        self._patience = patience
        self._until = 0.0
        self._why = ""
        self._renew()
        renew_after_fork(self._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        until = self._until
        if until and not self._mine_to_try(until):
            error = Unavailable(self._why)
            error.asked = False
            raise error

    def _mine_to_try(self, until: float) -> bool:
        now = monotonic()
        if now < until:
            return False
        with self._lock:
            if self._until != until:
                return False  # another thread was quicker
            self._until = now + self._patience + PAUSE  # for it alone, until it knows more
            return True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, Unavailable):
            with self._lock:  # of all who were waiting for it at that moment, one says so
                news, self._why, self._until = not self._until, str(error), monotonic() + PAUSE
            if news:
                _log.warning("%s", error)
        elif self._until:
            with self._lock:
                news, self._until = bool(self._until), 0.0
            if news:
                _log.info("%s: is there again", self._name)
