"""The contract: Buckets keep for each client when its bucket is full again; and the usual kind, in memory."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from time import monotonic_ns
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.http.rates import Rate, Verdict

MOST: Final = 100_000
"""Clients that are remembered at most; who has not come for the longest time is forgotten first."""


class Buckets(ABC):
    """See the module."""

    @abstractmethod
    def spend(self, key: str, rate: Rate) -> Verdict | None:
        """Take a token from somebody's bucket; None if nobody can tell just now."""


class MemoryBuckets(Buckets):
    """In the memory of this process. clock: nanoseconds of a clock that never goes back."""

    def __init__(self, clock: Callable[[], int] = monotonic_ns, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._mutex = threading.Lock()
        self._full: OrderedDict[str, int] = OrderedDict()

    def spend(self, key: str, rate: Rate) -> Verdict:
        with self._mutex:
            verdict = rate.spend(self._full.get(key), self._clock())
            self._full[key] = verdict.full
            self._full.move_to_end(key)
            if len(self._full) > self._most:
                self._full.popitem(last=False)
        return verdict

    def __len__(self) -> int:
        return len(self._full)
