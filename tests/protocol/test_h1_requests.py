"""Requests as raw bytes, and what the machine makes of them: the table that strictness is measured by."""

from __future__ import annotations

import pytest

from kirsch.protocol.events import Limits
from tests.protocol.dialogue import Dialogue

HOST = b"Host: a\r\n"

ACCEPTED = {
    "a plain request": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1"),
    "one empty line in front": (b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1"),
    "HTTP/1.0 without Host": (b"GET / HTTP/1.0\r\n\r\n", "GET / 1.0"),
    "a host with a port": (b"GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", "GET / 1.1"),
    "an IPv6 host": (b"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET / 1.1"),
    "blanks around a value": (b"GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n", "GET / 1.1"),
    "an empty value": (b"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", "GET / 1.1"),
    "octets beyond ASCII in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\xff\r\n\r\n", "GET / 1.1"),
    "absolute-form": (b"GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y 1.1"),
    "absolute-form without a path": (b"GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1"),
    "OPTIONS for the server": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1"),
    "OPTIONS for the server, absolute": (b"OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1"),
    "two slashes in front": (b"GET //b/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET //b/x 1.1"),
    "a wish to upgrade": (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", "GET / 1.1"),
}

REFUSED = {
    # the request line
    "TLS on this port": (b"\x16\x03\x01\x02\x00\x01", 400),
    "HTTP/0.9": (b"GET /\r\n", 400),
    "HTTP/0.9 spelled out": (b"GET / HTTP/0.9\r\n\r\n", 505),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "no version number": (b"GET / HTTP/1\r\nHost: a\r\n\r\n", 400),
    "lower-case http": (b"GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    "two blanks": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a tab for a blank": (b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a blank at the end of the line": (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    "a blank in front": (b" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "two empty lines in front": (b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "an unknown method": (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "a method in lower case": (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "a method that is no token": (b"G<T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "CONNECT": (b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501),
    "a fragment": (b"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "an octet beyond ASCII in the target": (b"GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a NUL in the target": (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a relative target": (b"GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "an asterisk with GET": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "another scheme": (b"GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "userinfo in the target": (b"GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "absolute-form without a host": (b"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "an unbalanced bracket": (b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    # line ends
    "LF alone": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "LF alone after a field": (b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
    "CR alone in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
    "CR alone after a field": (b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
    # fields
    "a blank before the colon": (b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400),
    "no name": (b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", 400),
    "no colon": (b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
    "a name that is no token": (b"GET / HTTP/1.1\r\nHost: a\r\nX(: y\r\n\r\n", 400),
    "a folded line": (b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400),
    "a folded first line": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    "a NUL in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400),
    "a control character in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400),
    # Host
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "two Hosts in 1.0": (b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "a Host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "a Host with userinfo": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "two values in Host": (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    "a Host with a blank": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "a port that is no number": (b"GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", 400),
    # expectations
    "an unknown expectation": (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\nContent-Length: 1\r\n\r\n", 417),
}

FRAMING = {
    "two lengths": (b"Content-Length: 1\r\nContent-Length: 2\r\n", 400),
    "the same length twice": (b"Content-Length: 1\r\nContent-Length: 1\r\n", 400),
    "a list of lengths": (b"Content-Length: 1, 1\r\n", 400),
    "a sign": (b"Content-Length: +1\r\n", 400),
    "a negative length": (b"Content-Length: -1\r\n", 400),
    "an underscore": (b"Content-Length: 1_0\r\n", 400),
    "hexadecimal": (b"Content-Length: 0x1\r\n", 400),
    "a superscript": (b"Content-Length: \xb2\r\n", 400),
    "a vertical tab": (b"Content-Length: \x0b1\r\n", 400),
    "an empty length": (b"Content-Length:\r\n", 400),
    "a length with many digits": (b"Content-Length: 99999999999999999999999\r\n", 400),
    "a length over the limit": (b"Content-Length: 999999999999\r\n", 413),
    "length and chunked": (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
    "chunked and length": (b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
    "chunked, chunked": (b"Transfer-Encoding: chunked, chunked\r\n", 400),
    "chunked, identity": (b"Transfer-Encoding: chunked, identity\r\n", 400),
    "gzip, chunked": (b"Transfer-Encoding: gzip, chunked\r\n", 501),
    "gzip alone": (b"Transfer-Encoding: gzip\r\n", 400),
    "identity": (b"Transfer-Encoding: identity\r\n", 400),
    "a misspelled coding": (b"Transfer-Encoding: xchunked\r\n", 400),
    "a quoted coding": (b'Transfer-Encoding: "chunked"\r\n', 400),
    "a tab before the coding's name": (b"Transfer-Encoding: \x0bchunked\r\n", 400),
    "a parameter": (b"Transfer-Encoding: chunked;q=1\r\n", 400),
    "an empty coding": (b"Transfer-Encoding:\r\n", 400),
    "a blank before the colon of a length": (b"Content-Length : 1\r\n", 400),
}

CHUNKS = {
    "a size that is no number": (b"x\r\n", 400),
    "a sign": (b"+1\r\na\r\n0\r\n\r\n", 400),
    "a minus": (b"-1\r\n", 400),
    "hexadecimal with a mark": (b"0x1\r\na\r\n0\r\n\r\n", 400),
    "an underscore": (b"1_0\r\n", 400),
    "a blank before the size": (b" 1\r\na\r\n0\r\n\r\n", 400),
    "a blank after the size": (b"1 \r\na\r\n0\r\n\r\n", 400),
    "LF after the size": (b"1\na\r\n0\r\n\r\n", 400),
    "CR after the size": (b"1\ra\r\n0\r\n\r\n", 400),
    "LF after the data": (b"1\r\na\n0\r\n\r\n", 400),
    "more data than said": (b"1\r\nab\r\n0\r\n\r\n", 400),
    "no CRLF after the data": (b"1\r\na0\r\n\r\n", 400),
    "an empty size": (b"\r\na\r\n", 400),
    "a size with many digits": (b"1" * 17 + b"\r\n", 400),
    "a size over the limit": (b"fffffffffff\r\n", 413),
    "a bad extension": (b"1;=\r\na\r\n0\r\n\r\n", 400),
    "LF in an extension": (b"1;a=\nb\r\na\r\n0\r\n\r\n", 400),
    "a control character in an extension": (b'1;a="\x00"\r\na\r\n0\r\n\r\n', 400),
    "an open quote in an extension": (b'1;a="b\r\na\r\n0\r\n\r\n', 400),
    "extensions without end": (b"1;" + b"a" * 5000 + b"\r\na\r\n0\r\n\r\n", 400),
    "a bad trailer": (b"0\r\nX : y\r\n\r\n", 400),
    "a folded trailer": (b"0\r\nX: y\r\n z\r\n\r\n", 400),
    "LF after a trailer": (b"0\r\nX: y\n\r\n", 400),
    "trailers without end": (b"0\r\nX: " + b"y" * 9000 + b"\r\n\r\n", 431),
    "too many trailers": (b"0\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
}


@pytest.mark.parametrize(("data", "line"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_request_is_understood(data, line):
    """What RFC 9112 allows is read, and nothing is left over."""
    dialogue = Dialogue().feed(data)
    assert [message.line for message in dialogue.messages] == [line]
    assert dialogue.error is None
    assert dialogue.machine.pending == 0


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_a_malformed_head_is_refused(data, status):
    """What RFC 9112 forbids is refused with the right status, at once, and no request comes of it."""
    dialogue = Dialogue().feed(data)
    assert (dialogue.messages, dialogue.error) == ([], status)


@pytest.mark.parametrize(("fields", "status"), FRAMING.values(), ids=FRAMING)
def test_a_body_of_doubtful_length_is_refused(fields, status):
    """Where two readers could disagree on the end of a body there is no request."""
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    dialogue = Dialogue().feed(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n" + smuggled)
    assert (dialogue.messages, dialogue.error) == ([], status)


@pytest.mark.parametrize(("body", "status"), CHUNKS.values(), ids=CHUNKS)
def test_a_malformed_chunked_body_is_refused(body, status):
    """A chunked body is exact or it is refused; nothing after the mistake is read."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    dialogue = Dialogue().feed(head + body + b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (len(dialogue.messages), dialogue.messages[0].complete, dialogue.error) == (1, False, status)


def test_chunked_in_1_0_is_refused():
    """HTTP/1.0 has no codings: who sends one in front of a proxy means to smuggle."""
    dialogue = Dialogue().feed(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert dialogue.error == 400


def test_chunks_extensions_and_trailers():
    """The data are joined, extensions left out, trailers kept apart from the fields of the head."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
    dialogue = Dialogue().feed(head + b'5;a;b="c;d"\r\nhello\r\n00A ; x = y\r\n, 0123456.\r\n0\r\nX-Sum: 1 \r\n\r\n')
    message = dialogue.messages[0]
    assert message.body == b"hello, 0123456."
    assert message.trailers == [(b"x-sum", b"1")]
    assert (message.complete, dialogue.error) == (True, None)


LIMITS = Limits(head=300, target=50, fields=3, body=10)
TOO_MUCH = {
    "a long target": (b"GET /" + b"x" * 50 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a target without end": (b"GET /" + b"x" * 400, 414),
    "a long head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 300 + b"\r\n\r\n", 431),
    "a head without end": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 300, 431),
    "many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 3 + b"\r\n", 431),
    "a long body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413),
    "a method without end": (b"G" * 400, 400),
}


@pytest.mark.parametrize(("data", "status"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused(data, status):
    """Each limit has its status, and an endless line is refused before its end."""
    assert Dialogue(LIMITS).feed(data).error == status


def test_a_target_may_be_as_long_as_its_limit():
    """Every target is measured alike, whether its fields are known by now or not."""
    data = b"GET /" + b"x" * 49 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    dialogue = Dialogue(LIMITS).feed(data).feed(data)
    assert (dialogue.error, len(dialogue.messages)) == (None, 2)


KEEP_ALIVE = [
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", True),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", False),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", False),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n", False),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", False),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", True),
    (b"GET / HTTP/1.0\r\n\r\n", False),
    (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", True),
    (b"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", False),
]


@pytest.mark.parametrize(("data", "keeps"), KEEP_ALIVE)
def test_keep_alive(data, keeps):
    """RFC 9112 §9.3: 1.1 lives on unless told otherwise, 1.0 only if told to, and close wins."""
    assert Dialogue().feed(data).messages[0].keep_alive is keeps


def test_absolute_form_names_the_host():
    """RFC 9112 §3.2.2: the host in the target replaces the one in the Host field."""
    (message,) = Dialogue().feed(b"GET http://b:81/x HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n").messages
    assert message.fields == [(b"host", b"b:81"), (b"x", b"y")]


def test_pipelined_requests_are_read_one_by_one():
    """The second is not looked at before the first has been read to its end: not even if it is malformed."""
    first = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    dialogue = Dialogue().feed(first + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n")
    read = [(message.line, message.body) for message in dialogue.messages]
    assert read == [("POST /1 1.1", b"abc"), ("GET /2 1.1", b"")]
    assert dialogue.error == 400
