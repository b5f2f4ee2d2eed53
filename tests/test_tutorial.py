"""The tutorial: each step is a program that answers as its page says, and the page shows parts of that program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.config import GlobalConfig, Sections
from tests.house import ROOT
from tests.test_docs import REQUEST, blocks

if TYPE_CHECKING:
    from pathlib import Path

TUTORIAL = ROOT / "docs" / "tutorial"
PAGES = sorted(TUTORIAL.glob("[0-9]*.md"))

RUNNER = """
import json, sys, urllib.parse, kirsch
sys.path.insert(0, "")
import app
from kirsch.testing.client import Client
getattr(app, "make_tables", bool)()
try:
    app.run("INSERT INTO members VALUES (?, ?)", "ada", kirsch.passwords.hash("lovelace"))
except Exception:
    pass  # there are none yet
client = Client(getattr(app, "app", None) or kirsch.Application(app.Cookbook()))
client.headers["Sec-Fetch-Site"] = "same-origin"
for each in json.load(sys.stdin):
    answer = client.request(each["method"], each["target"], data=urllib.parse.parse_qs(each["form"] or ""))
    shown = answer.headers.get("Location", "").removeprefix("http://localhost") or answer.text
    got = f"{answer.status} {shown}" if each["shown"] else str(answer.status)
    wanted = " ".join(filter(None, (each["status"], each["shown"])))
    assert got == wanted, f"{each['method']} {each['target']} gives {got!r} instead of {wanted!r}"
"""


def step(page: Path) -> Path:
    """The folder with the program of a page."""
    return TUTORIAL / "steps" / page.name[:2]


def run(folder: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Python, in the folder of a program."""
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(
        command, input=said, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def requests(page: Path) -> list[Any]:
    """What a page says of requests, in the words of test_docs.py."""
    lines = [line for kind, name, _, code in blocks(page) if (kind, name) == ("text", "requests") for line in code]
    assert all(isinstance(line, dict) for line in lines), f"not as {REQUEST.pattern}: {lines}"
    return lines


def _dense(code: str) -> str:
    return "".join(code.split()).replace(",)", ")")


def test_there_are_ten_steps() -> None:
    """Each with its page and its program."""
    assert len(PAGES) == 10
    assert [step(page).name for page in PAGES] == sorted(folder.name for folder in (TUTORIAL / "steps").iterdir())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_step_answers_as_its_page_says(page: Path, tmp_path: Path) -> None:
    """The program is copied, so that its database begins empty."""
    shutil.copytree(step(page), tmp_path, dirs_exist_ok=True)
    done = run(tmp_path, "-c", RUNNER, said=json.dumps(requests(page)))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_parts_of_its_program(page: Path) -> None:
    """What a page shows under the name of a file stands in that file; a part may be indented and broken otherwise."""
    for kind, name, line, code in blocks(page):
        if kind in ("python", "html"):
            whole = (step(page) / name).read_text("utf-8")

            assert _dense(code) in _dense(whole), f"{page.name}, line {line}: {name} is another one"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_on_a_page_are_settings(page: Path, tmp_path: Path) -> None:
    """No key of a file that a page shows is refused."""
    for kind, name, _, code in blocks(page):
        if kind == "toml":
            (tmp_path / name).write_text(code, "utf-8")
            config = GlobalConfig()
            config.update(str(tmp_path / name))
            for sections in config.pending_sections:
                Sections(sections)


@pytest.mark.slow
def test_the_tests_of_the_last_step_pass(tmp_path: Path) -> None:
    """Those that it shows."""
    shutil.copytree(step(PAGES[-1]), tmp_path, dirs_exist_ok=True)
    done = run(tmp_path, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "test_app.py")

    assert done.returncode == 0, done.stdout + done.stderr
