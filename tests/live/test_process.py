"""The whole thing as users run it: a process with the face, under load, at its end, and with much to swallow."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from tests.live.process import memory, program, ticks
from tests.server.wire import GET, Client, eventually

SITE = """
class Site:
    @kirsch.expose
    def index(self, n="", wait="0"):
        if wait != "0":
            time.sleep(float(wait))
        return "page " + n

    @kirsch.expose
    def upload(self):
        total = 0
        while piece := kirsch.request.exchange.read(65536):
            total += len(piece)
        return str(total)

kirsch.quickstart(Site())
"""


class Visitor(threading.Thread):
    """Asks again and again on one connection and never retries. lost: requests that were sent whole and not answered.

    When its connection ends as it should (after an answer with Connection: close, or before a request was sent), it
    comes back with a new one, until nobody listens.
    """

    def __init__(self, port, number):
        super().__init__()
        self.address = ("127.0.0.1", port)
        self.number = number
        self.answered = 0
        self.lost = []
        self.refused = False

    def run(self):
        while not self.refused:
            try:
                client = Client(self.address)
            except OSError:
                self.refused = True
                return
            with client:
                self._talk(client)

    def _talk(self, client):
        while True:
            text = b"%d.%d" % (self.number, self.answered)
            wait = b"0.02" if self.answered % 7 == 3 else b"0"
            request = b"GET /?n=%b&wait=%b HTTP/1.1\r\nHost: a\r\n\r\n" % (text, wait)
            try:
                client.send(request)
            except OSError as error:
                self.lost.append(f"{text!r}: {error}")
                return
            reply = client.reply()
            if reply is None or not reply.complete or reply.body != b"page " + text:
                self.lost.append(f"{text!r}: {reply}")
                return
            self.answered += 1
            if reply.fields.get(b"connection") == b"close":
                return


@pytest.mark.slow
def test_term_under_load_loses_no_answer(capsys):
    """Whatever was sent whole on a connection that was let in is answered; then the process ends with status 0."""
    with program(SITE) as (process, port):
        visitors = [Visitor(port, number) for number in range(20)]
        for visitor in visitors:
            visitor.start()
        assert eventually(lambda: all(visitor.answered > 20 for visitor in visitors))
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        for visitor in visitors:
            visitor.join()
        status = process.wait(10)
        took = time.monotonic() - began
    answered = sum(visitor.answered for visitor in visitors)
    with capsys.disabled():
        print(f"\n  TERM: {answered} answered, ended {took:.2f} s after the signal")
    assert [loss for visitor in visitors for loss in visitor.lost] == []
    assert status == 0
    assert took < 3


@pytest.mark.slow
def test_upload_of_100_mb_needs_no_memory(capsys):
    """A handler that reads piece by piece has the memory of one piece."""
    size, piece = 100_000_000, b"x" * 1_000_000
    with program('kirsch.config.update({"server.max_request_body_size": 0})\n' + SITE) as (process, port):
        with Client(("127.0.0.1", port)) as client:
            client.ask()
            before = memory(process.pid)
            began = time.monotonic()
            client.send(b"PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size)
            for _ in range(size // len(piece)):
                client.send(piece)
            reply = client.reply()
            took = time.monotonic() - began
        grown = memory(process.pid) - before
    with capsys.disabled():
        print(f"\n  upload of 100 MB: {size / took / 1e6:.0f} MB/s, memory +{grown} KiB")
    assert reply.body == b"100000000"
    assert grown < 10 * 1024


@pytest.mark.slow
def test_1000_idle_connections(capsys):
    """Each costs a few KiB and no CPU, and the others are served as ever."""
    with program(SITE) as (process, port):
        with Client(("127.0.0.1", port)) as client:
            client.ask()
        before = memory(process.pid, "VmRSS")
        clients = [Client(("127.0.0.1", port)) for _ in range(1000)]
        for client in clients:
            assert client.ask().status == 200
        each = (memory(process.pid, "VmRSS") - before) / len(clients)
        used = ticks(process.pid)
        time.sleep(0.05)
        began = time.perf_counter()
        for _ in range(20):
            assert clients[0].ask().status == 200
        took = (time.perf_counter() - began) / 20
        used = ticks(process.pid) - used
        for client in clients:
            client.sock.close()
    with capsys.disabled():
        print(f"\n  1,000 idle connections: {each:.1f} KiB each, a request among them {took * 1000:.2f} ms")
    assert each < 12
    assert used < 0.2


def test_a_storm_of_connections():
    """500 connects in one burst are all let in and answered."""
    with program(SITE) as (_, port):
        clients = [Client(("127.0.0.1", port)) for _ in range(500)]
        for client in clients:
            client.send(GET)
        assert [client.reply().status for client in clients] == [200] * 500
        for client in clients:
            client.sock.close()
