"""The tables of tests/protocol once more, through real sockets: the right answer, and then nothing but the end."""

from __future__ import annotations

import os

import pytest

from tests.protocol.test_h1_requests import ACCEPTED, CHUNKS, FRAMING, REFUSED
from tests.server.wire import GET, client_of, echo, eventually, serving

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
TABLE = {
    **{f"head: {name}": case for name, case in REFUSED.items()},
    **{f"framing: {name}": (POST + fields + b"\r\n", status) for name, (fields, status) in FRAMING.items()},
    **{f"chunks: {name}": (CHUNKED + body, status) for name, (body, status) in CHUNKS.items()},
}
seen = []


def remember(exchange):
    """Answers, and notes what was asked."""
    seen.append(exchange.head.target)
    echo(exchange)


@pytest.fixture(scope="module")
def server():
    """One server for the whole table: it must come through it unchanged."""
    with serving(remember) as server:
        with client_of(server) as client:
            client.ask()
        assert eventually(lambda: server.statistics().connections == 0)
        before = (len(os.listdir("/proc/self/fd")), len(server.statistics().threads))
        yield server
        assert eventually(lambda: server.statistics().connections == 0)
        assert (len(os.listdir("/proc/self/fd")), len(server.statistics().threads)) == before


@pytest.mark.parametrize(("data", "status"), TABLE.values(), ids=TABLE)
@pytest.mark.parametrize("packets", ["at once", "in two"])
def test_a_refused_request_is_the_last(server, data, status, packets):
    """It gets its status with Connection: close, the connection ends, and what comes behind it is never served."""
    seen.clear()
    with client_of(server) as client:
        for piece in [data + SMUGGLED] if packets == "at once" else [data, SMUGGLED]:
            client.send(piece)
        reply = client.reply()
        assert (reply.status, reply.complete) == (status, True)
        assert reply.fields[b"connection"] == b"close"
        assert b"date" in reply.fields
        assert client.closed()
    assert b"/smuggled" not in seen


@pytest.mark.parametrize("data", [data for data, _ in ACCEPTED.values()], ids=ACCEPTED)
def test_what_is_allowed_is_served(server, data):
    """Each good request gets a 200, and the honest one behind it too."""
    with client_of(server) as client:
        assert client.ask(data).status == 200
        if b"HTTP/1.0" not in data:
            assert client.ask(b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n").body == b"GET /next "


@pytest.mark.parametrize("body", [body for body, _ in CHUNKS.values()], ids=CHUNKS)
def test_a_large_broken_body_is_no_shorter_one(server, body):
    """Where the handler has begun to read, a broken chunked body is an error and not the end of the body."""
    size = 100_000
    with client_of(server) as client:
        client.send(CHUNKED + b"%x\r\n" % size + b"x" * size + b"\r\n" + body + SMUGGLED)
        assert 400 <= client.reply().status < 500
        assert client.closed()
    assert b"/smuggled" not in seen


def test_pipelined_requests_are_answered_in_order(server):
    """Many requests in one packet get as many answers, each its own."""
    with client_of(server) as client:
        client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(300)))
        assert [client.reply().body for _ in range(300)] == [b"GET /%d " % i for i in range(300)]


def test_an_error_behind_good_requests_waits_its_turn(server):
    """The good ones in front of a malformed one are answered first."""
    with client_of(server) as client:
        client.send(GET * 3 + b"nonsense\r\n\r\n" + SMUGGLED)
        assert [client.reply().status for _ in range(4)] == [200, 200, 200, 400]
        assert client.closed()
