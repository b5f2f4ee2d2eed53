"""`kirsch run --workers N` as it runs in production, and the loads that are put on it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
LONG = 30.0
WRK_CONNECTIONS = 50


class Served:
    """A running server, as a context. FOLDER in arguments and environ stands for a folder of its own, gone afterwards.

    prepare: called with that folder before the start. prefix: a command that runs it. environ: more variables.
    """

    def __init__(self, *arguments, workers=2, environ=None, prefix=(), python=sys.executable, prepare=None):
        self.folder = Path(tempfile.mkdtemp(prefix="kirsch-trial-"))
        self.count = workers
        self.port = free_port()
        self.pid_file = self.folder / "pid"
        self.log = self.folder / "log"
        shutil.copy(HERE / "site.py", self.folder / "app.py")
        command = [*prefix, python, "-m", "kirsch", "run", "--port", str(self.port), "--workers", str(workers)]
        command += ["--pid-file", str(self.pid_file)]
        self._command = [*command, *(each.replace("FOLDER", str(self.folder)) for each in arguments)]
        self._environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
        for name, value in (environ or {}).items():
            self._environ[name] = value.replace("FOLDER", str(self.folder))
        self._prepare = prepare
        self.process = None

    def __enter__(self):
        self.start()
        try:
            self.until(lambda: self.log.read_text().count(" serves") >= self.count)
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        """Without waiting until it serves."""
        if self._prepare is not None:
            self._prepare(self.folder)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self._command, cwd=self.folder, env=self._environ, stdout=log, stderr=log)

    def __exit__(self, *_):
        with contextlib.suppress(OSError, ValueError):
            os.kill(self.pid(), signal.SIGTERM)
            self.until(lambda: not self.pid_file.exists())
        self.process.terminate()
        try:
            self.process.wait(LONG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pid(self):
        """The process that supervises."""
        return int(self.pid_file.read_text())

    def signal(self, number):
        """Send a signal to it."""
        os.kill(self.pid(), number)

    def workers(self):
        """The processes that serve, by number."""
        return children(self.pid())

    def until(self, condition, patience=LONG):
        """Wait until something is so."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                if condition():
                    return
            time.sleep(0.02)
        raise TimeoutError(self.log.read_text()[-2000:])

    def ask(self, path, cookie="", timeout=10.0):
        """Status, text, the cookie that is set and the date, of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            set_cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, text, set_cookie or cookie, answer.getheader("Date")


def children(pid):
    """The processes that a process has started and that run."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[:2]
                if int(parent) == pid and state not in "ZX":
                    found.append(int(name))
    return sorted(found)


def free_port():
    """A port that nobody listens at, and that no outgoing connection is given."""
    while True:
        port = random.SystemRandom().randrange(15000, 32000)
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return port


class Load:
    """Our own client and wrk (so many connections), or one of them; finish() gives what both have counted."""

    def __init__(self, served, seconds, *flags, own=True, wrk=WRK_CONNECTIONS, path="/"):
        command = [sys.executable, str(HERE / "client.py"), str(served.port), str(seconds), *flags]
        self._own = subprocess.Popen(command, stdout=subprocess.PIPE, text=True) if own else None
        self._wrk = None
        if wrk:
            url = f"{'https' if '--tls' in flags else 'http'}://127.0.0.1:{served.port}{path}"
            command = ["wrk", "-t1", f"-c{wrk}", f"-d{round(seconds)}", "--timeout", f"{LONG:.0f}"]
            command += ["-s", str(HERE.parent / "wrk.lua"), url, "--", "-", "-"]
            self._wrk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def finish(self):
        """Counts by client: `kept`, `new`, and `wrk`."""
        found = json.loads(self._own.communicate()[0]) if self._own is not None else {}
        if self._wrk is not None:
            lines = self._wrk.communicate()[0].splitlines()
            found["wrk"] = json.loads(next(line for line in lines if line.startswith("{")))
        return found
