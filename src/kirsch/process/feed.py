"""News for many: what one thread sends, others receive, each as fast as it can; and all are let go at the end."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.process.bus import Bus


class Feed(Plugin):
    """Whoever iterates over it receives what is sent from then on, and None where nothing has come for a while.

    heartbeat: the seconds of that while. The first that comes is a None as well: from there on nothing is missed. kept:
    how many are kept for those who are slow; whoever is further behind misses the oldest. It ends when the bus stops.
    """

    def __init__(self, bus: Bus, heartbeat: float = 5.0, kept: int = 100) -> None:
        super().__init__(bus)
        self.heartbeat = heartbeat
        self._news = threading.Condition()  # guards the three below
        self._kept: deque[Any] = deque(maxlen=kept)
        self._sent = 0
        self._over = False

    def send(self, value: Any) -> None:
        """Give it to all who listen. It is the same object for each of them, so do not change it afterwards."""
        with self._news:
            self._kept.append(value)
            self._sent += 1
            self._news.notify_all()

    def __iter__(self) -> Iterator[Any]:
        with self._news:
            place = self._sent
        yield None
        while True:
            values, place, over = self._after(place)
            yield from values
            if over:
                return

    def _after(self, place: int) -> tuple[list[Any], int, bool]:
        """What was sent after so many, a None if nothing comes; how many have been sent by then; whether it is over."""
        with self._news:
            self._news.wait_for(lambda: self._over or self._sent > place, self.heartbeat)
            new = min(self._sent - place, len(self._kept))
            silence = [] if self._over else [None]
            return list(self._kept)[-new:] if new else silence, self._sent, self._over

    def start(self) -> None:
        """Whoever listens from now on waits for news."""
        with self._news:
            self._over = False

    @priority(20)  # the server, at 25, waits for those who wait for us
    def stop(self) -> None:
        """Let all go who listen, with what has been sent."""
        with self._news:
            self._over = True
            self._news.notify_all()
