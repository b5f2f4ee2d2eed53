"""A server in a process of its own, run by the real face; and what the system knows about a process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from tests.server.wire import Client, eventually

ROOT = Path(__file__).parent.parent.parent
BEGIN = """
import sys, time
import kirsch

def say_port():
    print(kirsch.server.httpserver.port, flush=True)

kirsch.engine.subscribe("start", say_port, 99)
kirsch.config.update({{"server.socket_port": {port}, "log.screen": False}})
"""


@contextlib.contextmanager
def program(code, port=0):
    """Run a program that calls quickstart: (process, port). Killed at the end, if it still lives."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"}
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN.format(port=port) + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        assert line, process.communicate()[1].decode()
        port = int(line)
        assert eventually(lambda: _started(port))
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _started(port):
    """Whether it answers pages yet: before the engine has started it says 503."""
    with Client(("127.0.0.1", port)) as client:
        return client.ask().status == 200


def memory(pid, what="VmHWM"):
    """KiB: VmHWM is the most so far, VmRSS what is held now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1])
    raise AssertionError(what)


def ticks(pid):
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
