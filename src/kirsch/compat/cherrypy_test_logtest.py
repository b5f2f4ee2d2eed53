"""`cherrypy.test.logtest`: tests of what stands in a log file."""

from __future__ import annotations

import sys
import time
import unittest
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

__all__ = ["LogCase"]


class LogCase:
    """A mixin for tests: marks in the file `logfile`, and what stands behind the last of them, or a named one."""

    interactive = False
    logfile: Any = None
    lastmarker: bytes | None = None
    markerPrefix = b"test suite marker: "

    def exit(self) -> NoReturn:
        """End the process."""
        sys.exit()

    def emptyLog(self) -> None:
        """Empty the file."""
        Path(self.logfile).write_bytes(b"")

    def markLog(self, key: Any = None) -> None:
        """Write a mark, with a name of one's own or the time."""
        text = str(time.time() if key is None else key)
        self.lastmarker = text.encode("latin-1")
        with Path(self.logfile).open("ab+") as file:
            file.write(b"%s%s\n" % (self.markerPrefix, self.lastmarker))

    def _read_marked_region(self, marker: Any = None) -> list[bytes]:
        lines = Path(self.logfile).read_bytes().splitlines(keepends=True)
        name = self.lastmarker if marker is None else marker.encode("latin-1") if isinstance(marker, str) else marker
        if name is None:
            return lines
        mark = b"%s%s\n" % (self.markerPrefix, name)
        behind = lines[lines.index(mark) :] if mark in lines else []
        end = next((n for n, line in enumerate(behind[1:], 1) if line.startswith(self.markerPrefix)), len(behind))
        return behind[:end]

    def _fail(self, said: str, lines: list[bytes]) -> NoReturn:
        raise unittest.TestCase.failureException(f"{said}\n{b''.join(lines).decode('utf-8', 'replace')}")

    def assertInLog(self, line: str | bytes, marker: Any = None) -> None:
        """A line has this in it."""
        lines = self._read_marked_region(marker)
        if not any(_bytes(line) in each for each in lines):
            self._fail(f"{line!r} is not in the log", lines)

    def assertNotInLog(self, line: str | bytes, marker: Any = None) -> None:
        """No line has this in it."""
        lines = self._read_marked_region(marker)
        if any(_bytes(line) in each for each in lines):
            self._fail(f"{line!r} is in the log", lines)

    def assertValidUUIDv4(self, marker: Any = None) -> None:
        """A line is the id of a request."""
        lines = self._read_marked_region(marker)
        if not any(_is_uuid4(each.decode("latin-1").strip()) for each in lines):
            self._fail("No line is a UUID of version 4", lines)

    def assertLog(self, sliceargs: int | tuple[int, ...], lines: Any, marker: Any = None) -> None:
        """Lines have these in them: one by its number, which counts from the mark; several from one to another."""
        found = self._read_marked_region(marker)
        if isinstance(sliceargs, int):
            wanted = [lines[0] if isinstance(lines, (tuple, list)) else lines]
            chosen = found[sliceargs : sliceargs + 1 or None]
        else:
            wanted = [lines] if isinstance(lines, (str, bytes)) else list(lines)
            chosen = found[slice(*sliceargs)]
        if len(chosen) < len(wanted):
            self._fail(f"There are {len(chosen)} lines, and not {len(wanted)}", found)
        for line, each in zip(wanted, chosen, strict=False):
            if _bytes(line) not in each:
                self._fail(f"{line!r} is not in {each!r}", found)


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text


def _is_uuid4(text: str) -> bool:
    try:
        return UUID(text, version=4).hex == text.replace("-", "").lower()
    except ValueError:
        return False
