from __future__ import annotations

import socket

import pytest

from kirsch.server.announced import AnnouncedConnection
from tests.server.conftest import Ground, Pair
from tests.server.wire import GET, Client, eventually, serving

LINE = b"PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n"
BINARY = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc6\x33\x64\2\x13\x88\1\xbb"
LOCAL = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"


def who(exchange):
    """Says between whom it is."""
    exchange.reply(200, [], f"{exchange.client} {exchange.server}".encode())


@pytest.fixture
def pair():
    """A connection from a proxy."""
    pair = Pair(Ground(who))
    pair.connection = AnnouncedConnection(pair.connection.sock, ("1.2.3.4", 5), ("5.6.7.8", 80), pair.ground)
    yield pair
    pair.close()
    pair.peer.close()


TOLD = b"('192.0.2.1', 5000) ('198.51.100.2', 443)"
ITSELF = b"('1.2.3.4', 5) ('5.6.7.8', 80)"


@pytest.mark.parametrize(("data", "ends"), [(LINE, TOLD), (BINARY, TOLD), (LOCAL, ITSELF)], ids=["v1", "v2", "local"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_ends_are_those_that_were_told(pair, data, ends, size):
    """For all requests of the connection, whatever pieces it comes in."""
    whole = data + GET + GET
    said = pair.feed(*(whole[at : at + size] for at in range(0, len(whole), size)))

    assert said == "keep"
    assert pair.got().count(ends) == 2
    assert pair.connection.requests == 2


@pytest.mark.parametrize("data", [GET, b"PROXY TCP4 x\r\n", BINARY[:12] + b"\x31" + BINARY[13:]])
def test_another_beginning(pair, data, caplog):
    """It is closed without a word, but for one in the log: a client would take the answer for its own."""
    assert pair.feed(data) == "close"
    assert pair.got() == b""
    assert [record.levelname for record in caplog.records if record.name == "kirsch.server"] == ["WARNING"]


def test_a_proxy_that_leaves(pair):
    """A look at whether we are there."""
    pair.peer.shutdown(socket.SHUT_WR)

    assert pair.step() == "close"


def test_a_silent_proxy(pair):
    """It is idle, and goes when its time is up."""
    assert pair.feed(LINE[:9]) == "keep"
    assert pair.connection.idle
    assert pair.connection.deadline == pair.ground.now + pair.ground.times.header_timeout


def test_nothing_to_receive(pair):
    """A false alarm changes nothing."""
    assert pair.step() == "keep"


def test_a_lost_connection(pair):
    """It is closed."""
    pair.connection.sock.close()

    assert pair.step() == "close"


def test_no_room(pair):
    """Whom it speaks for is told so."""
    assert pair.connection.turn_away() == 1
    assert pair.got().startswith(b"HTTP/1.1 503 ")
    assert pair.feed(LINE) == "keep"


def test_who_must_announce():
    """Peers on the list must, and none else may."""
    for proxies, first, expected in [
        (["127.0.0.1"], LINE, b"192.0.2.1"),
        (["127.0.0.1"], b"", b""),
        (["10.0.0.0/8"], b"", b"127.0.0.1"),
        (["10.0.0.0/8"], LINE, b"400 Bad Request"),
    ]:
        with serving(who, proxy_protocol=proxies) as server, Client(("127.0.0.1", server.port)) as client:
            answer = client.send(first + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).rest()

            assert expected in answer
            assert bool(answer) == bool(expected)


def test_crowds_of_silent_proxies_hold_no_thread():
    """Nor do they delay a client."""
    with serving(who, proxy_protocol=["127.0.0.1"], thread_pool=1, thread_pool_max=1) as server:
        silent = [Client(("127.0.0.1", server.port)).send(BINARY[:13]) for _ in range(50)]
        with Client(("127.0.0.1", server.port)) as client:
            assert b"192.0.2.1" in client.send(LINE + GET).reply().body
        assert eventually(lambda: server.statistics().connections == 50)
        assert server.statistics().idle_connections == 50
        for each in silent:
            each.sock.close()
