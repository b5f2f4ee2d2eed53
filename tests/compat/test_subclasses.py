"""Classes that applications derive from CherryPy's."""

from __future__ import annotations

import kirsch
from kirsch.compat.cherrypy__cpreqbody import Part
from kirsch.compat.cherrypy__cpserver import Server
from tests.app.pages import page


class Foreign:
    """A server of others, which is ready at once."""

    bind_addr = ("127.0.0.1", 1)
    ready = True
    calls = 0

    def start(self):
        """Begin."""
        self.calls += 1

    def stop(self):
        """End."""
        self.calls += 1


class Own(Server):
    made = Foreign()

    def httpserver_from_self(self, httpserver=None):
        """The other one."""
        return self.made, self.made.bind_addr


def test_a_server_that_makes_its_own():
    """What httpserver_from_self() gives is started and stopped."""
    server = Own()
    assert server.bus is kirsch.engine
    server.start()
    assert (server.running, server.httpserver) == (True, Own.made)
    server.stop()
    assert (server.running, Own.made.calls) == (False, 2)


class Small(Part):
    maxrambytes = 1


def test_parts_and_bodies():
    """A part says from which size on it lies on disk, and is read by lines; a body is text as a whole."""
    client = page(lambda file: f"{file.file._rolled} {file.readline()}", {"request.body.part_class": Small})
    whole = page(lambda: f"{kirsch.request.body.fullvalue()}")

    assert client.post("/", files={"file": ("a", b"ab\ncd", "text/plain")}).text == r"True b'ab\n'"
    assert whole.post("/", body="ä".encode("latin-1"), headers={"Content-Type": "x/y; charset=latin-1"}).text == "ä"
