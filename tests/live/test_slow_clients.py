"""Clients that hold on to what they can get: many of them cost the others nothing, and none of them stays."""

from __future__ import annotations

import time

import pytest

from tests.live.slow import SlowCrowd
from tests.server.wire import client_of, eventually, serving

NUMBER = 500
LARGE = b"x" * 8_000_000
LIMITS = {
    "thread_pool": 10,
    "header_timeout": 1.0,
    "body_timeout": 1.0,
    "write_timeout": 1.0,
    "keep_alive_timeout": 1.5,
    "body_min_rate": 10_000,
}


def page(exchange):
    """A small page, a large one, a stream."""
    if exchange.head.target == b"/stream":
        exchange.start(200, [])
        for _ in range(100):
            exchange.write(LARGE[:100_000])
    body = exchange.read() if exchange.head.target == b"/" else b""
    if exchange.stage == "new":
        exchange.start(200, [])
    exchange.finish(LARGE if exchange.head.target == b"/large" else body if exchange.length else b"")


def times_of(server, number):
    """How long each of so many honest requests took, in ms, sorted."""
    took = []
    with client_of(server) as client:
        for _ in range(number):
            began = time.perf_counter()
            assert client.ask().status == 200
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.001)
    return sorted(took)


def p99(times):
    """Of sorted ones."""
    return times[int(len(times) * 0.99)]


@pytest.mark.slow
def test_500_slow_clients_delay_nobody_and_none_stays(capsys):
    """On 10 threads an honest client is served as without them, and each of them is ended within its limit + 2 s."""
    with serving(page, **LIMITS) as server:
        alone = times_of(server, 500)
        crowd = SlowCrowd(("127.0.0.1", server.port), NUMBER)
        try:
            among = times_of(server, 500)
            left = crowd.left
            assert eventually(lambda: crowd.left == 0, 5), crowd.lived()
        finally:
            crowd.end()
        assert eventually(lambda: server.statistics().connections == 0)
        threads = server.statistics().threads
    with capsys.disabled():
        print(f"\n  honest p50/p99 alone {alone[250]:.2f}/{p99(alone):.2f} ms, among {left} slow clients", end=" ")
        print(f"{among[250]:.2f}/{p99(among):.2f} ms; {len(threads)} threads; longest lives:")
        print("  " + ", ".join(f"{way} {seconds:.1f} s" for way, seconds in crowd.lived().items()))
    assert p99(among) < 20
    assert max(crowd.lived().values()) < 1.5 + 2
