"""The worker's end of the pair of sockets that ties it to its supervisor. See worker.py for what is said on it."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from kirsch.process.plugin import Plugin, priority
from kirsch.process.worker import BEAT, LEAVE, LINK, LISTENERS, READY, RECYCLE

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from kirsch.process.bus import Bus

INTERVAL: Final = 1.0
"""Seconds between two signs of life. They come from the main thread, so that one that hangs is noticed."""


class Link(Plugin):
    """Tells the supervisor that this worker serves and lives, and does what it says.

    on_leave: what is called when it is told to leave; by default the exit of the bus. on_orphaned: what is called when
    the supervisor is gone; the same. worn: asked at each beat, whether the worker should be replaced. listeners:
    descriptors of listening sockets by the name of their server. Servers listen on copies.
    """

    def __init__(self, bus: Bus, descriptor: int, listeners: dict[str, int]) -> None:
        super().__init__(bus)
        self.on_leave: Callable[[], object] = bus.exit
        self.on_orphaned: Callable[[], object] = self._exit
        self.worn: Callable[[], bool] = lambda: False
        self.listeners = listeners
        self._socket = socket.socket(fileno=descriptor)
        self._next_beat = 0.0
        self._recycling = False

    @classmethod
    def of(cls, bus: Bus, environ: MutableMapping[str, str]) -> Link | None:
        """The link of this process; None if it is no worker. What says so is taken out of the environment."""
        descriptor, told = environ.pop(LINK, ""), environ.pop(LISTENERS, "")
        if not descriptor:
            return None
        pairs = (pair.partition("=") for pair in told.split(",") if pair)
        return cls(bus, int(descriptor), {name: int(number) for name, _, number in pairs})

    def started(self) -> None:
        """Say that we serve, and listen from now on."""
        self._say(READY)
        threading.Thread(target=self._listen, name="kirsch link", daemon=True).start()

    @priority(20)
    def stop(self) -> None:
        """Let go of the listening sockets: else clients would line up where nobody accepts them any more."""
        while self.listeners:
            os.close(self.listeners.popitem()[1])

    def main(self) -> None:
        """Give a sign of life now and then."""
        now = monotonic()
        if now < self._next_beat:
            return
        self._next_beat = now + INTERVAL
        self._say(BEAT)
        if not self._recycling and self.worn():
            self._recycling = True
            self._say(RECYCLE)

    def _say(self, word: str) -> None:
        with suppress(OSError):  # the supervisor is gone: _listen() notices it, too
            self._socket.send(f"{word}\n".encode())

    def _listen(self) -> None:
        try:
            said = self._socket.recv(64)
        except OSError:
            said = b""
        if said.decode("ascii", "replace").strip() == LEAVE:
            self.on_leave()
        else:
            self.on_orphaned()

    def _exit(self) -> None:
        self.bus.log("The supervisor is gone: leaving, too", 30)
        self.bus.exit()
