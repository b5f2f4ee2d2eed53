"""Sessions in real processes: shared by several, killed in the middle, and with a store that goes away."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.process import program
from tests.live.session_increments import KINDS, SERVERS, ask, begin, row, servers, site, total
from tests.server.wire import Client, eventually

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", KINDS)
def test_increments_by_four_processes(kind, request, tmp_path, capsys):
    """Of 1,000 increments of one session by 16 clients of 4 servers none is lost, none doubled, and none refused."""
    server = request.getfixturevalue(f"{kind}_server") if kind in SERVERS else None
    with capsys.disabled():
        print("\n ", end="")

        assert row(server.url if server else f"{kind}:{tmp_path}/sessions", 1000, killing=False)


def test_killed_in_the_middle(tmp_path):
    """What was acknowledged before a kill -9 is there after a restart, each once; the lock of the dead is free."""
    settings = {"store": f"sqlite:{tmp_path}/sessions"}
    numbers = []
    with program(site(**settings)) as (process, port):
        cookie = begin(port)
        threads = [threading.Thread(target=_count, args=(port, cookie, numbers)) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert eventually(lambda: len(numbers) > 200)
        process.kill()
        for thread in threads:
            thread.join()
    with program(site(**settings)) as (_, port):
        began = time.monotonic()
        after = total(port, cookie)
        took = time.monotonic() - began

    assert len(numbers) == len(set(numbers))
    assert max(numbers) <= after <= max(numbers) + 4
    assert took < 5


def _count(port, cookie, numbers):
    """Increment until the server has gone."""
    with Client(("127.0.0.1", port)) as client:
        while True:
            try:
                reply = ask(client, b"/add", cookie)
            except OSError:
                return
            if reply is None or not reply.complete:
                return
            numbers.append(int(reply.body))


class Locked:
    """A file of SQLite that another program has to itself meanwhile."""

    def __init__(self, path):
        self.url = f"sqlite:{path}"
        self._other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def lock(self):
        self._other.execute("BEGIN IMMEDIATE")

    def unlock(self):
        self._other.execute("ROLLBACK")

    def close(self):
        self._other.close()


@pytest.fixture
def sqlite_server(tmp_path):
    """What stands for a server."""
    locked = Locked(tmp_path / "sessions")
    yield locked
    locked.close()


BACK = {"kill": "start", "pause": "resume", "lock": "unlock"}


@pytest.mark.parametrize(
    ("kind", "how"),
    [("redis", "kill"), ("redis", "pause"), ("memcached", "kill"), ("postgres", "kill"), ("postgres", "pause"),
     ("sqlite", "lock")],
)  # fmt: skip
def test_a_store_goes_away(kind, how, request, capsys):
    """503 within about a second, for each of many at once; pages without sessions as ever; back by itself."""
    server = request.getfixturevalue(f"{kind}_server")
    with servers(1, store=server.url) as (port,):
        cookie = begin(port)
        getattr(server, how)()
        replies, longest = _crowd(port, cookie, 20)
        with Client(("127.0.0.1", port)) as client:
            began = time.monotonic()
            assert ask(client, b"/", cookie).body == b"up"
            beside = time.monotonic() - began
        getattr(server, BACK[how])()
        began = time.monotonic()
        assert eventually(lambda: _status(port, cookie) == 200)
        back = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n  {kind} {how}: 503 within {longest:.2f} s, others {beside * 1000:.1f} ms, back in {back:.2f} s", end=""
        )

    assert {(reply.status, reply.fields.get(b"retry-after")) for reply in replies} == {(503, b"1")}
    assert longest < 5
    assert back < 5


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_session_is_ended_and_used_at_once(kind, request, tmp_path):
    """By two processes: nobody gets an error, and afterwards nobody finds anything by its old id."""
    store = request.getfixturevalue("redis_server").url if kind == "redis" else f"sqlite:{tmp_path}/sessions"
    with servers(2, store=store) as ports:
        for how in ("delete", "regenerate", "invalidate") * 3:
            cookie = begin(ports[0])
            paths = [b"/add", b"/end?how=%b" % how.encode(), b"/add", b"/add", b"/end?how=regenerate", b"/add"]
            with ThreadPoolExecutor(len(paths)) as threads:
                asked = [threads.submit(_one, ports[at % 2], path, cookie) for at, path in enumerate(paths)]
            assert {reply.result().status for reply in asked} == {200}
            assert total(ports[0], cookie) == 0


def _one(port, path, cookie):
    with Client(("127.0.0.1", port)) as client:
        return ask(client, path, cookie)


def _crowd(port, cookie, count):
    """Ask so often at once: the answers, and how long the last one took."""
    replies, times = [], []

    def run():
        began = time.monotonic()
        with Client(("127.0.0.1", port)) as client:
            replies.append(ask(client, b"/add", cookie))
        times.append(time.monotonic() - began)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies, max(times)


def _status(port, cookie):
    return _one(port, b"/add", cookie).status
