"""A new project, used at once."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tomllib

import pytest

from tests.house import ROOT
from tests.live.test_command import command


@pytest.fixture
def project(tmp_path):
    """The folder of a project that has just been made."""
    done = command(tmp_path, "new", "my-site")
    assert done.returncode == 0, done.stderr
    assert "cd my-site" in done.stdout
    return tmp_path / "my-site"


def test_its_tests_pass(project):
    """The tests that come with it pass."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    done = subprocess.run(run, cwd=project, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_is_found_and_fine(project):
    """The command finds it, and has nothing to say against it."""
    routes = command(project, "routes")
    assert "/status" in routes.stdout, routes.stderr
    assert command(project, "check").stdout == "Nothing found.\n"


def test_its_files_can_be_read(project):
    """What others are to read is in their form."""
    assert tomllib.loads((project / "pyproject.toml").read_text())["project"]["name"] == "my-site"
    assert tomllib.loads((project / "kirsch.toml").read_text()) == {}
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read(project / "deploy" / "my-site.service")
    assert unit["Service"]["ExecStart"].endswith("kirsch run --workers auto")
    words = {line.split()[0] for line in (project / "Dockerfile").read_text().splitlines()}
    assert words == {"FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("json", "would hide the module"), ("class", "cannot be the name"), ("../x", "cannot be"), ("1st", "cannot be")],
)
def test_names_that_will_not_do(tmp_path, name, said):
    """A name that Python cannot import, or knows already, is refused, and nothing is written."""
    done = command(tmp_path, "new", name)
    assert (done.returncode, said in done.stderr) == (3, True)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there(tmp_path):
    """Nothing is written over."""
    (tmp_path / "site2").mkdir()
    (tmp_path / "site2" / "mine.txt").write_text("mine")
    done = command(tmp_path, "new", "site2")
    assert (done.returncode, "not empty" in done.stderr) == (3, True)
    assert [path.name for path in (tmp_path / "site2").iterdir()] == ["mine.txt"]
