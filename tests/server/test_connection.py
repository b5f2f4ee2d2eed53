"""A connection step by step, without a loop: what it says to the client, and what it says that it wants next."""

from __future__ import annotations

import pytest

from kirsch.exchange import ClientError, ClientGone
from kirsch.protocol.events import Limits
from kirsch.server.connection import LINGER_BYTES, LINGER_SECONDS
from tests.server.wire import GET, echo

OK = b"HTTP/1.1 200 OK\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


def body_of(answer):
    """What follows the head."""
    return answer.partition(b"\r\n\r\n")[2]


def plain(exchange):
    """Answers without reading."""
    exchange.start(200, [])
    exchange.finish(b"ok")


def test_a_head_in_pieces(pair):
    """Octet by octet, nothing is said before the head is whole."""
    it = pair(echo)
    assert it.feed(*[GET[i : i + 1] for i in range(len(GET) - 1)]) == "keep"
    assert it.got() == b""
    assert it.feed(GET[-1:]) == "keep"
    assert body_of(it.got()) == b"GET / "


@pytest.mark.parametrize(
    "pieces",
    [
        [POST + b"Content-Length: 5\r\n\r\nhello"],
        [POST + b"Content-Length: 5\r\n\r\n", b"he", b"llo"],
        [POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", b"3\r\nll", b"o\r\n0\r\n\r", b"\n"],
    ],
)
def test_a_small_body_is_collected_first(pair, pieces):
    """The handler is called when all of it is there, so that reading it waits for nobody."""
    called = []
    it = pair(lambda exchange: (called.append(1), echo(exchange)))
    for piece in pieces[:-1]:
        assert it.feed(piece) == "keep"
        assert called == []
    assert it.feed(pieces[-1]) == "keep"
    assert body_of(it.got()) == b"POST / hello"
    assert it.ground.asides == 0


def test_a_large_body_is_not_collected(pair):
    """Beyond body_buffer_size the handler is called at once, and reads for itself."""
    it = pair(echo_length, body_buffer_size=10)
    it.peer.sendall(POST + b"Content-Length: 20\r\n\r\n" + b"x" * 20)
    assert it.step() == "keep"
    assert body_of(it.got()) == b"20"


def echo_length(exchange):
    """Reads all and says how much it was."""
    exchange.start(200, [])
    exchange.finish(b"%d" % len(exchange.read()))


def test_continue_for_a_small_body(pair):
    """The loop says 100 Continue and collects; the handler knows nothing of it."""
    it = pair(echo)
    assert it.feed(POST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n") == "keep"
    assert it.got() == b"HTTP/1.1 100 Continue\r\n\r\n"
    it.feed(b"hi")
    assert body_of(it.got()) == b"POST / hi"


@pytest.mark.parametrize("framing", [b"Content-Length: 100000\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_no_continue_for_a_body_that_nobody_reads(pair, framing):
    """The handler answers without reading: no 100, and the connection ends as the body may still come or not."""
    it = pair(plain)
    said = it.feed(POST + framing + b"Expect: 100-continue\r\n\r\n")
    answer = it.got()
    assert answer.startswith(OK)
    assert b"Connection: close\r\n" in answer
    assert said == "read"  # and what still comes is thrown away


def test_continue_does_not_end_a_connection_that_will_close(pair):
    """100 Continue left to the loop, with Connection: close: the body is still collected and answered."""
    it = pair(echo)
    filled = fill(it)
    head = POST + b"Connection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    it.peer.sendall(head)
    assert it.step() == "write"
    assert it.step() == "keep"
    drain(it, filled)
    assert it.step() == "read"
    assert it.got() == b"HTTP/1.1 100 Continue\r\n\r\n"
    it.feed(b"hi")
    assert body_of(it.got()) == b"POST / hi"
    assert it.ended


def fill(it):
    """Stuff the pair, so that not another octet goes out; how many went."""
    filled = 0
    while True:
        try:
            filled += it.connection.sock.send(b"x" * 65536)
        except BlockingIOError:
            return filled


def drain(it, size):
    """Take that out again."""
    while size:
        size -= len(it.peer.recv(min(size, 1 << 20)))


def test_an_answer_larger_than_the_buffer_is_finished_by_the_loop(pair):
    """The handler is done long before; when_done comes with the last byte."""
    done = []

    def large(exchange):
        exchange.when_done = done.append
        exchange.start(200, [])
        exchange.finish(b"x" * 5_000_000)

    it = pair(large)
    assert it.feed(GET) == "write"
    assert done == []
    got, said = b"", "keep"
    while said == "keep":
        got += it.got()
        said = it.step()
    assert (said, len(done)) == ("read", 1)
    assert body_of(got + it.got()) == b"x" * 5_000_000
    assert it.feed(GET) == "write"


def test_a_slow_reader_has_a_deadline_of_its_own(pair):
    """While an answer goes out write_timeout counts, and not keep_alive_timeout; and a trickle does not stretch it."""
    it = pair(lambda e: (e.start(200, []), e.finish(b"x" * 5_000_000)), write_timeout=30, keep_alive_timeout=5)
    it.feed(GET)
    assert it.connection.deadline == 1030
    it.ground.now = 1029
    it.peer.recv(200_000)
    it.step()
    assert it.connection.deadline == pytest.approx(1059, abs=1)  # by then 200 KB were taken: more than 100 a second


def test_pipelined_requests_take_turns(pair):
    """One step, one answer: the others are served in between. The order is kept."""
    it = pair(echo)
    it.peer.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(4)))
    assert [it.step() for _ in range(4)] == ["again", "again", "again", "keep"]
    assert [part.partition(b"HTTP")[0] for part in it.got().split(b"GET ")[1:]] == [b"/0 ", b"/1 ", b"/2 ", b"/3 "]


def test_connections_live_on(pair):
    """After an answer the next request is waited for, as long as keep_alive_timeout."""
    it = pair(echo, keep_alive_timeout=7)
    assert it.feed(GET) == "keep"
    assert (it.connection.idle, it.connection.deadline) == (True, 1007)


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]
)
def test_or_end(pair, request_):
    """HTTP/1.0 and Connection: close end it."""
    it = pair(plain)
    assert it.feed(request_) == "close"
    assert b"Connection: close\r\n" in it.got()


def test_a_connection_ends_politely_when_the_server_stops(pair):
    """While the loop is stopping each answer is the last."""
    it = pair(plain)
    it.ground.stopping = True
    assert it.feed(GET) == "close"
    assert b"Connection: close\r\n" in it.got()


def test_an_answer_begun_before_the_stop_does_not_hold_it_up(pair):
    """Its head has promised to live on, so the client gets a moment, and not keep_alive_timeout."""

    def streamed(exchange):
        exchange.start(200, [])
        exchange.write(b"x")
        it.ground.stopping = True
        exchange.finish()

    it = pair(streamed)
    assert it.feed(GET) == "keep"
    assert it.connection.deadline <= 1001


def test_head_has_no_body(pair):
    """HEAD gets the length and no body, streamed or not."""
    it = pair(plain)
    it.feed(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = it.got()
    assert b"Content-Length: 2\r\n" in answer
    assert body_of(answer) == b""
    assert it.connection.idle


LIMITS = Limits(head=300, target=50, fields=3, body=10)
REFUSED = [
    (b"GET\r\n\r\n", 400),
    (POST + b"Content-Length: 11\r\n\r\n", 413),
    (b"GET /" + b"x" * 60 + b" HTTP/1.1\r\n\r\n", 414),
    (POST + b"Expect: x\r\n\r\n", 417),
    (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 60, 431),
    (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    (b"GET / HTTP/2.0\r\n\r\n", 505),
]


@pytest.mark.parametrize(("data", "status"), REFUSED)
def test_refusals(pair, data, status):
    """Each is a whole answer with its length, a date and Connection: close; what comes after is thrown away."""
    it = pair(echo, limits=LIMITS)
    assert it.feed(data) == "read"
    answer = it.got()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\nContent-Length: %d\r\n" % len(body_of(answer)) in answer
    assert b"Date: now\r\n" in answer
    assert it.feed(GET) == "keep"
    assert it.got() == b""


def test_lingering_has_an_end(pair):
    """What a refused client still sends is taken for a while, and not for ever."""
    it = pair(echo)
    it.feed(b"nonsense\r\n\r\n")
    assert it.connection.deadline == 1000 + LINGER_SECONDS
    it.feed(b"x" * 16384)
    assert it.connection.lingering == LINGER_BYTES - 16384
    it.connection.lingering = 20000
    it.feed(b"x" * 16384)
    assert not it.ended
    it.feed(b"x" * 16384)
    assert it.ended


@pytest.mark.parametrize(
    ("data", "said", "answer"),
    [
        (b"", "close", b""),
        (b"GET / HT", "read", b"HTTP/1.1 408 "),
        (POST + b"Content-Length: 5\r\n\r\nhe", "read", b"HTTP/1.1 408 "),
        (GET, "close", b"HTTP/1.1 200 "),
    ],
    ids=["silent", "half a head", "half a body", "idle"],
)
def test_deadlines(pair, data, said, answer):
    """Who has begun a request is told 408; who has said nothing is told nothing."""
    it = pair(echo)
    if data:
        it.feed(data)
    it.ground.now = it.connection.deadline + 1
    wanted = it.connection.expire()
    assert (wanted, it.got()[:13]) == ({"close": 16, "read": 1}[said], answer)


def test_a_trickle_is_late_too(pair):
    """Octets that come after the deadline of a head do not help; nor do those of too slow a body."""
    it = pair(echo, header_timeout=3, body_timeout=4, body_min_rate=10)
    it.feed(b"GET / ")
    it.ground.now += 3.5
    assert it.feed(b"HT") == "read"
    assert it.got().startswith(b"HTTP/1.1 408 ")
    other = pair(echo, header_timeout=3, body_timeout=4, body_min_rate=10)
    other.feed(POST + b"Content-Length: 500\r\n\r\n")
    for _ in range(3):
        other.ground.now += 1.5
        said = other.feed(b"x")
    assert said == "read"
    assert other.got().startswith(b"HTTP/1.1 408 ")


def raising(error, after=0):
    """A handler that fails: before it starts, when it has started, when it has sent some, when it has finished."""

    def handler(exchange):
        if after:
            exchange.start(200, [])
        if after == 2:
            exchange.write(b"some")
        if after == 3:
            exchange.finish(b"all")
        raise error

    return handler


def said(caplog):
    """Whether the server has logged anything: other tests may still have lines of their access logs on the way."""
    return any(record.name == "kirsch.server" for record in caplog.records)


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize(
    ("error", "status"), [(ValueError(), 500), (ClientError(413, "too much"), 413), (SystemExit(), 500)]
)
def test_a_handler_that_fails_before_it_sends(pair, caplog, after, error, status):
    """500, or the status of the client's fault; the connection lives on, as its framing is whole."""
    it = pair(raising(error, after))
    assert it.feed(GET) == "keep"
    assert it.got().startswith(b"HTTP/1.1 %d " % status)
    assert it.feed(GET) == "keep"
    assert len(it.ground.interruptions) == (2 if isinstance(error, SystemExit) else 0)
    assert said(caplog) == isinstance(error, ValueError)


@pytest.mark.parametrize("error", [ValueError(), ClientError(408, "slow"), ClientGone(), KeyboardInterrupt()])
def test_a_handler_that_fails_in_the_middle(pair, caplog, error):
    """The client sees that the body is not whole; only what is not the client's fault is logged as an error."""
    it = pair(raising(error, 2))
    assert it.feed(GET) == "close"
    assert it.got().endswith(b"\r\n4\r\nsome\r\n")
    assert said(caplog) == isinstance(error, ValueError)


def test_a_handler_that_fails_after_its_answer(pair, caplog):
    """The answer stands, the error is logged, the connection lives on."""
    it = pair(raising(ValueError(), 3))
    assert it.feed(GET) == "keep"
    assert it.got().endswith(b"\r\n\r\nall")
    assert "failed" in caplog.text


@pytest.mark.parametrize("sends", [False, True])
def test_a_handler_that_does_not_finish(pair, caplog, sends):
    """500 if nothing was sent, else the connection is cut."""
    it = pair(lambda exchange: (exchange.start(200, []), sends and exchange.write(b"x")))
    assert it.feed(GET) == ("close" if sends else "keep")
    assert it.got().startswith(b"HTTP/1.1 200" if sends else b"HTTP/1.1 500")
    assert "without finishing" in caplog.text


@pytest.mark.parametrize("field", [(b"X", b"a\r\nY: b"), (b"X Y", b"z"), ("X", "text")])
@pytest.mark.parametrize("streamed", [False, True])
def test_fields_that_cannot_be_sent(pair, caplog, field, streamed):
    """A 500 instead, one answer and no more: the next request gets its own."""

    def handler(exchange):
        exchange.start(200, [field] if exchange.head.target == b"/" else [])
        if streamed:
            exchange.write(b"x")
        exchange.finish(b"y")

    it = pair(handler)
    it.feed(GET)
    assert it.got().startswith(b"HTTP/1.1 500 ")
    it.feed(GET.replace(b"/ ", b"/2 "))
    assert it.got().startswith(OK)


def test_what_is_called_at_the_end_may_fail(pair, caplog):
    """An error of when_done is logged; it makes no second answer."""

    def handler(exchange):
        exchange.when_done = lambda _: 1 / 0
        plain(exchange)

    it = pair(handler)
    it.feed(GET)
    assert it.got().count(b"HTTP/1.1") == 1
    assert "ZeroDivisionError" in caplog.text


def test_losing_it_twice(pair):
    """lose() and abort() may be said again and again."""
    done = []

    def handler(exchange):
        exchange.when_done = done.append
        exchange.start(200, [])
        exchange.write(b"x")
        exchange.abort()
        exchange.abort()

    it = pair(handler)
    assert it.feed(GET) == "close"
    it.connection.lose()
    it.close()
    assert len(done) == 1
