"""The threads that serve: numbered, and announced on the bus when they come and go.

The channels: a thread that is going to serve publishes `acquire_thread` (as often as it likes), one that will not any
more publishes `release_thread`. Out of these come `start_thread` and `stop_thread`, once each, with the number, in
that same thread: the place to open and close what a thread keeps for itself, such as a database connection.
"""

from __future__ import annotations

import threading
from itertools import count
from typing import TYPE_CHECKING, Final

from kirsch.process.channels import ChannelFailures
from kirsch.process.plugin import Plugin

if TYPE_CHECKING:
    from kirsch.process.bus import Bus


CHANNELS: Final = {
    "acquire_thread": "A thread of a server is going to serve; it may say so as often as it likes.",
    "start_thread": "In a thread that is going to serve, once, with its number.",
    "release_thread": "A thread of a server will not serve any more.",
    "stop_thread": "In a thread that will not serve any more, once, with its number.",
}
"""What servers tell of their threads, and what becomes of it."""


class ThreadManager(Plugin):
    """Gives each thread a number when first seen. Numbers are never used twice.

    threads: ident → number of the threads known now; others may read it.
    """

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        bus.add_channels(*CHANNELS)
        self.threads: dict[int, int] = {}  # changed under _lock
        self._lock = threading.Lock()
        self._numbers = count(1)  # used under _lock
        self._own = threading.local()  # .number: what this thread was given, be it still known or not

    def acquire_thread(self) -> None:
        """Publish `start_thread`, unless this thread is known. If a listener fails, the next call tries again."""
        ident = threading.get_ident()
        number = getattr(self._own, "number", None)
        # Idents are used again for new threads; their numbers are not.
        if number is not None and self.threads.get(ident) == number:
            return
        with self._lock:
            number = next(self._numbers)
            self.threads[ident] = self._own.number = number
        try:
            self.bus.publish("start_thread", number)
        except BaseException:
            self._forget(ident)
            raise

    def release_thread(self) -> None:
        """Forget this thread and publish `stop_thread`; nothing happens if it is not known."""
        number = self._forget(threading.get_ident())
        if number is not None and number == getattr(self._own, "number", None):
            self.bus.publish("stop_thread", number)

    def _forget(self, ident: int) -> int | None:
        with self._lock:
            return self.threads.pop(ident, None)

    def stop(self) -> None:
        """Forget all threads and publish `stop_thread` for each, from here: they themselves may be gone, or asleep."""
        with self._lock:
            numbers = list(self.threads.values())
            self.threads.clear()
        failures: list[Exception] = []
        for number in numbers:
            try:
                self.bus.publish("stop_thread", number)
            except ChannelFailures as error:
                failures += error.exceptions
        if failures:
            message = "listeners of 'stop_thread' failed"
            raise ChannelFailures(message, failures)
