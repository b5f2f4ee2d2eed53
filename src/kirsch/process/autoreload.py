"""Running the program anew when a file of it has changed."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from kirsch.process.ending import STARTUP_DIRECTORY
from kirsch.process.monitor import Monitor
from kirsch.process.plugin import priority
from kirsch.process.watch import Watch, can_watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from kirsch.process.bus import Bus
    from kirsch.process.monitor import BackgroundTask

GONE: Final = -1
"""In place of a time of change."""

PASSED_OVER: Final = frozenset({"__pycache__", "node_modules", "venv"})
"""Folders in which nobody changes the program."""

SUFFIXES: Final = (".py", ".toml", ".ini", ".conf", ".cfg", ".html", ".xml", ".jinja", ".jinja2", ".j2", ".mako")
"""Of files that a program is made of; others in its folders, such as logs and databases, it writes itself."""


class Autoreloader(Monitor):
    """Looks every `frequency` seconds whether a file has changed, and then restarts the bus, if somebody is in block().

    With the package watchfiles (`kirsch[reload]`) it is told by the system, and looks at once, and seldom otherwise.
    Watched are the files of all modules imported so far whose name begins as the regular expression `match` says, and
    `files`, a set that anybody may add to, and what stands below `folders`, as SUFFIXES say. A module that is no valid
    Python any more is waited for: the program goes on until it can be run anew.
    """

    def __init__(self, bus: Bus, frequency: float = 1, match: str = ".*") -> None:
        super().__init__(bus, self.look, frequency)
        self.match = match
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.mtimes: dict[str, int] = {}
        self._spoken: set[tuple[str, int]] = set()  # what was said of broken files, so that it is said once

    @priority(70)
    def start(self) -> None:
        """Begin to watch: what is there now is what is running."""
        if self.thread is None:
            self.mtimes = {file: _mtime(file) for file in self._watched()}
        super().start()

    def task(self) -> BackgroundTask:
        """As of any monitor, or what the system wakes."""
        return Watch(self._folders, self.frequency, self.callback, bus=self.bus) if can_watch() else super().task()

    def _folders(self) -> set[str]:
        return {folder for file in self._watched() if os.path.isdir(folder := os.path.dirname(file))}

    def look(self) -> None:
        """Restart if something has changed since the start, or since a module was first seen."""
        if not self.bus.blocking:  # nobody is there to run the program anew, so this would be its end
            return
        changed = []
        for file in self._watched():
            now = _mtime(file)
            if self.mtimes.setdefault(file, now) != now:
                changed.append(file)
        broken = [file for file in changed if self._is_broken(file)]
        if changed and not broken:
            self.bus.log(f"Restarting because {', '.join(sorted(changed))} changed.")
            self.bus.restart()

    def _is_broken(self, file: str) -> bool:
        """Whether it is Python that cannot be run, which is said."""
        if not file.endswith(".py"):
            return False
        try:
            with open(file, "rb") as source:
                compile(source.read(), file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            seen = file, _mtime(file)
            if seen not in self._spoken:
                self._spoken.add(seen)
                self.bus.log(f"Not restarting yet, as {file} cannot be compiled: {error}", level=40)
            return True
        except OSError:
            return False
        return False

    def _watched(self) -> Iterator[str]:
        wanted = re.compile(self.match)
        for name, module in list(sys.modules.items()):
            if wanted.match(name) and (file := _file_of(module)):
                yield os.path.join(STARTUP_DIRECTORY or "", file)
        yield from list(self.files)
        for top in list(self.folders):
            yield from files_below(top)


def files_below(top: str) -> Iterator[str]:
    """The files of a program in a folder and those in it, but for hidden ones."""
    for folder, inner, names in os.walk(top):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in PASSED_OVER]
        yield from (os.path.join(folder, name) for name in names if name.endswith(SUFFIXES) and name[0] != ".")


def _file_of(module: ModuleType) -> str | None:
    """The archive or file that a module has come from; None if it has come from none."""
    file = getattr(getattr(module, "__loader__", None), "archive", None) or getattr(module, "__file__", None)
    return (file[:-1] if file.endswith(".pyc") else file) if isinstance(file, str) else None


def _mtime(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return GONE
