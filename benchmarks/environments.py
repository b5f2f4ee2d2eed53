"""Environments for the rivals: made on first use as `.venv-<group>-<version>`, taken as they are when present."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rivals import GROUPS

if TYPE_CHECKING:
    from rivals import Rival

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
CONSTRAINTS = HERE / "rivals.txt"
STAMP = "bench-installed.txt"
INSTALL_LIMIT = 900.0
ASK_LIMIT = 30.0

VERSIONS = """
import importlib.metadata, json, platform, sys
found = {d.metadata["Name"].lower(): d.version for d in importlib.metadata.distributions()}
print(json.dumps({"python": platform.python_version(), **found}))
"""


class NotInstalledError(Exception):
    """A rival could not be made ready; the text says why and what would help."""


@dataclass(slots=True)
class Environments:
    """The environments for one interpreter.

    python: the interpreter they are made of. Answers are kept, so that a group that failed is not tried again.
    """

    python: Path
    _pythons: dict[str, Path] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)
    _versions: dict[str, dict[str, str]] = field(default_factory=dict)

    def interpreter(self, rival: Rival) -> Path:
        """The Python that runs a rival; installs on first use. NotInstalledError says what is missing."""
        if rival.name == "nginx" and not find_tool("nginx"):
            raise NotInstalledError(apt("nginx"))
        if not rival.group:
            return self.python
        if rival.group in self._failures:
            raise NotInstalledError(self._failures[rival.group])
        if rival.group not in self._pythons:
            try:
                self._pythons[rival.group] = self._make(rival.group)
            except NotInstalledError as error:
                self._failures[rival.group] = str(error)
                raise
        return self._pythons[rival.group]

    def versions(self, rival: Rival) -> dict[str, str]:
        """Versions of what a rival consists of; empty if it could not be installed."""
        if rival.name == "nginx":
            return {"nginx": nginx_version()}
        try:
            python = self.interpreter(rival)
        except NotInstalledError:
            return {}
        if str(python) not in self._versions:
            self._versions[str(python)] = json.loads(ask(python, VERSIONS))
        known = self._versions[str(python)]
        names = rival.packages or tuple(name_of(line) for line in requirements(rival.group))
        return {name: known[name.lower()] for name in names if name.lower() in known}

    def _make(self, group: str) -> Path:
        """Create the environment of a group unless it stands already, complete and of the wanted versions."""
        place = HERE / f".venv-{group}-{ask(self.python, 'import sys; print(sys.implementation.cache_tag)').strip()}"
        python = place / "bin" / "python"
        wanted = "\n".join((str(self.python), *requirements(group), CONSTRAINTS.read_text()))
        stamp = place / STAMP
        if stamp.exists() and python.exists() and stamp.read_text() == wanted:
            return python
        print(f"installing {place.name} …", file=sys.stderr, flush=True)
        shutil.rmtree(place, ignore_errors=True)
        install(self.python, "-m", "venv", str(place))
        install(python, "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), *requirements(group))
        stamp.write_text(wanted)
        return python


def requirements(group: str) -> tuple[str, ...]:
    """What is installed for a group: ours from pyproject.toml, everyone else's from the table."""
    if GROUPS.get(group):
        return GROUPS[group]
    if group != "kirsch":
        return ()
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())
    return tuple(project["project"]["dependencies"])


def install(*command: object) -> None:
    """Run one step of an installation; NotInstalledError carries the end of what it printed."""
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=INSTALL_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from error
    if done.returncode:
        words = done.stdout + done.stderr
        if "ev.h" in words:
            raise NotInstalledError(apt("libev-dev", "gcc"))
        raise NotInstalledError(f"does not install: {' '.join(words.split())[-300:]}")


def python_environ(rival: Rival) -> dict[str, str]:
    """The environment variables of a rival's processes: a small fixed set, so that the caller's shell has no say."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    if rival.group == "kirsch":
        kept["PYTHONPATH"] = str(SOURCE)
    return kept


def ask(python: Path, script: str) -> str:
    """What a few lines of Python print in another interpreter."""
    return subprocess.run(
        [str(python), "-c", script], capture_output=True, text=True, timeout=ASK_LIMIT, check=True
    ).stdout


def find_tool(name: str) -> str | None:
    """The path of a program, also from the administrator's folders; None without it."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def apt(*packages: str) -> str:
    """The words that tell how to get a Debian package."""
    return f"missing; on Debian: apt-get install {' '.join(packages)}"


def nginx_version() -> str:
    """The version of nginx, or nothing."""
    nginx = find_tool("nginx")
    if not nginx:
        return ""
    words = subprocess.run([nginx, "-v"], capture_output=True, text=True, timeout=ASK_LIMIT, check=False).stderr
    return words.strip().rpartition("/")[2]


def name_of(requirement: str) -> str:
    """The name in front of a version condition."""
    for index, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:index]
    return requirement
