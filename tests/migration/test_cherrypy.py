"""CherryPy's own programs, from an environment of its own: each comes out as Python, and its tutorials run."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
from pathlib import Path

import pytest

import kirsch
from kirsch.migration.edits import applied
from kirsch.migration.python import migrated_python
from kirsch.run.cli import main
from tests.app.pages import site
from tests.differential.environment import cherrypy_python
from tests.environment import NotMade

FACE = {*dir(kirsch), *kirsch.__all__}


@pytest.fixture(scope="module")
def cherrypy():
    """The folder of the package."""
    try:
        python = Path(cherrypy_python())
    except NotMade as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return next(python.parents[1].glob("lib/python3*/site-packages/cherrypy"))


@pytest.mark.slow
def test_all_its_sources(cherrypy):
    """They can be parsed afterwards, and a second time changes nothing."""
    for path in cherrypy.rglob("*.py"):
        after = applied(text := path.read_text("utf-8"), migrated_python(text, FACE).edits)
        ast.parse(after)
        assert migrated_python(after, FACE).edits == [], path


@pytest.mark.parametrize(
    ("name", "root", "path", "said"),
    [
        ("tut01_helloworld", "HelloWorld", "/", "Hello world!"),
        ("tut03_get_and_post", "WelcomePage", "/greetUser?name=Ada", "Hey Ada"),
        ("tut04_complex_site", "HomePage", "/", "Hi, this is the home page!"),
        ("tut06_default_method", "UsersPage", "/remi", "Remi Delon"),
        ("tut07_sessions", "HitCounter", "/", "viewed this"),
        ("tut08_generators_and_yield", "GeneratorDemo", "/", "Generators rule!"),
        ("tut09_files", "FileDemo", "/", "Upload a file"),
        ("tut10_http_errors", "HTTPErrorDemo", "/error?code=403", "403"),
    ],
)
def test_its_tutorials(cherrypy, tmp_path, monkeypatch, name, root, path, said):
    """Migrated by the command, they answer as they say, and nothing is left to decide."""
    monkeypatch.chdir(shutil.copytree(cherrypy / "tutorial", tmp_path / "tutorial"))
    assert main(["migrate", "--write", f"{name}.py", "custom_error.html"]) == 3
    assert main(["migrate", "--write", f"{name}.py"]) == 0
    page = runpy.run_path(f"{name}.py")[root]()
    assert said in site(page).get(path, headers={"Accept": "text/html"}).text
