"""Calling a function again and again while the bus runs: a Monitor, on a thread that wakes for nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kirsch.process.bus import Bus


class BackgroundTask(threading.Thread):
    """A daemon thread that calls a function every `interval` seconds, from one interval after its start on.

    What the function raises is logged on the bus, and the next call is made all the same. As a context manager it runs
    inside the block, which waits at its end for a call that is being made.
    """

    def __init__(
        self,
        interval: float,
        function: Callable[..., object],
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        bus: Bus | None = None,
    ) -> None:
        super().__init__(daemon=True)
        self.interval = interval
        self.function = function
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})
        self.bus = bus
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Make no more calls. One that is being made goes on; the thread ends at once otherwise."""
        self._cancelled.set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()
        if self is not threading.current_thread():
            self.join()

    def run(self) -> None:
        """Call, until cancelled."""
        while not self._cancelled.wait(self.interval):
            self.call()

    def call(self) -> None:
        """One call."""
        try:
            self.function(*self.args, **self.kwargs)
        except Exception:
            if self.bus is None:
                raise
            self.bus.log(f"Error in {self.name}, which is called again", level=40, traceback=True)


class PerpetualTimer(BackgroundTask):
    """The same on a thread that is no daemon: the process does not end before it is cancelled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.daemon = False


class Monitor(Plugin):
    """Calls a function every `frequency` seconds from the start of the bus to its stop; 0 does not call it.

    thread: the BackgroundTask while there is one. name: of that thread; by default that of the class.
    """

    def __init__(
        self, bus: Bus, callback: Callable[[], object], frequency: float = 60, name: str | None = None
    ) -> None:
        super().__init__(bus)
        self.callback = callback
        self.frequency = frequency
        self.name = name or type(self).__name__
        self.thread: BackgroundTask | None = None

    @priority(70)
    def start(self) -> None:
        """Begin to call, unless that has been done."""
        if self.frequency <= 0 or self.thread is not None:
            return
        self.thread = self.task()
        self.thread.name = self.name
        self.thread.start()
        self.bus.log(f"Started monitor thread {self.name!r}.", level=10)

    def task(self) -> BackgroundTask:
        """What calls."""
        return BackgroundTask(self.frequency, self.callback, bus=self.bus)

    def stop(self) -> None:
        """No longer call; waits for a call that is being made, unless it is that call that stops it."""
        thread, self.thread = self.thread, None
        if thread is None:
            return
        thread.cancel()
        if thread is not threading.current_thread():
            thread.join(self.bus.join_timeout)
        self.bus.log(f"Stopped thread {self.name!r}.", level=10)

    def graceful(self) -> None:
        """Begin anew, as the frequency may have changed."""
        self.stop()
        self.start()
