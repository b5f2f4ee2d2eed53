"""The end of a process: waiting for its threads, but not for ever, or running it anew.

Python itself waits at the end of a process for every thread that is not a daemon, however long that takes. Nothing
here touches a bus: a `log` is any callable of a message and a level.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn

    Log = Callable[[str, int], None]

LAST_MOMENT: Final = 1.0
"""Seconds for what still wants to be done when nobody waits any longer."""


def _working_directory() -> str | None:
    with suppress(OSError):  # it may have been removed
        return os.getcwd()
    return None


STARTUP_DIRECTORY: Final = _working_directory()

HELD: Final = "_KIRSCH_HELD"
"""Variable that says that the next run of this process begins with signals held back."""


def _changing() -> set[signal.Signals]:
    """Signals that ask a process for something, and end one that is not ready for them."""
    return {signal.Signals[name] for name in ("SIGHUP", "SIGUSR1", "SIGUSR2") if name in signal.Signals.__members__}


def hold_signals() -> None:
    """Have the system keep such signals for the next run of this process, which is not ready for them at once."""
    if hasattr(signal, "pthread_sigmask"):
        os.environ[HELD] = "yes"
        signal.pthread_sigmask(signal.SIG_BLOCK, _changing())


def take_signals() -> None:
    """Take what was kept for this run."""
    if os.environ.pop(HELD, "") and hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _changing())


def within(seconds: float, call: Callable[[], object]) -> None:
    """Run `call` on a thread of its own and wait for it no longer than that.

    Python 3.12.0 and 3.12.1 give no more threads once the main code is through: then it is run here, however long.
    """
    thread = threading.Thread(target=call, name="Last moment", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        call()
    else:
        thread.join(seconds)


def _pool_threads() -> set[threading.Thread]:
    """Threads of executors, which end only when Python tells them to, after the main thread: never wait for them."""
    module = sys.modules.get("concurrent.futures.thread")
    return set(getattr(module, "_threads_queues", ()))


def _lasting_threads() -> list[threading.Thread]:
    own = (threading.current_thread(), threading.main_thread())
    return [thread for thread in threading.enumerate() if not thread.daemon and thread not in own]


def join_threads(limit: float, log: Log) -> list[threading.Thread]:
    """Wait for the threads that are no daemons, `limit` seconds in all; those that may hold up the end are returned."""
    log("Waiting for child threads to terminate...", 10)
    deadline = monotonic() + limit
    pools = _pool_threads()
    try:
        for thread in _lasting_threads():
            if thread not in pools:
                log(f"Waiting for thread {thread.name}.", 10)
                thread.join(max(deadline - monotonic(), 0))
    except KeyboardInterrupt:
        log("Keyboard Interrupt: waiting for threads no longer", 30)
    remaining = _lasting_threads()
    if late := [thread.name for thread in remaining if thread not in pools]:
        log(f"Still running, {limit:g} s after the end of the bus: {', '.join(late)}. The process will not wait.", 40)
    return remaining


def end_despite(threads: Iterable[threading.Thread], grace: float, status: int) -> None:
    """Once the main code is through, end the process with `status`, even if some of `threads` never end.

    They get `grace` seconds from then on. Other threads are waited for, as Python does. A process whose main code goes
    on is left alone.
    """
    arguments = (list(threads), grace, status)
    threading.Thread(target=_end_despite, args=arguments, name="Bus End", daemon=True).start()


def _end_despite(threads: list[threading.Thread], grace: float, status: int) -> None:
    threading.main_thread().join()
    for thread in _lasting_threads():
        if thread not in threads:
            thread.join()
    deadline = monotonic() + grace
    for thread in threads:
        thread.join(max(deadline - monotonic(), 0))
    if any(thread.is_alive() for thread in threads):
        within(LAST_MOMENT, atexit._run_exitfuncs)
        end_now(1 if hasattr(sys, "last_value") else status)  # last_value: the main code ended with a traceback


def end_now(status: int) -> NoReturn:
    """End the process without any further ado, except for what was printed."""
    within(LAST_MOMENT, flush)
    os._exit(status)


def flush() -> None:
    """Write out what was logged and printed; a stream that is missing, closed or broken does not matter any more."""
    for handler in _log_handlers():
        with suppress(Exception):  # it may be anybody's
            handler.flush()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()


def _log_handlers() -> set[logging.Handler]:
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    return {handler for logger in loggers if isinstance(logger, logging.Logger) for handler in logger.handlers}


def respawn(log: Log) -> NoReturn:
    """Replace this process by a new run of the same command, in the directory where it was started.

    Ends it with status 1 if the system does not allow it, say as the user that the process has become.
    """
    if not sys.executable:
        message = "cannot restart: Python does not know its own program (sys.executable is empty)"
        raise RuntimeError(message)
    command = [sys.executable, *sys.orig_argv[1:]]
    log(f"Re-spawning {' '.join(command)}", 20)
    if STARTUP_DIRECTORY:
        os.chdir(STARTUP_DIRECTORY)
    flush()
    hold_signals()
    try:
        os.execv(sys.executable, command)
    except OSError as error:
        log(f"This process cannot be run anew, and ends: {error.strerror}: {sys.executable}", 40)
        raise SystemExit(1) from None
    finally:  # whatever has come of it, this is still the same run
        take_signals()
