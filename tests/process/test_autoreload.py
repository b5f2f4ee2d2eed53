"""The autoreloader: restarts when a file has changed, and waits out what cannot be run."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from kirsch.process.autoreload import Autoreloader
from kirsch.process.bus import Bus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.process.conftest import Program


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of Python, long unchanged."""
    path = tmp_path / "pages.py"
    _write(path, "answer = 42\n", 1)
    return path


@pytest.fixture
def reloader(bus: Bus, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Autoreloader]:
    """Watching that file alone, as if somebody were in block(); its thread never looks by itself."""
    monkeypatch.setattr(Bus, "blocking", True)
    reloader = Autoreloader(bus, frequency=1000, match="no module at all")
    reloader.files.add(str(source))
    reloader.start()
    yield reloader
    reloader.stop()


def _write(path: Path, text: str, seconds: int) -> None:
    path.write_text(text)
    os.utime(path, (seconds, seconds))


def _restarts(bus: Bus) -> bool:
    return bus.execv


@pytest.mark.parametrize("seconds", [2, 0])
def test_a_changed_file_restarts(
    bus: Bus, source: Path, reloader: Autoreloader, lines: list[str], seconds: int
) -> None:
    """A newer file restarts the bus, and an older one put in its place as well; the log names it."""
    reloader.look()
    assert not _restarts(bus)
    _write(source, "answer = 43\n", seconds)
    reloader.look()
    assert _restarts(bus)
    assert f"Restarting because {source} changed." in lines


def test_a_removed_file_restarts(bus: Bus, source: Path, reloader: Autoreloader) -> None:
    """A file that is gone is a change."""
    source.unlink()
    reloader.look()
    assert _restarts(bus)


def test_a_file_that_appears_restarts(bus: Bus, source: Path, reloader: Autoreloader) -> None:
    """A watched file that was not there may come later."""
    other = source.with_name("site.conf")
    reloader.files.add(str(other))
    reloader.look()
    assert not _restarts(bus)
    other.write_text("[global]\n")
    reloader.look()
    assert _restarts(bus)


def test_a_folder(bus: Bus, source: Path, reloader: Autoreloader) -> None:
    """What a program is made of is watched below a folder, however deep; what it writes there itself is not."""
    page = source.parent / "templates" / "page.html"
    page.parent.mkdir()
    paths = [source.with_name("site.log"), source.with_name(".hidden.py"), page]
    reloader.folders.add(str(source.parent))
    for path, expected in zip(paths, (False, False, True), strict=True):
        for seconds in (1, 2):
            _write(path, "anything", seconds)
            reloader.look()
        assert _restarts(bus) is expected


def test_a_broken_file_is_waited_for(bus: Bus, source: Path, reloader: Autoreloader, lines: list[str]) -> None:
    """What cannot be compiled is told once and waited for; mended, it is run."""
    _write(source, "answer = (\n", 2)
    for _ in range(3):
        reloader.look()
    assert not _restarts(bus)
    assert [str(source) in line and "line 1" in line for line in lines if "Not restarting yet" in line] == [True]
    _write(source, "answer = 44\n", 3)
    reloader.look()
    assert _restarts(bus)


def test_nobody_to_run_it_anew(bus: Bus, source: Path) -> None:
    """Without anybody in block() a restart would be an end, so there is none."""
    reloader = Autoreloader(bus, match="nothing")
    reloader.files.add(str(source))
    reloader.look()
    source.unlink()
    reloader.look()
    assert not _restarts(bus)


def test_modules_are_watched_by_name(bus: Bus, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules whose name begins as `match` says are watched, from when they are first seen."""
    monkeypatch.setattr(Bus, "blocking", True)
    module = ModuleType("pages_of_mine")
    module.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "pages_of_mine", module)
    for match, expected in (("others", False), ("pages_", True)):
        reloader = Autoreloader(bus, match=match)
        reloader.look()
        assert (str(source) in reloader.mtimes) is expected


def test_the_program_runs_anew(run: Callable[[str], Program], tmp_path: Path) -> None:
    """A real program is run anew when a file of it changes."""
    watched = tmp_path / "watched.txt"
    watched.write_text("1")
    program = run(f"""
from kirsch.process.autoreload import Autoreloader
SignalHandler(bus).subscribe()
reloader = Autoreloader(bus, 0.01, "nothing")
reloader.files.add({str(watched)!r})
reloader.subscribe()
print("content", open({str(watched)!r}).read(), flush=True)
serve()
""")
    program.until("ready")
    watched.write_text("2")
    program.until("content 2").until("ready").send(15)
    assert program.end()[0] == 0
