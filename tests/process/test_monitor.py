"""Monitors: called again and again between start and stop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from kirsch.process.monitor import BackgroundTask, Monitor, PerpetualTimer

if TYPE_CHECKING:
    from kirsch.process.bus import Bus

LONG = 5.0
"""Seconds that nothing takes unless it is broken."""


class Calls:
    """A callback that counts, and lets one wait for a number of calls."""

    def __init__(self, error: Exception | None = None) -> None:
        self.seen = 0
        self.error = error
        self._changed = threading.Condition()

    def __call__(self, *_: object, **__: object) -> None:
        with self._changed:
            self.seen += 1
            self._changed.notify_all()
        if self.error is not None:
            raise self.error

    def reach(self, number: int) -> bool:
        """Whether there are so many before LONG is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.seen >= number, LONG)


def test_monitor_calls_from_start_to_stop(bus: Bus) -> None:
    """It calls between start and stop, and not after it."""
    calls = Calls()
    with Monitor(bus, calls, 0.001) as monitor:
        bus.start()
        thread = monitor.thread
        assert calls.reach(3)
        bus.exit()
    assert thread is not None
    assert not thread.is_alive()
    assert monitor.thread is None


@pytest.mark.parametrize("kind", [BackgroundTask, PerpetualTimer])
def test_a_task_runs_inside_a_block(kind: type[BackgroundTask]) -> None:
    """As a context manager a task calls inside the block, and its thread ends with it."""
    calls = Calls()
    with kind(0.001, calls) as task:
        assert calls.reach(2)
    assert not task.is_alive()


def test_an_error_is_logged_and_the_next_call_made(bus: Bus, lines: list[str]) -> None:
    """A callback that fails is called again, and each failure is in the log with its traceback."""
    calls = Calls(ValueError("broken"))
    with Monitor(bus, calls, 0.001, "Heart") as monitor:
        monitor.start()
        assert calls.reach(2)
        monitor.stop()
    told = [line for line in lines if line.startswith("Error in Heart")]
    assert told
    assert "ValueError: broken" in told[0]


def test_frequency_0_calls_nothing(bus: Bus) -> None:
    """Without a frequency there is no thread."""
    monitor = Monitor(bus, Calls(), 0)
    monitor.start()
    assert monitor.thread is None


def test_graceful_takes_a_new_frequency(bus: Bus) -> None:
    """A monitor begins anew at `graceful`, with the frequency it has then."""
    calls = Calls()
    with Monitor(bus, calls, 1000) as monitor:
        bus.start()
        monitor.frequency = 0.001
        bus.graceful()
        assert calls.reach(1)


def test_a_call_may_stop_its_monitor(bus: Bus) -> None:
    """A callback that stops its own monitor does not wait for itself."""
    stopped = threading.Event()

    def stop() -> None:
        monitor.stop()
        stopped.set()

    monitor = Monitor(bus, stop, 0.001)
    monitor.start()
    assert stopped.wait(LONG)


def test_monitor_starts_once(bus: Bus, lines: list[str]) -> None:
    """A second start changes nothing."""
    monitor = Monitor(bus, Calls(), 1000)
    monitor.start()
    thread = monitor.thread
    monitor.start()
    assert monitor.thread is thread
    monitor.stop()
    assert lines == ["Started monitor thread 'Monitor'.", "Stopped thread 'Monitor'."]


@pytest.mark.parametrize(("kind", "daemon"), [(BackgroundTask, True), (PerpetualTimer, False)])
def test_cancel_wakes(kind: type[BackgroundTask], daemon: bool) -> None:
    """A cancelled task ends at once, however long its interval; only a timer holds up the end of the process."""
    task = kind(1000, Calls(), ["argument"], {"name": "value"})
    task.start()
    task.cancel()
    task.join(LONG)
    assert not task.is_alive()
    assert task.daemon is daemon
