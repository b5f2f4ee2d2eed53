from __future__ import annotations

from typing import Any

import pytest

from kirsch.options import OptionError, options_of
from kirsch.server.settings import FOLLOWING, Settings

WRONG = [
    ("socket_host", ""),
    ("socket_host", None),
    ("socket_port", -1),
    ("socket_port", 65536),
    ("socket_port", "8080"),
    ("socket_mode", 0o1777),
    ("socket_fd", -1),
    ("socket_queue_size", 0),
    ("socket_timeout", 0),
    ("header_timeout", float("inf")),
    ("body_min_rate", 0),
    ("keep_alive_timeout", float("nan")),
    ("shutdown_timeout", -1),
    ("thread_pool", 0),
    ("thread_pool_max", 0),
    ("max_connections", -1),
    ("max_request_header_size", 0),
    ("max_request_body_size", -1),
    ("protocol_version", "HTTP/2"),
    ("server_header", "Kirsch\r\nX: y"),
    ("server_header", "Kirsch "),
    ("server_header", "K\u00efrsch"),
]


@pytest.mark.parametrize("name", list(options_of(Settings)))
def test_every_default_passes_its_own_check(name: str) -> None:
    """And each option has its sentence, which the docs are made of."""
    option = options_of(Settings)[name]

    assert option.accept(option.default) == option.default
    assert option.about.endswith(".")


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_a_server_could_not_work_with_is_refused(name: str, value: Any) -> None:
    """When it is set, not when the server starts."""
    with pytest.raises(OptionError, match=f"^{name}: expected"):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("socket_port", 0),
        ("socket_file", "\0abstract"),
        ("socket_fd", 3),
        ("queue_timeout", 0),
        ("thread_pool_max", -1),
        ("max_connections", 0),
        ("max_request_body_size", 0),
        ("server_header", ""),
    ],
)
def test_the_values_with_a_meaning_of_their_own_are_taken(name: str, value: Any) -> None:
    """Zero, -1 and the like, where the docs say so."""
    assert getattr(Settings(**{name: value}), name) == value


def test_socket_timeout_alone_leaves_the_defaults_alone() -> None:
    """Its own default says nothing about the others."""
    settings = Settings()

    assert settings.socket_timeout == 10.0
    assert settings.keep_alive_timeout == 75.0


def test_setting_socket_timeout_sets_the_time_outs_that_are_not_set() -> None:
    """It means what it does in CherryPy: how long a client may be silent, whatever it is doing."""
    settings = Settings(socket_timeout=3)

    assert {getattr(settings, name) for name in FOLLOWING} == {3.0}
    assert settings.queue_timeout == 10.0


@pytest.mark.parametrize("order", [["socket_timeout", "write_timeout"], ["write_timeout", "socket_timeout"]])
def test_a_time_out_of_its_own_beats_socket_timeout_in_any_order(order: list[str]) -> None:
    """Whether it is set before or after."""
    values = {"socket_timeout": 3, "write_timeout": 60}
    settings = Settings()
    for name in order:
        setattr(settings, name, values[name])

    assert (settings.write_timeout, settings.body_timeout) == (60.0, 3.0)


def test_the_shortest_timeout_says_how_often_to_look() -> None:
    """It follows the settings."""
    settings = Settings(write_timeout=0.05)

    assert settings.shortest_timeout == 0.05
    assert Settings().shortest_timeout == 10.0
