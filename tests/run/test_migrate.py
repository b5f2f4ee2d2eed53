"""`kirsch migrate`: what it shows, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from kirsch.run.cli import main

OLD = "import cherrypy  # é\r\ncherrypy.request.remote_addr\r\n"
NEW = "import kirsch  # é\r\nkirsch.request.remote.ip\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where the files are."""
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("old.py").write_bytes(OLD.encode())
    return tmp_path


def test_changes_are_shown_as_a_patch(folder, capsys):
    """Nothing is written; `patch` makes of the file what `--write` would."""
    assert main(["migrate", "old.py"]) == 1
    assert folder.joinpath("old.py").read_bytes() == OLD.encode()
    shown = capsys.readouterr().out
    assert shown.startswith("--- a/old.py\n+++ b/old.py\n@@ -1,2 +1,2 @@\n-import cherrypy")
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=shown.encode(), check=True, env=os.environ)
    assert folder.joinpath("old.py").read_bytes() == NEW.encode()


def test_writing_keeps_encoding_and_ends_of_lines(folder):
    """And a second run has nothing left to do."""
    folder.joinpath("latin.py").write_bytes(f"# coding: latin-1\n{OLD}".encode("latin-1"))
    assert main(["migrate", "--write", "old.py", "latin.py"]) == 0
    assert folder.joinpath("old.py").read_bytes() == NEW.encode()
    assert folder.joinpath("latin.py").read_bytes() == f"# coding: latin-1\n{NEW}".encode("latin-1")
    assert main(["migrate", "old.py", "latin.py"]) == 0


def test_what_a_person_must_decide_is_told_apart(folder, capsys):
    """On the error stream: file, line, what, why, and where to read; it has an exit code of its own."""
    folder.joinpath("site.ini").write_text("[/]\nrequest.dispatch = a.b()\n", "utf-8")
    assert main(["migrate", "--write", "site.ini", "old.py"]) == 4
    told = capsys.readouterr()
    assert told.out == "old.py: 2 changes made\n"
    assert told.err.startswith("For you to decide:\nsite.ini:2: the value of request.dispatch")
    assert told.err.endswith("[docs/reference/config.md]\n")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("missing.py", None, "missing.py: No such file"),
        (".", None, ".: this is a folder"),
        ("x.txt", b"", "neither a program (.py, .pyw) nor a config file"),
        ("x.py", b"import cherrypy\nprint 'x'", "x.py, line 2: this is no Python"),
        ("x.py", b"# coding: nonsense\n", "x.py, line 1: this is no Python: unknown encoding"),
        ("x.py", b"x = '\xff'", "x.py, line 1: this is no Python"),
        ("x.py", b"x\0", "x.py"),
        ("x.ini", b"\xff", "x.ini: this is no text"),
    ],
)
def test_wrong_files(folder, capsys, name, data, told):
    """Each is named with what is wrong, and nothing is written, not even the others."""
    if data is not None:
        folder.joinpath(name).write_bytes(data)
    assert main(["migrate", "--write", "old.py", name]) == 3
    assert told in capsys.readouterr().err
    assert folder.joinpath("old.py").read_bytes() == OLD.encode()


def test_json(folder, capsys):
    """All of it for programs."""
    folder.joinpath("b.py").write_text("import cherrypy.wsgiserver", "utf-8")
    assert main(["migrate", "--json", "old.py", "b.py"]) == 1
    one, other = json.loads(capsys.readouterr().out)
    assert (one["file"], one["changes"], one["written"], one["decisions"]) == ("old.py", 2, False, [])
    assert "+kirsch.request.remote.ip" in one["diff"]
    assert set(other["decisions"][0]) == {"line", "what", "why", "read"}


def test_a_last_line_without_an_end(folder, capsys):
    """The patch says so, as `patch` wants it."""
    folder.joinpath("old.py").write_text("import cherrypy", "utf-8")
    main(["migrate", "old.py"])
    assert capsys.readouterr().out.endswith("+import kirsch\n\\ No newline at end of file\n")
