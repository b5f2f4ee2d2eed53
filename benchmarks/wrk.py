"""A load made by `wrk`, and its answers as figures."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import processes
from environments import HERE, apt, find_tool
from meter import Meter
from servers import WrongAnswerError

if TYPE_CHECKING:
    from pathlib import Path

    from loads.load import Effort, Reading
    from servers import Server

SCRIPT = HERE / "wrk.lua"
CONNECTIONS = 50
GRACE = 15.0
MIB = 1024 * 1024
MILLION = 1_000_000

BROWSER = (
    "Connection: keep-alive",
    'sec-ch-ua: "Chromium";v="141", "Not?A_Brand";v="8", "Google Chrome";v="141"',
    "sec-ch-ua-mobile: ?0",
    'sec-ch-ua-platform: "Linux"',
    "Upgrade-Insecure-Requests: 1",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Sec-Fetch-Site: none",
    "Sec-Fetch-Mode: navigate",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
)
"""What a browser sends: with Host, twelve lines."""


@dataclass(frozen=True, slots=True)
class Wrk:
    """A closed loop: each connection asks again as soon as it has been answered.

    Calling it warms the server up, measures it, and gives the reading. body: then POST. cookies: a file with one value
    of Cookie a line, taken in turn.
    """

    path: str
    connections: int = CONNECTIONS
    fields: tuple[str, ...] = BROWSER
    body: bytes | None = None
    cookies: Path | None = None

    def __call__(self, server: Server, effort: Effort) -> Reading:
        """Measure a server that runs. WrongAnswerError if an answer under load was not a 2xx."""
        self._run(server, effort.warm_up)
        meter = Meter(server)
        found = self._run(server, effort.seconds)
        used, others = meter.read()
        requests, took = found["requests"], found["microseconds"] / MILLION
        bad = {name: found[name] for name in ("status", "connect", "read", "write", "timeout") if found[name]}
        if not requests or found["status"] or sum(bad.values()) > requests / 1000:
            message = f"under load: {requests} answers, errors {bad}"
            raise WrongAnswerError(message)
        return {
            "cpu_us": used * MILLION / requests,
            "rps": requests / took,
            "p50_ms": found["p50"] / 1000,
            "p99_ms": found["p99"] / 1000,
            "mb_s": found["bytes"] / took / MILLION,
            "core_percent": 100 * used / took,
            "others_percent": others,
            **memory(server),
        }

    def _run(self, server: Server, seconds: float) -> dict[str, int]:
        """Run wrk once; whole seconds, at least one."""
        duration = max(1, round(seconds))
        body = server.scratch / "body"
        if self.body is not None:
            body.write_bytes(self.body)
        fields = [part for line in self.fields for part in ("-H", line)]
        command = [
            *(wrk_path(), "-t1", f"-c{self.connections}", f"-d{duration}s", "--timeout", "10s", "-s", str(SCRIPT)),
            *(*fields, f"http{'s' * server.task.tls}://127.0.0.1:{server.port}{self.path}", "--"),
            *(str(body) if self.body is not None else "-", str(self.cookies or "-")),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=duration + GRACE, check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode or not lines:
            message = f"wrk failed: {(done.stdout + done.stderr)[-300:]}"
            raise WrongAnswerError(message)
        found: dict[str, int] = json.loads(lines[-1])
        return found


def memory(server: Server) -> Reading:
    """What a server weighs now, and at its heaviest so far."""
    return {
        "pss_mb": processes.proportional_memory(server.pid) / MIB,
        "rss_mb": processes.resident_memory(server.pid) / MIB,
        "peak_mb": processes.peak_memory(server.pid) / MIB,
        "threads": float(processes.threads(server.pid)),
    }


def wrk_path() -> str:
    """Where wrk is; ends the program with the way to get it."""
    path = find_tool("wrk")
    if path is None:
        message = f"wrk is {apt('wrk', 'nginx', 'libev-dev', 'gcc')}"
        raise SystemExit(message)
    return path
