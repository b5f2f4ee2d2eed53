"""What a WSGI application may say, and what becomes of its body."""

from __future__ import annotations

import io
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.exchange import FINISHED, NEW, ExchangeError
from kirsch.gateway import wsgi_answer
from kirsch.gateway.wsgi import WSGIHandler
from kirsch.gateway.wsgi_answer import NAMES, STATUSES
from tests.gateway.memory_exchange import MemoryExchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def saying(body: Any, headers: Any = (), status: str = "200 OK") -> Application:
    """An application that says just that."""

    def application(environ, start_response):
        start_response(status, list(headers) if isinstance(headers, tuple) else headers)
        return body

    return application


def answered(application: Application, method: str = "GET") -> MemoryExchange:
    """The exchange after the application has answered."""
    exchange = MemoryExchange(method)
    WSGIHandler(application)(exchange)
    return exchange


class Closing:
    """A body of pieces that must be closed. fails: after the last piece, or when closed."""

    def __init__(self, *pieces: Any, fails: bool = False) -> None:
        self.pieces = pieces
        self.fails = fails
        self.closed = 0

    def __iter__(self) -> Any:
        yield from self.pieces
        if self.fails:
            raise KeyError("in the body")

    def close(self) -> None:
        self.closed += 1


class Sized(Closing):
    """One that knows how many pieces it has."""

    def __len__(self) -> int:
        return len(self.pieces)


# -- start_response --------------------------------------------------------------------------------------------------


def test_status_and_headers_go_on_as_bytes() -> None:
    """Names keep their case, values may be latin-1 or hold tabs, what the server would add itself is handed on."""
    headers = [("X-A", "\xe4\tb\xa0"), ("Date", "now"), ("server", "mine"), ("X-a", "")]
    exchange = answered(saying([b"x"], headers, "201 Made"))

    assert exchange.fields == [(b"X-A", b"\xe4\tb\xa0"), (b"Date", b"now"), (b"server", b"mine"), (b"X-a", b"")]
    assert (exchange.status, exchange.reason) == (201, b"Made")


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("200 OK", (200, b"")),
        ("200 Okay", (200, b"Okay")),
        ("200 \xe4", (200, b"\xe4")),
        ("404", (404, b"")),
        ("599 ", (599, b"")),
    ],
)
def test_status_lines(line: str, known: tuple[int, bytes]) -> None:
    """The reason is kept unless it is the standard one."""
    assert STATUSES[line] == known


@pytest.mark.parametrize(
    "line",
    ["", "OK", "20 OK", "2000 OK", "100 Continue", "600 x", "200OK", "200 O\r\nK", "200 \n", "٢00 OK", "200 \u20ac"],
)
def test_no_status_lines(line: str) -> None:
    """What is no final status of HTTP is refused while the application is still running."""
    with pytest.raises(ValueError, match="cannot be a status: write it like '200 OK'"):
        answered(saying([], status=line))


@pytest.mark.parametrize("line", [200, b"200 OK", None])
def test_status_must_be_a_str(line: Any) -> None:
    """Bytes and numbers are a mistake."""
    with pytest.raises(TypeError, match="a status must be a str such as '200 OK'"):
        answered(saying([], status=line))


@pytest.mark.parametrize(
    ("headers", "error", "message"),
    [
        ([(b"X-A", "1")], TypeError, "name of a header must be a str, not b'X-A'"),
        ([("X A", "1")], ValueError, "'X A' cannot be the name"),
        ([("X-A:", "1")], ValueError, "'X-A:' cannot be the name"),
        ([("", "1")], ValueError, "'' cannot be the name"),
        ([("X-\xc4", "1")], ValueError, "cannot be the name"),
        ([("X-A\n", "1")], ValueError, "cannot be the name"),
        ([("X-A", 1)], TypeError, "value of the header X-A must be a str, not 1"),
        ([("X-A", b"1")], TypeError, "value of the header X-A must be a str, not b'1'"),
        ([("X-A", "1\r\nSet-Cookie: a=b")], ValueError, "X-A has a control character"),
        ([("X-A", "1\n")], ValueError, "X-A has a control character"),
        ([("X-A", "\0")], ValueError, "X-A has a control character"),
        ([("X-A", "\u20ac")], ValueError, "X-A has characters beyond latin-1"),
        ([("Connection", "close")], ValueError, "Connection is about the connection"),
        ([("transfer-encoding", "chunked")], ValueError, "leave this header out"),
        ([("Content-Length", "-1")], ValueError, "must be a number of bytes, not '-1'"),
        ([("Content-Length", "\u0661")], ValueError, "must be a number of bytes"),
        ([("Content-Length", "9" * 19)], ValueError, "must be a number of bytes"),
        ([("Content-Length", 1)], TypeError, "value of the header Content-Length must be a str, not 1"),
        ([("Content-Length", "1"), ("content-length", "2")], ValueError, "given twice, as 1 and as 2"),
        ([("X-A",)], ValueError, "not enough values"),
        ([1], TypeError, "unpack"),
        ({"X-A": "1"}, TypeError, "headers must be a list of"),
    ],
)
def test_wrong_headers(headers: Any, error: type[Exception], message: str) -> None:
    """Each mistake has its own words, and nothing was sent."""
    exchange = MemoryExchange()

    with pytest.raises(error, match=message):
        WSGIHandler(saying([b"x"], headers))(exchange)
    assert exchange.stage is NEW


def test_same_length_twice_is_one() -> None:
    """Two equal Content-Length headers do no harm."""
    headers = [("Content-Length", "1"), ("CONTENT-LENGTH", "1")]

    assert answered(saying([b"x"], headers)).outcome["length"] == 1


@pytest.mark.parametrize(("table", "entry"), [(NAMES, "X-New"), (STATUSES, "299 New")])
def test_tables_are_bounded(monkeypatch: pytest.MonkeyPatch, table: dict[str, Any], entry: str) -> None:
    """An application that makes up names or reasons fills them at most."""
    monkeypatch.setattr(wsgi_answer, "MOST", len(table))

    assert table[entry]
    assert entry not in table


def test_second_call_is_refused() -> None:
    """Also if the first one failed (PEP 3333, "The start_response() Callable")."""

    def application(environ, start_response):
        with pytest.raises(ValueError, match="cannot be a status"):
            start_response("what?", [])
        start_response("200 OK", [])
        return []

    with pytest.raises(ExchangeError, match="twice"):
        answered(application)


def failing_after(*pieces: bytes) -> Application:
    """An application that fails after some pieces, and then says so with exc_info."""

    def application(environ, start_response):
        start_response("200 OK", [("X-First", "1"), ("Content-Length", "9")])
        yield from pieces
        try:
            dict[str, str]()["broken"]
        except KeyError:
            start_response("500 Sorry", [("X-Second", "2")], sys.exc_info())
        yield b"sorry"

    return application


@pytest.mark.parametrize("pieces", [(), (b"", b"")])
def test_exc_info_replaces_what_was_not_sent(pieces: tuple[bytes, ...]) -> None:
    """Status, headers and length of the first call are forgotten."""
    exchange = answered(failing_after(*pieces))

    assert (exchange.status, exchange.reason, exchange.length) == (500, b"Sorry", None)
    assert exchange.fields == [(b"X-Second", b"2")]
    assert exchange.received == b"sorry"


def test_exc_info_after_the_head_is_raised() -> None:
    """Too late to change the answer: the application's own error goes up, and the client sees a break."""
    exchange = MemoryExchange()

    with pytest.raises(KeyError, match="broken"):
        WSGIHandler(failing_after(b"some"))(exchange)
    assert exchange.calls == ["open", "send", "cut"]


def test_empty_exc_info_after_the_head_is_an_error() -> None:
    """Where there is nothing to raise again, the call is an error itself."""

    def application(environ, start_response):
        start_response("200 OK", [])(b"some")
        start_response("200 OK", [], sys.exc_info())
        return []

    with pytest.raises(ExchangeError, match="after the head was sent"):
        answered(application)


@pytest.mark.parametrize("body", [[b"x"], [], Closing(b"x"), Closing()])
def test_start_response_must_be_called(body: Any) -> None:
    """A body without a head is refused, and closed all the same."""
    exchange = MemoryExchange()

    with pytest.raises(ExchangeError, match=r"start_response\(\) was not called"):
        WSGIHandler(lambda environ, start_response: body)(exchange)
    assert exchange.stage is NEW
    assert getattr(body, "closed", 1) == 1


# -- the body --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ([b"abc"], 3),
        ((b"abc",), 3),
        ([b"a", b"", b"bc"], 3),
        ([], 0),
        (Sized(b"abc"), 3),
    ],
)
def test_body_at_hand_leaves_in_one_go(body: Any, length: int) -> None:
    """Its length is computed, and head and body go out together."""
    exchange = answered(saying(body))

    assert (exchange.length, exchange.received) == (length, b"abc"[:length])
    assert exchange.calls == ["open", "send", "end"][:: 1 if length else 2]


def test_pieces_are_sent_as_they_come() -> None:
    """Each before the next is asked for; the head waits for the first that is not empty."""
    exchange = MemoryExchange()
    seen = []

    def application(environ, start_response):
        start_response("200 OK", [])
        for piece in (b"", b"a", b"", b"b"):
            seen.append((exchange.stage, exchange.received))
            yield piece

    WSGIHandler(application)(exchange)
    assert seen == [("new", b""), ("new", b""), ("sending", b"a"), ("sending", b"a")]
    assert (exchange.length, exchange.received, exchange.stage) == (None, b"ab", FINISHED)


def test_write_sends_before_the_rest() -> None:
    """What start_response gives back sends at once; the pieces that are returned follow."""

    def application(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c", b"d"]

    exchange = answered(application)
    assert (exchange.length, exchange.received) == (None, b"abcd")
    assert exchange.calls == ["open", "send", "send", "send", "end"]


def test_promised_length_in_one_piece_is_one_send() -> None:
    """An iterator that keeps its promise with its first piece gets it out at once, and still runs to its end."""
    body = Closing(b"", b"abc", b"")
    exchange = answered(saying(body, [("Content-Length", "3")]))

    assert exchange.outcome["length"] == 3
    assert exchange.calls == ["open", "send", "end"]
    assert body.closed == 1


@pytest.mark.parametrize("body", [[b"abcd"], Closing(b"abc", b"d"), Closing(b"ab", b"cd"), Closing(b"abcd")])
def test_more_than_promised_is_an_error(body: Any) -> None:
    """The client never gets more than was promised."""
    exchange = MemoryExchange()

    with pytest.raises(ExchangeError, match="3"):
        WSGIHandler(saying(body, [("Content-Length", "3")]))(exchange)
    assert len(exchange.received) <= 3
    assert exchange.stage is FINISHED or exchange.calls[-1:] in (["cut"], [])


@pytest.mark.parametrize("body", [[b"ab"], [], Closing(), Closing(b"ab"), Closing(b"a", b"b"), Sized(b"ab")])
def test_less_than_promised_is_an_error(body: Any) -> None:
    """The client does not get an end where bytes are missing."""
    exchange = MemoryExchange()

    with pytest.raises(ExchangeError, match="3"):
        WSGIHandler(saying(body, [("Content-Length", "3")]))(exchange)
    assert "end" not in exchange.calls


@pytest.mark.parametrize("length", [None, "9"])
def test_head_keeps_the_promise_of_the_application(length: str | None) -> None:
    """An empty body to HEAD tells nothing about the length that GET would have."""
    headers = [("Content-Length", length)] if length else []
    bodies: list[Any] = [[], Closing(), iter(())]
    for body in bodies:
        exchange = answered(saying(body, headers), "HEAD")
        assert (exchange.length, exchange.received) == (length and int(length), b"")
        assert exchange.calls == ["open", "end"]


def test_head_needs_one_piece_only() -> None:
    """A body that never ends is not run through for nothing."""
    exchange = answered(saying(b"x" for _ in count()), "HEAD")

    assert (exchange.length, exchange.received, exchange.calls) == (None, b"", ["open", "end"])


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_answers_without_body_have_no_length(status: str) -> None:
    """Nobody promised one."""
    assert answered(saying([b""], status=status)).length is None


@pytest.mark.parametrize(
    "body", [["text"], [1], [None], "text", b"bytes", Closing("text"), [b"a", "b"], Sized(1), 1, None]
)
def test_bodies_are_iterables_of_bytes(body: Any) -> None:
    """Anything else is refused before it is sent, in words that name the cure where it is not obvious."""
    exchange = MemoryExchange()

    with pytest.raises(TypeError, match=r"bytes, such as \[data\]|bytes-like object|not iterable"):
        WSGIHandler(saying(body))(exchange)
    assert exchange.stage is NEW


def test_write_takes_bytes_only() -> None:
    """The imperative way is checked as well."""
    with pytest.raises(TypeError, match=r"such as \[data\]; it cannot have 'text'"):
        answered(lambda environ, start_response: start_response("200 OK", [])("text"))


def test_failure_before_the_first_piece_goes_up() -> None:
    """Nothing was sent, so whoever called us can still answer with 500."""
    exchange = MemoryExchange()
    body = Closing(b"", fails=True)

    with pytest.raises(KeyError, match="in the body"):
        WSGIHandler(saying(body))(exchange)
    assert (exchange.stage, exchange.calls, body.closed) == (NEW, [], 1)


def test_failure_after_the_first_piece_cuts() -> None:
    """The client must not take what it got for the whole."""
    exchange = MemoryExchange()
    body = Closing(b"some", fails=True)

    with pytest.raises(KeyError, match="in the body"):
        WSGIHandler(saying(body))(exchange)
    assert (exchange.calls, body.closed) == (["open", "send", "cut"], 1)


def test_bodies_are_closed_after_the_answer() -> None:
    """The application learns when it may clean up."""
    exchange = MemoryExchange()
    body = Closing(b"a", b"b")
    body.close = lambda: exchange.calls.append("close")
    WSGIHandler(saying(body))(exchange)

    assert exchange.calls == ["open", "send", "send", "end", "close"]


# -- files -----------------------------------------------------------------------------------------------------------


class Block(io.BytesIO):
    """A file that remembers how much was asked of it."""

    asked: tuple[int, ...] = ()

    def read(self, size: int | None = -1) -> bytes:
        self.asked += (size or 0,)
        return super().read(size)


def sending(file: Any, *size: int, headers: Any = ()) -> Application:
    """An application that sends a file."""

    def application(environ, start_response):
        start_response("200 OK", list(headers))
        return environ["wsgi.file_wrapper"](file, *size)

    return application


def test_files_are_sent_in_large_blocks() -> None:
    """Whatever block size is suggested, ours is the least; the file is closed."""
    file = Block(b"x" * 100_000)
    exchange = answered(sending(file, 8192))

    assert len(exchange.received) == 100_000
    assert set(file.asked) == {65536}
    assert file.closed


def test_files_are_sent_as_far_as_promised() -> None:
    """From where they stand, up to the Content-Length (PEP 3333, "Optional Platform-Specific File Handling")."""
    file = io.BytesIO(b"0123456789")
    file.seek(2)

    assert answered(sending(file, headers=[("Content-Length", "5")])).received == b"23456"


def test_files_shorter_than_promised_are_an_error() -> None:
    """The client does not get an end where bytes are missing; a file that cannot be closed need not be."""

    class Unclosable:
        def read(self, size):
            return b""

    with pytest.raises(ExchangeError, match="0 bytes, but 5 were promised"):
        answered(sending(Unclosable(), headers=[("Content-Length", "5")]))
