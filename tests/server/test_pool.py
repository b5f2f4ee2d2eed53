"""The baton: slow handlers run side by side, and nobody waits for another's."""

from __future__ import annotations

import sys
import threading
import time
import types

import pytest

from kirsch.server import pool
from kirsch.server import server as server_module
from kirsch.server.settings import Settings
from tests.server.wire import GET, client_of, eventually, serving

pytestmark = pytest.mark.usefixtures("poller")
SLOW = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
KNOWN = b"GET /known HTTP/1.1\r\nHost: a\r\n\r\n"


class Site:
    """`/slow` waits for the gate without a word, `/known` says so before, all else is quick."""

    def __init__(self, gate):
        self.gate = gate
        self.inside = 0
        self._lock = threading.Lock()

    def __call__(self, exchange):
        path = exchange.head.target
        if path in (b"/slow", b"/known"):
            if path == b"/known":
                exchange.step_aside()
            with self._lock:
                self.inside += 1
            self.gate.wait(10)
            with self._lock:
                self.inside -= 1
        exchange.start(200, [])
        exchange.finish(path)


def timed(client, data=GET):
    """How long one answer takes, in seconds."""
    began = time.perf_counter()
    assert client.ask(data).status == 200
    return time.perf_counter() - began


@pytest.mark.parametrize("request_", [SLOW, KNOWN], ids=["unknown", "known"])
def test_slow_handlers_run_side_by_side(gate, request_):
    """As many at once as there are threads, however few batons."""
    site = Site(gate)
    with serving(site, thread_pool=4, thread_pool_max=4) as server:
        clients = [client_of(server).send(request_) for _ in range(3)]
        assert eventually(lambda: site.inside == 3)
        gate.set()
        assert [client.reply().status for client in clients] == [200] * 3
        for client in clients:
            client.sock.close()


@pytest.mark.parametrize(("request_", "bound"), [(SLOW, 0.05), (KNOWN, 0.03)], ids=["unknown", "known"])
def test_a_slow_handler_delays_others_by_a_tick_at_most(gate, request_, bound):
    """The quick ones are served while it runs; bounds are wide for the sake of busy machines, the median is not."""
    site = Site(gate)
    with serving(site) as server, client_of(server) as slow, client_of(server) as quick:
        timed(quick)
        delays = []
        for _ in range(9):
            slow.send(request_)
            delays.append(timed(quick))
            gate.set()
            slow.reply()
            gate.clear()
        assert sorted(delays)[4] < bound


def test_the_pool_grows_when_all_are_busy(gate):
    """Beyond thread_pool up to thread_pool_max; and the quick are served meanwhile."""
    site = Site(gate)
    with serving(site, thread_pool=1, thread_pool_max=6) as server, client_of(server) as quick:
        clients = [client_of(server).send(KNOWN) for _ in range(5)]
        assert eventually(lambda: site.inside == 5)
        timed(quick)
        assert len(server.statistics().threads) == 6
        gate.set()
        assert [client.reply().status for client in clients] == [200] * 5
        for client in clients:
            client.sock.close()


def test_who_waits_too_long_is_told_to_come_back(gate):
    """With every thread busy a request waits queue_timeout, then gets 503 with Retry-After; later all is as before."""
    site = Site(gate)
    with serving(site, thread_pool=2, thread_pool_max=2, queue_timeout=0.05) as server:
        busy = [client_of(server).send(KNOWN) for _ in range(2)]
        assert eventually(lambda: site.inside == 2)
        with client_of(server) as late:
            reply = late.ask()
            assert (reply.status, reply.fields[b"retry-after"], reply.fields[b"connection"]) == (503, b"1", b"close")
            assert late.closed()
        gate.set()
        assert [client.reply().status for client in busy] == [200] * 2
        assert [timed(client) < 5 for client in busy] == [True] * 2
        for client in busy:
            client.sock.close()


@pytest.mark.parametrize("batons", [1, 2])
def test_no_thread_waits_for_nothing(gate, monkeypatch, batons):
    """A thread that holds a baton without work is free for the requests of another."""
    monkeypatch.setattr(server_module, "_batons", lambda: batons)
    site = Site(gate)
    with serving(site, thread_pool=2, thread_pool_max=2) as server:
        for _ in range(6):  # which of them a connection comes to is a matter of luck
            busy = [client_of(server).send(KNOWN) for _ in range(2)]
            assert eventually(lambda: site.inside == 2)
            gate.set()
            assert [client.reply().status for client in busy] == [200, 200]
            gate.clear()
            for client in busy:
                client.sock.close()


def test_who_waits_is_served_when_a_thread_is_free(gate):
    """Requests that came while every thread was busy are served afterwards, even past the time-outs on clients."""
    site = Site(gate)
    limits = {"header_timeout": 0.1, "keep_alive_timeout": 0.1, "queue_timeout": 10.0}
    with serving(site, thread_pool=2, thread_pool_max=2, **limits) as server:
        busy = [client_of(server).send(KNOWN) for _ in range(2)]
        assert eventually(lambda: site.inside == 2)
        late = [client_of(server).send(GET) for _ in range(5)]
        assert eventually(lambda: server.statistics().waiting == 5)
        threading.Timer(0.4, gate.set).start()
        assert [client.reply().status for client in busy + late] == [200] * 7
        for client in busy + late:
            client.sock.close()


def test_an_answer_on_its_way_is_not_followed_by_a_503(gate):
    """A client that is still taking its answer when all threads are busy gets that answer and nothing else."""
    body = b"x" * 8_000_000

    def handler(exchange):
        if exchange.head.target == b"/":
            exchange.start(200, [])
            exchange.finish(body)
        else:
            site(exchange)

    site = Site(gate)
    with serving(handler, thread_pool=2, thread_pool_max=2, queue_timeout=0.01) as server:
        with client_of(server, receive_buffer=65536) as reader:
            reader.send(GET).until(b"\r\n\r\n")
            busy = [client_of(server).send(KNOWN) for _ in range(2)]
            assert eventually(lambda: site.inside == 2)
            while len(reader.buffer) < 2_000_000:
                reader.more()
            gate.set()
            assert reader.exactly(len(body)) == body
            assert [client.reply().status for client in busy] == [200] * 2
            assert reader.ask(SLOW).status == 200
        for client in busy:
            client.sock.close()


@pytest.mark.parametrize(("burdens", "own", "chosen"), [([5], 0, 0), ([1, 2], 1, 0), ([2, 2], 1, 1), ([0, 3, 0], 1, 0)])
def test_who_is_let_in_goes_to_the_emptiest(burdens, own, chosen):
    """To the loop with the fewest clients, and of several to the one that has let it in."""
    some = pool.Pool(Settings())
    some.loops = [types.SimpleNamespace(burden=burden) for burden in burdens]
    assert some.emptiest(some.loops[own]) is some.loops[chosen]


def test_listeners_hear_of_each_thread(gate):
    """Each thread says once that it starts, and once that it stops, with its number."""
    started, stopped = [], []
    with serving(Site(gate), thread_pool=3) as server:
        pass
    server.on_thread_start.append(started.append)
    server.on_thread_stop.append(stopped.append)
    server.start()
    server.stop()
    assert sorted(started) == sorted(stopped) == [1, 2, 3]


def test_statistics_name_every_thread(gate, monkeypatch):
    """Who holds the baton, who is busy with which request and for how long."""
    monkeypatch.setattr(server_module, "_batons", lambda: 1)
    site = Site(gate)
    with serving(site, thread_pool=3) as server, client_of(server) as slow:
        slow.send(SLOW)
        assert eventually(lambda: site.inside == 1)
        assert eventually(lambda: sorted(t.doing for t in server.statistics().threads) == ["busy", "holder", "idle"])
        statistics = server.statistics()
        (busy,) = [thread for thread in statistics.threads if thread.doing == "busy"]
        assert busy.request == "GET /slow"
        assert 0 <= busy.seconds < 10
        assert (statistics.running, statistics.connections, statistics.accepted) == (True, 1, 1)
        gate.set()
        slow.reply()
        assert eventually(lambda: server.statistics().idle_connections == 1)
        assert server.statistics().requests == 1


def test_spare_threads_leave_but_never_too_many(gate, monkeypatch):
    """However many are idle at once, thread_pool of them stay."""
    monkeypatch.setattr(pool, "SPARE_SECONDS", 0.05)
    site = Site(gate)
    with serving(site, thread_pool=2, thread_pool_max=12) as server:
        clients = [client_of(server).send(KNOWN) for _ in range(10)]
        assert eventually(lambda: site.inside == 10)
        gate.set()
        assert [client.reply().status for client in clients] == [200] * 10
        assert eventually(lambda: len(server.statistics().threads) <= 2)
        assert len(server.statistics().threads) == 2
        assert timed(clients[0]) < 5
        for client in clients:
            client.sock.close()


@pytest.fixture
def fast_switches():
    """Threads change places as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.slow
@pytest.mark.parametrize("batons", [1, 2])
def test_interleavings(fast_switches, monkeypatch, batons):
    """Quick, slow, known-slow, streamed and pipelined requests at once: each gets its own answer, no thread is lost."""
    monkeypatch.setattr(server_module, "_batons", lambda: batons)

    def handler(exchange):
        kind, _, wait = exchange.head.target[1:].partition(b"/")
        if kind == b"known":
            exchange.step_aside()
        if kind != b"quick":
            time.sleep(int(wait.partition(b"/")[0]) / 1000)
        exchange.start(200, [])
        if kind == b"stream":
            for octet in exchange.head.target:
                exchange.write(bytes([octet]))
            exchange.finish()
        else:
            exchange.finish(exchange.head.target)

    wrong, asked = [], [0] * 24
    end = time.monotonic() + 1.5

    def visit(number, server):
        with client_of(server) as client:
            while time.monotonic() < end:
                many = 1 + asked[number] % 3
                paths = [
                    b"/%b/%d/%d.%d" % ((b"quick", b"slow", b"known", b"stream")[(number + i) % 4], i % 7, number, i)
                    for i in range(asked[number], asked[number] + many)
                ]
                client.send(b"".join(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path for path in paths))
                got = [reply and reply.body for reply in (client.reply() for _ in paths)]
                if got != paths:
                    wrong.append((got, paths))
                    return
                asked[number] += many

    with serving(handler, thread_pool=5, thread_pool_max=8) as server:
        threads = [threading.Thread(target=visit, args=(number, server)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert server.statistics().requests == sum(asked) > 24
        assert eventually(lambda: server.statistics().connections == 0)
        statistics = server.statistics()
        assert 5 <= len(statistics.threads) <= 8
        assert eventually(lambda: sorted({t.doing for t in server.statistics().threads}) == ["holder", "idle"])
        assert sum(thread.doing == "holder" for thread in server.statistics().threads) == batons
