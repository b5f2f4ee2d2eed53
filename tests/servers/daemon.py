"""Real servers for tests: found, started in a folder of their own, paused, killed, started again, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]


def program(name: str) -> str:
    """The path of a program. Without it the test is skipped, but in CI, where it has to be there, it fails."""
    path = shutil.which(name) or shutil.which(name, path=os.pathsep.join(sorted(PLACES, reverse=True)))
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed on this machine")
    return path


def asked(port: int, question: bytes, answer: bytes) -> bool:
    """Whether a server answers so."""
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(question)
            return not answer or connection.recv(1024).startswith(answer)
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """A process and all below it. PostgreSQL gives each of its processes a group of its own."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = path.read_text("utf-8", "replace").partition(" ")
            parents.setdefault(int(rest.rpartition(")")[2].split()[1]), []).append(int(number))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def stopped(pid: int) -> bool:
    """Whether a process and all below it have stopped, with all their threads."""
    for each in descendants(pid):
        for path in Path(f"/proc/{each}/task").glob("*/stat"):
            with suppress(OSError):
                if path.read_text("utf-8", "replace").rpartition(")")[2].split()[0] not in "TtZ":
                    return False
    return True


class Daemon:
    """A server in the foreground. command: what starts it. ready: whether it serves.

    user: whom it runs as when we are root. folder: its own; what it says goes to a file there.
    """

    def __init__(self, name: str, user: str | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"kirsch-{name}-"))
        self.user = user if user and os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.command: list[str] = []
        self.ready: Callable[[], bool] = lambda: True
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.port = 0

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it serves."""
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder, user=self.user
            )
        end = monotonic() + 20
        while not self.ready():
            if not self.running or monotonic() > end:
                self.stop()
                pytest.fail(f"{self.command} does not serve:\n{(self.folder / 'output').read_text('utf-8')}")
            sleep(0.01)

    def stop(self) -> None:
        """End it in an orderly way."""
        if self.process is not None:
            self.resume()
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def kill(self) -> None:
        """As `kill -9` does, with all its processes."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        """It hangs: what connects waits. A thread that has just been at work may take a moment to stop."""
        self._signal(signal.SIGSTOP)
        end = monotonic() + 5
        while self.process is not None and not stopped(self.process.pid) and monotonic() < end:
            sleep(0.001)

    def resume(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """Killed, and started again."""
        self.kill()
        self.start()

    def whole(self) -> None:
        """After a test that may have paused or killed it."""
        if self.running:
            self.resume()
        else:
            self.start()

    def remove(self) -> None:
        """Stop it, and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        if self.process is not None:
            for pid in descendants(self.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
