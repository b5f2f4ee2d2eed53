"""What systemd is told, and what it hands down; asked by a socket of our own in its place."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from kirsch.process.notify import Notifier, activated_sockets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kirsch.process.bus import Bus

if not hasattr(socket, "AF_UNIX"):
    pytest.skip("systemd listens on a Unix socket", allow_module_level=True)


@pytest.fixture(params=["file", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as that of systemd, and its name as that says it."""
    abstract = f"kirsch-test-{os.getpid()}-{id(request)}"
    name = str(tmp_path / "notify") if request.param == "file" else f"@{abstract}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name if request.param == "file" else f"\0{abstract}")
        sock.settimeout(5)
        yield sock, name


def test_from_start_to_stop(bus: Bus, listening: tuple[socket.socket, str]) -> None:
    """READY when all has started, with our number, and STOPPING at the end."""
    sock, name = listening
    with Notifier(bus, {"NOTIFY_SOCKET": name}):
        bus.start()
        assert sock.recv(1000).decode() == f"READY=1\nSTATUS=serving\nMAINPID={os.getpid()}"
        bus.stop()
        assert sock.recv(1000).decode() == "STOPPING=1\nSTATUS=stopping"


def test_watchdog(bus: Bus, listening: tuple[socket.socket, str]) -> None:
    """Signs of life come from `main`, twice in the time given, and only if they are wanted of this process."""
    sock, name = listening
    for pid, wanted in ((os.getpid(), True), (1, False)):
        notifier = Notifier(bus, {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(pid)})
        notifier.main()
        notifier.main()
        sock.setblocking(False)
        if wanted:
            assert sock.recv(1000) == b"WATCHDOG=1"
        with pytest.raises(BlockingIOError):
            sock.recv(1000)


def test_reloading(bus: Bus, listening: tuple[socket.socket, str]) -> None:
    """A reload says since when, by the clock that systemd uses."""
    sock, name = listening
    Notifier(bus, {"NOTIFY_SOCKET": name}).reloading()
    first, second, _ = sock.recv(1000).decode().split("\n")
    assert first == "RELOADING=1"
    assert second.startswith("MONOTONIC_USEC=")


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"WATCHDOG_USEC": "soon"}])
def test_nobody_wants_to_know(bus: Bus, environ: dict[str, str]) -> None:
    """Without systemd, or with one that is gone, nothing happens."""
    notifier = Notifier(bus, environ)
    notifier.started()
    notifier.main()


@pytest.mark.parametrize(
    ("fds", "names", "expected"),
    [
        ("1", "", {"": 3}),
        ("1", "web.socket", {"": 3}),
        ("2", "web:admin", {"": 3, "admin": 4}),
        ("2", "", {"": 3, "1": 4}),
        ("many", "", {}),
    ],
)
def test_activated_sockets(fds: str, names: str, expected: dict[str, int]) -> None:
    """Sockets by name; the environment no longer speaks of them."""
    environ = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": fds, "LISTEN_FDNAMES": names}
    assert activated_sockets(environ) == expected
    assert environ == {}


def test_sockets_for_another_process() -> None:
    """Sockets that were meant for another process are not ours."""
    assert activated_sockets({"LISTEN_PID": "1", "LISTEN_FDS": "1"}) == {}
