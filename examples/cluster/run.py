"""Two processes behind nginx, and what they share through Redis: starts it all in a temporary folder and shows it.

    python examples/cluster/run.py [--port 8080] [--front haproxy]

Needs redis-server, and nginx or HAProxy. The processes take the two ports after that of the front, Redis a Unix socket.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).parent


class Browser:
    """Asks the front, and keeps its cookies. at: another port to go to, with the same name of the site."""

    def __init__(self, port: int, at: int | None = None) -> None:
        self.host = f"127.0.0.1:{port}"
        self.port = at or port
        self.cookie = ""

    def ask(self, path: str, form: str | None = None) -> tuple[int, str, str]:
        """Status, text, and what became of the cache."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": self.host, "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("GET" if form is None else "POST", path, form, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        self.cookie = answer.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        connection.close()
        return answer.status, text, answer.headers.get("Cache-Status", "")


class Cluster:
    """The programs. processes: those of the site."""

    def __init__(self, stack: ExitStack, port: int, front: str) -> None:
        self.stack = stack
        self.running: list[subprocess.Popen[bytes]] = []
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = f"unix://{self.folder}/redis.sock?db=0"
        self.start("redis-server", "--port", "0", "--unixsocket", f"{self.folder}/redis.sock", "--save", "")
        for place in (port + 1, port + 2):
            self.start(sys.executable, str(HERE / "app.py"), "--port", str(place), "--store", store)
        self.processes = self.running[1:]
        name = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[front]
        config = (HERE / name).read_text("utf-8")
        for number, wanted in (("8080", port), ("8081", port + 1), ("8082", port + 2)):
            config = config.replace(f"127.0.0.1:{number}", f"127.0.0.1:{wanted}")
        (self.folder / name).write_text(config, "utf-8")
        for place in (port + 1, port + 2):
            wait_for(place)
        if front == "nginx":
            user = ("-g", "user root;") if os.getuid() == 0 else ()
            self.start(found("nginx"), "-p", str(self.folder), "-c", name, *user)
        else:
            self.start(found("haproxy"), "-db", "-f", name)
        wait_for(port)

    def start(self, *command: str) -> None:
        """Run a program until the end."""
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        self.running.append(process)
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)


def found(program: str) -> str:
    """Where it is; that of servers is not always searched."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin") or program


def wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens at {port}")


def show(what: str, *shown: object) -> None:
    """A heading, and lines."""
    print(f"\n{what}", *shown, sep="\n    ", flush=True)


def demonstrate(cluster: Cluster, port: int) -> None:
    """What they share. Raises AssertionError where they do not."""
    browser = Browser(port)
    said = [browser.ask("/login", "name=Ada"), *(browser.ask("/") for _ in range(4))]
    show("Logged in at one, known at both:", *(text for _, text, _ in said))
    assert all("Ada" in text for _, text, _ in said)
    assert len({text.partition(":")[0] for _, text, _ in said}) == 2
    assert "visit 4 of Ada" in said[-1][1]

    said = [Browser(port, place).ask("/report") for place in (port, port, port + 1, port + 2)]
    show("Made once, given by both:", *(f"{text} [{became}]" for _, text, became in said))
    assert len({text for _, text, _ in said}) == 1
    assert "fwd" in said[0][2]
    assert all("hit" in became for *_, became in said[1:])

    said = [browser.ask("/search") for _ in range(7)]
    show("Five are allowed, counted over both:", *(f"{status} {text[:40]!r}" for status, text, _ in said))
    assert [status for status, *_ in said] == [200] * 5 + [429] * 2

    killed, left = cluster.processes
    killed.kill()
    said = [browser.ask("/") for _ in range(6)]
    show(f"Process {killed.pid} is killed, and the site goes on:", *(text for _, text, _ in said))
    assert [text.partition(":")[0] for _, text, _ in said] == [f"process {left.pid}"] * 6
    assert "visit 10 of Ada" in said[-1][1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--front", choices=["nginx", "haproxy"], default="nginx")
    options = parser.parse_args()
    with ExitStack() as everything:
        demonstrate(Cluster(everything, options.port, options.front), options.port)
    print("\nAll as it should be.")
