"""A rival while it runs: started on its own core, asked until it answers, weighed, and ended in all cases."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Self

import processes
from environments import HERE, python_environ

if TYPE_CHECKING:
    from rivals import Rival

APPS = HERE / "apps"
START_LIMIT = 30.0
ANSWER_LIMIT = 15.0
NOT_YET = 69
"""Exit status of an application that lacks what the load needs; see apps/settings.py."""

KEPT_WORDS = 200

CERTIFICATE, KEY = "certificate.pem", "key.pem"
"""Names among the files of a run."""


class StartError(Exception):
    """A server did not come up; the text holds the last line it printed."""


class NotYetError(Exception):
    """The application says itself that it cannot do this load."""


class WrongAnswerError(Exception):
    """A server runs, but does not answer what it should: measuring it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all measurements of a run share. The folder `files` holds 4k.bin and 10m.bin."""

    server_core: int
    client_core: int
    files: Path


@dataclass(frozen=True, slots=True)
class Task:
    """What a server is started for. threads: 0 = as usual. tls: with the certificate among the files."""

    load: str
    threads: int = 0
    access_log: bool = False
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. fields: names in lower case."""

    status: int
    fields: dict[str, str]
    body: bytes


class Server:
    """A running rival, as a context: `with Server(…) as server`.

    port: where it listens on 127.0.0.1. scratch: a folder of its own, gone afterwards.
    """

    def __init__(self, rival: Rival, python: Path, task: Task, bench: Bench) -> None:
        self.rival = rival
        self.python = python
        self.task = task
        self.bench = bench
        self.port = 0
        self.scratch = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.scratch = Path(tempfile.mkdtemp(prefix="kirsch-bench-"))
        try:
            self._start()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            processes.end(self._process.pid)
            self._process.poll()
            self._process = None
        shutil.rmtree(self.scratch, ignore_errors=True)

    def get(self, path: str, body: bytes | None = None, fields: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own; POST with a body, else GET."""
        connection = self._connection()
        try:
            connection.request("POST" if body is not None else "GET", path, body, fields or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if not self.task.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_LIMIT)
        context = ssl.create_default_context(cafile=str(self.bench.files / CERTIFICATE))
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=ANSWER_LIMIT, context=context)

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        return processes.cpu_seconds(self.pid)

    @property
    def pid(self) -> int:
        """The first of its processes."""
        if self._process is None:
            message = "the server does not run"
            raise RuntimeError(message)
        return self._process.pid

    def words(self) -> str:
        """The last line it printed: of a traceback, the one that names the error."""
        text = (self.scratch / "output.txt").read_text(errors="replace")
        return text.strip().rpartition("\n")[2].strip()[:KEPT_WORDS]

    def _start(self) -> None:
        self.port = free_port()
        task = self.task
        environ = python_environ(self.rival) | {
            "BENCH_PORT": str(self.port),
            "BENCH_LOAD": task.load,
            "BENCH_THREADS": str(task.threads),
            "BENCH_ACCESS_LOG": str(self.scratch / "access.log") if task.access_log else "",
            "BENCH_FILES": str(self.bench.files),
            "BENCH_CERTIFICATE": str(self.bench.files / CERTIFICATE) if task.tls else "",
            "BENCH_KEY": str(self.bench.files / KEY) if task.tls else "",
            "BENCH_SCRATCH": str(self.scratch),
        }
        launch = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(self.bench.server_core)]
        with (self.scratch / "output.txt").open("wb") as output:
            self._process = subprocess.Popen(
                [*launch, str(self.python), self.rival.app],
                cwd=APPS,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _is_ready(self) -> bool:
        try:
            return self.get("/").status != HTTPStatus.SERVICE_UNAVAILABLE
        except (OSError, http.client.HTTPException):
            return False

    def _wait(self) -> None:
        """Wait until anything but a 503 (not ready yet) comes back; whether it is a good answer is checked later."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            code = self._process.poll() if self._process else None
            if code == NOT_YET:
                raise NotYetError(self.words())
            if code is not None:
                message = f"ended with status {code} while starting: {self.words()}"
                raise StartError(message)
            if self._is_ready():
                return
            time.sleep(0.02)
        message = f"does not answer within {START_LIMIT:.0f} s: {self.words()}"
        raise StartError(message)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
