"""What a handler has in its hands: the body it reads, the answer it streams, the connection it takes over."""

from __future__ import annotations

import threading
import time

import pytest

from kirsch.exchange import ClientError, ClientGone, ExchangeError
from tests.server.wire import GET, client_of, eventually, serving

PUT = b"PUT / HTTP/1.1\r\nHost: a\r\n"
BIG = 300_000


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
def test_reading_in_pieces(size, expect):
    """Never more than was asked for, at least one byte, b"" only at the end; the same bytes as were sent."""
    body = bytes(range(256)) * 40
    pieces = []

    def handler(exchange):
        while piece := exchange.read(size):
            pieces.append(piece)
        exchange.start(200, [])
        exchange.finish()

    with serving(handler, body_buffer_size=100) as server, client_of(server) as client:
        client.send(PUT + expect + b"Content-Length: %d\r\n\r\n" % len(body))
        if expect:
            assert client.reply().status == 100
        assert client.send(body).reply().status == 200
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= size


def test_small_reads_of_a_large_piece_take_linear_time(pair):
    """Four times the body takes some four times as long, not sixteen times."""
    took = {}

    def handler(exchange):
        body = exchange.read()
        exchange.collected = body
        began = time.process_time()
        while exchange.read(16):
            pass
        took[len(body)] = time.process_time() - began
        exchange.start(200, [])
        exchange.finish()

    it = pair(handler, body_buffer_size=10**7)
    for size in (400_000, 1_600_000):
        threading.Thread(
            target=it.peer.sendall, args=(PUT + b"Content-Length: %d\r\n\r\n" % size + b"x" * size,)
        ).start()
        while size not in took:
            it.step()
    assert took[1_600_000] < took[400_000] * 10


def test_a_mix_of_reads(pair):
    """All that is left after some small reads, and nothing after that."""
    got = []

    def handler(exchange):
        got.extend(
            [exchange.read(3), exchange.read(0), exchange.read(2), exchange.read(), exchange.read(), exchange.read(5)]
        )
        exchange.start(200, [])
        exchange.finish()

    pair(handler).feed(PUT + b"Content-Length: 9\r\n\r\n123456789")
    assert got == [b"123", b"", b"45", b"6789", b"", b""]


def test_trailers_are_there_after_the_body(pair):
    """Not before."""
    seen = []

    def handler(exchange):
        seen.append(list(exchange.trailers))
        exchange.read()
        seen.append(list(exchange.trailers))
        exchange.start(200, [])
        exchange.finish()

    pair(handler).feed(PUT + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nSum: 1\r\n\r\n")
    assert seen == [[], [(b"sum", b"1")]]


@pytest.fixture
def errors():
    """What read() raised."""
    return []


def reading(errors):
    """A handler that notes what its read() raises, and passes it on."""

    def handler(exchange):
        try:
            exchange.read()
        except ClientError as error:
            errors.append(error)
            raise
        exchange.start(200, [])
        exchange.finish(b"whole")

    return handler


def test_a_body_that_stops(errors):
    """408 after body_timeout of silence."""
    with serving(reading(errors), body_timeout=0.1) as server, client_of(server) as client:
        client.send(PUT + b"Content-Length: %d\r\n\r\n" % BIG + b"x" * 1000)
        assert (client.reply().status, client.closed()) == (408, True)
    assert [error.status for error in errors] == [408]


def test_a_body_that_trickles(errors):
    """408 if it falls below the minimum rate, however regularly it comes."""
    with serving(reading(errors), body_timeout=0.1, body_min_rate=10**6) as server, client_of(server) as client:
        client.send(PUT + b"Content-Length: %d\r\n\r\n" % BIG)
        began = time.monotonic()
        while not errors and time.monotonic() < began + 5:
            client.send(b"x")
            time.sleep(0.02)
        assert client.reply().status == 408
    assert [error.status for error in errors] == [408]


def test_the_handlers_own_time_is_not_the_clients():
    """Who is asked for its body late is not late: the time-out counts while it is waited for."""

    def handler(exchange):
        exchange.step_aside()
        time.sleep(0.05)
        time.sleep(0.05)
        exchange.start(200, [])
        exchange.finish(b"%d" % len(exchange.read()))

    with serving(handler, body_timeout=0.06) as server, client_of(server) as client:
        client.send(PUT + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % BIG)
        assert client.reply().status == 100
        assert client.send(b"x" * BIG).reply().body == b"%d" % BIG


def test_a_client_that_leaves_in_its_body(errors, caplog):
    """ClientGone, no answer, and no complaint in the log."""
    with serving(reading(errors)) as server:
        with client_of(server) as client:
            client.send(PUT + b"Content-Length: %d\r\n\r\n" % BIG + b"x" * 1000)
        assert eventually(lambda: server.statistics().connections == 0 and errors)
    assert isinstance(errors[0], ClientGone)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_client_that_still_sends_can_read_its_413():
    """The refusal waits until the client looks up from its body."""
    with serving(reading([]), max_request_body_size=1000) as server, client_of(server) as client:
        client.send(PUT + b"Content-Length: 500000\r\n\r\n" + b"x" * 500_000)
        assert (client.reply().status, client.closed()) == (413, True)


def test_a_chunked_body_over_the_limit():
    """413 out of read(), where the length was not known beforehand."""
    with serving(reading([]), max_request_body_size=100_000) as server, client_of(server) as client:
        client.send(PUT + b"Transfer-Encoding: chunked\r\n\r\n" + (b"2710\r\n" + b"x" * 10_000 + b"\r\n") * 11)
        assert (client.reply().status, client.closed()) == (413, True)


def streaming(pieces, length=None):
    """A handler that writes these."""

    def handler(exchange):
        exchange.start(200, [], length)
        for piece in pieces:
            exchange.write(piece)
        exchange.finish()

    return handler


@pytest.mark.parametrize("length", [None, 2_000_003])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_streams(length, version):
    """Pieces of any size arrive as they are, in chunks, by length or up to the end."""
    pieces = [b"abc", b"", b"x" * 2_000_000]
    with serving(streaming(pieces, length)) as server, client_of(server) as client:
        reply = client.ask(b"GET / HTTP/%b\r\nHost: a\r\n\r\n" % version)
        assert (reply.body, reply.complete) == (b"".join(pieces), True)


def test_a_stream_to_a_client_that_does_not_read():
    """ClientGone after write_timeout; the thread is free again, the connection gone."""
    raised = []

    def handler(exchange):
        try:
            streaming([b"x" * 100_000] * 200)(exchange)
        except ClientGone as error:
            raised.append(error)
            raise

    with serving(handler, write_timeout=0.1) as server, client_of(server, receive_buffer=4096) as client:
        client.send(GET)
        assert eventually(lambda: raised)
        assert eventually(lambda: server.statistics().connections == 0)


def test_a_stream_to_a_client_that_trickles():
    """The time-out is one for the whole stream, with what the client takes added: not one for each piece."""
    raised = []

    def handler(exchange):
        try:
            streaming([b"x" * 10_000] * 10_000)(exchange)
        except ClientGone as error:
            raised.append(error)
            raise

    limits = {"write_timeout": 0.2, "body_min_rate": 10**9}
    with serving(handler, **limits) as server, client_of(server, receive_buffer=4096) as client:
        client.send(GET)
        end = time.monotonic() + 5
        while not raised and time.monotonic() < end:
            client.more()
            client.buffer = b""
            time.sleep(0.005)
        assert raised


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_an_aborted_stream_does_not_look_whole(version):
    """1.1: the last chunk is missing. 1.0: the end is the connection's, so it must be a reset."""

    def handler(exchange):
        exchange.start(200, [])
        exchange.write(b"some")
        exchange.abort()

    with serving(handler) as server, client_of(server) as client:
        client.send(b"GET / HTTP/%b\r\nHost: a\r\n\r\n" % version)
        with pytest.raises(ConnectionResetError) if version == b"1.0" else pytest.raises(EOFError):
            while client.sock.recv(1000):
                pass
            raise EOFError


def test_upgrade_gives_the_socket_away():
    """101, then the raw connection, with what had come already; it ends with the handler, and when_done is called."""
    done = []

    def handler(exchange):
        exchange.when_done = done.append
        sock, ahead = exchange.upgrade(b"echo", [(b"X", b"y")])
        sock.sendall(ahead.upper() + sock.recv(100).upper())

    with serving(handler) as server, client_of(server) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nahead")
        reply = client.reply()
        assert (reply.status, reply.fields[b"upgrade"], reply.fields[b"connection"]) == (101, b"echo", b"Upgrade")
        assert client.send(b" and more").rest() == b"AHEAD AND MORE"
        assert eventually(lambda: done)


@pytest.mark.parametrize("ahead", [b"", b"ahead"])
def test_who_takes_the_connection_over_keeps_it(ahead):
    """The answer goes by the verbs; afterwards the server has forgotten the connection, and the socket lives on."""
    taken = []

    def handler(exchange):
        taken.append(exchange.take_over())
        exchange.reply(200, [], b"yes")
        taken.append(exchange.rfile)

    with serving(handler) as server, client_of(server) as client:
        reply = client.send(GET + ahead).reply()
        assert (reply.body, reply.fields[b"connection"]) == (b"yes", b"close")
        assert eventually(lambda: not server.statistics().connections)
        client.send(b" and more")
        assert taken[1].read(len(ahead) + 9) == ahead + b" and more"
        taken[0].sendall(b"still here")
        assert client.sock.recv(100) == b"still here"
    with taken[0]:
        assert taken[1].raw._sock is taken[0]


@pytest.mark.parametrize("size", [10, 30_000_000])
def test_nothing_of_the_answer_comes_behind_what_a_taker_sends(size):
    """The answer is out when its verb returns, however slow the client: the loop has no part in it."""

    def handler(exchange):
        with exchange.take_over() as sock:
            exchange.reply(200, [], b"x" * size)
            sock.sendall(b"behind")

    with serving(handler) as server, client_of(server) as client:
        client.send(GET)
        time.sleep(0.1)
        assert client.rest()[-size - 6 :] == b"x" * size + b"behind"


def test_a_switch_by_the_verbs():
    """A 101 says `Connection: Upgrade`, has no length, and nothing after it is taken for a request."""

    def handler(exchange):
        exchange.start(101, [(b"Upgrade", b"x")])
        exchange.finish()

    with serving(handler) as server, client_of(server) as client:
        assert client.send(GET + GET).rest().lower().count(b"http/1.1") == 1
    with serving(handler) as server, client_of(server) as client:
        reply = client.send(GET).reply()
        assert (reply.status, reply.fields[b"connection"], reply.fields.get(b"content-length")) == (
            101,
            b"Upgrade",
            None,
        )


def test_the_body_as_a_file(pair):
    """Without taking the connection over, the file ends with the body: what follows is another request."""
    read = []

    def handler(exchange):
        read.append(exchange.rfile.read())
        exchange.reply(200, [], b"")

    it = pair(handler)
    it.feed(PUT + b"Content-Length: 4\r\n\r\nbody" + GET)
    it.step()
    assert read == [b"body", b""]


def test_upgrade_comes_first_or_not_at_all(pair):
    """Not after the answer has begun; and one that fails leaves room for a 500."""
    errors = []

    def handler(exchange):
        exchange.start(200, [])
        with pytest.raises(ExchangeError):
            exchange.upgrade(b"x")
        exchange.finish(b"")
        errors.append(1)

    pair(handler).feed(GET)
    assert errors
    it = pair(lambda exchange: exchange.upgrade(b"x\r\ny"))
    it.feed(GET)
    assert it.got().startswith(b"HTTP/1.1 500 ")


def test_gone(pair):
    """Whether the client has left is seen without taking what it sent."""
    seen = []

    def handler(exchange):
        seen.append(exchange.gone)
        it.peer.sendall(b"x")
        seen.append(exchange.gone)
        it.peer.close()
        exchange.connection.sock.recv(1)
        seen.append(exchange.gone)
        exchange.start(200, [])
        exchange.finish()

    it = pair(handler)
    it.peer.sendall(GET)
    it.step()
    assert seen == [False, False, True]
