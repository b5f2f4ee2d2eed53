"""Section 16 of the acceptance list: Windows, which is played here: none of it was run on the real one."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import os
import subprocess
import sys

from tests.acceptance.ways import OWN, only
from tests.house import ROOT

BEGIN = """
import threading
from tests.acceptance.played_windows import *
from tests.acceptance.played_windows import cherrypy, Root
"""

SERVICE = """
from kirsch.process.win32 import PyWebService, signal_child

class Site(PyWebService):
    _svc_name_ = "site"

def use():
    ask()
    signal_child("site", "graceful")
    signal_child("site", "stop")

cherrypy.tree.mount(Root())
cherrypy.engine.subscribe("graceful", lambda: said.append("graceful"))
cherrypy.engine.subscribe("started", lambda: threading.Thread(target=use).start())
Site(["site"]).SvcDoRun()
print(*said)
"""

CONSOLE = """
def press():
    for path in ("/", "/stream", "/file"):
        ask(path)
    print(*said, handlers[0](0), flush=True)

cherrypy.engine.subscribe("started", lambda: threading.Thread(target=press).start())
cherrypy.quickstart(Root())
"""

IMPORTS = """
for name in ours:
    importlib.import_module(name)
"""


pytestmark = [only(OWN, why="it is about a whole process, on a system that is played for it")]


def ran(code):
    """Status, output and errors of a program on such a system."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        capture_output=True, text=True, timeout=60, env=environment, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr


def test_W_01_windows_service():
    """The service runs the site by kirsch.engine, hears `graceful`, and stops cleanly."""
    assert ran(SERVICE) == (0, "Hi graceful 3", "")


def test_W_02_console_events():
    """Ctrl-C is a clean stop with status 0; before it, pages, streams and files are sent without epoll and sendfile."""
    size = os.path.getsize(ROOT / "tests" / "acceptance" / "played_windows.py")

    assert ran(CONSOLE) == (0, f"Hi 5000000 {size} 1", "")


def test_modules_need_nothing_that_windows_lacks():
    """All of them can be imported."""
    assert ran(IMPORTS) == (0, "", "")
