"""10,000 keep-alive connections that say nothing: what they weigh, and whether the active ones notice them."""

from __future__ import annotations

import contextlib
import resource
import select
import socket
import time
from typing import TYPE_CHECKING

import processes
from meter import Meter
from paced import ENOUGH, Kind, Paced, is_complete, quantile, request

from loads.hello import PATH
from loads.hello import check as check_hello
from loads.load import Bar, Load, rows
from loads.raw import check as check_raw

if TYPE_CHECKING:
    from servers import Server

    from loads.load import Effort, Reading

WANTED = 10_000
SPARE_FILES = 500
SOURCES = 8
"""Source addresses 127.0.0.1 … .8 are used in turn, so that ports do not run short."""

OPEN_LIMIT = 60.0
"""Seconds in which the connections must be open; those that are not are not held."""

PATIENCE = 5.0
RATE = 500.0
QUIET = 10.0
SETTLE = 0.5
MILLI = 1000
KIB = 1024
BATCH = 50
RAW = {"kirsch-raw", "cheroot", "waitress", "gunicorn", "granian-wsgi"}


def path_of(server: Server) -> str:
    """What to ask for: raw servers know one page only."""
    return "/" if server.rival.name in RAW else PATH


def check(server: Server) -> None:
    """The answer for this sort of server."""
    (check_raw if path_of(server) == "/" else check_hello)(server)


def measure(server: Server, effort: Effort) -> Reading:
    """Without the crowd, with it, and without it again."""
    kinds = (Kind(path_of(server)),)

    meter = Meter(server)

    def times() -> tuple[float, float]:
        (latencies,) = Paced(server.port, kinds, RATE).run(max(effort.seconds, 2.0)).latencies
        return quantile(latencies, 0.5) * MILLI, quantile(latencies, 0.99) * MILLI

    Paced(server.port, kinds, RATE).run(effort.warm_up)
    before = times()
    empty = processes.proportional_memory(server.pid)
    crowd = open_connections(server)
    try:
        time.sleep(SETTLE)
        full = processes.proportional_memory(server.pid)
        beside = times()
        percent = idle_percent(server)
        held = sum(map(is_open, crowd))
        answered = count_answers(server, crowd)
        thread_count = processes.threads(server.pid)
    finally:
        for connection in crowd:
            connection.close()
    time.sleep(SETTLE)
    alone = [(first + last) / 2 for first, last in zip(before, times(), strict=True)]
    _, others = meter.read()
    return {
        "held": float(held),
        "kb_each": (full - empty) / KIB / max(1, held),
        "p50_ms": beside[0],
        "p99_ms": beside[1],
        "p50_ratio": beside[0] / alone[0],
        "p99_ratio": beside[1] / alone[1],
        "idle_percent": percent,
        "threads": float(thread_count),
        "still_answered": float(answered),
        "pss_mb": full / KIB**2,
        "others_percent": others,
    }


def open_connections(server: Server) -> list[socket.socket]:
    """As many connections as wanted, and as files and time allow, each with one answer behind it."""
    wanted = min(WANTED, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES)
    ask = request(path_of(server), server.port)
    deadline = time.monotonic() + OPEN_LIMIT
    crowd: list[socket.socket] = []
    while len(crowd) < wanted and time.monotonic() < deadline:
        fresh = []
        with contextlib.suppress(OSError):
            for number in range(min(BATCH, wanted - len(crowd))):
                source = (f"127.0.0.{1 + number % SOURCES}", 0)
                fresh.append(socket.create_connection(("127.0.0.1", server.port), PATIENCE, source))
        answered = [one for one in fresh if send(one, ask)]
        answered = [one for one in answered if has_answered(one)]
        for one in set(fresh) - set(answered):
            one.close()
        if not answered:
            break
        crowd += answered
    return crowd


def send(connection: socket.socket, ask: bytes) -> bool:
    """Send a request; False if the connection has been refused meanwhile."""
    try:
        connection.sendall(ask)
    except OSError:
        return False
    return True


def has_answered(connection: socket.socket) -> bool:
    """Wait for a whole answer; False if it does not come, or is no good one."""
    data = b""
    try:
        while not is_complete(data):
            piece = connection.recv(ENOUGH)
            if not piece:
                return False
            data += piece
    except OSError:
        return False
    return data.startswith(b"HTTP/1.1 200")


def is_open(connection: socket.socket) -> bool:
    """Tell whether the other side has left a connection alone."""
    poller = select.poll()
    poller.register(connection, select.POLLIN | select.POLLRDHUP)
    return not any(event & (select.POLLRDHUP | select.POLLHUP | select.POLLERR) for _, event in poller.poll(0))


def count_answers(server: Server, crowd: list[socket.socket]) -> int:
    """Ask again on two hundred of the idle connections; how many answer (of 200)."""
    ask = request(path_of(server), server.port)
    sample = crowd[:: max(1, len(crowd) // 200)][:200]
    return sum(send(one, ask) and has_answered(one) for one in sample)


def idle_percent(server: Server) -> float:
    """CPU used while nobody asks for anything, in percent of a core."""
    before = server.cpu_seconds()
    time.sleep(QUIET)
    return 100 * (server.cpu_seconds() - before) / QUIET


IDLE = Load(
    name="idle",
    title="10,000 idle keep-alive connections",
    entries=rows(
        *("kirsch", "kirsch-raw", "cherrypy", "cheroot", "waitress", "gunicorn", "granian-wsgi", "starlette-uvicorn"),
        "nginx",
    ),
    check=check,
    measure=measure,
    bars=(
        Bar("must", "held", at_least=WANTED),
        Bar("must", "kb_each", at_most=6.0),
        Bar("must", "p50_ratio", at_most=1.2),
        Bar("must", "p99_ratio", at_most=1.5),
        Bar("must", "idle_percent", at_most=0.5),
        Bar("aim", "kb_each", at_most=3.0),
    ),
    columns=(
        *("kb_each", "held", "still_answered", "p50_ms", "p50_ratio", "p99_ms", "p99_ratio", "idle_percent"),
        *("threads", "pss_mb"),
    ),
    chart="kb_each",
    most_rounds=1,
    note="p50, p99: 500 requests/s on 50 more connections, and their ratio to those without the crowd; "
    "asked again: answers on 200 of the idle ones",
)
