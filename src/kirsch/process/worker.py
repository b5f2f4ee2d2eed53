"""A worker process, as its supervisor knows it, and the words that pass between the two.

A worker is the same command run again, with the listening sockets handed down, so that they all accept from the same
queue and none is lost while workers come and go. Between supervisor and worker there is a pair of sockets. A worker
says on it `ready` (it serves), `beat` (its main thread is alive) and `recycle` (it wants to be replaced); it is told
`leave` (let your clients go, and end). Whoever finds the other end closed knows that the other is gone.
"""

from __future__ import annotations

import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINK: Final = "_KIRSCH_LINK"
LISTENERS: Final = "_KIRSCH_LISTENERS"
"""Variables of a worker's environment: the descriptor of its end of the pair, and `name=descriptor,…` of listeners."""

READY: Final = "ready"
BEAT: Final = "beat"
RECYCLE: Final = "recycle"
LEAVE: Final = "leave"

PLACE: Final = "_KIRSCH_WORKER"
"""Variable of a worker's environment: its number, how many have been started so far, how many were lost."""

SUCCESSOR: Final = "_KIRSCH_SUCCESSOR"
"""Set for a process that is not to be a worker, but to supervise in our place."""

LAST_MOMENT: Final = 1.0
"""Seconds from a closed link to the end of the process."""


@dataclass
class Patience:
    """Seconds that a worker is given. start: to be ready. silence: without a sign of life. leave: to end when told to.

    Whoever exceeds them is killed.
    """

    start: float = 60.0
    silence: float = 30.0
    leave: float = 30.0


class Worker:
    """One worker process. link: our end of the pair. deadline: when it is killed unless something happens before."""

    def __init__(
        self, number: int, command: Sequence[str], environ: Mapping[str, str], listeners: Mapping[str, int]
    ) -> None:
        self.link, theirs = socket.socketpair()
        self.link.setblocking(False)
        self.number = number
        self.ready = False
        self.born = self.deadline = monotonic()
        self._heard = b""
        told = ",".join(f"{name}={descriptor}" for name, descriptor in listeners.items())
        environ = {**environ, LINK: str(theirs.fileno()), LISTENERS: told}
        descriptors = (theirs.fileno(), *listeners.values())
        with theirs:
            try:
                self.process = subprocess.Popen(command, env=environ, pass_fds=descriptors, stdin=subprocess.DEVNULL)
            except OSError:
                self.link.close()
                raise

    def __str__(self) -> str:
        return f"Worker {self.number} ({self.process.pid})"

    def say(self, word: str) -> None:
        """Tell it something; it may be gone."""
        with suppress(OSError):
            self.link.send(f"{word}\n".encode())

    def hear(self) -> list[str] | None:
        """What it has said since; None if it is gone."""
        try:
            data = self.link.recv(4096)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            return None
        *lines, self._heard = (self._heard + data).split(b"\n")
        return [line.decode("ascii", "replace") for line in lines]

    def status(self) -> int:
        """Its status, once it has ended; one that has only closed its end of the link is of no use any more."""
        try:
            return self.process.wait(LAST_MOMENT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
