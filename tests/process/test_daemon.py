"""Daemons: real processes that go to the background."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.process.conftest import Program

if not hasattr(os, "fork"):
    pytest.skip("daemons are made by fork", allow_module_level=True)

DAEMON = """
from kirsch.process.daemon import Daemonizer
from kirsch.process.pidfile import PIDFile
def daemon(folder):
    SignalHandler(bus).subscribe()
    PIDFile(bus, folder + "/pid").subscribe()
    daemonizer = Daemonizer(bus, stdout=folder + "/out", stderr=folder + "/err")
    daemonizer.subscribe()
    return daemonizer
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for what daemons write. A daemon that is still there at the end is killed."""
    yield tmp_path
    if (tmp_path / "pid").exists():
        os.kill(int((tmp_path / "pid").read_text()), 9)


def _gone(pid: int) -> bool:
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as stat:  # nobody may be there to wait for it
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.01)
    return False


def test_the_parent_ends_when_the_daemon_serves(run: Callable[[str], Program], folder: Path) -> None:
    """The process that was started ends with 0 when all has started; the daemon ends well on SIGTERM."""
    program = run(f"{DAEMON}\ndaemon({str(folder)!r}); bus.start(); bus.block()")
    status, out, _ = program.end()
    assert status == 0
    assert "Bus STARTED" not in out  # said by the daemon, into its own file
    pid = int((folder / "pid").read_text())
    assert pid != program.process.pid
    assert os.getsid(pid) != os.getsid(0)
    os.kill(pid, 15)
    assert _gone(pid)
    assert "Bus EXITED" in (folder / "out").read_text()


def test_a_failed_start_is_told(run: Callable[[str], Program], folder: Path) -> None:
    """If the start fails in the daemon, the process that was started ends with 1 and says so."""
    program = run(f"{DAEMON}\ndaemon({str(folder)!r}); bus.subscribe('start', fail, 75)\nbus.start()")
    status, _, errors = program.end()
    assert status == 1
    assert "The daemon has not started" in errors
    assert "ValueError: broken" in (folder / "out").read_text()


def test_started_again_it_stays_what_it_is(run: Callable[[str], Program], folder: Path) -> None:
    """A bus that is stopped and started again does not fork again."""
    code = f"{DAEMON}\ndaemon({str(folder)!r}); bus.start(); bus.stop(); bus.start(); bus.exit()"
    assert run(code).end()[0] == 0
    assert _until(lambda: "Bus EXITED" in (folder / "out").read_text())
    assert (folder / "out").read_text().count("Daemonized to PID") == 1
    assert "Already a daemon." in (folder / "out").read_text()


def _until(condition: Callable[[], bool]) -> bool:
    return any(condition() or time.sleep(0.01) for _ in range(500))
