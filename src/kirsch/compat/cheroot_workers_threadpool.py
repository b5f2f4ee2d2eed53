"""`cheroot.workers.threadpool`: how many threads a server keeps, and what they do."""

from __future__ import annotations

import threading
from math import inf
from typing import Any


class WorkerThread(threading.Thread):
    """A thread that serves. Those of our server are its own; this is for who asks what it would be."""


class ThreadPool:
    """The threads of a server. min: kept. max: there may be so many; infinite: as many as our server takes anyway.

    Ours grows by itself while all threads are busy: grow() and shrink() change `min` for the next start.
    """

    def __init__(
        self,
        server: Any,
        min: int = 10,
        max: float = -1,
        accepted_queue_size: int = -1,
        accepted_queue_timeout: float = 10,
    ) -> None:
        if min < 1:
            raise ValueError(f"min={min!r} must be > 0")
        if max == 0 or not (isinstance(max, int) or max == inf):
            raise TypeError(f"Expected an integer or the infinity value for the `max` argument but got {max!r}.")
        self.server = server
        self.min = min
        self.max = inf if max < 0 else max
        if self.max < min:
            raise ValueError(f"max={max!r} must be > min={min!r} (or infinity)")
        self.accepted_queue_size = accepted_queue_size
        self.accepted_queue_timeout = accepted_queue_timeout
        self.serving: Any = None

    def _statistics(self) -> Any:
        return self.serving.statistics() if self.serving is not None and self.serving.running else None

    @property
    def threads(self) -> list[Any]:
        """What is known of each thread."""
        found = self._statistics()
        return list(found.threads) if found is not None else []

    @property
    def idle(self) -> int:
        """How many threads have nothing to do; the one that waits for clients counts as one of them."""
        return sum(each.doing == "idle" or not each.request for each in self.threads)

    @property
    def qsize(self) -> int:
        """How many connections wait for a thread."""
        found = self._statistics()
        return found.waiting if found is not None else 0

    def grow(self, amount: int) -> None:
        """Keep so many more."""
        self.min = int(min(self.min + amount, self.max))

    def shrink(self, amount: int) -> None:
        """Keep so many fewer, one at least."""
        self.min = max(1, self.min - amount)

    def start(self) -> None:
        """The server has started them."""

    def stop(self, timeout: float = 5) -> None:
        """The server stops them."""
        self.server.stop()
