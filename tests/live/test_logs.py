"""The logs of real processes: several of them, on full disks, moved files, pipes that nobody reads."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.house import ROOT
from tests.live.test_workers import LONG, Load, Served
from tests.servers.ports import free_port

if not hasattr(os, "fork"):
    pytest.skip("about signals and limits of Unix", allow_module_level=True)

PROGRAM = """
import logging, os, resource
import kirsch

LIMIT = resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])

class Root:
    @kirsch.expose
    def index(self):
        return f"1 {os.getpid()}"

    @kirsch.expose
    def boom(self):
        kirsch.log("before", "SHOP")
        logging.getLogger("shop.views").warning("oh")
        raise ValueError("bad")

    @kirsch.expose
    def fill(self):
        resource.setrlimit(*LIMIT)

    @kirsch.expose
    def free(self):
        resource.setrlimit(LIMIT[0], (LIMIT[1][1], LIMIT[1][1]))

kirsch.quickstart(Root())
"""


class Logged(Served):
    """The program, served. before: what stands before the command. streams: what its own are, as of Popen."""

    def __init__(self, folder, *arguments, before=(), **streams):
        self.folder, self.log, self.port = folder, folder / "log", free_port()
        (folder / "app.py").write_text(PROGRAM)
        command = [*before, sys.executable, "-W", "error", "-m", "kirsch", "run", f"--port={self.port}", *arguments]
        environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        with self.log.open("ab") as log:
            streams = streams or {"stdout": log, "stderr": log}
            self.process = subprocess.Popen(command, cwd=folder, env=environ, **streams)

    def read(self, name="access.log"):
        """What a file of its folder holds."""
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def end(self):
        """Its status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG)


@pytest.fixture
def serve(tmp_path):
    """Serve the program; see Logged."""
    served = []

    def begin(*arguments, **more):
        served.append(Logged(tmp_path, *arguments, **more))
        served[0].until(served[0].ask)
        return served[0]

    yield begin
    served[0].process.kill()
    served[0].process.wait()


def test_a_normal_start_is_few_lines(serve):
    """Where it serves, that it runs, and how it came to end."""
    served = serve("--threads", "2")
    served.until(lambda: "Bus STARTED" in served.log.read_text())
    assert served.end() == 0
    said = [line[23:] for line in served.log.read_text().splitlines() if line.startswith("[")]
    assert said == [
        f"ENGINE Serving on http://127.0.0.1:{served.port}", "ENGINE Bus STARTED", "ENGINE Caught signal SIGTERM.",
        "ENGINE HTTP server stopped", "ENGINE Bus EXITED",
    ]  # fmt: skip


def test_json_everywhere(serve):
    """Every line of both logs is an object, and those of one request have its id, whoever wrote them."""
    served = serve("--log-format", "json")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://127.0.0.1:{served.port}/boom", timeout=5)
    assert served.end() == 0
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    (access,) = (line for line in lines if line.get("target") == "/boom")
    of_request = [line for line in lines if line.get("request_id") == access["request_id"]]
    assert {line["logger"].split(".")[0] for line in of_request} == {"kirsch", "shop"}
    assert {line["message"] for line in of_request} >= {"before", "oh", "GET /boom HTTP/1.1"}
    assert any("ValueError: bad" in line.get("exception", "") for line in of_request)
    assert {line["process"] for line in lines} == {served.process.pid}


def test_levels(serve):
    """What is below the level is not said."""
    served = serve("--log-level", "error")
    assert served.end() == 0
    assert "ENGINE" not in served.log.read_text()


def test_moved_and_removed_files(serve):
    """SIGUSR1 begins a new file at once; one that was moved or removed is noticed without. No line is lost."""
    served = serve("--access-log", "access.log")
    served.until(lambda: served.read().count("\n") == 1)
    os.rename(served.folder / "access.log", served.folder / "first.log")
    served.process.send_signal(signal.SIGUSR1)
    served.until((served.folder / "access.log").exists)
    served.ask()
    served.until(lambda: served.read().count("\n") == 1)
    os.remove(served.folder / "access.log")
    served.ask()
    served.until(lambda: served.read().count("\n") == 1)
    os.rename(served.folder / "access.log", served.folder / "third.log")
    served.until(lambda: served.ask() and served.read().count("\n"))
    assert served.read("first.log").count("\n") == 1


def test_full_disk(serve):
    """Requests are answered as before; how many lines were lost is said once it goes on."""
    served = serve("--access-log=access.log", "--error-log=error.log", "--set=log.screen=false")
    served.ask("/fill")
    with Load(served.port) as load:
        served.until(lambda: "access.log cannot be written, so lines are lost" in served.read("error.log"))
        served.until(lambda: load.answered > 300)
    served.ask("/free")
    served.until(lambda: "were lost while" in served.read("error.log"))
    assert served.end() == 0
    assert load.failures == []
    (lost,) = re.findall(r"(\d+) lines for \S+access.log were lost", served.read("error.log"))
    whole = [line for line in served.read().splitlines() if line.endswith('""')]
    assert served.read("error.log").count("so lines are lost") == 1
    assert abs(len(whole) + int(lost) - load.answered - 3) <= 1  # the one that is torn


CLOSED = ("sh", "-c", 'exec "$@" >&- 2>&-', "sh")


@pytest.mark.parametrize("before", [(), CLOSED])
def test_without_anybody_to_read(before, serve):
    """Standard streams whose reader has gone, or that were closed before the start, end nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    served = serve(before=before, stdout=writer, stderr=writer)
    os.close(writer)
    assert ["500 Internal" in served.ask("/boom") for _ in range(3)] == [True] * 3
    assert served.end() == 0


@pytest.fixture(params=["file", "pipe"])
def shared(request, serve, tmp_path):
    """Two workers that write to one place; and what ends them and gives the lines."""
    arguments = ["--workers=2", "--set=log.access_log_format={pid} {s} {r} end"]
    if request.param == "pipe":
        command = ["tee", "-a", tmp_path / "access.log"]
        copier = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        served = serve(*arguments, stdout=copier.stdin, stderr=subprocess.DEVNULL)
    else:
        copier = None
        served = serve(*arguments, "--access-log=access.log", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lines():
        assert served.end() == 0
        if copier is not None:
            copier.communicate(timeout=LONG)
        return served.read().splitlines()

    return served, lines


def test_workers_share_a_place(shared):
    """Lines of several processes stand side by side, none torn, in a file as in a pipe; each can say whose it is."""
    served, lines = shared
    served.until(lambda: len(served.workers()) == 2)
    with Load(served.port) as load:
        served.until(lambda: load.answered > 300)
    written = lines()
    assert all(re.fullmatch(r"\d+ 200 GET / HTTP/1.1 end", line) for line in written)
    assert len({line.split()[0] for line in written}) == 2
    assert len(written) > load.answered
