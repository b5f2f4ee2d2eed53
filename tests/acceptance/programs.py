"""Programs of their own, for what only a whole process can show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.house import ROOT


def run_program(script, end=signal.SIGTERM):
    """The output and exit status of a program that is told by a signal to end as soon as it has printed a line."""
    script = f"import kirsch as cherrypy\n{script}"
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", script]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=quiet, text=True) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        program.send_signal(end)
        try:
            return line, program.wait(10)
        finally:
            program.kill()


ASK_ITSELF = """
class Root:
    @cherrypy.expose
    def index(self):
        return "Hi"

def ask():
    import urllib.request
    with urllib.request.urlopen(cherrypy.server.base() + "/", timeout=5) as answer:
        print(answer.status, answer.read().decode(), answer.headers["Content-Type"], flush=True)

def ask_soon():
    import threading
    threading.Thread(target=ask).start()

cherrypy.config.update({"server.socket_port": 0, "log.screen": False})
cherrypy.engine.subscribe("start", ask_soon, 95)
"""
