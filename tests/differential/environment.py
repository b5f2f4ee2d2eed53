"""CherryPy in an environment of its own, made on first use as `.venv-cherrypy`; nothing of ours is in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.house import ROOT

FOLDER = ROOT / ".venv-cherrypy"
REQUIREMENTS = Path(__file__).parent / "requirements.txt"
LIMIT = 300.0
"""Seconds that the installation may take."""


class NotMade(Exception):
    """The environment could not be made; the text says why."""


def cherrypy_python():
    """The Python that has CherryPy. Makes its environment if there is none, or the pins have changed since."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    python = FOLDER / "bin" / "python"
    if _stamp() != wanted or not _runs(python):
        _make(wanted)
    return python


def _stamp():
    try:
        return (FOLDER / "stamp").read_text()
    except OSError:
        return ""


def _runs(python):
    try:
        return subprocess.run([python, "-c", "import cherrypy"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _make(stamp):
    """Beside its place first, then moved there whole: two runs at the same time must not see half of one."""
    new = Path(tempfile.mkdtemp(prefix=f"{FOLDER.name}-", dir=ROOT))
    try:
        _run(sys.executable, "-m", "venv", new)
        pip = (new / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input")
        _run(*pip, "install", "--quiet", "--retries=1", "--require-hashes", "--only-binary=:all:", "-r", REQUIREMENTS)
        (new / "stamp").write_text(stamp)
        shutil.rmtree(FOLDER, ignore_errors=True)
        new.rename(FOLDER)
    except OSError as error:
        if _stamp() != stamp:
            raise NotMade(f"CherryPy's environment could not be made: {error}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _run(*command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise NotMade(f"CherryPy could not be installed within {LIMIT:.0f} s") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotMade(f"CherryPy could not be installed: {lines[-1] if lines else command}")
