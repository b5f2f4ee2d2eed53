"""Programs in a folder of their own, looked at by the command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house import ROOT

PROGRAM = '''
import kirsch


class Blog:
    _cp_config = {"tools.trailing_slash.on": False}

    @kirsch.expose
    def index(self):
        """The newest."""

    @kirsch.expose
    def default(self, year, *rest, draft=False):
        """One."""

    @kirsch.expose
    @kirsch.config(**{"response.headers.X-Own": "yes"})
    def archive(self, /, page="1"):
        """All."""


@kirsch.expose
class Book:
    def GET(self):
        """Read it."""

    def PUT(self, title):
        """Change it."""


class Root:
    blog = Blog()
    book = Book()

    def hidden(self):
        """No page."""


CONFIG = {
    "/": {"api_key": "hunter2", "who": "root"},
    "/blog": {"who": "blog"},
    "/book": {"request.dispatch": kirsch.dispatch.MethodDispatcher(), "tools.ignore_headers.on": True},
}
app = kirsch.Application(Root(), config=CONFIG)
'''


@pytest.fixture
def kirsch_command(tmp_path):
    """Run the command in a folder with app.py; gives (code, stdout, stderr)."""

    def run(*arguments, program=PROGRAM, **files):
        (tmp_path / "app.py").write_text(program)
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text)
        environ = os.environ | {"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
        command = [sys.executable, "-W", "error", "-m", "kirsch", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run
