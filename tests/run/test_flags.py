"""Flags of the command line that are settings."""

from __future__ import annotations

import argparse
import os

import pytest

from kirsch.app.place import ConfigError
from kirsch.run import flags
from kirsch.run.flags import add_serving_flags, cores, settings_of, take_env_file, workers_of


def _settings(*arguments, **environ):
    parser = argparse.ArgumentParser()
    add_serving_flags(parser)
    return settings_of(parser.parse_args(arguments), environ).sections


@pytest.mark.parametrize(
    ("arguments", "key", "value"),
    [
        (["--port", "9000"], "server.socket_port", 9000),
        (["--host", "0.0.0.0"], "server.socket_host", "0.0.0.0"),
        (["--uds", "/run/site.sock"], "server.socket_file", "/run/site.sock"),
        (["--timeout-keep-alive", "2.5"], "server.keep_alive_timeout", 2.5),
        (["--access-log", "a.log"], "log.access_file", "a.log"),
        (["--forwarded-allow-ips", "10.0.0.0/8, unix"], "request.trusted_proxies", ["10.0.0.0/8", "unix"]),
        (["--proxy-headers"], "tools.proxy.on", True),
        (["--reload"], "engine.autoreload.on", True),
        (["--set", "tools.gzip.on=true"], "tools.gzip.on", True),
        (["--set", "log.screen=no"], "log.screen", False),
        (["--set", "title=a = b"], "title", "a = b"),
    ],
)
def test_flags(arguments, key, value):
    """Each flag is a setting, of that setting's type; others are given by --set."""
    assert _settings(*arguments) == {key: value}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "80000"], r"--port: expected an int from 0 to 65535"),
        (["--port", "http"], r"--port: expected an int"),
        (["--set", "server.socket_port=x"], r"--set: expected an int"),
        (["--set", "tools.gzip.on"], r"--set: expected KEY=VALUE"),
    ],
)
def test_wrong_flags(arguments, message):
    """A value that will not do is refused with the name of the flag."""
    with pytest.raises(ConfigError, match=message):
        _settings(*arguments)


def test_folders_to_watch():
    """They stand there as they are from here, since the program may go elsewhere; who names one wants it watched."""
    here = [os.path.abspath(name) for name in ("pages", "templates")]
    watched = {"engine.autoreload.folders": here, "engine.autoreload.on": True}
    assert _settings("--reload-dir", "pages", "--reload-dir", "templates") == watched


def test_usual_variables():
    """PORT and HOST of the environment count, and flags go over them."""
    assert _settings(PORT="9000", HOST="::") == {"server.socket_port": 9000, "server.socket_host": "::"}
    assert _settings("--port", "1", PORT="9000") == {"server.socket_port": 1}
    with pytest.raises(ConfigError, match="variable PORT"):
        _settings(PORT="many")


def test_env_file(tmp_path):
    """Lines NAME=value, with quotes or without; what is set already stays."""
    path = tmp_path / ".env"
    path.write_text('# secrets\n\nexport A=1\nB="two words"\nC=\nD=kept\n')
    environ = {"D": "before"}
    take_env_file(str(path), environ)
    assert environ == {"A": "1", "B": "two words", "C": "", "D": "before"}


@pytest.mark.parametrize("text", ["A B", "1A=2", "=x"])
def test_wrong_env_file(tmp_path, text):
    """A line that is none is refused with its number."""
    path = tmp_path / ".env"
    path.write_text(f"A=1\n{text}\n")
    with pytest.raises(ConfigError, match="line 2"):
        take_env_file(str(path), {})
    with pytest.raises(ConfigError, match="cannot be read"):
        take_env_file(str(tmp_path / "none"), {})


@pytest.mark.parametrize(
    ("said", "environ", "expected"),
    [(None, {}, 0), ("3", {}, 3), (None, {"WEB_CONCURRENCY": "2"}, 2), ("1", {"WEB_CONCURRENCY": "2"}, 1)],
)
def test_workers(said, environ, expected):
    """The flag, else the usual variable; without both, this process serves."""
    assert workers_of(argparse.Namespace(workers=said), environ) == expected


@pytest.mark.parametrize("said", ["many", "-1", "1.5", "²"])
def test_wrong_workers(said):
    """What is no number is refused."""
    with pytest.raises(ConfigError, match="--workers: expected a number or 'auto'"):
        workers_of(argparse.Namespace(workers=said), {})


@pytest.mark.parametrize(("text", "expected"), [("max 100000", 8), ("150000 100000", 2), ("nonsense", 8)])
def test_cores(monkeypatch, tmp_path, text, expected):
    """As many as we may run on, or as a container is granted, rounded up."""
    path = tmp_path / "cpu.max"
    path.write_text(text)
    quota = flags._quota
    monkeypatch.setattr(flags, "_quota", lambda: quota(str(path)))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert cores() == expected
    assert workers_of(argparse.Namespace(workers="auto"), {}) == expected
