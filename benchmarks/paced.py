"""A load at a steady pace: requests arrive by the clock, whether or not earlier ones have been answered.

A closed loop (wrk) slows down together with the server and so hides how long a request would have waited. Here each
latency counts from the moment the request was due. Arrivals are random (Poisson) but the same in every run. The loop
never sleeps: it has a core of its own.
"""

from __future__ import annotations

import gc
import random
import select
import socket
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import BROWSER

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 5.0
"""Seconds after the last arrival in which answers are still waited for."""

ENOUGH = 65536
SEED = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of request. share: of all requests, between 0 and 1."""

    path: str
    share: float = 1.0


@dataclass(slots=True)
class Outcome:
    """latencies: seconds, a list for each kind. lost: requests whose connection was closed, or answer no 200."""

    latencies: list[list[float]]
    lost: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Line:
    """A connection and the request it is busy with. due: when that should have been sent."""

    socket: socket.socket
    kind: int = 0
    due: float = 0.0
    data: bytes = b""


@dataclass(slots=True)
class Paced:
    """`Paced(port, kinds, rate).run(seconds)`. rate: requests a second, of all kinds together."""

    port: int
    kinds: Sequence[Kind]
    rate: float
    connections: int = 50
    _poller: select.epoll = field(default_factory=select.epoll)
    _busy: dict[int, _Line] = field(default_factory=dict)
    _free: deque[_Line] = field(default_factory=deque)

    def run(self, seconds: float) -> Outcome:
        """Send for so long, wait for the rest, and close everything. WrongAnswerError if more than 1 % were lost."""
        try:
            for _ in range(self.connections):
                self._connect()
            gc.disable()
            outcome = self._loop(self._arrivals(seconds), seconds)
        finally:
            gc.enable()
            for line in (*self._free, *self._busy.values()):
                line.socket.close()
            self._poller.close()
        total = outcome.lost + sum(map(len, outcome.latencies))
        if outcome.lost > total / 100:
            message = f"at {self.rate:.0f} requests/s: {outcome.lost} of {total} lost or wrong"
            raise WrongAnswerError(message)
        return outcome

    def _arrivals(self, seconds: float) -> list[tuple[float, int]]:
        """When requests come, in seconds from the start, and of which kind they are."""
        source = random.Random(SEED)
        numbers = range(len(self.kinds))
        shares = [kind.share for kind in self.kinds]
        arrivals, now = [], 0.0
        while (now := now + source.expovariate(self.rate)) < seconds:
            arrivals.append((now, source.choices(numbers, shares)[0]))
        return arrivals

    def _loop(self, arrivals: list[tuple[float, int]], seconds: float) -> Outcome:
        outcome = Outcome([[] for _ in self.kinds])
        requests = [request(kind.path, self.port) for kind in self.kinds]
        waiting: deque[tuple[float, int]] = deque()
        start = perf_counter()
        coming = deque((start + when, kind) for when, kind in arrivals)
        last = start + seconds + PATIENCE
        while (coming or waiting or self._busy) and (now := perf_counter()) < last:
            while coming and coming[0][0] <= now:
                waiting.append(coming.popleft())
            while waiting and self._free:
                self._send(requests, *waiting.popleft())
            for number, _ in self._poller.poll(0):
                self._receive(number, outcome)
        outcome.seconds = (ended := perf_counter()) - start
        overdue = [*coming, *waiting, *((line.due, line.kind) for line in self._busy.values())]
        for due, kind in overdue:  # not answered in all that time: it waited at least so long
            outcome.latencies[kind].append(ended - due)
        return outcome

    def _send(self, requests: list[bytes], due: float, kind: int) -> None:
        line = self._free.popleft()
        line.kind, line.due, line.data = kind, due, b""
        self._busy[line.socket.fileno()] = line
        try:
            line.socket.send(requests[kind])
        except OSError:  # the answer that does not come is counted when the connection is read
            pass

    def _receive(self, number: int, outcome: Outcome) -> None:
        """Take what has come on a connection; its answer may be complete with it, or the connection lost."""
        line = self._busy.get(number)
        try:
            data = line.socket.recv(ENOUGH) if line else b""
        except OSError:
            data = b""
        if line is None or not data:
            self._replace(number, outcome)
            return
        line.data += data
        if not is_complete(line.data):
            return
        if line.data.startswith(b"HTTP/1.1 200"):
            outcome.latencies[line.kind].append(perf_counter() - line.due)
        else:
            outcome.lost += 1
        del self._busy[number]
        self._free.append(line)

    def _replace(self, number: int, outcome: Outcome) -> None:
        """A connection was closed by the server: open another; its request, if it had one, is lost."""
        line = self._busy.pop(number, None)
        if line is not None:
            outcome.lost += 1
        else:
            line = next(one for one in self._free if one.socket.fileno() == number)
            self._free.remove(line)
        line.socket.close()
        self._connect()

    def _connect(self) -> None:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self._poller.register(connection, select.EPOLLIN)
        self._free.append(_Line(connection))


def request(path: str, port: int) -> bytes:
    """A GET with a browser's headers, as bytes."""
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *BROWSER, "", "")
    return "\r\n".join(lines).encode("ascii")


def is_complete(data: bytes) -> bool:
    """Tell whether an answer has arrived whole: by its Content-Length, or the last chunk."""
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        return False
    fields = head.lower()
    at = fields.find(b"\ncontent-length:")
    if at >= 0:
        return len(body) >= int(fields[at + 16 :].split(b"\r", 1)[0])
    return b"\ntransfer-encoding: chunked" in fields and body.endswith(b"0\r\n\r\n")


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
