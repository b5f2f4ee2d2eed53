"""A driver for the machine: what a conversation looks like, whatever pieces its bytes come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kirsch.protocol.events import Limits, RemoteError
from kirsch.protocol.h1 import H1

if TYPE_CHECKING:
    from kirsch.exchange import Field
    from kirsch.protocol.wirefields import KnownFields


@dataclass
class Message:
    """A request as the machine reads it."""

    line: str
    fields: list[Field]
    body: bytes = b""
    complete: bool = False
    trailers: list[Field] = field(default_factory=list)
    keep_alive: bool = True


@dataclass
class Answer:
    """An answer for the machine to write."""

    status: int = 200
    reason: bytes = b""
    fields: tuple[Field, ...] = ()
    length: int | None = None
    bodiless: bool = False


class Dialogue:
    """Reads requests one after the other, as a server would that answers each at once.

    messages: what was understood. error: the status the peer was refused with, and then nothing is read any more.
    """

    def __init__(self, limits: Limits | None = None, known: KnownFields | None = None) -> None:
        self.machine = H1(limits or Limits(), known)
        self.messages: list[Message] = []
        self.error: int | None = None
        self.reason = ""
        self.closed = False

    def feed(self, *pieces: bytes) -> Dialogue:
        for piece in pieces:
            if self.error is None and not self.closed:
                self.machine.receive(piece)
                try:
                    while self._step():
                        pass
                except RemoteError as error:
                    self.error, self.reason = error.status, str(error)
        return self

    def _step(self) -> bool:
        machine = self.machine
        if not self.messages or self.messages[-1].complete:
            head = machine.next_head()
            if head is None:
                return False
            line = f"{head.method} {head.target.decode('latin-1')} {head.version[0]}.{head.version[1]}"
            self.messages.append(Message(line, head.fields, keep_alive=machine.keep_alive))
        message = self.messages[-1]
        data = machine.next_data()
        if data is None:
            return False
        message.body += data
        if not data:
            message.complete = True
            message.trailers = list(machine.trailers)
            machine.next_cycle()
            self.closed = not machine.keep_alive
        return not self.closed


def outcome(dialogue: Dialogue) -> tuple[object, ...]:
    """What a test compares: everything that was understood, and how it ended."""
    return dialogue.messages, dialogue.error
