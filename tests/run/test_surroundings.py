from __future__ import annotations

import pytest

from kirsch.app.config import ConfigError, GlobalConfig
from kirsch.run.surroundings import project, take_environment
from kirsch.server.settings import Settings


def taken(**environ):
    """The config that these variables make."""
    config = GlobalConfig()
    server = Settings()
    config.namespaces["server"] = lambda key, value: setattr(server, key, value)
    take_environment(config, environ)
    return config


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("KIRSCH_SERVER__SOCKET_PORT", "8001", "server.socket_port", 8001),
        ("KIRSCH_SERVER__SOCKET_HOST", "0.0.0.0", "server.socket_host", "0.0.0.0"),
        ("KIRSCH_SERVER__SOCKET_TIMEOUT", "2.5", "server.socket_timeout", 2.5),
        ("KIRSCH_LOG__SCREEN", "no", "log.screen", False),
        ("KIRSCH_REQUEST__SHOW_TRACEBACKS", "true", "request.show_tracebacks", True),
        ("KIRSCH_REQUEST__METHODS_WITH_BODIES", '["POST"]', "request.methods_with_bodies", ["POST"]),
        ("KIRSCH_TOOLS__GZIP__ON", "true", "tools.gzip.on", True),
        ("KIRSCH_MINE", "some text", "mine", "some text"),
        ("KIRSCH_ENVIRONMENT", "production", "environment", "production"),
    ],
)
def test_variables(name, text, key, value):
    """Two underscores are a dot; the type of the key says what the text means, else it is JSON or text."""
    assert taken(**{name: text, "OTHER": "1"})[key] == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "KIRSCH_SERVER__SOCKET_PORT",
            "many",
            "variable KIRSCH_SERVER__SOCKET_PORT: server.socket_port: expected an int",
        ),
        ("KIRSCH_SERVER__SOCKET_PROT", "1", "KIRSCH_SERVER__SOCKET_PROT.*did you mean 'socket_port'"),
        ("KIRSCH_REQUEST__SHOW_TRACEBACK", "1", "did you mean 'request.show_tracebacks'"),
    ],
)
def test_wrong_variables(name, text, words):
    """The message names the variable, and the nearest right key."""
    with pytest.raises(ConfigError, match=words):
        taken(**{name: text})


def test_project(tmp_path, monkeypatch):
    """[tool.kirsch] says where the application is, and config, of which the lines are known."""
    monkeypatch.chdir(tmp_path)
    assert project() == ("", None)
    (tmp_path / "pyproject.toml").write_text('[tool.kirsch]\napp = "a:b"\n\n[tool.kirsch.server]\nsocket_port = "x"\n')
    app, settings = project()
    config = GlobalConfig()
    config.namespaces["server"] = lambda key, value: setattr(Settings(), key, value)

    assert app == "a:b"
    with pytest.raises(ConfigError, match=r"pyproject.toml, line 5: server.socket_port: expected an int"):
        config.update(settings)


@pytest.mark.parametrize("text", ["[tool", "[tool]\nkirsch = 1"])
def test_a_project_that_cannot_be_read(tmp_path, monkeypatch, text):
    """The file is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        project()
