"""`kirsch run --workers`: real processes under load, that are reloaded, upgraded, killed and ended."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.house import ROOT
from tests.servers.ports import free_port

if not hasattr(os, "fork"):
    pytest.skip("sockets are handed down by fork", allow_module_level=True)

LONG = 10.0
"""Seconds that nothing takes unless it is broken."""

PROGRAM = """
import os, time
import kirsch

VERSION = "1"

class Root:
    @kirsch.expose
    def index(self):
        return f"{VERSION} {os.getpid()}"

    @kirsch.expose
    def slow(self):
        time.sleep(0.5)
        return "slow"

    @kirsch.expose
    @kirsch.tools.sessions()
    def count(self):
        number = kirsch.session["number"] = kirsch.session.get("number", 0) + 1
        return f"{number} {os.getpid()}"

kirsch.quickstart(Root())
"""


class Served:
    """A program that the command serves, with its pid file."""

    def __init__(self, folder, verb="run", text=PROGRAM, arguments=("--workers", "2")):
        self.program = folder / "app.py"
        self.program.write_text(text)
        self.port = free_port()
        self.pid_file = folder / "pid"
        command = [sys.executable, "-W", "error", "-m", "kirsch", verb, "--port", str(self.port), *arguments]
        command += ["--pid-file", str(self.pid_file)] if arguments else []
        environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)

    def pid(self):
        """The process that supervises."""
        return int(self.pid_file.read_text())

    def until(self, condition):
        """Wait for something to happen."""
        end = time.monotonic() + LONG
        while time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                if condition():
                    return
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def ask(self, path="/"):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def workers(self):
        """The processes that answer."""
        return {self.ask().split()[1] for _ in range(20)}


class Load:
    """Clients that ask all the time, half of them on connections that they keep, and never try anything twice."""

    def __init__(self, port):
        self.port = port
        self.answered = 0
        self.failures = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._ask, args=(keep,)) for keep in (True, False) * 2]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, keep):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        while not self.over.is_set():
            try:
                connection.request("GET", "/", headers={} if keep else {"Connection": "close"})
                answer = connection.getresponse()
                answer.read()
                failure = None if answer.status == 200 else answer.status
            except (OSError, http.client.HTTPException) as error:
                failure = error
                connection.close()
            with self.lock:
                self.answered += failure is None
                self.failures += [] if failure is None else [failure]
        connection.close()


@pytest.fixture
def served(tmp_path):
    """Two workers, which the supervisor knows to serve: one that answers may not have said so yet. Ended at the end."""
    served = Served(tmp_path)
    try:
        served.until(lambda: served.log.read_text().count(" serves\n") == 2)
        yield served
        if served.pid_file.exists():
            os.kill(served.pid(), signal.SIGTERM)
            served.until(lambda: not served.pid_file.exists())
    finally:
        served.process.kill()
        served.process.wait()


def test_reloads_lose_nothing(served):
    """SIGHUP under load: new code, new processes, and no request that failed."""
    before = served.workers()
    with Load(served.port) as load:
        for version in ("2", "3"):
            served.program.write_text(PROGRAM.replace('"1"', f'"{version}"'))
            os.kill(served.pid(), signal.SIGHUP)
            served.until(lambda version=version: {served.ask()[0] for _ in range(20)} == {version})
    print(f"\n  HUP: {load.answered} answered, {len(load.failures)} failed")
    assert load.failures == []
    assert load.answered > 100
    assert not before & served.workers()


def test_sessions_are_those_of_all(served):
    """What one worker keeps of a visitor, the others know; also after a reload and an upgrade."""
    cookie, seen, number = "", set(), 0
    for step in range(60):
        if step == 20:
            before = served.pid()
            os.kill(before, signal.SIGUSR2)
            served.until(lambda before=before: served.pid() != before and served.process.poll() is not None)
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/count", headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            cookie = (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
            number, pid = answer.read().decode().split()
        seen.add(pid)
    assert int(number) == 60
    assert len(seen) > 2


def test_a_broken_reload_changes_nothing(served):
    """New code that cannot be imported is told of, and the old one goes on."""
    before = set()
    served.until(lambda: before.update(served.workers()) or len(before) == 2)  # twenty requests may all go to one
    served.program.write_text("this is no Python")
    os.kill(served.pid(), signal.SIGHUP)
    served.until(lambda: "the old ones go on serving" in served.log.read_text())
    assert served.workers() <= before
    assert "SyntaxError" in served.log.read_text()


def test_an_upgrade_loses_nothing(served):
    """SIGUSR2 under load: another supervisor takes over with its workers; no request fails."""
    before = served.pid()
    with Load(served.port) as load:
        os.kill(before, signal.SIGUSR2)
        served.until(lambda: served.pid() != before and served.process.poll() is not None)
    print(f"\n  USR2: {load.answered} answered, {len(load.failures)} failed")
    assert load.failures == []
    assert served.process.returncode == 0
    assert served.ask()[0] == "1"


def test_a_broken_upgrade_changes_nothing(served):
    """A successor that fails is told of; the pid file is ours again."""
    before = served.pid()
    served.program.write_text("this is no Python")
    os.kill(before, signal.SIGUSR2)
    served.until(lambda: "The upgrade has failed" in served.log.read_text())
    served.until(lambda: served.pid() == before)
    assert served.ask()[0] == "1"


WATCHED = """
from kirsch.pages.statistics import StatisticsPage
Root._cp_config = {"tools.cpstats.on": True}
Root.statistics = StatisticsPage()
Root.statistics._cp_config = {"tools.cpstats.on": False}

kirsch.quickstart("""


def test_statistics_are_those_of_all(tmp_path):
    """Whichever worker is asked: the same sum, a line for each; also of those that a reload has replaced."""
    served, askers = Served(tmp_path, text=PROGRAM.replace("kirsch.quickstart(", WATCHED)), set()

    def counted():
        found = json.loads(served.ask("/statistics/data"))
        askers.add(found["Kirsch Workers"]["Asked"])
        return found["CherryPy Applications"]["Total Requests"], found["Kirsch Workers"]["Workers"]

    try:
        served.until(lambda: len(served.workers()) == 2)
        before, _ = counted()
        for number in range(1, 21):
            served.ask()
            served.until(lambda number=number: counted()[0] == before + number)  # the other counts when it has sent
        assert askers == set(counted()[1])
        os.kill(served.pid(), signal.SIGHUP)
        served.until(lambda: len(counted()[1]) == 3 and "ended" in counted()[1] and len(askers) > 2)
        assert counted()[0] == before + 20
    finally:
        served.process.terminate()
        served.process.wait(LONG)


def test_a_worker_that_is_killed(served):
    """It is replaced within a second, and others connect meanwhile."""
    killed = int(served.ask().split()[1])
    os.kill(killed, signal.SIGKILL)
    begun = time.monotonic()
    served.until(lambda: len(served.workers() - {str(killed)}) == 2)
    assert time.monotonic() - begun < LONG / 2


def test_term_answers_what_was_accepted(served):
    """SIGTERM: a request under way is answered, the status is 0, the port is free."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(served.ask("/slow")))
    thread.start()
    time.sleep(0.05)
    os.kill(served.pid(), signal.SIGTERM)
    assert served.process.wait(LONG) == 0
    thread.join()
    assert answers == ["slow"]
    with pytest.raises(ConnectionRefusedError):
        served.ask()


def test_term_loses_nothing(served):
    """SIGTERM under load: who has connected is answered, and nobody waits in a line where none accepts any more."""
    with Load(served.port) as load:
        served.until(lambda: load.answered > 100)
        os.kill(served.pid(), signal.SIGTERM)
        assert served.process.wait(LONG) == 0
    assert {type(failure) for failure in load.failures} <= {ConnectionRefusedError}


def test_a_program_that_cannot_be_imported(tmp_path):
    """The start fails at once, with the program's own error and a status that says so."""
    (tmp_path / "app.py").write_text("1 / 0")
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "kirsch", "run", "--port", "0", "--workers", "1"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "a worker has ended with status 3 before it served" in done.stderr + done.stdout


def test_a_module_in_another_folder(tmp_path):
    """Workers find it where the supervisor was told to look, whatever the folder it was started in."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "shop.py").write_text(PROGRAM)
    served = Served(tmp_path, arguments=("--workers", "1", "--app-dir", "pages", "shop"))
    try:
        served.until(lambda: served.ask()[0] == "1")
        os.kill(served.pid(), signal.SIGTERM)
        assert served.process.wait(LONG) == 0
    finally:
        served.process.kill()
        served.process.wait()
