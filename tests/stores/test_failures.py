"""Servers that are away, hang, come back empty, or are something else."""

from __future__ import annotations

import socket
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from time import monotonic

import pytest

from kirsch.stores.opening import open_store
from kirsch.stores.store import ABSENT, Conflict, StoreError, Unavailable
from kirsch.testing.stores import until, value_of
from tests.servers.ports import free_port

SERVERS = ["redis_server", "memcached_server", "postgres_server"]
GARBAGE = [
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\x00" * 40,
    b"\xff\xfe:-1\r\n" * 9,
    b"*7\r\n:x\r\n",
    b"$99999\r\nx\r\n",
    b"",
]


@pytest.fixture(params=SERVERS)
def server(request):
    """Each real server."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=[0.25])
def store(server, request):
    """A store there, which works. Less patient than usual, unless the test wants each call to succeed."""
    store = open_store(f"{server.url}?patience={request.param}")
    assert until(lambda: works(store))
    yield store
    store.close()


PATIENT = pytest.mark.parametrize("store", [10], indirect=True, ids=[""])


def works(store) -> bool:
    """Whether it can be written and read."""
    try:
        store.set("works", b"yes")
        return value_of(store, "works") == b"yes"
    except StoreError:
        return False


@contextmanager
def locked(store, name, lease=60.0):
    """Hold a lock, as soon as the server gives it in time. That it is somebody else's is an error."""

    def taken():
        try:
            stack.enter_context(store.lock(name, wait=2, lease=lease))
        except Unavailable:
            return False
        return True

    with ExitStack() as stack:
        assert until(taken)
        yield


def verbs(store):
    """All that asks a server."""
    return [
        lambda: store.get("a"),
        lambda: store.set("a", b""),
        lambda: store.set("a", b"", 10, ABSENT),
        lambda: store.delete("a"),
        lambda: store.touch("a", 10),
        lambda: store.update("a", lambda _: b"x"),
        lambda: store.lock("a", wait=10).__enter__(),
    ]


def failures(store) -> list[str]:
    """What each verb says."""
    said = []
    for verb in verbs(store):
        with pytest.raises(Unavailable) as caught:
            verb()
        said.append(str(caught.value))
    return said


@PATIENT
def test_a_server_that_is_away(server, store):
    """Every verb raises Unavailable, which says where; once it is back, all is well by itself."""
    server.kill()
    assert all(said.startswith(store.url) for said in failures(store))
    server.start()

    assert until(lambda: works(store))


def test_a_server_that_hangs(server, store):
    """No verb waits for longer than its patience; once it goes on, all is well by itself."""
    server.pause()
    begin = monotonic()
    failures(store)
    assert monotonic() - begin < 5  # far less; seven times the patience are 1.75
    server.resume()

    assert until(lambda: works(store))


def test_threads_do_not_pile_up(server, store):
    """While a server hangs, calls fail at once but for one now and then: 400 of them do not take 400 times as long."""
    server.pause()
    begin = monotonic()
    with ThreadPoolExecutor(8) as threads:
        failed = list(threads.map(lambda _: works(store), range(400)))

    assert not any(failed)
    assert monotonic() - begin < 10  # far less; 8 threads with 50 calls each would wait for 12.5


def test_a_lock_whose_server_goes_away(server, store):
    """What was done under it is done: leaving it raises nothing, and when its lease is over it is free."""
    with locked(store, "gone", lease=0.05):
        server.pause()
    server.resume()
    assert until(lambda: works(store))

    with locked(store, "gone"):
        pass


def test_a_lock_that_nobody_knows_of(server, store):
    """A server that hung goes on with what it was told: what it then locks for nobody is free for us at once."""
    server.pause()
    with pytest.raises(Unavailable):
        store.lock("late", wait=10, lease=60).__enter__()
    server.resume()
    assert until(lambda: works(store))

    with locked(store, "late"):
        pass


def test_a_lock_that_could_not_be_given_back(server, store):
    """Whoever kept it lets go of it when he wants it again, long before its lease is over."""
    with locked(store, "kept", lease=60):
        server.pause()
    server.resume()
    assert until(lambda: works(store))

    for _ in range(2):
        with locked(store, "kept"):
            pass


@PATIENT
@pytest.mark.parametrize("server", SERVERS[:2], indirect=True)
def test_a_server_that_has_forgotten(server, store):
    """It restarts empty: nothing is there, no old version fits, and the first call succeeds."""
    version = store.set("a", b"old")
    server.restart()

    assert until(lambda: works(store))
    assert store.get("a") is None
    store.set("a", b"new")
    with pytest.raises(Conflict):
        store.set("a", b"newer", None, version)


@PATIENT
def test_old_connections_are_not_used(server, store):
    """After a restart in a quiet time the very first call succeeds: a closed connection is seen before it is used."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: works(store), range(40)))
    server.restart()

    assert [works(store) for _ in range(6)] == [True] * 6


class Fake(socketserver.ThreadingTCPServer):
    """It answers anything with the same bytes, and lets the client hang up."""

    daemon_threads = True
    answer = b""

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        """What is said on one connection."""

        def handle(self):
            """One connection."""
            try:
                while self.request.recv(65536):
                    self.request.sendall(self.server.answer)  # type: ignore[attr-defined]
                    if not self.server.answer:  # type: ignore[attr-defined]
                        return
            except OSError:
                pass

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), self.RequestHandlerClass)
        self.answer = answer


@pytest.mark.parametrize("answer", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("kind", ["redis://{}/0", "memcached://{}", "postgresql://{}/db"])
def test_something_else_that_answers(kind, answer):
    """It is no such server: a StoreError in time, whatever it says."""
    with Fake(answer) as fake:
        threading.Thread(target=fake.serve_forever, args=(0.01,), daemon=True).start()
        store = open_store(f"{kind.format(f'127.0.0.1:{fake.server_address[1]}')}?patience=0.2")
        for verb in verbs(store):
            with pytest.raises(StoreError):
                verb()
        store.close()
        fake.shutdown()


@pytest.mark.parametrize("kind", ["redis://{}/0", "memcached://{}", "postgresql://{}/db"])
def test_nobody_there(kind):
    """Nobody listens, or the name has no address."""
    for place in (f"127.0.0.1:{free_port()}", "no-such-host.invalid:1"):
        store = open_store(f"{kind.format(place)}?patience=0.2")
        with pytest.raises(Unavailable, match=place):
            store.get("a")


def test_a_wrong_password_is_not_repeated(redis_server):
    """In no message."""
    store = open_store(redis_server.url.replace("//", "//me:verysecret@"))

    with pytest.raises(StoreError) as caught:
        store.get("a")
    assert "verysecret" not in str(caught.value)


def test_other_ways_to_redis(redis_server):
    """By a socket of the system, and with the options of its package; Valkey speaks the same."""
    places = [f"unix://{redis_server.folder}/socket?db=1", f"{redis_server.url}?max_connections=1"]
    for place in [*places, redis_server.url.replace("redis", "valkey")]:
        store = open_store(place)

        assert works(store)
        store.close()


def test_the_wrong_clients_hang_nobody():
    """The fake hangs up when told, so that its tests end."""
    with Fake(b"") as fake:
        threading.Thread(target=fake.serve_forever, args=(0.01,), daemon=True).start()
        with socket.create_connection(fake.server_address, 5) as connection:
            connection.sendall(b"x")
            assert connection.recv(1) == b""
        fake.shutdown()
