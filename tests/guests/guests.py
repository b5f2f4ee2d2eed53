"""Programs of others on our alias, as they are: `python -m kirsch.compat …` in an environment of their own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.environment import Environment
from tests.house import ROOT
from tests.server.wire import eventually
from tests.servers.ports import free_port

HERE = Path(__file__).parent
ENVIRONMENT = Environment(
    f".venv-guests-{sys.version_info[0]}.{sys.version_info[1]}",
    HERE / "requirements.txt",
    "ws4py",
    ["spyne", "wsgidav"],
)


class Guest:
    """One that runs. port: where. said(): what it has written."""

    def __init__(self, port, log, process):
        self.port = port
        self.log = log
        self.process = process

    def said(self):
        """All of it."""
        return self.log.read_text(errors="replace")

    def ask(self, method, target, body=None, **headers):
        """Status, fields and body of an answer. headers: with `_` for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, target, body, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def listens(self):
        """Whether somebody answers there; fails if it has ended."""
        assert self.process.poll() is None, self.said()
        try:
            return self.ask("GET", "/")[0]
        except OSError:
            return 0


@contextlib.contextmanager
def guest(folder, *command):
    """Run a program, with PORT in its command for where it is to listen."""
    port = free_port()
    words = [str(word).replace("PORT", str(port)) for word in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CI"))}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [ENVIRONMENT.python(), "-m", "kirsch.compat", *words],
            cwd=HERE, env=environment, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    it = Guest(port, log, process)
    try:
        assert eventually(it.listens), it.said()
        yield it
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
