"""Four times the input costs some four times the time, and not sixteen, however small its packets are."""

from __future__ import annotations

import time

import pytest

from kirsch.protocol.events import Limits
from tests.protocol.dialogue import Dialogue

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SHAPES = {
    "a long line": lambda size: GET + b"X: " + b"y" * size,
    "many lines": lambda size: GET + b"X: y\r\n" * (size // 6),
    "a long target": lambda size: b"GET /" + b"x" * size,
    "small chunks": lambda size: CHUNKED + b"1\r\nx\r\n" * (size // 6),
    "a long extension": lambda size: CHUNKED + b"1;x=" + b"y" * size,
    "many trailers": lambda size: CHUNKED + b"0\r\n" + b"X: y\r\n" * (size // 6),
}
LIMITS = Limits(head=1 << 20, target=1 << 20, fields=1 << 20, extensions=1 << 20, trailers=1 << 20)


def cost(message, octets):
    """CPU seconds, the best of three."""
    pieces = [message[i : i + octets] for i in range(0, len(message), octets)]
    best = 60.0
    for _ in range(3):
        began = time.process_time()
        assert Dialogue(LIMITS).feed(*pieces).error is None
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("octets", [1, 1000])
def test_time_grows_with_the_input(shape, octets):
    """Up to the limits, which are 32 KiB by default for a head."""
    assert cost(shape(24_000), octets) < 10 * cost(shape(6_000), octets) + 0.005
