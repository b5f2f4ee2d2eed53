"""Workers that ask each other: each listens on a Unix socket in a folder that all of them share, and answers in JSON.

Nobody in between is needed, and nobody keeps a list: who has a socket there that answers is a colleague.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import threading
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from kirsch.process.plugin import Plugin

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from kirsch.process.bus import Bus

FOLDER: Final = "_KIRSCH_ROOM"
"""Set for workers: the folder."""

ENDING: Final = ".sock"
UNREADY: Final = ".new"
"""Of one that does not listen yet: whoever found it by its name would take it for one that was killed."""

PATIENCE: Final = 1.0
"""Seconds that an answer may take."""

PAUSE: Final = 0.1
"""Seconds until it is tried again to hear a question."""

MOST: Final = 1 << 24
"""Bytes that an answer may have."""


class Colleagues(Plugin):
    """The workers beside this one, and the ear that it has for them from join() on. name: of this one in the folder."""

    def __init__(self, bus: Bus, folder: str, name: str) -> None:
        super().__init__(bus)
        self.folder = folder
        self.name = name
        self.patience = PATIENCE
        self._answer: Callable[[Any], Any] = lambda _: None
        self._socket: socket.socket | None = None

    @classmethod
    def of(cls, bus: Bus, environ: MutableMapping[str, str]) -> Colleagues | None:
        """Those of this process; None if it has none. What says so is taken out of the environment."""
        folder = environ.pop(FOLDER, "")
        return cls(bus, folder, str(os.getpid())) if folder else None

    def join(self, answer: Callable[[Any], Any]) -> None:
        """Answer the questions of others while the bus runs: both are what JSON can say. On a thread of its own."""
        self._answer = answer
        self.subscribe()
        if self.bus.state is self.bus.states.STARTED:
            self.start()

    def start(self) -> None:
        """Listen."""
        if self._socket is not None:
            return
        ear = socket.socket(socket.AF_UNIX)
        unready = os.path.join(self.folder, self.name + UNREADY)
        try:
            with suppress(FileNotFoundError):
                os.unlink(unready)
            ear.bind(unready)
            ear.listen()
            os.replace(unready, self._path(self.name))  # in place of what a process of this number has left, too
        except OSError as error:
            ear.close()
            self.bus.log(f"Other workers cannot ask this one: {error}", 30)
            return
        self._socket = ear
        threading.Thread(target=self._listen, args=(ear,), name="kirsch colleagues", daemon=True).start()

    def stop(self) -> None:
        """Listen no longer."""
        ear, self._socket = self._socket, None
        if ear is None:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX) as waking:  # accept() hears of no close()
            waking.connect(self._path(self.name))
        with suppress(OSError):
            os.unlink(self._path(self.name))

    def ask(self, question: Any) -> dict[str, Any]:
        """What all say, this one included, by their names; None for one that says nothing in time."""
        asked = self._send(json.dumps(question).encode() + b"\n")
        answers: dict[str, Any] = {self.name: self._answer(question), **dict.fromkeys(asked)}
        until = monotonic() + self.patience
        with selectors.DefaultSelector() as selector:
            heard = {}
            for name, line in asked.items():
                selector.register(line, selectors.EVENT_READ, name)
                heard[name] = bytearray()
            while selector.get_map() and (rest := until - monotonic()) > 0:
                for key, _ in selector.select(rest):
                    if _is_whole(asked[key.data], heard[key.data]):
                        selector.unregister(key.fileobj)
        for name, line in asked.items():
            line.close()
            with suppress(ValueError):
                answers[name] = json.loads(heard[name])
        return answers

    def _send(self, question: bytes) -> dict[str, socket.socket]:
        """The lines to all others, each with the question on it."""
        asked = {}
        for file in os.listdir(self.folder):
            name, ending = os.path.splitext(file)
            if ending != ENDING or name == self.name:
                continue
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(self.patience)
            try:
                line.connect(self._path(name))
                line.sendall(question)
            except (ConnectionRefusedError, FileNotFoundError):  # it was killed, or has just ended
                line.close()
                with suppress(OSError):
                    os.unlink(self._path(name))
            except OSError:  # it hangs: there is room for no more questions
                asked[name] = line
            else:
                asked[name] = line
        return asked

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name + ENDING)

    def _listen(self, ear: socket.socket) -> None:
        with ear:
            while self._socket is ear:
                try:
                    line, _ = ear.accept()
                except OSError:  # no descriptors are left: the question waits
                    sleep(PAUSE)
                    continue
                with line, suppress(OSError):
                    line.settimeout(self.patience)
                    self._reply(line)

    def _reply(self, line: socket.socket) -> None:
        with line.makefile("rb") as file:
            question = file.readline(MOST)
        if not question:
            return
        try:
            answer = self._answer(json.loads(question))
        except Exception as error:  # of somebody's code: the ear stays open
            self.bus.log(f"A question of another worker has failed: {type(error).__name__}: {error}", 30)
            return
        line.sendall(json.dumps(answer, default=repr).encode())


def _is_whole(line: socket.socket, heard: bytearray) -> bool:
    """Take what has come; whether that was all."""
    try:
        data = line.recv(1 << 16)
    except OSError:
        data = b""
    heard += data
    return not data or len(heard) > MOST
