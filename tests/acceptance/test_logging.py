"""Section 14 of the acceptance list: logging, tracebacks, autoreload."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import logging
import re
import urllib.request

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from kirsch.app.place import ConfigError
from tests.acceptance.sites import HelloWorld, mounted
from tests.acceptance.ways import MEMORY, OWN, only
from tests.live.process import program

PROCESS = only(OWN, why="it is about a whole process with its server")


@pytest.fixture
def said(tmp_path):
    """What a file holds when all is written; by its name."""

    def read(name):
        cherrypy.log.flush()
        return (tmp_path / name).read_text()

    yield read
    cherrypy.log.error_file = cherrypy.log.access_file = ""


def fail():
    """A page that fails."""
    raise ValueError("secret of the house")


def test_L_01_log_to_screen(client, capsys):
    """`server.log_to_screen` of old says so, and both logs keep silent."""
    cherrypy.tree.mount(HelloWorld())
    cherrypy.config.update({"log.screen": True})
    with pytest.warns(LegacyWarning, match=r"server\.log_to_screen is an old name; write log\.screen"):
        cherrypy.config.update({"server.log_to_screen": False})
    assert "is an old name" in capsys.readouterr().err
    cherrypy.log("hello", "TEST")
    client.get("/")
    cherrypy.log.flush()

    assert capsys.readouterr() == ("", "")


def test_L_02_log_file(client, said, tmp_path):
    """Messages and errors go to `server.log_file` of old; visits do not."""
    with pytest.warns(LegacyWarning, match=r"server\.log_file is an old name; write log\.error_file"):
        cherrypy.config.update({"server.log_file": str(tmp_path / "errors")})
    assert mounted(fail).get("/page").status == 500
    cherrypy.log("hello", "TEST")

    assert "TEST hello" in said("errors")
    assert "ValueError: secret of the house" in said("errors")
    assert " 500 " not in said("errors")


def test_L_03_log_access_file(said, tmp_path):
    """A line for each request: host, ident, user, time, request line, status, size, referer, agent."""
    with pytest.warns(LegacyWarning, match=r"server\.log_access_file is an old name; write log\.access_file"):
        cherrypy.config.update({"server.log_access_file": str(tmp_path / "visits")})
    mounted(lambda **_: "Hi").get("/page?x", headers={"Referer": "http://x/", "User-Agent": "Test"})

    form = r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}(:\d\d){3}\] "GET /page\?x HTTP/1\.1" 200 2 "http://x/" "Test"\n'
    (line,) = [each for each in said("visits").splitlines(keepends=True) if " /page?x " in each]
    assert re.fullmatch(form, line)  # another test's server may still write its last one


def test_L_04_a_file_beside_the_screen(client, said, tmp_path, capsys):
    """A file takes nothing from the screen, which is governed by log.screen alone."""
    cherrypy.config.update({"log.access_file": str(tmp_path / "visits"), "log.screen": True})
    cherrypy.tree.mount(HelloWorld())
    client.get("/?beside")  # no line of another test's server, which may still write its last one

    assert said("visits").count("GET /?beside ") == capsys.readouterr().out.count("GET /?beside ") == 1


def test_L_05_nothing_to_the_screen(client, capsys):
    """With log.screen False nothing comes there, not even of failures."""
    cherrypy.config.update({"log.screen": False})
    mounted(fail).get("/page")
    cherrypy.log.flush()

    assert capsys.readouterr() == ("", "")


def test_L_06_options_of_the_process(said, tmp_path):
    """They are of the process, or of a whole application: in the section of a path they are refused."""
    with pytest.raises(ConfigError, match=r"log\.access_file"):
        mounted(fail, {"/page": {"log.access_file": str(tmp_path / "visits")}})
    client = mounted(fail, {"/": {"log.access_file": str(tmp_path / "mine"), "log.access_log_format": "{s} {r}"}})
    client.get("/page")

    cherrypy.tree.apps[""].log.flush()
    assert said("mine") == "500 GET /page HTTP/1.1\n"


def test_L_07_tracebacks_stay_in_the_log(client, said, tmp_path):
    """`server.show_tracebacks` of old: none for the client, all for the error log."""
    with pytest.warns(LegacyWarning, match=r"server\.show_tracebacks is an old name; write request\.show_tracebacks"):
        cherrypy.config.update({"server.show_tracebacks": False, "log.error_file": str(tmp_path / "errors")})
    page = mounted(fail).get("/page")

    assert page.status == 500
    assert "secret of the house" not in page.text
    assert "ValueError: secret of the house" in said("errors")


RELOADING = """
import sys
sys.path.insert(0, {folder!r})
import pages
kirsch.engine.autoreload.match = "pages"
{more}
kirsch.quickstart(pages.Root())
"""

PAGES = """
import kirsch

class Root:
    @kirsch.expose
    def index(self):
        return "before"
"""


def ask(port):
    """What the page says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return answer.read().decode()


@PROCESS
def test_L_08_reloading(tmp_path):
    """The process runs anew by itself when its source is edited, and the page answers again."""
    (tmp_path / "pages.py").write_text(PAGES)
    with program(RELOADING.format(folder=str(tmp_path), more="")) as (process, port):
        assert ask(port) == "before"
        (tmp_path / "pages.py").write_text(PAGES.replace("before", "and after"))
        assert ask(int(process.stdout.readline())) == "and after"


@PROCESS
def test_L_09_other_files_and_another_frequency(tmp_path):
    """More files may be watched, more often; also by the names of 2.x and 3.0."""
    (tmp_path / "pages.py").write_text(PAGES)
    other = tmp_path / "other.txt"
    other.write_text("1")
    more = f"kirsch.engine.autoreload.files.add({str(other)!r})\nkirsch.config['engine.autoreload.frequency'] = 0.05"
    with program(RELOADING.format(folder=str(tmp_path), more=more)) as (process, port):
        assert ask(port) == "before"
        other.write_text("22")
        assert ask(int(process.stdout.readline())) == "before"


@only(MEMORY, why="nothing is asked")
@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("autoreload.frequency", "frequency", 5),
        ("engine.autoreload_frequency", "frequency", 5),
        ("engine.autoreload_match", "match", "mine"),
        ("engine.reload_files", "files", {"a"}),
    ],
)
def test_L_09_old_names(key, name, value, monkeypatch):
    """They say what to write instead."""
    monkeypatch.setattr(cherrypy.engine.autoreload, name, None)
    with pytest.warns(LegacyWarning, match=rf"{key} is an old name; write engine\.autoreload\.{name}"):
        cherrypy.config.update({key: value})

    assert getattr(cherrypy.engine.autoreload, name) == value


@only(OWN, why="the engine is what it is about")
@pytest.mark.parametrize("key", ["engine.autoreload.on", "autoreload.on", "engine.autoreload_on"])
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_L_10_no_reloading(key):
    """Off, nothing is looked for."""
    looked = []
    for on in (True, False):
        cherrypy.config.update({"server.socket_port": 0, key: on})
        cherrypy.engine.start()
        looked.append(cherrypy.engine.autoreload.thread is not None)
        cherrypy.engine.exit()

    assert looked == [True, False]


@only(MEMORY, why="nothing is asked")
def test_the_logs_are_loggers():
    """Of the standard library, by these names."""
    assert cherrypy.log.error_log is logging.getLogger("kirsch.error")
    assert cherrypy.log.access_log is logging.getLogger("kirsch.access")
