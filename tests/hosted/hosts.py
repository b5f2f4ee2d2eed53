"""Servers of others with our site, by the commands that docs/how-to/deployment.md shows; and our own."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
from pathlib import Path

from tests.environment import Environment
from tests.house import ROOT
from tests.server.wire import eventually
from tests.servers.ports import free_port

HERE = Path(__file__).parent
ENVIRONMENT = Environment(".venv-hosts", HERE / "requirements.txt", "uvicorn")
MODULES = {
    "gunicorn": "import sys, gunicorn.app.wsgiapp as a; sys.exit(a.run())",
    "waitress-serve": "import sys, waitress.runner as a; sys.exit(a.run())",
    "granian": "from granian.cli import entrypoint; entrypoint()",
    "uwsgi": "import sys, pyuwsgi; pyuwsgi.run(sys.argv[1:])",
    "uvicorn": "import uvicorn; uvicorn.main()",
    "hypercorn": "import sys, hypercorn.__main__ as a; sys.exit(a.main())",
    "own.py": "import runpy; runpy.run_path('own.py')",
}
"""How a command is called from Python: the scripts beside it name the place where the environment was made."""


def commands():
    """Each command of the page, by the name of its server and what it speaks."""
    page = (ROOT / "docs" / "how-to" / "deployment.md").read_text("utf-8")
    lines = [
        line
        for block in re.findall(r"^```text commands\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        for line in block.split("\n")
    ]
    return {f"{line.split()[0]} {'asgi' if 'asgi' in line else 'wsgi'}": line.split() for line in lines if line}


COMMANDS = commands()
ENDED_BY = {"waitress-serve": signal.SIGINT}
"""Who does not heed SIGTERM, but is ended by it at once."""


class Host:
    """A server that runs. url: of it. noticed(): what the site has noticed. said(): its log."""

    def __init__(self, name, port, folder, process):
        self.name = name
        self.port = port
        self.folder = folder
        self.process = process

    def noticed(self):
        """The lines that the site has left."""
        path = self.folder / "noticed"
        return path.read_text().splitlines() if path.exists() else []

    def said(self):
        """What it has written."""
        return (self.folder / "log").read_text(errors="replace")

    def connect(self):
        """A connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, method, target, body=None, headers=None):
        """Status, fields and body of an answer, on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stop(self):
        """Ask it to end, and give its status."""
        if self.process.poll() is None:
            self.process.send_signal(ENDED_BY.get(self.name, signal.SIGTERM))
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return None

    def listens(self):
        """Whether somebody answers there; fails if it has ended."""
        if self.process.poll() is not None:
            raise AssertionError(self.said())
        try:
            return self.ask("GET", "/")[0] == 200
        except OSError:
            return False


@contextlib.contextmanager
def hosted(command, folder):
    """Run a command of the page, with the site and on a free port."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    name, *words = [word.replace("8080", str(port)) for word in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{HERE}",
        "NOTICED": str(folder / "noticed"),
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [ENVIRONMENT.python(), "-c", MODULES[name], *words],
            cwd=HERE, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    host = Host(name, port, folder, process)
    try:
        assert eventually(host.listens), host.said()
        yield host
    finally:
        host.stop()
