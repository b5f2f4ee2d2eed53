"""An upload of 1 GB that the handler reads piece by piece: memory must stay where it was."""

from __future__ import annotations

import http.client
import time
from typing import TYPE_CHECKING

import processes
from meter import Meter
from servers import Answer, WrongAnswerError

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import Server

    from loads.load import Effort, Reading

PATH = "/upload"
SIZE = 10**9
SMALL = 10**6
PIECE = bytes(256 * 1024)
PATIENCE = 120.0
MEGA = 10**6
MIB = 1024 * 1024


def check(server: Server) -> None:
    """A small upload is counted."""
    expect(upload(server, SMALL), str(SMALL).encode())


def pieces(size: int) -> Iterator[bytes]:
    """So many zeros, a piece at a time."""
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield PIECE[: size % len(PIECE)]


def upload(server: Server, size: int) -> Answer:
    """Send zeros with a Content-Length."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    fields = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    try:
        connection.request("POST", PATH, pieces(size), fields)
        response = connection.getresponse()
        return Answer(response.status, {}, response.read())
    except OSError as error:
        message = f"upload broken off: {error}"
        raise WrongAnswerError(message) from error
    finally:
        connection.close()


def measure(server: Server, _: Effort) -> Reading:
    """One upload; growth counts from the memory after a small one."""
    upload(server, SMALL)
    idle = processes.resident_memory(server.pid)
    processes.forget_peak(server.pid)
    meter, start = Meter(server), time.perf_counter()
    expect(upload(server, SIZE), str(SIZE).encode())
    took = time.perf_counter() - start
    used, others = meter.read()
    return {
        "mb_s": SIZE / MEGA / took,
        "cpu_s": used,
        "others_percent": others,
        "growth_mb": (processes.peak_memory(server.pid) - idle) / MIB,
        "rss_mb": idle / MIB,
        "threads": float(processes.threads(server.pid)),
    }


UPLOAD = Load(
    name="upload",
    title="Upload of 1 GB",
    entries=rows("kirsch", "kirsch-raw", "cherrypy", "cheroot", "waitress", "gunicorn", "granian-wsgi", "uvicorn"),
    check=check,
    measure=measure,
    bars=(
        Bar("must", "growth_mb", at_most=10.0),
        Bar("must", "mb_s", at_least=2.0, of="cheroot"),
    ),
    columns=("cpu_s", "mb_s", "growth_mb", "rss_mb", "threads"),
    chart="cpu_s",
    note="growth: most memory during the upload above that before it; the client is Python, good for a few GB/s",
)
