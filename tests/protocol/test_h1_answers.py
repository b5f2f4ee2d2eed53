"""What the machine writes: framing, connection, and nothing that an application should not be able to send."""

from __future__ import annotations

import pytest

from kirsch.exchange import Lasting
from kirsch.protocol.events import Limits, LocalError
from kirsch.protocol.h1 import H1
from kirsch.protocol.h1answer import field_lines
from tests.protocol.dialogue import Answer

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\n\r\n"


def machine_after(request: bytes) -> H1:
    """A machine that has read this and owes an answer."""
    machine = H1(Limits())
    machine.receive(request)
    assert machine.next_head() is not None
    return machine


FRAMES = {
    "a known length": (GET, Answer(length=5), b"Content-Length: 5\r\n"),
    "an empty body": (GET, Answer(length=0), b"Content-Length: 0\r\n"),
    "an unknown length": (GET, Answer(), b"Transfer-Encoding: chunked\r\n"),
    "an unknown length in 1.0": (OLD, Answer(), b"Connection: close\r\n"),
    "a known length in 1.0": (OLD, Answer(length=5), b"Content-Length: 5\r\nConnection: close\r\n"),
    "1.0 that lives on": (
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        Answer(length=5),
        b"Content-Length: 5\r\nConnection: keep-alive\r\n",
    ),
    "the answer to HEAD": (GET, Answer(length=5, bodiless=True), b"Content-Length: 5\r\n"),
    "the answer to HEAD, length unknown": (GET, Answer(bodiless=True), b""),
    "204": (GET, Answer(204, length=0, bodiless=True), b""),
    "304": (GET, Answer(304, length=0, bodiless=True), b""),
    "205": (GET, Answer(205, length=0), b"Content-Length: 0\r\n"),
    "close": (
        GET,
        Answer(length=0, fields=((b"Connection", b"close"),)),
        b"Content-Length: 0\r\nConnection: close\r\n",
    ),
    "framing of an application's own": (
        GET,
        Answer(length=1, fields=((b"Content-Length", b"9"), (b"Transfer-Encoding", b"gzip"))),
        b"Content-Length: 1\r\n",
    ),
}


@pytest.mark.parametrize(("request_", "answer", "expected"), FRAMES.values(), ids=FRAMES)
def test_framing(request_, answer, expected):
    """The fields that say where a body ends are the machine's, and are right for each version and status."""
    head = machine_after(request_).send_head(answer)
    assert head.partition(b"\r\n")[2] == expected + b"\r\n"


def test_chunks():
    """Without a length the body goes out in chunks, with an end."""
    machine = machine_after(GET)
    machine.send_head(Answer())
    assert machine.send_data(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert machine.send_end() == b"0\r\n\r\n"


def test_a_body_of_known_length_is_sent_as_it_is():
    """No chunks where the length was announced."""
    machine = machine_after(GET)
    machine.send_head(Answer(length=3))
    assert machine.send_data(b"abc") + machine.send_end() == b"abc"


BAD = [
    (b"X", b"a\r\nY: b"),
    (b"X", b"a\nb"),
    (b"X", b"a\rb"),
    (b"X", b"a\0b"),
    (b"X\r\nY", b"b"),
    (b"X Y", b"b"),
    (b"X:", b"b"),
    (b"", b"b"),
    (b"Set-Cookie", b"a=b\r\nX: y"),
]


@pytest.mark.parametrize("field", BAD)
def test_no_answer_is_split(field):
    """A name or value that would add lines to the head is our own error, and nothing is sent."""
    with pytest.raises(LocalError):
        machine_after(GET).send_head(Answer(fields=(field,), length=0))


@pytest.mark.parametrize("reason", [b"a\r\nX: y", b"a\nb", b"a\0"])
def test_no_answer_is_split_by_its_reason(reason):
    """The same holds for the reason in the status line."""
    with pytest.raises(LocalError):
        machine_after(GET).send_head(Answer(reason=reason, length=0))


def test_standing_lines_give_way():
    """A Date or Server of the application's own replaces ours."""
    standing = b"Date: now\r\nServer: us\r\n"
    head = machine_after(GET).send_head(Answer(fields=((b"date", b"then"),), length=0), standing)
    assert head == b"HTTP/1.1 200 OK\r\ndate: then\r\nServer: us\r\nContent-Length: 0\r\n\r\n"


def test_names_of_statuses():
    """The phrases are those of RFC 9110; a reason of the application's own replaces them."""
    assert machine_after(GET).send_head(Answer(413, length=0)).startswith(b"HTTP/1.1 413 Content Too Large\r\n")
    assert machine_after(GET).send_head(Answer(200, b"Fine", length=0)).startswith(b"HTTP/1.1 200 Fine\r\n")


@pytest.mark.parametrize(
    "fields", [[(b"X-A", b"1")], [(b"Date", b"then"), (b"Server", b"")], [(b"Connection", b"close")]]
)
def test_lasting_fields(fields):
    """Fields that are sent many times are put together once for the standing lines of a second."""
    lasting = Lasting(fields)
    for standing in (b"Date: now\r\nServer: K\r\n", b"Date: later\r\nServer: K\r\n"):
        first, second = field_lines(lasting, standing), field_lines(lasting, standing)

        assert first == second == field_lines(fields, standing)
        assert first[0] is second[0]


def test_lasting_fields_are_checked():
    """No line break gets out by them, however often it is tried."""
    lasting = Lasting([(b"X-A", b"1\r\nX-B: 2")])
    for _ in "12":
        with pytest.raises(LocalError):
            field_lines(lasting, b"")
