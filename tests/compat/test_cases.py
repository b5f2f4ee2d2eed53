"""`cherrypy.test`: tests that were written for CherryPy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house import ROOT
from tests.servers.ports import free_port

RUNNERS = {
    "unittest": ["-m", "kirsch.compat", "-m", "unittest", "tests.compat.served_case"],
    "pytest": [
        "-c", "import kirsch.compat, sys, pytest; kirsch.compat.install(); sys.exit(pytest.main(sys.argv[1:]))",
        "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-W", "ignore", "tests/compat/served_case.py",
    ],
}  # fmt: skip


@pytest.mark.parametrize("runner", RUNNERS)
def test_somebodys_tests(runner):
    """They pass as they are, on our server, whoever runs them."""
    surroundings = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "KIRSCH_SERVER__SOCKET_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, *RUNNERS[runner]], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr

    assert done.returncode == 0, said
    assert "skipped" in said
