"""A WSGI application as a handler: what it is told of the request, and how it is called."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.exchange import FINISHED, NEW, ClientError, ClientGone
from kirsch.gateway import wsgi, wsgi_answer
from kirsch.gateway.wsgi import Input, WSGIHandler, key_of
from tests.gateway.memory_exchange import MemoryExchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OK = [("Content-Type", "text/plain")]


class Echo:
    """An application that keeps the environ of its last request, and answers with the body it was sent."""

    environ: dict[str, Any]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.environ = environ
        start_response("200 OK", list(OK))
        return [environ["wsgi.input"].read()]


def environ_of(exchange: MemoryExchange, prefix: str = "") -> dict[str, Any]:
    """The environ an application gets to see."""
    echo = Echo()
    WSGIHandler(echo, prefix)(exchange)
    return echo.environ


def test_environ_tells_the_request() -> None:
    """The CGI variables come from the head and the addresses."""
    fields = [(b"host", b"example.org"), (b"content-type", b"text/csv"), (b"content-length", b"2")]
    environ = environ_of(MemoryExchange("POST", b"/a%20b?x=%20", fields, b"hi"))

    assert {key: value for key, value in environ.items() if key.isupper()} == {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/a b", "QUERY_STRING": "x=%20",
        "REQUEST_URI": "/a%20b?x=%20", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080",
        "REMOTE_ADDR": "192.0.2.7", "REMOTE_PORT": "40123", "HTTP_HOST": "example.org", "CONTENT_TYPE": "text/csv",
        "CONTENT_LENGTH": "2",
    }  # fmt: skip


def test_environ_has_the_keys_of_wsgi() -> None:
    """The wsgi.* keys are those of a server with threads that marks the end of its input."""
    environ = environ_of(MemoryExchange(scheme="https"))

    assert type(environ) is dict
    assert environ["wsgi.version"] == (1, 0)
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["wsgi.errors"] is sys.stderr
    assert (environ["wsgi.multithread"], environ["wsgi.multiprocess"], environ["wsgi.run_once"]) == (True, False, False)
    assert environ["wsgi.input_terminated"] is True


def test_environs_are_independent() -> None:
    """An application may change its environ; the next one does not see it."""
    handler = WSGIHandler(echo := Echo())
    handler(MemoryExchange())
    echo.environ["wsgi.url_scheme"] = echo.environ["mine"] = "changed"
    handler(MemoryExchange())

    assert echo.environ["wsgi.url_scheme"] == "http"
    assert "mine" not in echo.environ


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/", "/"),
        (b"/a%2Fb", "/a/b"),
        (b"/%C3%A4", "/\xc3\xa4"),
        (b"/\xc3\xa4", "/\xc3\xa4"),
        (b"/%zz%", "/%zz%"),
        (b"/a?b?c", "/a"),
        (b"*", ""),
    ],
)
def test_path_is_decoded_once(target: bytes, path: str) -> None:
    """PATH_INFO holds the bytes of the decoded path, one in each character."""
    assert environ_of(MemoryExchange(target=target))["PATH_INFO"] == path


@pytest.mark.parametrize(
    ("target", "script", "path"),
    [
        (b"/wiki", "/wiki", ""),
        (b"/wiki/", "/wiki", "/"),
        (b"/%77iki/a", "/wiki", "/a"),
        (b"/wiki//a", "/wiki", "//a"),
    ],
)
def test_mount_point_becomes_script_name(target: bytes, script: str, path: str) -> None:
    """The mount point moves from PATH_INFO to SCRIPT_NAME."""
    environ = environ_of(MemoryExchange(target=target), "/wiki/")

    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (script, path)


@pytest.mark.parametrize("target", [b"/", b"/wikis", b"/Wiki", b"/a/wiki", b"*"])
def test_outside_of_mount_point_is_not_found(target: bytes) -> None:
    """A path that is not below the mount point is none of the application's business."""
    WSGIHandler(Echo(), "/wiki")(exchange := MemoryExchange(target=target))

    assert exchange.status == 404
    assert exchange.stage is FINISHED


def test_mount_point_needs_a_slash() -> None:
    """The message says what to write instead."""
    with pytest.raises(ValueError, match="'/wiki' instead of 'wiki'"):
        WSGIHandler(Echo(), "wiki")


def test_prefix_of_a_foreign_server_comes_first() -> None:
    """SCRIPT_NAME is all of the path that others have used up, in the bytes of UTF-8; REQUEST_URI is whole."""
    environ = environ_of(MemoryExchange(target=b"/b/c%2Fd?x", prefix="/ä"), "/b")

    assert environ["SCRIPT_NAME"] == "/\xc3\xa4/b"
    assert environ["PATH_INFO"] == "/c/d"
    assert environ["REQUEST_URI"] == "/%C3%A4/b/c%2Fd?x"


def test_variables_of_a_foreign_server_go_on() -> None:
    """REMOTE_USER and the like reach the application; fields and framing come from the head alone."""
    foreign = {
        "REMOTE_USER": "ann", "HTTP_X": "stale", "CONTENT_LENGTH": "9", "wsgi.errors": sys.stdout, "PATH_INFO": "",
        "wsgi.multiprocess": True, "wsgi.input": None, "REQUEST_METHOD": "BREW", "REQUEST_URI": "/as-it-came",
    }  # fmt: skip
    environ = environ_of(MemoryExchange(environ=foreign))

    assert environ["REMOTE_USER"] == "ann"
    assert environ["wsgi.errors"] is sys.stdout
    assert environ["wsgi.multiprocess"] is True
    assert (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["REQUEST_URI"]) == ("GET", "", "/as-it-came")
    assert not {"HTTP_X", "CONTENT_LENGTH"} & environ.keys()


@pytest.mark.parametrize(
    ("server", "scheme", "name", "port"),
    [
        (("", 0), "http", "localhost", "80"),
        (("", 0), "https", "localhost", "443"),
        (("::1", 8080), "http", "[::1]", "8080"),
    ],
)
def test_server_name_is_never_empty(server: tuple[str, int], scheme: str, name: str, port: str) -> None:
    """A Unix socket needs a name and a port all the same; IPv6 is put in brackets."""
    environ = environ_of(MemoryExchange(server=server, scheme=scheme, client=("", 0)))

    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == (name, port)
    assert (environ["REMOTE_ADDR"], environ["REMOTE_PORT"]) == ("", "")


def test_repeated_fields_are_joined() -> None:
    """With commas, cookies with semicolons; what is not a list keeps its last line."""
    fields = [
        (b"x-a", b"1"), (b"cookie", b"a=1"), (b"x-a", b"2"), (b"cookie", b"b=2"),
        (b"content-type", b"a/b"), (b"content-type", b"c/d"),
    ]  # fmt: skip
    environ = environ_of(MemoryExchange(fields=fields))

    assert environ["HTTP_X_A"] == "1, 2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "c/d"
    assert "HTTP_CONTENT_TYPE" not in environ


def test_deceptive_fields_are_dropped() -> None:
    """An underscore would pass for a hyphen, and Proxy for a variable of the process."""
    fields = [(b"x-user", b"ann"), (b"x_user", b"root"), (b"content_length", b"5"), (b"proxy", b"evil")]
    environ = environ_of(MemoryExchange(fields=fields))

    assert environ["HTTP_X_USER"] == "ann"
    assert not {"", "HTTP_PROXY", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH"} & environ.keys()


def test_table_of_field_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that makes up names fills the table at most; new names work nevertheless."""
    monkeypatch.setattr(wsgi, "MOST", len(wsgi.KEYS))
    environ = environ_of(MemoryExchange(fields=[(b"x-made-up", b"1"), (b"host", b"h")]))

    assert environ["HTTP_X_MADE_UP"] == "1"
    assert b"x-made-up" not in wsgi.KEYS
    assert key_of(b"x-made-up") == "HTTP_X_MADE_UP"


def test_table_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with very many addresses does not fill the memory."""
    monkeypatch.setattr(wsgi, "MOST", 2)
    handler = WSGIHandler(Echo())
    for port in range(1, 6):
        handler(MemoryExchange(server=("h", port)))

    assert len(handler.constants) <= 2


def test_repr_tells_application_and_mount_point() -> None:
    """It is what a status page shows."""
    assert repr(WSGIHandler(len, "/wiki")) == "<WSGIHandler <built-in function len> at '/wiki'>"


@pytest.mark.parametrize("version", [(1, 0), (1, 1), (2, 0)])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_validator_has_no_complaints(method: str, version: tuple[int, int]) -> None:
    """The reference checker of the standard library accepts our side of the contract."""
    fields = [(b"host", b"h"), (b"content-length", b"3"), (b"content-type", b"text/plain")]

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        write = start_response("200 OK", list(OK))
        write(environ["wsgi.input"].readline(2))
        return [b"", environ["wsgi.input"].read(10)]

    WSGIHandler(validator(application), "/m")(
        exchange := MemoryExchange(method, b"/m/x", fields, b"abc", version=version)
    )

    assert exchange.received == (b"" if method == "HEAD" else b"abc")


# -- the body of the request ---------------------------------------------------------------------------------------


CALLS = st.lists(
    st.tuples(st.sampled_from(["read", "readline", "readlines"]), st.one_of(st.none(), st.integers(-1, 9))), max_size=8
)


@given(body=st.text("a\n", max_size=40), part=st.integers(1, 9), calls=CALLS)
def test_input_reads_like_a_file(body: str, part: int, calls: list[tuple[str, int | None]]) -> None:
    """However the body arrives, each call gives what a file of the same content would give."""
    source = Input(MemoryExchange(body=body.encode(), part=part))
    file = io.BytesIO(body.encode())

    assert [getattr(source, name)(size) for name, size in calls] == [getattr(file, name)(size) for name, size in calls]
    assert list(source) == list(file)


def test_long_lines_take_linear_time() -> None:
    """A line that comes byte by byte is looked at once: fifty thousand of them are read in no time."""
    exchange = MemoryExchange()
    left = 50_000
    asked = []

    def read(size: int = -1) -> bytes:
        asked.append(size)
        return b"x" if len(asked) <= left else b""

    exchange.read = read
    assert len(Input(exchange).readline()) == left
    assert set(asked) == {65536}


@pytest.mark.parametrize("status", [400, 408, 413])
def test_fault_of_the_client_is_answered(status: int) -> None:
    """A body that cannot be read ends the application, and the client is told why in plain text."""
    exchange = MemoryExchange("POST", error=ClientError(status, "no such body"))
    WSGIHandler(Echo())(exchange)

    assert exchange.status == status
    assert exchange.received.startswith(str(status).encode())
    assert b"no such body" in exchange.received


def test_fault_of_the_client_after_the_head_cuts() -> None:
    """When the answer has begun, breaking off is all that is left."""
    exchange = MemoryExchange("POST", error=ClientError(408, "too slow"))

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", list(OK))
        yield b"begun"
        yield environ["wsgi.input"].read()

    with pytest.raises(ClientError):
        WSGIHandler(application)(exchange)
    assert exchange.calls == ["open", "send", "cut"]


def test_client_that_has_gone_gets_no_answer() -> None:
    """Nobody is there: whoever called us closes the connection."""
    exchange = MemoryExchange("POST", error=ClientGone())

    with pytest.raises(ClientGone):
        WSGIHandler(Echo())(exchange)
    assert exchange.stage is NEW


# -- pace ----------------------------------------------------------------------------------------------------------


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the gateway."""
    clock = Clock()
    monkeypatch.setattr(wsgi_answer, "perf_counter", clock)
    return clock


def sleeper(clock: Clock, *, late: bool = False, fail: bool = False) -> WSGIHandler:
    """A handler that takes as many seconds as the last number in its path says, before or while it gives its body."""

    def work(environ: dict[str, Any]) -> bytes:
        clock.now += float(environ["QUERY_STRING"])
        if fail:
            raise KeyError
        return b"done"

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", list(OK))
        return (work(environ) for _ in range(1)) if late else [work(environ)]

    return WSGIHandler(application)


def aside(handler: WSGIHandler, target: bytes, method: str = "GET") -> int:
    """Whether the handler steps aside for a request."""
    exchange = MemoryExchange(method, target)
    try:
        handler(exchange)
    except KeyError:
        assert exchange.stage is NEW
    return exchange.stepped_aside


@pytest.mark.parametrize("fail", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_known_to_be_slow_steps_aside(clock: Clock, late: bool, fail: bool) -> None:
    """A place that took long once is expected to do so again, also if it gives pieces or fails; other methods not."""
    handler = sleeper(clock, late=late, fail=fail)

    assert [aside(handler, b"/a/slow?0.5") for _ in range(3)] == [0, 1, 1]
    assert aside(handler, b"/quick?0", "POST") == 0
    assert [aside(handler, b"/quick?0.0001") for _ in range(3)] == [0, 0, 0]


def test_neighbours_tell_what_to_expect(clock: Clock) -> None:
    """The first visit to a place goes by the first visits to its neighbours, the second by its own."""
    handler = sleeper(clock)

    assert aside(handler, b"/report/1?0.5") == 0
    assert aside(handler, b"/report/2?0") == 1
    assert aside(handler, b"/report/2?0") == 0
    assert aside(handler, b"/" + b"long" * 100 + b"/x?0.5") == 0
    assert aside(handler, b"/" + b"long" * 100 + b"/x?0.5") == 1


def test_table_of_places_is_bounded(clock: Clock) -> None:
    """Very many paths do not fill the memory."""
    handler = sleeper(clock)
    for number in range(3000):
        handler(MemoryExchange(target=b"/%d/a?0" % number))

    assert len(handler.paces.known) <= wsgi_answer.MOST + 1
