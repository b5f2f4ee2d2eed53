"""The fixtures for pytest, in a run of its own, and what loading them costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib

import pytest

from tests.house import ROOT

pytest_plugins = "pytester"

FIXTURES = """
import pytest

class Root:
    def index(self):
        return "hello"

    index.exposed = True

@pytest.fixture
def app():
    return Root()

def test_client(kirsch_client):
    assert kirsch_client.get("/").text == "hello"

def test_another(kirsch_client):
    assert kirsch_client.cookies == {}

def test_live_server(kirsch_live_server):
    assert kirsch_live_server.client().get("/").expect(200).text == "hello"
"""


WARNINGS = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""None is expected, but that the plug-in may be there already, of the run around it."""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a file with this plug-in alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(code):
        pytester.makepyfile(code)
        return pytester.runpytest_inprocess("-p", "kirsch.testing.plugin", *WARNINGS)

    return run


def test_fixtures(run):
    """A client in memory and a real server, both for what the fixture `app` gives."""
    run(FIXTURES).assert_outcomes(passed=3)


def test_without_an_application(run):
    """The error names the fixture that is missing."""
    result = run("def test(kirsch_client): pass")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*def kirsch_client(app:*", "*fixture 'app' not found*"])


def test_failures_are_told(run):
    """A failing assertion shows what the page has raised."""
    result = run(FIXTURES.replace('"hello"', "str(1 / 0)", 1).replace('text == "hello"', "status == 200"))

    result.stdout.fnmatch_lines(
        ["*where 500 = <Answer 500 Internal Server Error, * bytes, ZeroDivisionError('division by zero')>.status"]
    )


def test_entry_point():
    """It is found without being asked for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {"kirsch": "kirsch.testing.plugin"}


def test_loading_costs_nothing():
    """It brings nothing but itself: beyond pytest, and the face, which comes with any import of ours."""
    script = """if True:
        import json, sys, kirsch, pytest
        before = set(sys.modules)
        import kirsch.testing.plugin
        print(json.dumps(sorted(set(sys.modules) - before)))
    """
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=True)

    assert json.loads(done.stdout) == ["kirsch.testing", "kirsch.testing.plugin"]
