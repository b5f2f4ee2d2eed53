"""The number of the process in a file, for whoever wants to signal it: one process at a time per file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from kirsch.process.bus import Bus

try:
    import fcntl
except ImportError:  # Windows has no locks of this kind
    HAS_LOCKS = False
else:
    HAS_LOCKS = True


class PIDFileTaken(RuntimeError):
    """Another process that is alive has written its number there."""

    plain = True


class PIDFile(Plugin):
    """Writes the process's number to a file while the bus runs, and removes it at the exit.

    The file is locked as long as the process lives, so that the start fails with PIDFileTaken if another one holds it,
    and a file that was left behind is known as such whatever its number means by now. (Not on Windows: there the file
    is overwritten.)
    """

    def __init__(self, bus: Bus, pidfile: str | os.PathLike[str]) -> None:
        super().__init__(bus)
        self.pidfile = os.path.abspath(pidfile)  # the directory may change
        self._descriptor = -1

    @priority(70)
    def start(self) -> None:
        """Write the number. Raises PIDFileTaken, OSError."""
        if self._descriptor >= 0:
            self.bus.log(f"PID {os.getpid()} already written to {self.pidfile!r}.")
            return
        descriptor = os.open(self.pidfile, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            before = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() if HAS_LOCKS else ""
            self._lock(descriptor, before)
            number = b"%d\n" % os.getpid()
            os.write(descriptor, number)  # over the old one, so that nobody ever reads none
            os.ftruncate(descriptor, len(number))
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        if before:
            self.bus.log(f"{self.pidfile!r} was left behind by process {before}, which has ended.", level=30)
        self.bus.log(f"PID {os.getpid()} written to {self.pidfile!r}.")

    def _lock(self, descriptor: int, holder: str) -> None:
        if not HAS_LOCKS:
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{self.pidfile!r} is held by process {holder}, which runs; stop that one first"
            raise PIDFileTaken(message) from None

    def exit(self) -> None:
        """Remove the file. A process that has no right to do so any more empties it, and says so."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        try:
            os.unlink(self.pidfile)
        except OSError as error:
            os.ftruncate(descriptor, 0)
            self.bus.log(f"{self.pidfile!r} is left behind, empty: {error.strerror}", level=30)
        finally:
            os.close(descriptor)  # and with it goes the lock
