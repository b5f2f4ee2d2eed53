"""Going to the background: the process that was started ends as soon as its grandchild serves, or has failed to."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kirsch.process.ending import flush
from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from kirsch.process.bus import Bus

READY: Final = b"1"


class Daemonizer(Plugin):
    """Makes a daemon of the process, early in the start, before there are threads.

    stdin, stdout, stderr: files that take the place of the terminal. The process that was started waits until all has
    started and then ends with 0; or with 1 and a line of text, if the start failed. Working directory and umask stay.
    """

    def __init__(self, bus: Bus, stdin: str = os.devnull, stdout: str = os.devnull, stderr: str = os.devnull) -> None:
        super().__init__(bus)
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.finalized = False
        self._telling = -1  # the end of a pipe, on which the waiting process is told

    @priority(65)
    def start(self) -> None:
        """Go to the background, once: what is started a second time is a daemon already."""
        if self.finalized:
            self.bus.log("Already a daemon.")
            return
        others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if others:
            self.bus.log(f"These threads stay behind when we become a daemon: {', '.join(others)}.", level=30)
        self._telling = self.daemonize(self.stdin, self.stdout, self.stderr, self.bus.log)
        self.finalized = True

    def started(self) -> None:
        """Tell the process that waits."""
        telling, self._telling = self._telling, -1
        if telling >= 0:
            with suppress(OSError):  # nobody waits any longer
                os.write(telling, READY)
            os.close(telling)

    @staticmethod
    def daemonize(
        stdin: str = os.devnull,
        stdout: str = os.devnull,
        stderr: str = os.devnull,
        logger: Callable[[str], object] = lambda _: None,
    ) -> int:
        """Go on as a grandchild without a terminal; the descriptor on which to write a byte once that is ready."""
        reading, writing = os.pipe()
        flush()
        if os.fork():
            os.close(writing)
            _wait_and_end(reading)
        os.close(reading)
        os.setsid()
        if os.fork():
            os._exit(0)  # so that the one that goes on can never get a terminal again
        _reopen(stdin, stdout, stderr)
        logger(f"Daemonized to PID: {os.getpid()}")
        return writing


def _wait_and_end(reading: int) -> NoReturn:
    """What is left for the process that was started: to say whether it worked."""
    ready = os.read(reading, 1) == READY
    if not ready:
        sys.stderr.write("The daemon has not started; its error log says why.\n")
        flush()
    os._exit(0 if ready else 1)


def _reopen(stdin: str, stdout: str, stderr: str) -> None:
    for stream, file, flags in (
        (0, stdin, os.O_RDONLY),
        (1, stdout, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, stderr, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        opened = os.open(file, flags, 0o666)
        if opened != stream:
            os.dup2(opened, stream)
            os.close(opened)
