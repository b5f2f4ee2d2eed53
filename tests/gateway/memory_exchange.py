"""An exchange without a server: the request is given, the answer is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.exchange import Exchange, Head

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kirsch.exchange import Field


class MemoryExchange(Exchange):
    """calls: the verbs of the door, in order. received: the body of the answer. part: the most that one read() gives.

    error: raised where the body of the request ends. stepped_aside: how often the handler said that it is slow.
    """

    def __init__(
        self, method: str = "GET", target: bytes = b"/", fields: Iterable[Field] = (), body: bytes = b"", **more: Any
    ) -> None:
        super().__init__(
            Head(method, target, more.pop("version", (1, 1)), fields), ("192.0.2.7", 40123), ("127.0.0.1", 8080)
        )
        self.calls: list[str] = []
        self.received = b""
        self.body = body
        self.part = 65536
        self.error: Exception | None = None
        self.stepped_aside = 0
        for name, value in more.items():
            setattr(self, name, value)

    def read(self, size: int = -1) -> bytes:
        if self.error and not self.body:
            raise self.error
        count = len(self.body) if size < 0 else min(size, self.part)
        data, self.body = self.body[:count], self.body[count:]
        return data

    def step_aside(self) -> None:
        self.stepped_aside += 1

    def open(self) -> None:
        self.calls.append("open")

    def send(self, data: bytes) -> None:
        self.calls.append("send")
        self.received += data

    def end(self) -> None:
        self.calls.append("end")
        self.done()

    def cut(self) -> None:
        self.calls.append("cut")

    @property
    def outcome(self) -> dict[str, Any]:
        """All that a client could tell of the answer."""
        fields = [(name.lower(), value) for name, value in self.fields]
        return {
            "status": (self.status, self.reason),
            "fields": fields,
            "length": None if self.status == 204 else self.length,
            "body": self.received,
            "cut": "cut" in self.calls,
        }
