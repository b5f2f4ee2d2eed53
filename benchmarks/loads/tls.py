"""The smallest application over TLS: on connections that stay, on new ones, and on new ones of clients that come back.

wrk cannot resume a session, so new connections are made here, one after the other, with a request on each.
"""

from __future__ import annotations

import ssl
import statistics
import subprocess
from dataclasses import dataclass
from socket import create_connection
from time import perf_counter
from typing import TYPE_CHECKING

from environments import apt, find_tool
from meter import Meter
from servers import CERTIFICATE, KEY, WrongAnswerError
from wrk import BROWSER, MILLION, Wrk, memory

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from pathlib import Path

    from servers import Server

    from loads.load import Effort, Reading

PATH = "/"
HELLO = b"Hello, world!"
RIVALS = ("kirsch-raw", "cheroot", "granian-wsgi", "uvicorn", "nginx")
REQUEST = "\r\n".join((f"GET {PATH} HTTP/1.1", "Host: localhost", *BROWSER, "Connection: close", "", "")).encode()
PATIENCE = 10.0
ENOUGH = 65536


def make_certificate(place: Path) -> None:
    """Write a certificate of the usual kind (ECDSA, P-256) and its key; ends the program where openssl is not there."""
    openssl = find_tool("openssl")
    if openssl is None:
        message = f"openssl is {apt('openssl')}"
        raise SystemExit(message)
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9"]
    command += ["-subj", "/CN=localhost", "-keyout", str(place / KEY), "-out", str(place / CERTIFICATE)]
    subprocess.run(command, check=True, capture_output=True)


def check(server: Server) -> None:
    """The one answer there is."""
    expect(server.get(PATH), HELLO)


@dataclass(frozen=True, slots=True)
class Handshakes:
    """A connection after the other, each with one request. resume: show the session of the last."""

    resume: bool

    def __call__(self, server: Server, effort: Effort) -> Reading:
        """Measure a server that runs. WrongAnswerError for a wrong answer."""
        context = ssl.create_default_context(cafile=str(server.bench.files / CERTIFICATE))
        context.check_hostname = False
        self._run(server, context, effort.warm_up)
        meter = Meter(server)
        began = perf_counter()
        times, resumed = self._run(server, context, effort.seconds)
        took = perf_counter() - began
        used, others = meter.read()
        return {
            "cpu_us": used * MILLION / len(times),
            "rps": len(times) / took,
            "p50_ms": statistics.median(times) * 1000,
            "p99_ms": statistics.quantiles(times, n=100)[98] * 1000,
            "resumed_percent": 100 * resumed / len(times),
            "core_percent": 100 * used / took,
            "others_percent": others,
            **memory(server),
        }

    def _run(self, server: Server, context: ssl.SSLContext, seconds: float) -> tuple[list[float], int]:
        """The time of each connection, and how many have resumed a session."""
        times, resumed, session = [], 0, None
        end = perf_counter() + seconds
        while (began := perf_counter()) < end or len(times) < 2:
            with (
                create_connection(("127.0.0.1", server.port), PATIENCE) as plain,
                context.wrap_socket(plain, server_hostname="localhost", session=session) as line,
            ):
                line.sendall(REQUEST)
                answer = b""
                while not answer.endswith(HELLO) and (piece := line.recv(ENOUGH)):
                    answer += piece
                resumed += bool(line.session_reused)
                session = line.session if self.resume else None
            times.append(perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200") or not answer.endswith(HELLO):
                message = f"under load: {answer[:80]!r}"
                raise WrongAnswerError(message)
        return times, resumed


TLS = Load(
    name="tls",
    title="Server alone over TLS 1.3, on 50 connections that stay",
    entries=rows(*RIVALS),
    check=check,
    measure=Wrk(PATH),
    bars=(
        Bar("must", "cpu_us", at_most=1 / 3, of="cheroot", ours="kirsch-raw"),
        Bar("aim", "cpu_us", at_most=1.2, of="granian-wsgi", ours="kirsch-raw"),
    ),
    tls=True,
)

_COLUMNS = ("cpu_us", "rps", "p50_ms", "p99_ms", "resumed_percent", "pss_mb")

TLS_NEW = Load(
    name="tls-new",
    title="Server alone over TLS 1.3, a handshake for each request (ECDSA P-256)",
    entries=rows(*RIVALS),
    check=check,
    measure=Handshakes(resume=False),
    bars=(Bar("must", "cpu_us", at_most=1.0, of="cheroot", ours="kirsch-raw"),),
    columns=_COLUMNS,
    note="one client, so CPU/request says what a connection costs; requests/s is mostly the client",
    tls=True,
)

TLS_RESUMED = Load(
    name="tls-resumed",
    title="The same, by a client that comes back with its session",
    entries=rows(*RIVALS),
    check=check,
    measure=Handshakes(resume=True),
    columns=_COLUMNS,
    note=TLS_NEW.note,
    tls=True,
)
