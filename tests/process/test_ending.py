"""The end of a process: threads that end, late, or never."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from kirsch.process import ending
from kirsch.process.ending import flush, join_threads, respawn, within
from tests.process.conftest import join_all

if TYPE_CHECKING:
    from collections.abc import Iterator

WAITING = "10 Waiting for child threads to terminate..."


@pytest.fixture
def lines() -> list[str]:
    """The lines of a log, with their levels."""
    return []


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end of the test at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()
    join_all()


def waiter(gate: threading.Event, *, daemon: bool = False) -> threading.Thread:
    """A running thread that ends when the gate opens."""
    thread = threading.Thread(target=gate.wait, name="waiter", daemon=daemon)
    thread.start()
    return thread


def log_to(lines: list[str]) -> ending.Log:
    """A log that keeps its lines."""
    return lambda msg, level: lines.append(f"{level} {msg}")


def test_threads_are_waited_for(gate: threading.Event, lines: list[str]) -> None:
    """A thread that ends in time is waited for, by name."""
    thread = waiter(gate)
    threading.Timer(0.01, gate.set).start()
    join_threads(2, log_to(lines))
    assert not thread.is_alive()
    assert lines[0] == WAITING
    assert "10 Waiting for thread waiter." in lines


def test_late_threads(gate: threading.Event, lines: list[str]) -> None:
    """Threads that do not end in time are named, and returned; the limit is for all of them together."""
    threads = [waiter(gate), waiter(gate)]
    begun = time.monotonic()
    assert join_threads(0.02, log_to(lines)) == threads
    assert time.monotonic() - begun < 0.5
    late = "40 Still running, 0.02 s after the end of the bus: waiter, waiter. The process will not wait."
    assert lines[-1] == late


def test_daemons_are_not_waited_for(gate: threading.Event, lines: list[str]) -> None:
    """Daemon threads hold up nothing."""
    waiter(gate, daemon=True)
    assert join_threads(2, log_to(lines)) == []
    assert lines == [WAITING]


def test_executors_are_not_waited_for(lines: list[str]) -> None:
    """Threads of an executor wait for work until Python itself ends them: they are returned, but not waited for."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        remaining = join_threads(2, log_to(lines))
    assert len(remaining) == 1
    assert lines == [WAITING]


def test_interrupted_waiting(gate: threading.Event, lines: list[str]) -> None:
    """Ctrl-C ends the waiting."""
    thread = waiter(gate)

    def log(msg: str, level: int) -> None:
        lines.append(f"{level} {msg}")
        if "waiter" in msg and level == 10:
            raise KeyboardInterrupt

    assert join_threads(2, log) == [thread]
    assert lines[2] == "30 Keyboard Interrupt: waiting for threads no longer"


def test_within(gate: threading.Event) -> None:
    """A call that hangs is not waited for longer than said."""
    seen: list[int] = []
    within(2, lambda: seen.append(1))
    begun = time.monotonic()
    within(0.01, gate.wait)
    assert seen == [1]
    assert time.monotonic() - begun < 1


def test_flush_without_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that are missing do not matter."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    flush()


def test_flush_of_logs() -> None:
    """What handlers of the log keep back is written, before exec as before any other end."""
    kept: list[logging.LogRecord] = []
    target = logging.Handler()
    target.emit = kept.append  # type: ignore[method-assign]
    logger = logging.getLogger("tests.last_words")
    handler = logging.handlers.MemoryHandler(10, flushLevel=logging.CRITICAL, target=target)
    logger.addHandler(handler)
    logger.warning("the last line")
    flush()
    logger.removeHandler(handler)
    assert [record.getMessage() for record in kept] == ["the last line"]


def test_respawn(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    """The same command is run by the same Python, options of it included, from the first directory."""
    seen: list[object] = []
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-X", "dev", "-m", "site", "--port", "1 2"])
    monkeypatch.setattr(os, "chdir", seen.append)
    monkeypatch.setattr(os, "execv", lambda *arguments: seen.append(arguments))
    respawn(log_to(lines))
    assert seen == [ending.STARTUP_DIRECTORY, (sys.executable, [sys.executable, *sys.orig_argv[1:]])]
    assert lines == [f"20 Re-spawning {sys.executable} -X dev -m site --port 1 2"]


def test_respawn_impossible(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    """A Python that does not know its own program says so."""
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RuntimeError, match=r"sys\.executable is empty"):
        respawn(log_to(lines))


def test_respawn_forbidden(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    """A process that has become a user who may not run the program says so, and ends with status 1."""

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(os, "execv", forbidden)
    with pytest.raises(SystemExit, match="1"):
        respawn(log_to(lines))
    assert lines[-1] == f"40 This process cannot be run anew, and ends: Permission denied: {sys.executable}"


def test_working_directory_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may be started in a directory that is no longer there."""

    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "getcwd", gone)
    assert ending._working_directory() is None
