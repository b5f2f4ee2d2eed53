"""Sessions in real processes: shared by several, killed in the middle, and with a store that goes away."""

from __future__ import annotations

import threading
import time

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


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_redis_goes_away(redis_server, how, capsys):
    """503 within about a second, for each of many at once; pages without sessions as ever; back by itself."""
    with servers(1, store=redis_server.url) as (port,):
        cookie = begin(port)
        (redis_server.kill if how == "killed" else redis_server.pause)()
        replies, longest = _crowd(port, cookie, 20)
        with Client(("127.0.0.1", port)) as client:
            began = time.monotonic()
            assert ask(client, b"/", cookie).body == b"up"
            beside = time.monotonic() - began
        (redis_server.start if how == "killed" else redis_server.resume)()
        began = time.monotonic()
        assert eventually(lambda: _status(port, cookie) == 200)
        back = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n  redis {how}: 503 within {longest:.2f} s, others {beside * 1000:.1f} ms, back in {back:.2f} s", end=""
        )

    assert {(reply.status, reply.fields.get(b"retry-after")) for reply in replies} == {(503, b"1")}
    assert longest < 5
    assert back < 5


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
    with Client(("127.0.0.1", port)) as client:
        return ask(client, b"/add", cookie).status
