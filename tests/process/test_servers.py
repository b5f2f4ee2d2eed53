"""Servers of others on the bus."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import make_server

import pytest

from kirsch.process.channels import ChannelFailures
from kirsch.process.servers import ServerAdapter

if TYPE_CHECKING:
    from kirsch.process.bus import Bus


class Waiting:
    """A server that serves nothing until it is stopped, or fails when told to."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.ready = False
        self.error = error
        self.early = error
        self.go_on = threading.Event()

    def start(self) -> None:
        if self.early is not None:
            raise self.early
        self.ready = True
        self.go_on.wait(5)
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        self.go_on.set()

    def __repr__(self) -> str:
        return "<Waiting>"


def _empty(_environ: object, start: Any) -> list[bytes]:
    start("200 OK", [])
    return []


class FromWSGIRef:
    """The server of the standard library, which does not say when it is ready."""

    def __init__(self) -> None:
        self.server = make_server("127.0.0.1", 0, _empty)
        self.address = self.server.server_address

    def start(self) -> None:
        self.server.serve_forever(0.01)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_from_start_to_stop(bus: Bus, lines: list[str]) -> None:
    """It is started with the bus and stopped with it, in a thread of its own."""
    server = Waiting()
    with ServerAdapter(bus, server, ("127.0.0.1", 80)) as adapter:
        bus.start()
        assert (server.ready, adapter.running) == (True, True)
        adapter.start()
        bus.exit()
    assert (server.go_on.is_set(), adapter.running) == (True, False)
    told = [line for line in lines if "erv" in line]
    assert told == [
        "Serving on http://127.0.0.1",
        "Already serving on http://127.0.0.1",
        "HTTP Server <Waiting> shut down",
    ]


def test_a_server_that_does_not_say_ready(bus: Bus) -> None:
    """A server without `ready` is waited for until its port answers."""
    server = FromWSGIRef()
    with ServerAdapter(bus, server, server.address):
        bus.start()
        socket.create_connection(server.address, timeout=1).close()
        bus.exit()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address, timeout=1)


def test_a_start_that_fails(bus: Bus) -> None:
    """What the server raises before it is ready fails the start of the bus."""
    with ServerAdapter(bus, Waiting(OSError("taken"))) as adapter, pytest.raises(ChannelFailures) as failures:
        bus.start()
    assert str(failures.value) == "OSError('taken')"
    assert adapter.running is False


@pytest.mark.parametrize(
    ("error", "status"), [(OSError("lost"), 1), (SystemExit(3), 3), (KeyboardInterrupt(), 0)], ids=repr
)
def test_an_end_by_itself(bus: Bus, error: BaseException, status: int) -> None:
    """A server that ends by an error later on ends the bus, with the status it says."""
    server = Waiting(error)
    server.early = None
    with ServerAdapter(bus, server):
        bus.start()
        server.go_on.set()
        bus.wait(bus.states.EXITING)
    assert bus.exit_status == status


def test_without_a_server(bus: Bus) -> None:
    """An adapter without a server says so."""
    with pytest.raises(ValueError, match="set its httpserver"):
        ServerAdapter(bus).start()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (("127.0.0.1", 80), "http://127.0.0.1"),
        (("::1", 8080), "http://[::1]:8080"),
        ("/run/site.sock", "socket file: /run/site.sock"),
        (None, "an unknown interface"),
    ],
)
def test_description(bus: Bus, address: tuple[str, int] | str | None, words: str) -> None:
    """Where it serves, in words."""
    assert ServerAdapter(bus, Waiting(), address).description == words


def test_bound_addr(bus: Bus) -> None:
    """The real port, where any free one was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Waiting()
        server.socket = listening
        adapter = ServerAdapter(bus, server, ("127.0.0.1", 0))
        assert adapter.bound_addr == listening.getsockname()
    assert ServerAdapter(bus, server, "/run/s").bound_addr == "/run/s"


def test_restart(bus: Bus) -> None:
    """A server can be stopped and started again."""
    server = Waiting()
    adapter = ServerAdapter(bus, server)
    adapter.start()
    server.ready = False
    server.stop()
    adapter.restart()
    assert server.ready
    adapter.stop()
