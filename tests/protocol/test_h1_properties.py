"""What holds for any bytes whatever."""

from __future__ import annotations

import httptools
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kirsch.protocol.events import Limits, RemoteError
from kirsch.protocol.h1 import H1
from kirsch.protocol.wirefields import LONGEST, MOST, KnownFields
from tests.protocol.dialogue import Dialogue, outcome
from tests.protocol.test_h1_requests import ACCEPTED, CHUNKS, FRAMING, REFUSED

CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
CORPUS = [
    *(data for data, _ in ACCEPTED.values()),
    *(data for data, _ in REFUSED.values()),
    *(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\nabc" for fields, _ in FRAMING.values()),
    *(CHUNKED + body for body, _ in CHUNKS.values()),
    CHUNKED + b"5;x=y\r\nhello\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
]


def events(pieces: list[bytes]) -> tuple[object, ...]:
    """What these packets say."""
    return outcome(Dialogue().feed(*pieces))


@given(st.sampled_from(CORPUS), st.data())
@settings(max_examples=300)
def test_packets_do_not_matter(message, data):
    """However the bytes are cut into packets, they say the same."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(message)), max_size=8)))
    pieces = [message[a:b] for a, b in zip([0, *cuts], [*cuts, len(message)], strict=True)]
    assert events(pieces) == events([message])


def test_byte_by_byte():
    """The same holds when every octet comes alone."""
    for message in CORPUS:
        if len(message) < 1000:
            assert events([message[i : i + 1] for i in range(len(message))]) == events([message]), message


@given(st.binary(max_size=300))
def test_nothing_escapes(data):
    """Any bytes give requests or a refusal, never another exception."""
    dialogue = Dialogue().feed(data)
    assert dialogue.error in (None, 400, 413, 414, 417, 431, 501, 505)


@given(st.sampled_from(CORPUS), st.data())
@settings(max_examples=300)
def test_mutations(message, data):
    """So do real messages with octets changed, doubled and left out."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(message)))
        end = at + data.draw(st.integers(0, 3))
        message = message[:at] + data.draw(st.binary(max_size=3)) + message[end:]
    test_nothing_escapes.hypothesis.inner_test(message)


class Reader:
    def __init__(self) -> None:
        self.fields: list[tuple[bytes, bytes]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value.strip(b" \t")))


names = st.from_regex(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}", fullmatch=True)
values = st.binary(max_size=20)


@given(st.lists(st.tuples(names, values), max_size=8))
@settings(max_examples=300)
def test_fields_are_cut_as_llhttp_reads_them(fields):
    """The fields that a Head cuts from the wire are those that llhttp reports, for all that passes."""
    raw = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"%b:%b\r\n" % field for field in fields) + b"\r\n"
    assume(raw.index(b"\r\n\r\n") == len(raw) - 4)
    machine = H1(Limits())
    machine.receive(raw)
    try:
        head = machine.next_head()
    except RemoteError:
        return
    assert head is not None
    reader = Reader()
    try:
        httptools.HttpRequestParser(reader).feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass
    assert head.fields == reader.fields
    assert {name: head.get(name) for name, _ in reader.fields} == {
        name: (b"; " if name == b"cookie" else b", ").join(v for n, v in reader.fields if n == name)
        for name, _ in reader.fields
    }


HEADS = st.tuples(
    st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"post"]),
    st.sampled_from([b"/", b"/a?b", b"*", b"http://b/", b"/\xff", b"/" + b"x" * 70]),
    st.sampled_from([b"1.1", b"1.0"]),
    st.sampled_from([b"", b"Connection: close\r\n", b"Expect: 100-continue\r\n", b"X: y\r\n"]),
    st.sampled_from([b"", b"Content-Length: 0\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"]),
    st.sampled_from([b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"abcGET /x HTTP/1.1\r\nHost: a\r\n\r\n"]),
)


@given(st.lists(HEADS, min_size=2, max_size=3), st.booleans())
@settings(max_examples=500)
def test_what_was_judged_before_is_judged_alike(heads, same):
    """Requests with the fields of the one before are read as if nothing had come before them."""
    likeness = heads[0][2:]
    told = [
        b"%b %b HTTP/%b\r\nHost: a\r\n%b%b\r\n%b" % (*head[:2], *(likeness if same else head[2:])) for head in heads
    ]
    together = Dialogue(Limits(target=64)).feed(*told)
    count = 0
    for message in told:
        alone = Dialogue(Limits(target=64)).feed(message)
        if alone.machine.pending or not all(each.complete for each in alone.messages):  # the next one belongs to it
            return
        assert together.messages[count : count + len(alone.messages)] == alone.messages
        count += len(alone.messages)
        if alone.error or alone.closed:
            assert together.error == alone.error
            return


@given(st.lists(HEADS, min_size=2, max_size=4), st.booleans())
@settings(max_examples=500)
def test_what_another_connection_has_sent_is_judged_alike(heads, same):
    """Requests with fields that came on another connection are read as if nobody had sent them before."""
    likeness = heads[0][2:]
    limits, known = Limits(target=64), KnownFields()
    for head in heads:
        told = b"%b %b HTTP/%b\r\nHost: a\r\n%b%b\r\n%b" % (*head[:2], *(likeness if same else head[2:]))
        here, alone = Dialogue(limits, known).feed(told), Dialogue(limits).feed(told)
        assert (here.messages, here.error, here.closed) == (alone.messages, alone.error, alone.closed)
        assert here.machine.pending == alone.machine.pending


def test_known_fields_are_bounded():
    """Long ones are not remembered, and too many are forgotten."""
    known = KnownFields()
    machine = H1(Limits(), known)
    for size in [*range(MOST + 1), LONGEST]:
        machine.receive(b"GET / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * size))
        assert machine.next_head() is not None
        machine.next_cycle()
    assert [len(raw) for raw in known] == [len(" HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n") + MOST]
