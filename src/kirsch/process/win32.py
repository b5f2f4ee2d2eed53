"""Windows: what the console says, and the process as a service. Nowhere else is any of it of use.

Events of the console come by ctypes; services need pywin32 (`pip install kirsch[windows]`). The module can be imported
everywhere, and says so where that is missing. It has CherryPy's name and names.
"""

from __future__ import annotations

import ctypes
import importlib
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, Self

from kirsch.process.bus import Bus, State
from kirsch.process.plugin import Plugin
from kirsch.process.signals import SignalHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVENTS: Final = frozenset({0, 1, 2, 5, 6})
"""Ctrl-C, Ctrl-Break, the window is closed, the user logs off, the system shuts down (wincon.h)."""
GRACE: Final = 4.5
"""Seconds that an event waits for the end: Windows ends a process whose event takes five, or is through."""
STOP_PENDING: Final = 3
"""The status of a service that is about to stop (winsvc.h)."""
USER_CODES: Final = 128
"""Controls from here on mean to a service what it likes."""

Routine: Final = vars(ctypes).get("WINFUNCTYPE", ctypes.CFUNCTYPE)(ctypes.c_int, ctypes.c_uint)

Win32Bus = Bus
"""Of old: any bus of ours waits on Windows as it does elsewhere."""


def kernel32() -> Any:
    """The functions of the system."""
    return vars(ctypes)["WinDLL"]("kernel32", use_last_error=True)


class ConsoleCtrlHandler(Plugin):
    """Exits when the console says that the process is to end, be it by Ctrl-C. kernel: gives the system's functions."""

    def __init__(self, bus: Bus, kernel: Callable[[], Any] = kernel32) -> None:
        super().__init__(bus)
        self._kernel = kernel
        self._set = False
        self._routine = Routine(self.handle)  # kept as long as we live: the system may be in it

    def start(self) -> None:
        """Be told first: handlers of the console are asked from the newest on, and Python's own is older."""
        if not self._set:
            self._set = self._ask(1)
            self.bus.log(f"Set handler for console events{'' if self._set else ' failed'}.", 10 if self._set else 40)

    def stop(self) -> None:
        """Let others be told."""
        if self._set:
            self._set = False
            self._ask(0)

    def _ask(self, add: int) -> bool:
        return bool(self._kernel().SetConsoleCtrlHandler(self._routine, add))

    def handle(self, event: int) -> int:
        """What the system calls, on a thread of its own. 1: nobody else need be told."""
        if event not in EVENTS:
            return 0
        self.bus.log(f"Console event {event}: shutting down bus")
        try:
            self.stop()
            self.bus.exit()
        except Exception:
            self.bus.log("Error while shutting down", level=40, traceback=True)
        deadline = monotonic() + GRACE
        while not self.bus.exited and monotonic() < deadline:
            sleep(0.01)  # another thread is at it
        return 1


class ConsoleSignals(SignalHandler):
    """Signals, as far as Windows has any, and with them the events of the console: the two come and go together."""

    def __init__(self, bus: Bus, console: ConsoleCtrlHandler) -> None:
        super().__init__(bus)
        self.console = console

    def subscribe(self) -> Self:
        """As of any SignalHandler. Where SIGINT is not to be ours, the console is not either."""
        super().subscribe()
        if "SIGINT" in self.handlers:
            self.console.subscribe()
            if self.bus.state in (State.STARTING, State.STARTED):
                self.console.start()
        return self

    def unsubscribe(self) -> None:
        super().unsubscribe()
        self.console.unsubscribe()
        self.console.stop()


# -- services --------------------------------------------------------------------------------------------------------


class ControlCodes(dict[str, int]):
    """Channel of the bus → the control that is sent to a service to have it published."""

    def key_for(self, code: int) -> str:
        """The channel for a control. ValueError if there is none."""
        for channel, known in self.items():
            if known == code:
                return channel
        raise ValueError(f"no channel has the control {code}; there are {dict(self)}")


control_codes: Final = ControlCodes(graceful=USER_CODES + 10)
"""As CherryPy numbers them: 128, and SIGUSR1 of most other systems."""


def _lacking() -> NoReturn:
    raise ImportError("Windows services need pywin32: pip install 'kirsch[windows]'")


def _pywin32() -> Any:
    try:
        return importlib.import_module("win32serviceutil")
    except ImportError:
        return None


services: Final = _pywin32()

if TYPE_CHECKING:

    class ServiceFramework:
        """What pywin32 gives to each service: it talks with the system, and calls the methods `Svc…`."""

        ReportServiceStatus: Callable[[int], None]

        def __init__(self, args: Sequence[str]) -> None: ...

elif services is not None:
    ServiceFramework = services.ServiceFramework
else:

    class ServiceFramework:
        """In place of pywin32's, where that is missing."""

        def __init__(self, args: Sequence[str]) -> None:
            _lacking()


class PyWebService(ServiceFramework):
    """A site as a service: make a subclass with names of its own in a module that mounts the applications.

    bus: what is started and stopped; `kirsch.engine` unless another is given. The names with underscores are read by
    pywin32: its name, what people see, the services that must run before, and what hosts it (pywin32's own program).
    """

    bus: ClassVar[Bus]

    _svc_name_ = "Python Web Service"
    _svc_display_name_ = "Python Web Service"
    _svc_description_ = "Python Web Service"
    _svc_deps_: Sequence[str] | None = None
    _exe_name_: str | None = None
    _exe_args_: str | None = None

    def run(self) -> None:
        """Serve until the service is stopped."""
        self.bus.start()
        self.bus.block()

    def stop(self) -> None:
        """Have run() return."""
        self.ReportServiceStatus(STOP_PENDING)
        self.bus.exit()

    def control(self, code: int) -> None:
        """Publish the channel that a control means."""
        try:
            channel = control_codes.key_for(code)
        except ValueError as error:
            self.bus.log(f"Service control {code}: {error}", level=30)
        else:
            self.bus.publish(channel)

    SvcDoRun = run
    SvcStop = stop
    SvcShutdown = stop
    SvcOther = control

    @classmethod
    def command_line(cls) -> None:
        """Do what the command line says: install, start, stop, restart, update, remove, debug."""
        if services is None:
            _lacking()
        services.HandleCommandLine(cls)


def signal_child(service: str, command: str) -> None:
    """Tell a service by its name to `stop`, to `restart`, or to publish a channel of `control_codes`."""
    if services is None:
        _lacking()
    if command == "stop":
        services.StopService(service)
    elif command == "restart":
        services.RestartService(service)
    elif command in control_codes:
        services.ControlService(service, control_codes[command])
    else:
        raise ValueError(f"{command!r} is no command for a service: stop, restart, {', '.join(control_codes)}")
