"""`kirsch completion`: by a real bash; the other shells by what they are told."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from kirsch.run.cli import main


@pytest.fixture
def script(capsys):
    """The script for a shell."""

    def of(shell):
        assert main(["completion", shell]) == 0
        return capsys.readouterr().out

    return of


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("he", "health"),
        ("run --wor", "--workers"),
        ("run --root", "--root-path"),
        ("new --wor", ""),
        ("cherryd --pid", "--pidfile"),
        ("run ap", ""),
        ("--v", "--version"),
        ("completion ", "bash fish zsh"),
        ("completion z", "zsh"),
        ("nonsense --x", ""),
    ],
)
def test_bash(script, words, completed):
    """Verbs first, then the flags of the verb; for names of files the shell is left to itself."""
    asked = f'COMP_WORDS=(kirsch {words} ""); COMP_CWORD={words.count(" ") + 1}; _kirsch; echo "${{COMPREPLY[*]}}"'
    done = subprocess.run(
        [shutil.which("bash"), "--norc"], input=script("bash") + asked, capture_output=True, text=True, check=True
    )

    assert (done.stdout.strip(), done.stderr) == (completed, "")


def test_other_shells(script):
    """Zsh takes that of bash; fish is told of each verb and each flag."""
    assert script("zsh").endswith(script("bash"))
    fish = script("fish").splitlines()
    assert any("-a run -d 'serve, for production'" in line for line in fish)
    assert any("from run' -l workers -d" in line for line in fish)
    assert any("from completion' -a 'bash fish zsh'" in line for line in fish)
    assert all(line.count("'") % 2 == 0 or "\\'" in line for line in fish)
