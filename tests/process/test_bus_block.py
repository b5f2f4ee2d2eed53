"""The bus at rest: waiting for states, the main loop, and the end of Python."""

from __future__ import annotations

import gc
import signal
import threading
import time
import weakref

import pytest

from kirsch.process.bus import Bus, State
from kirsch.process.channels import ChannelFailures
from tests.process.conftest import BROKEN, EXIT, START, WAITING, broken, in_thread

# Waiting


@pytest.mark.parametrize("wanted", [State.STARTED, [State.STARTED, State.EXITING]])
def test_wait(bus: Bus, wanted: State | list[State]) -> None:
    """wait() returns in the state, or one of the states, at once if it is there."""
    thread = in_thread(lambda: bus.wait(wanted))
    bus.start()
    thread.join(2)
    assert not thread.is_alive()
    bus.wait(wanted)


def test_wait_sees_states_that_do_not_last(bus: Bus) -> None:
    """A state that is over at once is seen all the same by who waits for it."""

    @bus.subscribe("main")
    def main() -> None:
        bus.start()
        bus.stop()

    bus.wait(State.STARTED, 0.001, "main")
    assert bus.state is State.STOPPED


def test_wait_publishes(bus: Bus) -> None:
    """While waiting, the channel is published every interval."""
    seen: list[int] = []

    @bus.subscribe("tick")
    def tick() -> None:
        seen.append(1)
        if len(seen) == 3:
            bus.start()

    bus.wait(State.STARTED, 0.001, "tick")
    assert len(seen) == 3


def test_start_with_callback(bus: Bus) -> None:
    """The function is called, on a thread named for it, when the bus is started."""
    seen: list[object] = []
    thread = bus.start_with_callback(lambda *a, **k: seen.append((a, k, bus.state)), (1, 2), {"key": 3})
    thread.join(2)
    assert seen == [((1, 2), {"key": 3}, State.STARTED)]
    assert thread.name.startswith("Bus Callback Thread-")


def test_start_with_callback_after_exit(bus: Bus) -> None:
    """It is called as well when an exited bus is started again."""
    seen: list[State] = []
    bus.exit()
    bus.start_with_callback(lambda: seen.append(bus.state)).join(2)
    assert seen == [State.STARTED]


def test_start_with_callback_failing(bus: Bus) -> None:
    """If the start fails, the function is not called, and its thread ends."""
    seen: list[int] = []
    bus.subscribe("start", broken)
    with pytest.raises(ChannelFailures):
        bus.start_with_callback(lambda: seen.append(1))
    for thread in threading.enumerate():
        if thread.name.startswith("Bus Callback"):
            thread.join(2)
            assert not thread.is_alive()
    assert seen == []


def test_start_with_callback_refused(bus: Bus) -> None:
    """If the bus is on its way out, the function is not called, and its thread ends."""
    seen: list[int] = []
    threads: list[threading.Thread] = []
    bus.subscribe("stop", lambda: threads.append(bus.start_with_callback(lambda: seen.append(1))))
    bus.exit()
    threads[0].join(2)
    assert (threads[0].is_alive(), seen) == (False, [])


# The main loop


def test_block(bus: Bus, lines: list[str]) -> None:
    """block() returns when another thread exits the bus, at once."""
    bus.start()
    times: list[float] = []
    bus.subscribe("exit", lambda: times.append(time.monotonic()))
    threading.Timer(0.01, bus.exit).start()
    bus.block(10)
    assert time.monotonic() - times[0] < 0.4  # less than a look without being woken
    assert lines[:7] == [*START, *EXIT, WAITING]


def test_block_waits_for_exit_listeners(bus: Bus) -> None:
    """block() stays until the last exit listener is through, also if another thread calls it."""
    seen: list[int] = []
    bus.subscribe("exit", lambda: time.sleep(0.02))
    bus.subscribe("exit", lambda: seen.append(1))
    bus.subscribe("main", lambda: threading.Thread(target=bus.exit, daemon=True).start())
    bus.block(0.001)
    assert seen == [1]


def test_block_after_exit(bus: Bus, lines: list[str]) -> None:
    """On an exited bus block() returns at once."""
    bus.exit()
    bus.block()
    assert lines == [*EXIT, WAITING]


def test_main_is_published(bus: Bus) -> None:
    """While blocking, `main` is published every interval, on the thread that blocks."""
    seen: list[int] = []

    @bus.subscribe("main")
    def main() -> None:
        seen.append(threading.get_ident())
        if len(seen) == 3:
            bus.exit()

    bus.block(0.001)
    assert seen == [threading.get_ident()] * 3


def test_failing_main_listener(bus: Bus, lines: list[str]) -> None:
    """A failing main listener ends block() with a clean exit, and comes out of it."""
    bus.start()
    bus.subscribe("main", broken)
    with pytest.raises(ChannelFailures) as caught:
        bus.block(0.001)
    assert str(caught.value) == BROKEN
    assert [line for line in lines if "\n" not in line] == [*START, *EXIT, WAITING]
    assert (bus.exit_status, bus.blocking) == (1, False)


def test_leaving_main_listener(bus: Bus, lines: list[str]) -> None:
    """A main listener that leaves does so after a clean exit, with its status."""

    def leave() -> None:
        raise SystemExit(4)

    bus.subscribe("main", leave)
    with pytest.raises(SystemExit) as caught:
        bus.block(0.001)
    assert caught.value.code == 4
    assert lines == ["SystemExit raised: shutting down bus", *EXIT, WAITING]


def test_failing_main_listener_while_another_exits(bus: Bus) -> None:
    """If another thread is at the exit, a failure in the main loop waits for its end, and is not lost."""
    gate = threading.Event()
    bus.subscribe("stop", lambda: gate.wait(2))

    @bus.subscribe("main")
    def main() -> None:
        in_thread(bus.exit)
        bus.wait(State.STOPPING)
        threading.Timer(0.01, gate.set).start()
        broken()

    with pytest.raises(ChannelFailures) as caught:
        bus.block(0.001)
    assert str(caught.value) == BROKEN
    assert bus.exited


def test_keyboard_interrupt(bus: Bus, lines: list[str]) -> None:
    """Ctrl-C that nobody handles is an exit with status 0."""
    bus.subscribe("main", lambda: signal.raise_signal(signal.SIGINT))
    bus.block(0.001)
    assert lines == ["Keyboard Interrupt: shutting down bus", *EXIT, WAITING]
    assert bus.exit_status == 0


def test_second_keyboard_interrupt(bus: Bus) -> None:
    """Ctrl-C while another thread is at a hanging exit ends the waiting."""
    gate = threading.Event()
    bus.subscribe("stop", lambda: gate.wait(2))

    @bus.subscribe("main")
    def main() -> None:
        in_thread(bus.exit)
        bus.wait(State.STOPPING)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bus.block(0.001)
    assert (bus.exited, bus.exit_status) == (False, 130)
    gate.set()


def test_hand_over(bus: Bus) -> None:
    """Who blocks takes calls; with nobody there they are not taken."""
    seen: list[int] = []
    assert not bus.hand_over(bus.exit)
    bus.subscribe("log", lambda *_: seen.append(threading.get_ident()))
    threading.Timer(0.01, lambda: bus.hand_over(bus.exit)).start()
    bus.block()
    assert set(seen) == {threading.get_ident()}
    assert not bus.hand_over(bus.exit)


def test_two_in_block(bus: Bus) -> None:
    """A second thread in block() returns as well."""
    threads: list[threading.Thread] = []

    @bus.subscribe("main")
    def main() -> None:
        bus.unsubscribe("main", main)
        threads.append(in_thread(bus.block))
        threading.Timer(0.01, bus.exit).start()

    bus.block(0.001)
    threads[0].join(2)
    assert not threads[0].is_alive()


def test_idle_costs_nothing(bus: Bus) -> None:
    """Blocking without main listeners wakes nobody: 40 ms of it take less than 4 ms of work."""
    threading.Timer(0.04, bus.exit).start()
    begun = time.thread_time()
    bus.block(0.000001)
    assert time.thread_time() - begun < 0.004


# The end of Python


def test_exit_at_last(bus: Bus, lines: list[str]) -> None:
    """A bus that is still started at the end of Python is exited, with a warning that says what to do."""
    bus.start()
    with pytest.warns(RuntimeWarning, match=r"STARTED.*Call bus.block\(\)"):
        bus._exit_at_last()
    bus._exit_at_last()
    assert lines == [*START, *EXIT]


def test_exit_at_last_in_a_forked_child(bus: Bus, lines: list[str]) -> None:
    """A child forked by the process of the bus leaves it alone."""
    bus.start()
    bus._pid += 1
    bus._exit_at_last()
    assert lines == START


def test_exit_at_last_waits(bus: Bus) -> None:
    """An exit that another thread is at is waited for, without a warning."""
    bus.start()
    bus.subscribe("exit", lambda: time.sleep(0.02))
    thread = in_thread(bus.exit)
    bus.wait(State.EXITING)
    bus._exit_at_last()
    assert bus.exited
    thread.join()


def test_exited_bus_is_not_kept() -> None:
    """After the exit nothing is left to be called at the end of Python, so the bus can go."""
    bus = Bus()
    bus.start()
    bus.exit()
    reference = weakref.ref(bus)
    del bus
    gc.collect()
    assert reference() is None
