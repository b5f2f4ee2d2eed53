"""The loop without threads of its own: who has the baton, and what happens at the same moment."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from kirsch.protocol.events import Limits
from kirsch.server.connection import KEEP, Connection
from kirsch.server.loop import Loop
from kirsch.server.settings import Settings
from kirsch.server.times import Times
from tests.server.wire import GET, echo


class FakeWatch:
    asleep = False


class FakeThreads:
    """Nobody is free; what is kept is noted."""

    def __init__(self):
        self.watch = FakeWatch()
        self.handover = threading.Lock()
        self.kept = []

    def give(self, loop):
        return False

    def keep(self, loop):
        self.kept.append(loop)


class FakeHolder:
    def __init__(self):
        self.table = []
        self.away = None
        self.volunteered = False


@pytest.fixture
def loop():
    """A loop with a time-out on heads of 1 s."""
    loop = Loop(echo, Times.of(Settings(header_timeout=1.0)), Limits(), FakeThreads())
    yield loop
    loop.close()


@pytest.fixture
def peer(loop):
    """The other end of the loop's only connection."""
    ours, peer = socket.socketpair()
    ours.setblocking(False)
    connection = Connection(ours, ("", 0), ("", 0), loop)
    loop.connections[connection.fd] = connection
    loop.poller.add(connection.fd, 1)
    yield peer
    peer.close()


def test_a_holder_that_comes_back_while_its_baton_is_taken(loop, peer):
    """Its connection is given back all the same: it does not stay away for ever."""
    (connection,) = loop.connections.values()
    holder = loop.holder = FakeHolder()
    loop.current = connection
    back = threading.Thread(target=loop._give_back, args=(connection, KEEP, holder))

    class Table(list[Any]):
        """At the very moment when the baton goes, the holder is done with its step."""

        def pop(self, *args: Any) -> Any:
            back.start()
            back.join(0.05)
            return super().pop(*args)

    holder.table = Table([loop])
    assert loop.pick_up() is loop
    back.join()
    assert (connection.away, holder.away) == (False, None)


def test_there_is_one_baton(loop):
    """It is picked up once; from an empty table nobody gets it."""
    assert loop.pick_up() is None
    loop.holder = FakeHolder()
    loop.holder.table.append(loop)
    assert loop.pick_up() is loop
    assert loop.pick_up() is None


def test_what_has_come_in_time_is_not_late(loop, peer):
    """A request that waits in the socket is heard before deadlines are looked at."""
    (connection,) = loop.connections.values()
    peer.sendall(GET)
    connection.deadline = loop.now - 5
    loop.look(0)
    assert list(loop.ready) == [connection]


def test_who_has_said_nothing_is_late(loop, peer):
    """And otherwise they are kept."""
    (connection,) = loop.connections.values()
    connection.deadline = loop.now - 5
    loop.look(0)
    assert (loop.connections, peer.recv(10)) == ({}, b"")


def test_nobody_is_in_the_list_twice(loop, peer):
    """A connection with more requests in its buffer is not found ready once more by its socket."""
    (connection,) = loop.connections.values()
    connection.more = True
    loop.ready.append(connection)
    peer.sendall(GET)
    loop.look(0)
    assert list(loop.ready) == [connection]


def test_a_late_close_does_not_hit_the_next_on_the_descriptor(loop, peer):
    """Closing what was closed already leaves a newer connection of the same number alone."""
    (connection,) = loop.connections.values()
    newer = loop.connections[connection.fd] = object()
    loop._drop(connection)
    assert loop.connections.pop(connection.fd) is newer
    loop.connections[connection.fd] = connection


def test_something_for_a_connection_that_is_away(loop, peer):
    """It is looked at once, then not again until it comes back, and nothing is lost."""
    (connection,) = loop.connections.values()
    holder = loop.holder = FakeHolder()
    holder.table.append(loop)
    loop.step_aside(connection)
    assert loop.pool.kept == [loop]
    peer.sendall(GET)
    loop.look(0)
    assert (list(loop.ready), connection.disarmed) == ([], True)
    loop._give_back(connection, KEEP, holder)
    loop.look(0)
    loop.look(0)
    assert list(loop.ready) == [connection]
