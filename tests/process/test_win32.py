"""What Windows would call, called by a Windows that is played here."""

from __future__ import annotations

import importlib.util
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.process import win32
from kirsch.process.bus import Bus, State
from kirsch.process.win32 import ConsoleCtrlHandler, ConsoleSignals, control_codes, signal_child

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kernel:
    """The console: handlers, the newest asked first. works: whether it takes any."""

    def __init__(self, works: bool = True) -> None:
        self.handlers: list[Any] = []
        self.works = works

    def SetConsoleCtrlHandler(self, routine: Any, add: int) -> int:  # noqa: N802 - as Windows calls it
        if self.works:
            self.handlers.append(routine) if add else self.handlers.remove(routine)
        return int(self.works)

    def say(self, event: int) -> bool:
        """Something happens; whether a handler says that it has seen to it."""
        return any(routine(event) for routine in reversed(self.handlers))


@pytest.fixture
def kernel() -> Kernel:
    """A console."""
    return Kernel()


@pytest.fixture
def console(bus: Bus, kernel: Kernel) -> ConsoleCtrlHandler:
    """Its handler, not subscribed."""
    return ConsoleCtrlHandler(bus, lambda: kernel)


# -- the console -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [0, 1, 2, 5, 6])
def test_events_end_the_bus(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler, event: int) -> None:
    """From a thread of the system's; the handler is gone by then, and nobody else is told."""
    console.subscribe()
    bus.start()
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(kernel.say(event)))
    thread.start()
    bus.block()
    thread.join()

    assert (told, bus.state, bus.exit_status, kernel.handlers) == ([True], State.EXITING, 0, [])


def test_other_events_are_left_alone(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler) -> None:
    """They are for others."""
    with console:
        bus.start()

        assert not kernel.say(3)
        assert bus.state is State.STARTED
        bus.exit()


def test_handler_is_there_from_start_to_stop(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler) -> None:
    """Once, however often it is asked for; and again at the next start."""
    console.subscribe()
    counts = []
    for act in (bus.start, console.start, bus.stop, console.stop, bus.start, bus.exit):
        act()
        counts.append(len(kernel.handlers))

    assert counts == [1, 1, 0, 0, 1, 0]


def test_a_console_that_takes_none_is_told_of(bus: Bus) -> None:
    """In the log; the bus starts."""
    lines: list[str] = []
    bus.subscribe("log", lambda line, level: lines.append(line) if level >= 40 else None)
    with ConsoleCtrlHandler(bus, lambda: Kernel(works=False)):
        bus.start()
        bus.exit()

    assert lines == ["Set handler for console events failed."]


def test_a_failure_at_the_end_is_logged(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler) -> None:
    """The system hears all the same that it was seen to."""
    lines: list[str] = []

    def failing() -> None:
        raise RuntimeError("cannot stop")

    bus.subscribe("stop", failing)
    bus.subscribe("log", lambda line, level: lines.append(line))
    console.subscribe()
    bus.start()

    assert kernel.say(0)
    assert any("Error while shutting down" in line for line in lines)


def test_console_comes_and_goes_with_the_signals(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler) -> None:
    """Also while the bus runs."""
    signals = ConsoleSignals(bus, console)
    bus.start()
    counts = []
    for act in (signals.subscribe, signals.unsubscribe):
        act()
        counts.append(len(kernel.handlers))
    bus.exit()

    assert counts == [1, 0]


def test_console_is_left_to_a_host(bus: Bus, kernel: Kernel, console: ConsoleCtrlHandler) -> None:
    """As the environment `embedded` wants it: engine.SIGINT = None."""
    signals = ConsoleSignals(bus, console)
    signals.release("SIGINT")
    signals.subscribe()
    bus.start()

    assert kernel.handlers == []
    bus.exit()
    signals.unsubscribe()


# -- services --------------------------------------------------------------------------------------------------------


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module with a pywin32 that keeps what it is told, in `calls`."""
    fake: Any = types.ModuleType("win32serviceutil")
    calls: list[Any] = []

    class ServiceFramework:
        def __init__(self, args: Any) -> None:
            calls.append(("made", *args))

        def ReportServiceStatus(self, status: int) -> None:  # noqa: N802 - as pywin32 calls it
            calls.append(("status", status))

    fake.ServiceFramework = ServiceFramework
    for name in ("HandleCommandLine", "StopService", "RestartService", "ControlService"):
        setattr(fake, name, lambda *args, name=name: calls.append((name, *args)))
    monkeypatch.setitem(sys.modules, "win32serviceutil", fake)
    spec: Any = importlib.util.spec_from_file_location("win32_again", win32.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.calls = calls
    return module


def test_service_runs_the_bus_until_it_is_stopped(bus: Bus, services: Any) -> None:
    """The system calls SvcDoRun on one thread, and SvcStop on another."""

    class Site(services.PyWebService):
        _svc_name_ = "site"

    Site.bus = bus
    service = Site(["site"])
    bus.subscribe("main", service.SvcStop)
    service.SvcDoRun()

    assert bus.exited
    assert services.calls[:2] == [("made", "site"), ("status", 3)]


def test_service_publishes_what_it_is_sent(bus: Bus, services: Any) -> None:
    """A control that means nothing is logged."""
    heard: list[str] = []
    bus.subscribe("graceful", lambda: heard.append("graceful"))
    bus.subscribe("log", lambda line, level: heard.append(line))
    services.PyWebService.bus = bus
    service = services.PyWebService(["site"])
    service.SvcOther(138)
    service.SvcOther(200)

    assert heard == [
        "graceful", "Service control 200: no channel has the control 200; there are {'graceful': 138}"
    ]  # fmt: skip


def test_commands_go_to_pywin32(services: Any) -> None:
    """By the names of its own."""
    services.PyWebService.command_line()
    for command in ("stop", "restart", "graceful"):
        services.signal_child("site", command)

    assert services.calls == [
        ("HandleCommandLine", services.PyWebService), ("StopService", "site"), ("RestartService", "site"),
        ("ControlService", "site", 138),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="'explode' is no command for a service: stop, restart, graceful"):
        services.signal_child("site", "explode")


@pytest.mark.skipif(win32.services is not None, reason="pywin32 is installed")
@pytest.mark.parametrize(
    "call",
    [lambda: win32.PyWebService(["x"]), win32.PyWebService.command_line, lambda: signal_child("x", "stop")],
)
def test_without_pywin32_it_is_said_what_is_missing(call: Any) -> None:
    """By whatever needs it; the module itself can be imported, and subclasses made."""
    with pytest.raises(ImportError, match=r"need pywin32: pip install 'kirsch\[windows\]"):
        call()


def test_controls_have_the_numbers_of_cherrypy() -> None:
    """So that programs which send them go on working."""
    assert control_codes == {"graceful": 138}
    assert control_codes.key_for(138) == "graceful"
