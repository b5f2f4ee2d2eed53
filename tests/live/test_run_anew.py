"""One process that is run anew, by SIGHUP or because its program has changed, while clients go on asking."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.live.test_workers import PROGRAM, Load, Served

RESTARTING = PROGRAM.replace(
    "    @kirsch.expose\n    def slow",
    """\
    @kirsch.expose
    def again(self):
        kirsch.engine.restart()
        return "soon"

    @kirsch.expose
    def slow""",
)


@pytest.fixture
def alone(tmp_path):
    """A process without workers, and without a terminal; ended at the end."""
    served = Served(tmp_path, arguments=())
    try:
        served.until(served.ask)
        yield served
    finally:
        served.process.terminate()
        served.process.wait(10)


def test_a_signal_loses_nothing(alone):
    """The same process runs the program as it is now, on the same socket; no request fails."""
    with Load(alone.port) as load:
        for version in ("2", "3"):
            alone.program.write_text(PROGRAM.replace('"1"', f'"{version}"'))
            os.kill(alone.process.pid, signal.SIGHUP)
            alone.until(lambda version=version: alone.ask().split()[0] == version)
    print(f"\n  SIGHUP of one process: {load.answered} answered, {len(load.failures)} failed")
    assert load.failures == []
    assert alone.process.poll() is None
    assert alone.ask().split() == ["3", str(alone.process.pid)]
    assert alone.log.read_text().count("Re-spawning") == 2  # what was logged last is not lost


def test_signals_that_come_at_once(alone):
    """One that comes while the program is about to run anew, or begins to, ends nothing: it is taken later."""
    for pause in (0.02, 0.05, 0.1, 0.15, 0.2, 0.25):
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGHUP):
            os.kill(alone.process.pid, number)
            time.sleep(pause)
        alone.until(alone.ask)
    assert alone.process.poll() is None, alone.log.read_text()


def test_a_daemon_stays_one(tmp_path):
    """A restart asked for by the program makes no second daemon; each of its servers goes on where it listened."""
    door = tmp_path / "door"
    daemon = Served(tmp_path, text=RESTARTING, arguments=("--daemon", "--set", f"server.2.socket_file={door}"))
    assert daemon.process.wait(10) == 0
    try:
        pid, before = daemon.pid(), door.stat().st_ino
        daemon.program.write_text(RESTARTING.replace('"1"', '"2"'))
        assert daemon.ask("/again") == "soon"
        daemon.until(lambda: daemon.ask().split() == ["2", str(pid)])
        assert door.stat().st_ino == before
    finally:
        os.kill(daemon.pid(), signal.SIGTERM)
        daemon.until(lambda: not daemon.pid_file.exists())
