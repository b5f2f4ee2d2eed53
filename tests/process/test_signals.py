"""Signals made into channels. How processes end by them is tested in test_exit_codes."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from kirsch.process.bus import State
from kirsch.process.signals import SignalHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.process.bus import Bus

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals that can be sent")

NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2")


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    """Handlers as in a fresh process, put back at the end as they were."""
    before = {name: signal.getsignal(signal.Signals[name]) for name in NAMES}
    for name in NAMES:
        signal.signal(signal.Signals[name], signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
    yield
    for name, handler in before.items():
        signal.signal(signal.Signals[name], handler)


@pytest.fixture
def handler(bus: Bus) -> Iterator[SignalHandler]:
    """A handler, not subscribed; unsubscribed at the end."""
    handler = SignalHandler(bus)
    yield handler
    handler.unsubscribe()


def send(name: str) -> None:
    """Send this process a signal."""
    os.kill(os.getpid(), signal.Signals[name])


def elsewhere(call: Callable[[], object]) -> None:
    """Run on a new thread, to its end."""
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def blocked(bus: Bus, *names: str) -> None:
    """Start, block, and have the signals sent from the main loop, one a round."""
    pending = list(names)
    bus.subscribe("main", lambda: send(pending.pop(0)) if pending else None)
    bus.start()
    bus.block(0.001)


# In block()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_exit(bus: Bus, handler: SignalHandler, lines: list[str], name: str) -> None:
    """The signals that mean an exit make block() return, with status 0."""
    handler.subscribe()
    blocked(bus, name)
    assert f"Caught signal {name}." in lines
    assert (bus.exited, bus.exit_status) == (True, 0)


def test_graceful(bus: Bus, handler: SignalHandler) -> None:
    """SIGUSR1 is `graceful`, on the thread that blocks."""
    seen: list[int] = []
    bus.subscribe("graceful", lambda: seen.append(threading.get_ident()))
    bus.subscribe("graceful", bus.exit)
    handler.subscribe()
    blocked(bus, "SIGUSR1")
    assert seen == [threading.get_ident()]


def test_failing_graceful(bus: Bus, handler: SignalHandler, lines: list[str]) -> None:
    """A failing listener of a signal that ends nothing is logged, and ends nothing."""
    bus.subscribe("graceful", lambda: 1 / 0)
    handler.subscribe()
    blocked(bus, "SIGUSR1", "SIGTERM")
    assert any(line.startswith("Error in 'graceful' listener") for line in lines)
    assert bus.exit_status == 0


def test_failing_end(bus: Bus, handler: SignalHandler) -> None:
    """If the listener of a signal that ends the process fails, the process is ended all the same, with status 1."""
    handler.handlers["SIGTERM"] = lambda: 1 / 0
    handler.subscribe()
    with pytest.raises(SystemExit) as caught:
        blocked(bus, "SIGTERM")
    assert (caught.value.code, bus.exited) == (1, True)


def test_own_plans_for_an_ending_signal(bus: Bus, handler: SignalHandler) -> None:
    """A listener that does not exit may be called again and again: only an exit under way is forced."""
    seen: list[int] = []
    handler.handlers["SIGINT"] = lambda: seen.append(1)
    handler.subscribe()

    @bus.subscribe("main")
    def main() -> None:
        send("SIGINT" if len(seen) < 3 else "SIGTERM")
        bus.unsubscribe("main", main)

    bus.subscribe("SIGINT", lambda: bus.subscribe("main", main), 90)
    bus.start()
    bus.block(0.001)
    assert len(seen) == 3


# Without block()


def test_nobody_blocks(bus: Bus, handler: SignalHandler) -> None:
    """With nobody in block(), the exit is made by a thread of its own."""
    seen: queue.Queue[str] = queue.Queue()
    bus.subscribe("exit", lambda: seen.put(threading.current_thread().name))
    handler.subscribe()
    bus.start()
    send("SIGTERM")
    assert seen.get(timeout=5) == "Signal SIGTERM"


def test_ctrl_c_without_block(bus: Bus, handler: SignalHandler) -> None:
    """A main thread that does not block gets its KeyboardInterrupt."""
    handler.subscribe()
    bus.start()
    with pytest.raises(KeyboardInterrupt):
        send("SIGINT")
    assert bus.state is State.STARTED


@pytest.mark.parametrize("life", [(), ("start", "exit")])
def test_not_running(bus: Bus, handler: SignalHandler, lines: list[str], life: tuple[str, ...]) -> None:
    """Before the start and after the end, signals do what they did before."""
    seen: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    handler.subscribe()
    for change in life:
        getattr(bus, change)()
    send("SIGTERM")
    assert seen == [signal.SIGTERM]
    assert "Caught signal SIGTERM." not in lines


def test_harmless_default(bus: Bus, handler: SignalHandler) -> None:
    """A signal that ends nothing by default is handled again after it came too early."""
    seen: list[int] = []
    handler.set_handler("SIGWINCH", lambda: seen.append(1))
    bus.subscribe("SIGWINCH", bus.exit)
    handler.subscribe()
    send("SIGWINCH")
    assert seen == []
    blocked(bus, "SIGWINCH")
    assert seen == [1]


def test_early_graceful(bus: Bus, handler: SignalHandler) -> None:
    """A signal that ends nothing and comes during the start is kept until after it."""
    bus.subscribe("start", lambda: send("SIGUSR1"))
    bus.subscribe("graceful", bus.exit)
    handler.subscribe()
    blocked(bus)
    assert bus.exited


def test_early_end(bus: Bus, handler: SignalHandler) -> None:
    """SIGTERM during the start breaks it off: what was started is stopped, the status says it."""
    bus.subscribe("start", lambda: send("SIGTERM"))
    handler.subscribe()
    with pytest.raises(SystemExit) as caught:
        bus.start()
    assert (caught.value.code, bus.exited) == (143, True)


def test_second_life(bus: Bus, handler: SignalHandler, lines: list[str]) -> None:
    """A bus that is started again handles signals again."""
    handler.subscribe()
    blocked(bus, "SIGTERM")
    blocked(bus, "SIGTERM")
    assert lines.count("Caught signal SIGTERM.") == 1 + 1


# Subscribing


def test_unsubscribe(bus: Bus, handler: SignalHandler, lines: list[str]) -> None:
    """Unsubscribing gives everything back: handlers of the system, listeners, the watcher."""
    handler.subscribe()
    bus.start()
    watcher = handler._watcher
    handler.unsubscribe()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert bus.listeners["SIGTERM"] == bus.listeners["start"] == ()
    assert lines[-1] == "Restoring SIGUSR1 handler <Handlers.SIG_DFL: 0>."
    assert watcher is not None
    watcher.join(2)
    assert not watcher.is_alive()


def test_subscribe_twice(bus: Bus, handler: SignalHandler) -> None:
    """What was there before us is remembered also if we subscribe twice."""
    handler.subscribe()
    handler.subscribe()
    handler.unsubscribe()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert bus.listeners["SIGTERM"] == ()


def test_subscribe_late(bus: Bus, handler: SignalHandler) -> None:
    """Subscribed to a bus that runs already, signals are handled as well."""
    bus.start()
    handler.subscribe()
    send("SIGTERM")
    bus.wait(State.EXITING)


def test_subscribe_outside_the_main_thread(bus: Bus, handler: SignalHandler, lines: list[str]) -> None:
    """There it fails nothing, says that signals are not handled and what to do; the channels are listened to."""
    elsewhere(handler.subscribe)
    assert len(lines) == 1
    assert "not handled: subscribe() was called outside the main thread. Call it there, or publish" in lines[0]
    bus.publish("SIGTERM")
    assert bus.exited


def test_unsubscribe_outside_the_main_thread(handler: SignalHandler, lines: list[str]) -> None:
    """There it cannot give handlers back, and says so; later, in the main thread, it can."""
    handler.subscribe()
    elsewhere(handler.unsubscribe)
    assert "SIGTERM handler not restored: only the main thread can do so." in lines
    handler.unsubscribe()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_ignored_signals_stay_ignored(handler: SignalHandler, lines: list[str]) -> None:
    """What nohup or a shell had ignored is not handled."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    handler.subscribe()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert "SIGHUP was set to be ignored and stays so." in lines


def test_name_of_another_system(handler: SignalHandler, lines: list[str]) -> None:
    """A name in `handlers` that this system does not know is said, and passed over."""
    handler.handlers["SIGBREAKFAST"] = print
    handler.subscribe()
    assert "No such signal on this system: SIGBREAKFAST." in lines


@pytest.mark.parametrize("wanted", ["SIGUSR2", int(signal.SIGUSR2)])
def test_set_handler(bus: Bus, handler: SignalHandler, lines: list[str], wanted: str | int) -> None:
    """A signal more, by name or by number, with a listener."""
    handler.set_handler(wanted, bus.exit)
    handler.subscribe()
    assert lines[0] == "Listening for SIGUSR2."
    blocked(bus, "SIGUSR2")
    assert bus.exited


def test_set_handler_without_listener(bus: Bus, handler: SignalHandler) -> None:
    """Without a listener, those of the channel are called."""
    bus.subscribe("SIGUSR2", bus.exit)
    handler.set_handler("SIGUSR2")
    handler.subscribe()
    blocked(bus, "SIGUSR2")
    assert bus.exited


@pytest.mark.parametrize(
    ("wanted", "message"),
    [("SIGTREM", r"No such signal: 'SIGTREM' \(did you mean 'SIGTERM'\?\)"), (999, "No such signal: 999$")],
)
def test_unknown_signal(handler: SignalHandler, wanted: str | int, message: str) -> None:
    """An unknown signal is an error that names the nearest one."""
    with pytest.raises(ValueError, match=message):
        handler.set_handler(wanted)


def test_set_handler_outside_the_main_thread(handler: SignalHandler) -> None:
    """Asked for one signal where it cannot be done, that is an error."""
    errors: list[str] = []

    def attempt() -> None:
        try:
            handler.set_handler("SIGUSR2")
        except RuntimeError as error:
            errors.append(str(error))

    elsewhere(attempt)
    assert errors == ["SIGUSR2 cannot be handled: Python sets handlers of signals in the main thread only"]


# SIGHUP


class Terminal:
    """A standard input that may be a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("daemon", "stdin", "restarted"),
    [
        (True, Terminal(terminal=False), True),
        (True, None, True),
        (True, Terminal(terminal=True), False),
        (False, Terminal(terminal=False), False),
    ],
)
def test_hang_up(
    bus: Bus, monkeypatch: pytest.MonkeyPatch, daemon: bool, stdin: Terminal | None, restarted: bool
) -> None:
    """SIGHUP restarts a daemon: another process than at first, without a terminal. Anything else exits."""
    handler = SignalHandler(bus)
    handler._first_pid -= daemon
    monkeypatch.setattr(sys, "stdin", stdin)
    handler.hang_up()
    assert (bus.execv, bus.exited) == (restarted, True)


def test_forked_child(bus: Bus, handler: SignalHandler) -> None:
    """In a child that was forked from a running bus signals do what they did before; the daemon starts to watch."""
    seen: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    handler.subscribe()
    bus.start()
    handler._noted.put(None)  # threads do not survive a fork
    handler._pid -= 1
    send("SIGTERM")
    assert seen == [signal.SIGTERM]
    handler.start()
    send("SIGTERM")
    bus.wait(State.EXITING)
    assert len(seen) == 1


def test_released_signal_goes_back(bus: Bus, handler: SignalHandler) -> None:
    """To who handled it before; the next subscribe() leaves it there, and the others stay ours."""
    handler.subscribe()
    handler.release("SIGTERM")
    released = signal.getsignal(signal.SIGTERM)
    handler.unsubscribe()
    handler.subscribe()

    assert (released, signal.getsignal(signal.SIGTERM)) == (signal.SIG_DFL, signal.SIG_DFL)
    assert not bus.listeners["SIGTERM"]
    assert signal.getsignal(signal.SIGHUP) not in (signal.SIG_DFL, signal.SIG_IGN)
