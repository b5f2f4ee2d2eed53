"""One process that is run anew, by SIGHUP or because its program has changed, while clients go on asking."""

from __future__ import annotations

import os
import signal

import pytest

from tests.live.test_workers import PROGRAM, Load, Served


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
