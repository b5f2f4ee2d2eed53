"""The same site on two frameworks, each in a process of its own, and a plain connection to ask it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys

from tests.differential.asked.ask import get
from tests.differential.environment import cherrypy_python
from tests.differential.reply import replies
from tests.house import ROOT
from tests.servers.ports import free_port

PATIENCE = 10.0
"""Seconds to wait for an answer: longer than any server here waits for us."""
SITE = "tests.differential.pages.site"


@contextlib.contextmanager
def running(face):
    """The site on "cherrypy" or "kirsch": a callable that asks it. The process ends with the test, whatever happens."""
    python, path = (cherrypy_python(), [ROOT]) if face == "cherrypy" else (sys.executable, [ROOT, ROOT / "src"])
    environment = {
        **os.environ,
        "FACE": face,
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTHONWARNINGS": "ignore",
        "PYTHONHASHSEED": "0",  # CherryPy names parameters in the order of a set
    }
    port = free_port()
    process = subprocess.Popen(
        [python, "-P", "-m", SITE, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", (
            f"the site does not start: run FACE={face} python -m {SITE} 8080"
        )
        yield lambda asked: asking(port, asked)
    finally:
        process.kill()
        process.communicate()


def asking(port, asked):
    """All answers to what is asked: on its connection, and then to the path that it names for afterwards."""
    found = replies(_exchange(port, asked), asked.methods)
    if asked.then:
        found += asking(port, get(asked.then))
    return found


def _exchange(port, asked):
    """Send it all, and receive until the server closes."""
    received = []
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(asked.data)
            if asked.half:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while data := connection.recv(1 << 18):
                received.append(data)
    return b"".join(received)
