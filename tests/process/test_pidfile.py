"""A file with the number of the process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kirsch.process.channels import ChannelFailures
from kirsch.process.pidfile import PIDFile, PIDFileTaken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kirsch.process.bus import Bus
    from tests.process.conftest import Program


def test_written_and_removed(bus: Bus, tmp_path: Path) -> None:
    """It is there with the number from start to exit, also over a stop."""
    path = tmp_path / "site.pid"
    with PIDFile(bus, path):
        bus.start()
        assert path.read_text() == f"{os.getpid()}\n"
        bus.stop()
        bus.start()
        assert path.exists()
        bus.exit()
    assert not path.exists()


def test_one_left_behind_is_overwritten(bus: Bus, tmp_path: Path, lines: list[str]) -> None:
    """A number that nobody holds is overwritten, however long it is and whoever has it now."""
    path = tmp_path / "site.pid"
    path.write_text("1" + "0" * 20 + "\n")
    with PIDFile(bus, path):
        bus.start()
        assert path.read_text() == f"{os.getpid()}\n"
    assert [line for line in lines if "left behind by process 1000" in line]


def test_another_process_holds_it(run: Callable[[str], Program], bus: Bus, tmp_path: Path) -> None:
    """While another process runs with it, the start fails and says which; its file is left alone."""
    path = tmp_path / "site.pid"
    program = run(f"from kirsch.process.pidfile import PIDFile; PIDFile(bus, {str(path)!r}).subscribe(); serve()")
    program.until("ready")
    with PIDFile(bus, path), pytest.raises(ChannelFailures) as failures:
        bus.start()
    assert isinstance(failures.value.exceptions[0], PIDFileTaken)
    assert f"held by process {program.process.pid}" in str(failures.value)
    assert path.read_text() == f"{program.process.pid}\n"


def test_a_killed_process_does_not_hold_it(run: Callable[[str], Program], bus: Bus, tmp_path: Path) -> None:
    """After kill -9 the file is still there, and stands in nobody's way."""
    path = tmp_path / "site.pid"
    program = run(f"from kirsch.process.pidfile import PIDFile; PIDFile(bus, {str(path)!r}).subscribe(); serve()")
    program.until("ready").send(9)
    program.end()
    with PIDFile(bus, path):
        bus.start()
        assert path.read_text() == f"{os.getpid()}\n"


def test_a_folder_that_is_not_there(bus: Bus, tmp_path: Path) -> None:
    """A file that cannot be written fails the start."""
    with PIDFile(bus, tmp_path / "none" / "site.pid"), pytest.raises(ChannelFailures):
        bus.start()
