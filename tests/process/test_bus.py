"""The states of the bus, and the changes between them."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from re import sub
from typing import TYPE_CHECKING

import pytest

from kirsch.process.bus import Bus, State, states
from kirsch.process.channels import ChannelFailures
from tests.process.conftest import BROKEN, EXIT, START, STOP, broken, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

# States


def test_states() -> None:
    """States have a name, are known by it, and are found at the class."""
    assert Bus.states is states
    assert [state.name for state in states] == ["STOPPED", "STARTING", "STARTED", "STOPPING", "EXITING"]
    assert (repr(states.STARTED), str(states.STARTED)) == ("states.STARTED", "states.STARTED")


def test_repr(bus: Bus) -> None:
    """A bus shows its state."""
    assert repr(bus) == "<Bus STOPPED>"


@pytest.mark.parametrize(
    ("change", "during", "after", "log"),
    [
        ("start", State.STARTING, State.STARTED, START),
        ("stop", State.STOPPING, State.STOPPED, STOP),
        ("exit", State.EXITING, State.EXITING, EXIT),
        ("graceful", State.STOPPED, State.STOPPED, ["Bus graceful"]),
    ],
)
def test_changes(bus: Bus, lines: list[str], change: str, during: State, after: State, log: list[str]) -> None:
    """Each change publishes the channel of its name, in its state, and says so."""
    seen: list[State] = []
    bus.subscribe(change, lambda: seen.append(bus.state))
    getattr(bus, change)()
    assert (seen, bus.state, lines) == ([during], after, log)


def test_start_twice(bus: Bus, lines: list[str]) -> None:
    """A second start of a started bus is refused in the log, and starts nothing."""
    seen: list[int] = []
    bus.subscribe("start", lambda: seen.append(1))
    bus.start()
    bus.start()
    assert (seen, lines) == ([1], [*START, "Bus already STARTED"])


def test_start_again(bus: Bus) -> None:
    """A stopped bus, and an exited one, can be started again."""
    bus.start()
    bus.stop()
    bus.start()
    assert bus.state is State.STARTED
    bus.exit(3)
    bus.start()
    assert (bus.state, bus.exited, bus.exit_status) == (State.STARTED, False, 0)


def test_nothing_after_exit(bus: Bus, lines: list[str]) -> None:
    """An exited bus does nothing any more, whatever it is asked, except start."""
    bus.exit()
    for change in (bus.stop, bus.exit, bus.graceful):
        change()
    assert (lines, bus.state) == (EXIT, State.EXITING)


# Failures


def test_failing_start(bus: Bus, lines: list[str]) -> None:
    """If a start listener fails, no later one is called, all is stopped, the bus exits; start() raises the failure."""
    seen: list[str] = []
    bus.subscribe("start", broken)
    bus.subscribe("start", lambda: seen.append("start"), 75)
    bus.subscribe("stop", lambda: seen.append("stop"))
    with pytest.raises(ChannelFailures) as caught:
        bus.start()
    assert str(caught.value) == BROKEN
    assert (seen, bus.state, bus.exited, bus.exit_status) == (["stop"], State.EXITING, True, 1)
    assert [line.partition("\n")[0] for line in lines[2:]] == ["Shutting down due to error in start listener", *EXIT]


def test_failing_start_and_stop(bus: Bus) -> None:
    """If stopping fails as well, the failure of the start is the one raised."""
    bus.subscribe("start", broken)
    bus.subscribe("stop", lambda: 1 / 0)
    with pytest.raises(ChannelFailures) as caught:
        bus.start()
    assert str(caught.value) == BROKEN
    assert bus.exited


@pytest.mark.parametrize(("error", "status"), [(SystemExit(3), 3), (KeyboardInterrupt(), 130)])
def test_start_left(bus: Bus, error: BaseException, status: int) -> None:
    """A listener that leaves start() altogether leaves a bus that is stopped and exited, and its status."""

    def leave() -> None:
        raise error

    bus.subscribe("start", leave)
    with pytest.raises(type(error)):
        bus.start()
    assert (bus.exited, bus.exit_status, bus.leaving) == (True, status, False)


def test_failing_stop(bus: Bus) -> None:
    """A failing stop listener keeps nothing from being stopped; stop() raises it in the end."""
    seen: list[int] = []
    bus.subscribe("stop", broken)
    bus.subscribe("stop", lambda: seen.append(1))
    with pytest.raises(ChannelFailures):
        bus.stop()
    assert (seen, bus.state) == ([1], State.STOPPED)


@pytest.mark.parametrize("channel", ["stop", "exit"])
def test_failing_exit(bus: Bus, lines: list[str], channel: str) -> None:
    """Whatever fails on the way out, the bus gets there; with nobody in block(), exit() raises it."""
    bus.subscribe(channel, broken)
    with pytest.raises(ChannelFailures):
        bus.exit()
    assert (bus.exited, bus.exit_status) == (True, 1)
    assert [line for line in lines if line.startswith("Bus")] == EXIT


def test_failing_exit_comes_out_of_block(bus: Bus) -> None:
    """With somebody in block(), failures of an exit come out there."""
    bus.subscribe("stop", broken)
    bus.subscribe("main", bus.exit)
    with pytest.raises(ChannelFailures):
        bus.block(0.001)
    assert bus.exited


@pytest.mark.parametrize(("given", "kept"), [((0, 3, 4), 3), ((None,), 0), (("text",), "text")])
def test_exit_status(bus: Bus, given: tuple[int | str | None, ...], kept: int | str) -> None:
    """The first status that is not 0 is kept, and raised by block()."""
    bus.start()
    for status in given:
        bus.exit(status)
    assert bus.exit_status == kept
    if kept:
        with pytest.raises(SystemExit) as caught:
            bus.block()
        assert caught.value.code == kept


# Several at once


def test_exit_within_start(bus: Bus, lines: list[str]) -> None:
    """A start listener may ask for the exit: it is made after the start."""
    bus.subscribe("start", bus.exit)
    bus.start()
    assert lines == [*START, *EXIT]


def test_stop_listener_joins_a_thread_that_exits(bus: Bus, lines: list[str]) -> None:
    """An exit asked for by another thread during a stop waits for nothing, and is made right after it."""
    bus.subscribe("stop", lambda: in_thread(bus.exit).join())
    bus.stop()
    assert lines == [*STOP, *EXIT]


def test_stop_while_stopping(bus: Bus, lines: list[str]) -> None:
    """A stop asked for during a stop is that stop; before another start it is one of its own."""
    bus.subscribe("stop", bus.stop)
    bus.stop()
    assert lines == STOP
    bus.unsubscribe("stop", bus.stop)

    @bus.subscribe("stop")
    def once() -> None:
        bus.unsubscribe("stop", once)
        bus.start()
        bus.stop()

    bus.stop()
    assert lines == [*STOP, *STOP, *START, *STOP]


def test_start_while_leaving(bus: Bus, lines: list[str]) -> None:
    """A start asked for during an exit is refused in the log."""
    bus.subscribe("stop", bus.start)
    bus.exit()
    assert lines == ["Bus STOPPING", "Bus STOPPING on its way out: it is not started again", *EXIT[1:]]


def test_changes_from_many_threads(bus: Bus, lines: list[str]) -> None:
    """Changes asked for at the same time are made one after the other, and the exit is the last."""
    gate = threading.Barrier(6)

    def ask(change: Callable[[], None]) -> None:
        gate.wait()
        change()

    changes = (bus.stop, bus.start, bus.graceful, bus.exit, bus.exit, bus.stop)
    threads = [in_thread(partial(ask, change)) for change in changes]
    for thread in threads:
        thread.join()
    whole = sub(
        "|".join(map(",".join, (START, STOP, EXIT[2:], ["Bus graceful"]))) + "|Bus already STARTED|.* again",
        "",
        ",".join(lines),
    )
    assert set(whole) <= {","}


def test_signal_handler_may_exit(bus: Bus, lines: list[str]) -> None:
    """A signal handler of one's own may call exit(), whatever it interrupts."""
    previous = signal.signal(signal.SIGUSR2, lambda *_: bus.exit())
    try:
        bus.subscribe("stop", lambda: os.kill(os.getpid(), signal.SIGUSR2))
        bus.start()
        bus.stop()
    finally:
        signal.signal(signal.SIGUSR2, previous)
    assert lines == [*START, *STOP, *EXIT]


def test_started(bus: Bus) -> None:
    """`started` is published when all listeners of `start` are through, in the state STARTED."""
    seen: list[object] = []
    bus.subscribe("started", lambda: seen.append(bus.state))
    bus.subscribe("start", lambda: seen.append("start"), 99)
    bus.start()
    assert seen == ["start", State.STARTED]


def test_not_started(bus: Bus) -> None:
    """`started` is not published if a listener of `start` has failed."""
    seen: list[object] = []
    bus.subscribe("started", lambda: seen.append("started"))
    bus.subscribe("start", broken, 1)
    with pytest.raises(ChannelFailures):
        bus.start()
    assert seen == []


def test_an_exit_wins_over_a_restart(bus: Bus) -> None:
    """Whoever is told to end while it is about to run anew ends."""
    bus.subscribe("stop", bus.exit)
    bus.start()
    bus.restart()
    assert (bus.execv, bus.exited) == (False, True)
