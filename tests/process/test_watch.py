"""Watching files by watchfiles: the real one, on real folders."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from kirsch.process.autoreload import Autoreloader
from kirsch.process.bus import Bus
from kirsch.process.monitor import BackgroundTask
from kirsch.process.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = 10.0


class Watching:
    """A Watch of some folders, which would not look by itself, and who is told."""

    def __init__(self, bus: Bus, *folders: Path) -> None:
        self.told = threading.Event()
        self.folders = {str(folder) for folder in folders}
        self.task = Watch(lambda: self.folders, 1000, self.told.set, bus=bus)
        self.task.start()

    def until_told(self, path: Path) -> None:
        """Change a file until it is told of: when the watch has begun, nobody knows."""
        for number in range(100):
            path.write_text(str(number))
            if self.told.wait(LONG / 100):
                return
        raise AssertionError


@pytest.fixture
def watching(bus: Bus, tmp_path: Path) -> Iterator[Watching]:
    """Of one folder."""
    watching = Watching(bus, tmp_path)
    yield watching
    watching.task.cancel()
    watching.task.join(LONG)
    assert not watching.task.is_alive()


def test_a_change_is_told_of(watching: Watching, tmp_path: Path) -> None:
    """At once, and not after the interval."""
    watching.until_told(tmp_path / "a.py")


def test_other_folders(watching: Watching, tmp_path: Path) -> None:
    """Folders that come to be watched are known after the next change."""
    other = tmp_path / "other"
    other.mkdir()
    watching.folders = {str(tmp_path), str(other)}
    watching.until_told(tmp_path / "a.py")
    watching.told.clear()
    watching.until_told(other / "b.py")


def test_no_watch_to_be_had(bus: Bus, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses, that is said, and files are looked at."""

    def refuse(*_: object, **__: object) -> None:
        message = "too many watches"
        raise OSError(message)

    monkeypatch.setattr("watchfiles.watch", refuse)
    told = threading.Event()
    task = Watch(set, 0.01, told.set, bus=bus)
    task.start()
    assert told.wait(LONG)
    task.cancel()
    task.join(LONG)
    assert lines == ["The system does not tell of changed files (too many watches): looking for them"]


def test_with_and_without_the_package(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The autoreloader uses it where it is installed."""
    reloader = Autoreloader(bus)
    assert type(reloader.task()) is Watch
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.setattr("kirsch.process.autoreload.can_watch", lambda: False)
    assert type(reloader.task()) is BackgroundTask


def test_the_program_restarts(bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed file of the program restarts it, long before the interval is over."""
    monkeypatch.setattr(Bus, "blocking", True)
    file = tmp_path / "pages.py"
    file.write_text("answer = 42\n")
    reloader = Autoreloader(bus, frequency=1000, match="no module at all")
    reloader.files.add(str(file))
    reloader.start()
    for number in range(100):
        file.write_text(f"answer = {number}\n")
        if threading.Event().wait(0.05) or bus.execv:
            break
    reloader.stop()
    assert bus.execv
