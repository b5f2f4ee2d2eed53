"""`import cherrypy` once install() has been called: each in a process of its own, as it holds for all of one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house import ROOT

INSTALL = "import kirsch.compat; kirsch.compat.install(); "


def python(*arguments, **more):
    """What a program says, and its status."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments], env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, timeout=60, check=False, **more,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import cherrypy, kirsch; print(cherrypy.tree is kirsch.tree, cherrypy.__version__)", "True 18.10.0"),
        ("from cherrypy.lib import sessions; import cherrypy; print(cherrypy.lib.sessions is sessions)", "True"),
        ("import cherrypy.lib.static as s, kirsch; print(s is kirsch.lib.static)", "True"),
        ("from cherrypy.process import plugins; print(plugins.SimplePlugin.__name__)", "Plugin"),
        ("import cherrypy.process.wspbus as w, cherrypy; print(w.bus is cherrypy.engine)", "True"),
        ("import cherrypy; print(cherrypy.process.bus is cherrypy.engine, cherrypy.wsgi.__name__)", "True"),
        ("from cherrypy import *; print(tools.sessions is not None, HTTPError.__name__)", "True HTTPError"),
        ("import cherrypy, kirsch; cherrypy.mine = 1; print(cherrypy.mine, hasattr(kirsch, 'mine'))", "1 False"),
        ("import cherrypy, kirsch; cherrypy.url = 1; print(kirsch.url)", "1"),
        ("from importlib.metadata import version as v; print(v('CherryPy'), v('cheroot'))", "18.10.0 11.1.2"),
        (
            "from importlib.metadata import version as v; import pytest; print(v('pytest') == pytest.__version__)",
            "True",
        ),
        ("kirsch.compat.install(); import cherrypy; print(cherrypy.__name__)", "kirsch.compat.cherrypy"),
        ("import cheroot.wsgi, cheroot.ssl.builtin, cheroot; print(cheroot.ssl.Adapter.__name__)", "Adapter"),
        ("from cheroot.workers.threadpool import ThreadPool; import cheroot; print(cheroot.__version__)", "11.1.2"),
        ("from cheroot import wsgi, server; from cheroot.ssl import builtin; print(wsgi.Server.version)", "Cheroot/11"),
        ("import sys, cherrypy; kirsch.compat.uninstall(); print('cherrypy' in sys.modules)", "False"),
    ],
)
def test_installed(program, said):
    """Modules are the same under both names, and what applications look at says what they expect."""
    status, output, error = python("-c", INSTALL + program)

    assert (status, output.startswith(said), error) == (0, True, ""), output


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import cherrypy.nothing", "No module named 'cherrypy.nothing'"),
        ("import cherrypy; cherrypy.nothing", "has no attribute 'nothing'"),
        ("import cherrypy._cpmodpy", "mod_python has not been maintained"),
    ],
)
def test_what_is_not_there(program, said):
    """It is said as Python says it; for what is no more, with what to do."""
    status, _, error = python("-c", INSTALL + program)

    assert (status, said in error) == (1, True), error


def test_a_module_of_old():
    """`cherrypy.wsgiserver` is there, and the line that imports it is told what to write."""
    status, said, error = python(
        "-W", "default", "-c", INSTALL + "from cherrypy import wsgiserver as w; print(w.Gateway)"
    )

    assert (status, "Gateway" in said) == (0, True), error
    assert error.count("<string>, line 1: cherrypy.wsgiserver is an old name; write cheroot.wsgi") >= 1


def test_too_late(tmp_path):
    """A program that has the real package already is told what to do."""
    (tmp_path / "cherrypy.py").touch()

    status, _, error = python("-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import cherrypy; {INSTALL}")

    assert (status, "the real cherrypy has been imported before, from" in error) == (1, True), error


def test_not_installed():
    """Nothing of it is there by itself."""
    assert "No module named 'cherrypy'" in python("-c", "import kirsch.compat, cherrypy")[2]


PROGRAM = """
import sys
import cherrypy
class Root:
    index = cherrypy.expose(lambda self: "Hi")
if __name__ == "__main__":
    print(sys.argv[1:], cherrypy.__version__, __file__)
"""


@pytest.mark.parametrize("named", [False, True])
def test_running_a_program(tmp_path, named):
    """`python -m kirsch.compat` runs a file or a module as Python would."""
    (tmp_path / "program.py").write_text(PROGRAM)
    how = ["-m", "program"] if named else ["program.py"]

    status, said, error = python("-m", "kirsch.compat", *how, "--flag", "x", cwd=tmp_path)

    assert (status, said.split(" 18")[0], error) == (0, "['--flag', 'x']", "")


@pytest.mark.parametrize("words", [[], ["-x"], ["nowhere.py"]])
def test_wrong_command_lines(words):
    """They are answered by how it is used."""
    status, _, error = python("-m", "kirsch.compat", *words)

    assert (status, "usage: python -m kirsch.compat" in error) == (1, True)


@pytest.mark.parametrize("target", ["program.py", "program"])
def test_looking_into_a_program(tmp_path, target):
    """With --cherrypy a verb runs the program, up to where it would serve."""
    (tmp_path / "program.py").write_text(PROGRAM + "    cherrypy.quickstart(Root())\n")

    status, said, _ = python("-m", "kirsch", "routes", "--cherrypy", "--app", target, cwd=tmp_path)

    assert (status, "Root" in said) == (0, True)
