"""The pages for users say what is so: their examples run, their requests are answered so, their links lead somewhere.

On a page, blocks of `python` are run one after another, in a process of its own; blocks of `ini` and `toml` are read as
config, and kept under the name beside the word for blocks that follow. A block of `text requests` asks the class `Root`
as it stands by then: `POST /greet name=Ada → 200 Hello` is method, target, form, status, and body or Location.
"""

from __future__ import annotations

import functools
import json
import os
import re
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<target>\S+)(?: (?P<form>\S+))? +→ (?P<status>\d{3})(?: (?P<shown>.*))?")

RUNNER = """
import json, sys, urllib.parse, kirsch
from kirsch.app.config import GlobalConfig, Sections
from kirsch.testing.client import Client
page, blocks = json.load(sys.stdin)
names = {"__name__": "docs"}
for kind, name, line, code in blocks:
    if kind == "python":
        exec(compile("\\n" * line + code, page, "exec"), names)
    elif kind in ("ini", "toml"):
        name = name or f"unnamed.{kind}"
        with open(name, "w", encoding="utf-8") as file:
            file.write(code)
        config = GlobalConfig()
        config.update(name)
        for sections in config.pending_sections:
            Sections(sections)
    elif name == "requests":
        client = Client(kirsch.Application(names["Root"]()))
        for each in code:
            form = urllib.parse.parse_qs(each["form"] or "", strict_parsing=bool(each["form"]))
            answer = client.request(each["method"], each["target"], data=form)
            shown = answer.headers.get("Location", "").removeprefix("http://localhost") or answer.text
            got = f"{answer.status} {shown}" if each["shown"] else str(answer.status)
            wanted = " ".join(filter(None, (each["status"], each["shown"])))
            assert got == wanted, f"{page}: {each['method']} {each['target']} gives {got!r} instead of {wanted!r}"
"""


def blocks(page: Path) -> list[tuple[str, str, int, Any]]:
    """The blocks of a page: language, word beside it, line, and what is in it."""
    text = page.read_text("utf-8")
    found: list[tuple[str, str, int, Any]] = []
    for block in BLOCK.finditer(text):
        kind, name, code = block[1], block[2] or "", block[3]
        if kind == "text" and name == "requests":
            code = [asked.groupdict() if (asked := REQUEST.fullmatch(line)) else line for line in code.splitlines()]
        found.append((kind, name, text.count("\n", 0, block.start(3)), code))
    return found


@functools.cache
def filled() -> Callable[[str], str]:
    """What puts the generated parts into a page."""
    written: Callable[[str], str] = runpy.run_path(str(ROOT / "scripts" / "tables"))["filled"]
    return written


def has_examples(page: Path) -> bool:
    """Whether anything on a page is run here; the steps of the tutorial are run by test_tutorial.py."""
    return not page.name[0].isdigit() and any(
        kind in ("python", "ini", "toml") or name == "requests" for kind, name, _, _ in blocks(page)
    )


def anchors(page: Path) -> set[str]:
    """What the headings of a page can be linked to as."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", list(filter(has_examples, PAGES)), ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """The examples of a page run as they stand, and what it says about requests is so."""
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    asked = json.dumps([str(page.relative_to(ROOT)), blocks(page)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER],
        input=asked, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Links to other pages, and to headings, lead to some that are there."""
    for path, heading in LINK.findall(page.read_text("utf-8")):
        target = page.parent / path if path else page

        assert target.exists(), f"{page.name} links to {path}"
        assert not heading or heading in anchors(target), f"{page.name} links to {path}#{heading}"


def test_the_figures_of_the_readme_are_those_of_the_last_run() -> None:
    """CPU per request of a small page, as in the page on performance; of Flask the better of two servers."""
    measured = (ROOT / "docs" / "explanation" / "performance.md").read_text("utf-8")
    hello = measured.partition("**hello**")[2].partition("**log**")[0]
    figures = [
        re.search(rf"^\| \**{name}\** \| (\S+) \|", hello, re.MULTILINE)[1]  # type: ignore[index]
        for name in ("Kirsch", "CherryPy", "Flask on waitress", "FastAPI on uvicorn")
    ]

    assert f"| {' | '.join(figures)} |" in (ROOT / "README.md").read_text("utf-8")


def test_every_page_is_in_an_index() -> None:
    """Each page is linked from the index.md of its folder, from which the site takes its navigation."""
    lost = [
        str(page.relative_to(ROOT))
        for page in PAGES[1:]
        if page.name != "index.md" and f"]({page.name})" not in (page.parent / "index.md").read_text("utf-8")
    ]

    assert not lost, f"give these pages a line in the index.md beside them: {lost}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_generated_parts_are_up_to_date(page: Path) -> None:
    """What is generated is what the code makes now; `scripts/tables` writes it."""
    text = page.read_text("utf-8")

    assert filled()(text) == text, "run: .venv/bin/python scripts/tables"
