"""A server's life: time-outs by the clock, its limits, its end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kirsch.server import server as server_module
from kirsch.server.server import Server
from kirsch.server.settings import Settings
from tests.server.wire import GET, PATIENCE, client_of, echo, eventually, serving

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.usefixtures("poller")
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "limit", "answer"),
    [
        (b"", "header_timeout", b""),
        (b"GET / HT", "header_timeout", b"HTTP/1.1 408 "),
        (POST + b"abc", "body_timeout", b"HTTP/1.1 408 "),
        (GET, "keep_alive_timeout", b"HTTP/1.1 200 "),
    ],
    ids=["silent", "half a head", "half a body", "idle"],
)
def test_time_outs(data, limit, answer):
    """Each ends the connection, soon after its time; the others, which are long, do not."""
    began = time.monotonic()
    with serving(echo, **{limit: 0.1}) as server, client_of(server) as client:
        assert client.send(data).rest()[:13] == answer
        assert 0.1 <= time.monotonic() - began < 2


def test_a_client_that_does_not_take_its_answer():
    """It is given up after write_timeout, and no thread waits for it."""
    body = b"x" * 10_000_000

    def handler(exchange):
        exchange.start(200, [])
        exchange.finish(body)

    def left_alone(server):
        """Whether the client is still there, and no thread busy with it."""
        now = server.statistics()
        return now.requests == now.connections == 1 and {thread.doing for thread in now.threads} <= {"holder", "idle"}

    with serving(handler, write_timeout=0.3, thread_pool=2) as server, client_of(server, receive_buffer=4096) as client:
        client.send(GET)
        assert eventually(lambda: left_alone(server))
        assert eventually(lambda: server.statistics().connections == 0)


@pytest.mark.parametrize("batons", [1, 2])
def test_max_connections(monkeypatch, batons):
    """One more is told 503 at once; when there is room again the next is served."""
    monkeypatch.setattr(server_module, "_batons", lambda: batons)
    with serving(echo, max_connections=2) as server:
        clients = [client_of(server) for _ in range(2)]
        assert [client.ask().status for client in clients] == [200, 200]
        with client_of(server) as late:
            reply = late.reply()
            assert (reply.status, reply.fields[b"retry-after"], late.closed()) == (503, b"1", True)
        for client in clients:
            client.sock.close()
        assert eventually(lambda: server.statistics().connections == 0)
        with client_of(server) as client:
            assert client.ask().status == 200


NO_FILES = """
import resource, socket, sys, time
from kirsch.server.server import Server
from kirsch.server.settings import Settings
from tests.server.wire import client_of, echo, eventually
server = Server(echo, Settings(socket_port=0, thread_pool=2))
server.start()
with client_of(server) as client:
    client.ask()
used = len(__import__("os").listdir("/proc/self/fd"))
resource.setrlimit(resource.RLIMIT_NOFILE, (used + 20, used + 20))
clients = []
try:
    while True:
        clients.append(client_of(server))
except OSError:
    clients.pop().sock.close()  # room for one: the server is full as well
cpu, clock = time.process_time(), time.monotonic()
while time.monotonic() < clock + 0.5:
    time.sleep(0.05)
cpu = time.process_time() - cpu
assert cpu < 0.2, f"spinning: {cpu}"
first, *others = clients
assert first.ask().status == 200
for client in others[::2]:
    client.sock.close()
assert [client.ask().status for client in others[1::2]] == [200] * len(others[1::2])
server.stop()
"""


def test_no_more_descriptors():
    """Accepting rests for a moment, without spinning; who is in is served; who waits comes in when there is room."""
    command = [sys.executable, "-W", "error", "-c", NO_FILES]
    paths = {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, env=paths, check=False)
    assert result.returncode == 0, result.stderr[-2000:]


@pytest.fixture(params=[1, 2], ids=["one baton", "two batons"])
def batons(request, monkeypatch):
    """As under the GIL, and as without."""
    monkeypatch.setattr(server_module, "_batons", lambda: request.param)
    return request.param


@pytest.mark.usefixtures("batons")
def test_a_graceful_end(gate, caplog):
    """What is under way is answered with Connection: close, who waits at the door is served, who is idle is let go."""
    inside = threading.Semaphore(0)

    def handler(exchange):
        if exchange.head.target == b"/slow":
            inside.release()
            gate.wait(PATIENCE)
        echo(exchange)

    with serving(handler) as server:
        idle = client_of(server)
        idle.ask()
        slow = client_of(server).send(GET.replace(b"/ ", b"/slow "))
        assert inside.acquire(timeout=PATIENCE)
        clean = []
        stopping = threading.Thread(target=lambda: clean.append(server.stop(5)))
        door = [client_of(server).send(GET) for _ in range(150)]
        stopping.start()
        for client in door:
            reply = client.reply()
            while b"connection" not in reply.fields:  # that was before the server had heard of its end
                assert reply.status == 200
                reply = client.ask()
            assert (reply.fields[b"connection"], client.closed()) == (b"close", True)
        assert idle.closed()
        assert server.statistics().stopping
        gate.set()
        assert (slow.reply().fields[b"connection"], slow.closed()) == (b"close", True)
        stopping.join()
        for client in [idle, slow, *door]:
            client.sock.close()
    assert clean == [True]
    assert not server.running
    assert [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")] == []


def test_an_end_with_a_limit(batons):
    """What is not done in time is cut off, and stop() says so; threads that wait for clients are set free."""
    raised = []

    def handler(exchange):
        try:
            exchange.read()
        except Exception as error:
            raised.append(type(error).__name__)
            raise

    with serving(handler, thread_pool=batons + 1, thread_pool_max=batons + 1) as server:
        clients = [client_of(server).send(POST.replace(b": 9", b": 999999")) for _ in range(2)]
        assert eventually(lambda: sum(thread.doing == "busy" for thread in server.statistics().threads) == 2)
        began = time.monotonic()
        assert server.stop(0.1) is False
        assert time.monotonic() - began < 1
        for client in clients:
            client.rest()
            client.sock.close()
    assert raised == ["ClientGone"] * 2


def test_once_more():
    """A server may be started again, and stopped twice; while it runs it is not started twice."""
    server = Server(echo, Settings(socket_port=0, thread_pool=1))
    for _ in range(2):
        server.start()
        with pytest.raises(RuntimeError, match="running already"):
            server.start()
        with client_of(server) as client:
            assert client.ask().status == 200
        assert server.stop()
        assert server.stop()


def test_many_starts_and_stops():
    """However short its life, a server ends at once and leaves no thread."""
    began = time.monotonic()
    for _ in range(20):
        with serving(echo):
            pass
    assert time.monotonic() - began < 5


def test_another_handler():
    """The handler may be replaced while the server runs."""
    with serving(echo) as server, client_of(server) as client:
        client.ask()
        server.handler = lambda exchange: (exchange.start(204, []), exchange.finish())
        assert client.ask().status == 204


def test_a_handler_that_wants_to_end_the_process():
    """SystemExit is answered 500 and passed on to whoever runs the server."""
    heard = []

    def handler(exchange):
        sys.exit(3)

    server = Server(handler, Settings(socket_port=0))
    server.on_interrupt = heard.append
    server.start()
    with client_of(server) as client:
        assert client.ask().status == 500
    server.stop()
    assert [error.code for error in heard] == [3]
