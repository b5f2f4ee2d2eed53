"""Answers that are looked at while they are made."""

from __future__ import annotations

import contextvars
import threading

import pytest

from kirsch.app.context import present
from kirsch.dispatch.expose import expose
from kirsch.exchange import ClientGone, ExchangeError
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication
from tests.testing.mirror import answering, mirror, signpost

STREAM = {"/": {"response.stream": True}}


class Events:
    """Keeps a diary of what it does."""

    def __init__(self):
        self.diary = []

    @expose
    def index(self, number="3"):
        try:
            for n in range(int(number)):
                self.diary.append(n)
                yield f"{n}\n"
        except GeneratorExit:
            self.diary.append("left")
            raise
        finally:
            self.diary.append("closed")

    @expose
    def failing(self):
        yield "a"
        raise ZeroDivisionError

    @expose
    def failing_at_once(self):
        yield from ()
        raise ZeroDivisionError


@pytest.fixture
def events():
    """The pages."""
    return Events()


@pytest.fixture
def client(events):
    """A client of them. At the end no thread of it is left."""
    yield Client(LonelyApplication(events, "", STREAM))
    assert "kirsch streamed answer" not in [thread.name for thread in threading.enumerate()]


def test_pieces_as_they_are_made(client, events):
    """The page is never ahead of the test: it goes on when the next piece is wanted."""
    seen: list[tuple[bytes, int]] = []
    with client.stream("GET", "/") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html;charset=utf-8")
        seen.extend((piece, events.diary[-1]) for piece in answer.pieces)

    assert seen == [(b"0\n", 0), (b"1\n", 1), (b"2\n", 2)]
    assert (events.diary, answer.broken) == ([0, 1, 2, "closed"], False)


def test_everything_is_over_behind_the_last_piece(client, events):
    """When there are no more pieces, hooks and cleanups have run."""
    client.handler.__self__.merge({"/": {"hooks.on_end_request": lambda: events.diary.append("end")}})
    with client.stream("GET", "/?number=1") as answer:
        assert answer.read() == b"0\n"
        assert events.diary == [0, "closed", "end"]


def test_leaving_early(client, events, caplog):
    """The page is closed once, and nothing is logged as an error."""
    with client.stream("GET", "/?number=1000") as answer:
        next(answer.pieces)
        next(answer.pieces)
    answer.close()

    assert events.diary == [0, 1, "left", "closed"]
    assert (answer.broken, answer.error, answer.read()) == (True, None, b"")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_leaving_before_the_first_piece_was_taken(client, events):
    """It was made, as the head comes with it."""
    with client.stream("GET", "/"):
        pass

    assert events.diary == [0, "left", "closed"]


def test_what_a_handler_sees_of_it():
    """ClientGone from write(), again and again, and `gone` is true."""
    seen = []

    def handler(exchange):
        exchange.start(200, [])
        for _ in range(3):
            before = exchange.gone
            with pytest.raises(ClientGone):
                exchange.write(b"x")
            seen.append((before, exchange.gone))

    with Client(handler).stream("GET", "/"):
        pass

    assert seen == [(False, True), (True, True), (True, True)]


def test_what_a_handler_may_let_go():
    """It need not catch ClientGone."""

    def handler(exchange):
        exchange.start(200, [])
        exchange.write(b"x")

    with Client(handler).stream("GET", "/") as answer:
        assert next(answer.pieces) == b"x"


@pytest.mark.parametrize(
    ("handler", "method", "body"),
    [(mirror, "HEAD", b""), (answering(b"abc"), "GET", b"abc"), (answering(status=204), "GET", b"")],
)
def test_answers_that_are_no_streams(handler, method, body):
    """They have one piece, or none."""
    with Client(handler).stream(method, "/") as answer:
        assert answer.read() == body


def test_lines():
    """The body line by line, wherever its pieces end."""

    def handler(exchange):
        exchange.start(200, [(b"Content-Type", b"text/plain; charset=latin-1")])
        for piece in (b"on", b"e\r", b"\ntw\xf6\n", b"\nlast"):
            exchange.write(piece)
        exchange.finish()

    with Client(handler).stream("GET", "/") as answer:
        assert list(answer.lines()) == ["one", "twö", "", "last"]


def test_cookies_and_redirects():
    """A streamed answer is asked for like any other."""
    client = Client(signpost, follow=True)
    with client.stream("POST", "/303?/x", json=1) as answer:
        seen = answer.whole().json()

    assert (seen["method"], seen["body"], answer.url) == ("GET", "", "http://localhost/x")
    assert [(each.status, each.body) for each in answer.history] == [(303, b"over there")]


def test_the_context_of_the_test():
    """The handler finds in it what it would find without a thread; what it sets stays there."""
    variable = contextvars.ContextVar("variable", default="")
    variable.set("the test's")

    def handler(exchange):
        exchange.reply(200, [], variable.get().encode())
        variable.set("the handler's")

    with Client(handler).stream("GET", "/") as answer:
        assert answer.read() == b"the test's"
    assert variable.get() == "the test's"


def test_pages_know_their_request(client):
    """Also while the test does something else in between."""

    class Root:
        @expose
        def index(self):
            yield "one"
            yield present().path_info

    with Client(LonelyApplication(Root(), "", STREAM)).stream("GET", "/") as answer:
        client.get("/?number=1")
        assert list(answer.pieces) == [b"one", b"/"]


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_failures_are_answered(client):
    """As in production: cut off, or a 500; the answer knows why."""
    with client.stream("GET", "/failing") as answer:
        assert (answer.read(), answer.broken, type(answer.error)) == (b"a", True, ZeroDivisionError)
    with client.stream("GET", "/failing_at_once") as answer:
        assert (answer.status, type(answer.error), repr(answer)) == (
            500, ZeroDivisionError, "<OpenAnswer 500 Internal Server Error, ZeroDivisionError()>"
        )  # fmt: skip


def test_failures_are_raised(client):
    """With raise_errors, where the answer ends."""
    client.courier.raise_errors = True
    with client.stream("GET", "/failing") as answer:
        assert next(answer.pieces) == b"a"
        with pytest.raises(ZeroDivisionError):
            next(answer.pieces)
    with pytest.raises(ZeroDivisionError), client.stream("GET", "/failing_at_once"):
        raise AssertionError("not reached")


def test_what_escapes_a_handler():
    """It is raised where the test waits for the handler."""

    def handler(exchange):
        exchange.start(200, [])
        exchange.write(b"a")
        raise KeyboardInterrupt

    with Client(handler).stream("GET", "/") as answer:
        next(answer.pieces)
        with pytest.raises(KeyboardInterrupt):
            next(answer.pieces)


def test_handlers_that_leave_too_early():
    """As without a stream."""
    with (
        pytest.raises(ExchangeError, match="its answer is new"),
        Client(lambda exchange: None).stream("GET", "/"),
    ):
        raise AssertionError("not reached")


def test_handlers_that_do_not_come_back():
    """After a time the test goes on, and is told where the handler stands."""
    gate = threading.Event()

    def hanging(exchange):
        exchange.start(200, [])
        exchange.write(b"a")
        gate.wait()
        exchange.finish(b"b")

    with Client(hanging).stream("GET", "/", timeout=0.03) as answer:
        next(answer.pieces)
        with pytest.raises(TimeoutError, match=r"(?s)GET /.*nothing for 0.03 seconds.*in hanging\n *gate.wait\(\)"):
            next(answer.pieces)
    gate.set()


def test_expectations():
    """They do not wait for the body."""
    with (
        pytest.raises(AssertionError, match=r"was answered by 404 Not Found \(no Content-Type\) instead of 200"),
        Client(answering(b"x", status=404)).stream("GET", "/") as answer,
    ):
        answer.expect(200)
