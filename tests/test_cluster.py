"""The example of several processes, with a real nginx or HAProxy, and a real Redis."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house import ROOT
from tests.servers.daemon import program
from tests.servers.ports import free_ports


@pytest.mark.slow
@pytest.mark.parametrize("front", ["nginx", "haproxy"])
def test_two_processes_behind_a_front(front):
    """They share sessions, copies of pages and limits through Redis; one is killed, and the site goes on."""
    program(front)
    program("redis-server")
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "examples/cluster/run.py", "--front", front,
         "--port", str(free_ports(3)[0])],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout.endswith("All as it should be.\n")) == (0, True), done.stdout + done.stderr


def test_the_application_is_short():
    """It shows what has to be said, and no more."""
    assert len((ROOT / "examples/cluster/app.py").read_text("utf-8").splitlines()) <= 60
