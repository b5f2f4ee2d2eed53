"""The exchange without a server, and what it notices of failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from kirsch.app.errors import HTTPError
from kirsch.dispatch.expose import config, expose
from kirsch.exchange import ExchangeError, Head
from kirsch.run.wsgi import Tree
from kirsch.testing.client import Client
from kirsch.testing.memory import MemoryExchange
from tests.app.pages import LonelyApplication
from tests.testing.mirror import answering


class Failing:
    """Goes wrong in several ways."""

    @expose
    def index(self):
        return str(1 / 0)

    @expose
    @config(**{"response.stream": True})
    def stream(self, pieces="1"):
        yield from "ab"[: int(pieces)]
        raise ZeroDivisionError

    @expose
    def fine(self):
        try:
            return str(1 / 0)
        except ZeroDivisionError:
            return "fine"

    @expose
    def meant(self):
        try:
            return str(1 / 0)
        except ZeroDivisionError as error:
            raise HTTPError(503) from error


def client_of(config=None, **options):
    """A client of pages that fail."""
    return Client(LonelyApplication(Failing(), "", config), **options)


FAILURES = [
    ("/", {}, 500, False),
    ("/stream?pieces=0", {}, 500, False),
    ("/stream?pieces=2", {}, 200, True),
    ("/fine", {"hooks.before_handler": lambda: 1 / 0}, 500, False),
    ("/fine", {"hooks.before_finalize": lambda: 1 / 0}, 500, False),
    ("/", {"error_page.default": lambda **_: {"a": 1}["no page"]}, 500, False),
    ("/", {"hooks.before_error_response": lambda: {"a": 1}["no hook"]}, 500, False),
    ("/", {"request.show_tracebacks": True}, 500, False),
]


@pytest.mark.parametrize(("path", "config", "status", "broken"), FAILURES)
def test_failures_are_answered(path, config, status, broken):
    """As in production, and the answer knows why."""
    answer = client_of({"/": config}).get(path)

    assert (answer.status, answer.broken, type(answer.error)) == (status, broken, ZeroDivisionError)


@pytest.mark.parametrize(("path", "config", "status", "broken"), FAILURES)
def test_failures_are_raised(path, config, status, broken):
    """With raise_errors they come out of the call instead, after all cleanups have run."""
    ended = []
    config = {"/": {**config, "hooks.on_end_request": lambda: ended.append(1)}}
    with pytest.raises(ZeroDivisionError) as raised:
        client_of(config, raise_errors=True).get(path)

    assert (ended, raised.traceback[-1].frame.code.path) == ([1], Path(__file__))


@pytest.mark.parametrize(("path", "status"), [("/fine", 200), ("/meant", 503), ("/lost", 404), ("/fine?x=1", 404)])
def test_what_is_meant_is_no_failure(path, status):
    """What a page has caught itself, or answers on purpose, is not raised, nor kept."""
    answer = client_of(raise_errors=True).get(path)

    assert (answer.status, answer.error) == (status, None)


def test_failures_of_the_test_itself():
    """What the test is handling when it asks is none of the page's."""
    try:
        raise KeyError
    except KeyError:
        meant = client_of(raise_errors=True).get("/meant")
        failed = client_of().get("/")

    assert (meant.error, type(failed.error)) == (None, ZeroDivisionError)


def test_failures_are_causes():
    """An expectation that is not met shows the traceback of the page."""
    with pytest.raises(AssertionError, match="500 Internal Server Error") as raised:
        client_of().get("/").expect(200)

    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_what_escapes_a_handler():
    """It is raised in any case: of a WSGI application, too."""
    site = Tree()
    site.graft(lambda environ, start_response: [b"" * (1 // 0)], "/wsgi")

    with pytest.raises(ZeroDivisionError):
        Client(site).get("/wsgi")


@pytest.mark.parametrize("left", ["new", "started", "sending"])
def test_handlers_that_leave_too_early(left):
    """They are told that there is no answer, or only half of one."""

    def handler(exchange):
        if left != "new":
            exchange.start(200, [])
        if left == "sending":
            exchange.write(b"a")

    with pytest.raises(ExchangeError, match=f"has returned, but its answer is {left}"):
        Client(handler).get("/")


@pytest.mark.parametrize(
    ("status", "fields"),
    [(99, []), (600, []), (200, [(b"X", b"a\r\nY: b")]), (200, [(b"X\0", b"")]), (200, [(b"X\n", b"")])],
)
def test_answers_that_cannot_be_sent(status, fields):
    """They get no further than on a wire."""
    with pytest.raises(ExchangeError, match="cannot be sent"):
        Client(answering(b"", *fields, status=status)).get("/")


def test_addresses_of_its_own():
    """Without a client it has the usual ones, and no body."""
    exchange = MemoryExchange(Head("GET", b"/"))

    assert (exchange.client, exchange.server) == (("127.0.0.1", 50000), ("127.0.0.1", 80))
    assert (exchange.read(), exchange.read(1), exchange.gone) == (b"", b"", False)
