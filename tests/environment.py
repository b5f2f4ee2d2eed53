"""Environments with programs of others, made on first use beside ours; nothing of ours is in them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.house import ROOT

LIMIT = 300.0
"""Seconds that an installation may take."""


class NotMade(Exception):
    """The environment could not be made; the text says why."""


class Environment:
    """What a file of requirements pins, as a folder in the root. module: one that must be there.

    sources: packages that are not published in another form.
    """

    def __init__(self, folder, requirements, module, sources=()):
        self.folder = ROOT / folder
        self.requirements = Path(requirements)
        self.module = module
        self.sources = [f"--no-binary={name}" for name in sources]

    def python(self):
        """Its Python. Makes the environment if there is none, or the pins have changed since."""
        wanted = hashlib.sha256(self.requirements.read_bytes()).hexdigest()
        python = self.folder / "bin" / "python"
        with ROOT.joinpath(f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes: one makes it, the others wait
            if self._stamp() != wanted or not self._runs(python):
                self._make(wanted)
        return python

    def _stamp(self):
        try:
            return (self.folder / "stamp").read_text()
        except OSError:
            return ""

    def _runs(self, python):
        try:
            command = [python, "-c", f"import {self.module}"]
            return subprocess.run(command, check=False, capture_output=True).returncode == 0
        except OSError:
            return False

    def _make(self, stamp):
        """Beside its place first, then moved there whole: two runs at the same time must not see half of one."""
        new = Path(tempfile.mkdtemp(prefix=f"{self.folder.name}-", dir=ROOT))
        try:
            self._run(sys.executable, "-m", "venv", new)
            pip = (new / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input")
            pinned = ("--require-hashes", "--only-binary=:all:", *self.sources, "-r", self.requirements)
            self._run(*pip, "install", "--quiet", "--retries=1", *pinned)
            (new / "stamp").write_text(stamp)
            shutil.rmtree(self.folder, ignore_errors=True)
            new.rename(self.folder)
        except OSError as error:
            if self._stamp() != stamp:
                raise NotMade(f"{self.folder.name} could not be made: {error}") from error
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _run(self, *command):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise NotMade(f"{self.folder.name} could not be made within {LIMIT:.0f} s") from None
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise NotMade(f"{self.folder.name} could not be made: {lines[-1] if lines else command}")
