"""What the tests of the process room share: a bus that is always ended, its log, and programs run for real."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kirsch.process import bus as bus_module
from kirsch.process.bus import Bus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCES = Path(bus_module.__file__).parents[2]

STOP = ["Bus STOPPING", "Bus STOPPED"]
EXIT = [*STOP, "Bus EXITING", "Bus EXITED"]
START = ["Bus STARTING", "Bus STARTED"]
BROKEN = "ValueError('broken')"
WAITING = "Waiting for child threads to terminate..."

PRELUDE = """
import os, signal, sys, threading, time
import kirsch.process.bus
from kirsch.process.bus import Bus
from kirsch.process.signals import SignalHandler
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
kirsch.process.bus.LAST_MOMENT = 0.05
bus = Bus()
bus.join_timeout = 0.2
bus.subscribe("log", lambda msg, level: print(msg, flush=True))
def serve():
    bus.start()
    bus.subscribe("main", ready, 1)
    bus.block(0.001)
def ready():  # Ctrl-C between start() and block() is a matter of the main thread's own
    bus.unsubscribe("main", ready)
    print("ready", flush=True)
def fail():
    raise ValueError("broken")
def leave():
    raise SystemExit(3)
def hang():
    print("hanging", flush=True)
    time.sleep(30)
"""


class Program:
    """A program with a bus, run in a process of its own."""

    def __init__(self, code: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(SOURCES), "PYTHONWARNINGS": "default"}
        command = [sys.executable, "-c", PRELUDE + code]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, text=True, stdout=pipe, stderr=pipe)
        assert self.process.stdout
        assert self.process.stderr
        self.stdout, self.errors = self.process.stdout, self.process.stderr
        self.limit = threading.Timer(60, self.process.kill)  # a program that hangs fails its test by its status
        self.limit.start()
        self.out = ""

    def until(self, text: str) -> Program:
        """Wait for a line with the text."""
        for line in self.stdout:
            self.out += line
            if text in line:
                return self
        pytest.fail(f"no {text!r} in {self.out!r}, errors: {self.end()[2]}")

    def send(self, number: int) -> Program:
        """Send a signal."""
        self.process.send_signal(number)
        return self

    def end(self) -> tuple[int, str, str]:
        """Wait for the end: status, output, errors."""
        self.out += self.stdout.read()
        return self.process.wait(), self.out, self.errors.read()

    def close(self) -> None:
        """Kill it if it still runs, and leave nothing behind."""
        self.limit.cancel()
        self.limit.join()
        self.process.kill()
        self.process.wait()
        self.stdout.close()
        self.errors.close()


def broken() -> None:
    """A listener that fails."""
    raise ValueError("broken")


def in_thread(call: Callable[[], object]) -> threading.Thread:
    """Run on a thread of its own."""
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def join_all() -> None:
    """Wait for what threads a test has left, so that no other test meets them."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join(2)


@pytest.fixture
def bus() -> Iterator[Bus]:
    """A bus that is exited at the end."""
    bus = Bus()
    bus.join_timeout = 0.5
    yield bus
    for channel in ("stop", "exit"):  # without listeners that would fail again
        for listener in bus.listeners[channel]:
            bus.unsubscribe(channel, listener)
    bus.exit()
    join_all()


@pytest.fixture
def lines(bus: Bus) -> list[str]:
    """The lines of the log of the bus."""
    lines: list[str] = []
    bus.subscribe("log", lambda msg, _level: lines.append(msg))
    return lines


@pytest.fixture
def run() -> Iterator[Callable[[str], Program]]:
    """Run code after the prelude; whatever still runs at the end of the test is killed."""
    programs: list[Program] = []

    def start(code: str) -> Program:
        programs.append(Program(code))
        return programs[-1]

    yield start
    for program in programs:
        program.close()
