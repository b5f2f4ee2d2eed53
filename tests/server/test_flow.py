"""Answers out of files: by the system, in shares, and never waiting."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from kirsch.exchange import ExchangeError, FileBody
from kirsch.server import flow
from kirsch.server.flow import SHARE, Flow
from tests.server.wire import GET

SIZE = 3_000_000
DATA = bytes(range(251)) * (SIZE // 251 + 1)


@pytest.fixture
def open_body(tmp_path):
    """Make a body of some pieces of a file that is open; afterwards it must be closed."""
    path = tmp_path / "file"
    path.write_bytes(DATA[:SIZE])
    made = []

    def make(*pieces):
        file = path.open("rb", buffering=0)
        made.append(file)
        return FileBody(file, pieces or [(0, SIZE)], file.fileno())

    make.path = path
    yield make
    assert all(file.closed for file in made)


@pytest.fixture(params=["sendfile", "read", "refused"])
def way(request, monkeypatch):
    """How the bytes get out: by the system; read by us, where there is no such call; or where it refuses this file."""

    def refuse(*_):
        raise OSError(errno.EINVAL, "not this one")

    if request.param != "sendfile":
        monkeypatch.setattr(flow, "_SENDFILE", None if request.param == "read" else refuse)


def all_of(it):
    """What the client gets, while the connection takes the steps that it asks for."""
    data = b""
    said = "write"
    while said == "write" or it.connection.sending:
        data += it.got()
        said = it.step()
    return data + it.got()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "pieces",
    [
        ((0, SIZE),),
        ((1000, 1001),),
        (b"--x\r\n", (5, 2_000_000), b"\r\n--x\r\n", (0, 3), b"--x--"),
        ((0, 0),),
        (b"ab",),
    ],
)
def test_all_of_it_comes(open_body, pair, pieces):
    """Head, ranges and what stands between them, in order, whatever the client's speed; then the next request."""
    body = open_body(*pieces)
    wanted = b"".join(piece if isinstance(piece, bytes) else DATA[piece[0] : piece[1]] for piece in pieces)
    done = []

    def handler(exchange):
        exchange.when_done = done.append
        exchange.deliver(200, [], body)

    it = pair(handler)
    it.feed(GET)
    head, _, got = all_of(it).partition(b"\r\n\r\n")
    assert got == wanted
    assert b"Content-Length: %d" % len(wanted) in head
    assert (done[0].sent, it.ended) == (len(wanted), False)


@pytest.mark.parametrize(("request_", "status"), [(b"HEAD" + GET[3:], 200), (GET, 304)])
def test_no_body_where_none_is_sent(open_body, pair, request_, status):
    """For HEAD and with 304 the file is closed unread."""
    it = pair(lambda exchange: exchange.deliver(status, [], open_body()))
    assert it.feed(request_) == "keep"
    assert it.got().partition(b"\r\n\r\n")[2] == b""


def test_a_client_that_does_not_read_holds_nothing_up(open_body, pair):
    """The handler has returned, no thread stepped aside, and what is left is the loop's to send, up to its deadline."""
    it = pair(lambda exchange: exchange.deliver(200, [], open_body()), write_timeout=5.0)
    assert it.feed(GET) == "write"
    assert (it.ground.asides, it.connection.sending) == (0, True)
    assert it.step() == "keep"
    it.ground.now = it.connection.deadline + 0.1
    it.connection.expire()


def test_what_was_not_sent_is_not_counted(open_body, pair):
    """A client that leaves in the middle: `sent` is what the system has taken."""
    done = []

    def handler(exchange):
        exchange.when_done = done.append
        exchange.deliver(200, [], open_body())

    it = pair(handler)
    it.feed(GET)
    taken = len(it.got().partition(b"\r\n\r\n")[2])
    it.peer.close()
    assert it.step() == "close"
    assert 0 < taken <= done[0].sent < SIZE


def test_a_share_at_a_time(open_body):
    """A client that takes everything at once waits its turn like others."""
    ours, peer = socket.socketpair()
    sizes = []

    class Quick:
        def send(self, data, flags=0):
            return len(data)

        def __getattr__(self, name):
            return getattr(ours, name)

    body = open_body()
    body_flow = Flow(b"head", body)
    while body_flow.left:
        sizes.append(body_flow.push(Quick()))
    assert max(sizes) < SHARE * 1.1
    assert sum(sizes) == SIZE + 4
    ours.close()
    peer.close()


@pytest.mark.usefixtures("way")
def test_a_file_that_becomes_shorter(open_body, pair, caplog):
    """What was promised cannot be sent: the connection is cut, so that the client notices, and the log says why."""
    it = pair(lambda exchange: exchange.deliver(200, [], open_body()))
    it.feed(GET)
    os.truncate(open_body.path, 1000)
    said = "write"
    while said in ("write", "keep"):
        it.got()
        said = it.step()
    assert said == "close"
    assert "has become shorter" in caplog.text


def test_an_answer_that_cannot_be_sent_closes_the_file(open_body, pair, caplog):
    """A header with a line break, a second answer."""

    def handler(exchange):
        exchange.deliver(200, [(b"X", b"a\r\nb")], open_body())

    assert b"500 Internal" in (pair_answer := pair(handler)).feed(GET).encode() + pair_answer.got()

    def twice(exchange):
        exchange.reply(200, [], b"")
        with pytest.raises(ExchangeError):
            exchange.deliver(200, [], open_body())

    pair(twice).feed(GET)
