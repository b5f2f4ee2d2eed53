"""Keys of CherryPy that have no effect any more."""

from __future__ import annotations

import pytest

import kirsch
from kirsch.app.host import Host
from kirsch.app.legacy import LegacyWarning, forget
from kirsch.app.legacykeys import GONE, gone


@pytest.fixture(autouse=True)
def _anew():
    """Everything is said once more."""
    forget()


@pytest.mark.parametrize("key", [*GONE, "engine.timeout_monitor.on"])
def test_they_are_taken(key):
    """A program that has them starts, and it is said what holds now."""
    with pytest.warns(LegacyWarning, match=f"{key} is an old name; write "):
        kirsch.config.update({key: 1})

    assert key not in kirsch.config
    assert gone(key)


def test_in_sections():
    """For a path, too."""
    with pytest.warns(LegacyWarning, match=r"response\.timeout is an old name"):
        kirsch.tree.mount(type("Root", (), {})(), "/", {"/": {"response.timeout": 5}})


def test_the_monitor_of_timeouts():
    """It can still be taken from the bus, and listens to nothing."""
    with pytest.warns(LegacyWarning, match=r"engine\.timeout_monitor is an old name"):
        kirsch.engine.timeout_monitor.unsubscribe()


def test_requests_by_hand_know_both_ends():
    """Hosts are taken as well as pairs."""
    root = type("Root", (), {"page": kirsch.expose(lambda self: kirsch.request.remote.ip)})()
    app = kirsch.Application(root)
    request, _ = app.get_serving(Host("127.0.0.1", 80), Host("192.0.2.1", 5), "http", "HTTP/1.1")
    answer = request.run("GET", "/page", "", "HTTP/1.1", [("Host", "a")], None)
    app.release_serving()

    assert b"".join(answer.body) == b"192.0.2.1"
