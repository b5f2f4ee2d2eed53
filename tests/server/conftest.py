"""Connections without threads, on socket pairs; servers on either poller."""

from __future__ import annotations

import socket
import threading

import pytest

from kirsch.protocol.events import Limits
from kirsch.protocol.wirefields import KnownFields
from kirsch.server import loop
from kirsch.server.connection import AGAIN, CLOSE, KEEP, Connection
from kirsch.server.poller import READ, WRITE, EpollPoller, SelectorPoller
from kirsch.server.settings import Settings
from kirsch.server.times import Times

NAMES = {KEEP: "keep", READ: "read", WRITE: "write", AGAIN: "again", CLOSE: "close"}


class Ground:
    """A loop that only stands there. now is set by hand."""

    def __init__(self, handler, limits=None, **settings):
        self.handler = handler
        self.times = Times.of(Settings(**settings))
        self.limits = limits or Limits()
        self.known = KnownFields()
        self.now = 1000.0
        self.standing = b"Date: now\r\n"
        self.stopping = False
        self.interruptions = []
        self.asides = 0

    def interrupted(self, error):
        self.interruptions.append(error)

    def step_aside(self, connection):
        self.asides += 1


class Pair:
    """A connection of a server and the other end of it."""

    def __init__(self, ground):
        ours, self.peer = socket.socketpair()
        ours.setblocking(False)
        self.peer.settimeout(5)
        self.ground = ground
        self.connection = Connection(ours, ("1.2.3.4", 5), ("5.6.7.8", 80), ground)
        self.ended = False

    def step(self):
        """One step, and what the loop would do about it."""
        wanted = self.connection.step()
        if wanted in (READ, WRITE):
            self.connection.interest = wanted
        if wanted == CLOSE:
            self.close()
        return NAMES[wanted]

    def feed(self, *pieces):
        """Send pieces, a step after each; then all steps that are wanted again. Gives what the last step said."""
        said = "keep"
        for piece in pieces:
            self.peer.sendall(piece)
            said = self.step()
        while said == "again":
            said = self.step()
        return said

    def got(self):
        """All that has come so far."""
        data = b""
        self.peer.setblocking(False)
        try:
            while piece := self.peer.recv(1 << 20):
                data += piece
        except BlockingIOError:
            pass
        except ConnectionError:
            data += b"<reset>"
        self.peer.settimeout(5)
        return data

    def close(self):
        self.ended = True
        self.connection.close()


@pytest.fixture
def pair():
    """Make a pair from a handler and settings."""
    made = []

    def make(handler, **settings):
        made.append(Pair(Ground(handler, **settings)))
        return made[-1]

    yield make
    for each in made:
        each.close()
        each.peer.close()


@pytest.fixture(params=[EpollPoller, SelectorPoller], ids=["epoll", "selectors"])
def poller(request, monkeypatch):
    """Each kind of poller in turn, for the servers of the test."""
    monkeypatch.setattr(loop, "new_poller", request.param)


@pytest.fixture
def gate():
    """An event that holds handlers up; open again at the end, whatever happened."""
    event = threading.Event()
    yield event
    event.set()
