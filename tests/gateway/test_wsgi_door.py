"""Our handlers under a foreign WSGI server, and both directions back to back."""

from __future__ import annotations

import http.client
import io
import threading
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.exchange import ClientError, ClientGone, Exchange, ExchangeError, FileBody
from kirsch.gateway import wsgi_door
from kirsch.gateway.wsgi import WSGIHandler
from kirsch.gateway.wsgi_door import FIELD_NAMES, WSGIExchange, as_wsgi
from tests.gateway.memory_exchange import MemoryExchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PLAIN = [(b"Content-Type", b"text/plain")]


def environ_with(**more: Any) -> dict[str, Any]:
    """A small environ; `_` in the names of wsgi.* stands for the dot."""
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    return environ | {key.replace("wsgi_", "wsgi."): value for key, value in more.items()}


def exchange_with(max_body: int = 0, **more: Any) -> WSGIExchange:
    """An exchange of that environ, whose answer nobody reads."""
    return WSGIExchange(environ_with(**more), lambda *_: lambda _: None, max_body)


class Server:
    """The other side of WSGI: keeps what it is told. lost: raised when it is to send."""

    def __init__(self, lost: Exception | None = None) -> None:
        self.head: tuple[str, list[tuple[str, str]]] = ("", [])
        self.pushed: list[bytes] = []
        self.lost = lost

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
        self.head = (status, headers)
        return self.push

    def push(self, data: bytes) -> None:
        if self.lost:
            raise self.lost
        self.pushed.append(data)

    def run(self, handler: Callable[[Exchange], None], **more: Any) -> Any:
        """The body of the answer, as it was returned."""
        return as_wsgi(handler)(environ_with(**more), self.start_response)


# -- the request -----------------------------------------------------------------------------------------------------


def test_head_comes_from_the_environ() -> None:
    """Method, target, version and fields are put together again."""
    head = exchange_with(
        REQUEST_METHOD="PUT", PATH_INFO="/a", QUERY_STRING="b=c", SERVER_PROTOCOL="HTTP/1.0", HTTP_X_A="\xe4",
        HTTP_EMPTY="", CONTENT_TYPE="a/b", CONTENT_LENGTH="", HTTP_CONTENT_LENGTH="7", HTTP_PROXY="evil",
        HTTP_CGI_AUTHORIZATION="Basic x",
    ).head  # fmt: skip

    assert (head.method, head.target, head.version) == ("PUT", b"/a?b=c", (1, 0))
    assert head.fields == [
        (b"x-a", b"\xe4"), (b"empty", b""), (b"content-type", b"a/b"), (b"authorization", b"Basic x")
    ]  # fmt: skip


def test_addresses_come_from_the_environ() -> None:
    """What is missing or no number counts as none."""
    known = exchange_with(REMOTE_ADDR="::1", REMOTE_PORT="9", SERVER_NAME="[::1]", wsgi_url_scheme="https")
    unknown = exchange_with(REMOTE_PORT="x", SERVER_NAME="/run/socket", SERVER_PORT="")

    assert (known.client, known.server, known.scheme) == (("::1", 9), ("::1", 80), "https")
    assert (unknown.client, unknown.server, unknown.scheme) == (("", 0), ("/run/socket", 0), "http")


@pytest.mark.parametrize(
    ("script", "path", "raw", "target"),
    [
        ("", "/a b", "", b"/a%20b"),
        ("", "/a/b", "/a%2Fb?x", b"/a%2Fb"),
        ("", "/a%2Fb c", "/a%2fb%20c", b"/a%2fb%20c"),
        ("", "/a/b", "/other%2Fb", b"/a/b"),
        ("", "/a/b", "http://h/a%2Fb", b"/a/b"),
        ("", "/\xc3\xa4", "/%c3%a4", b"/%c3%a4"),
        ("", "/\xc3\xa4", "/\xc3\xa4", b"/%C3%A4"),
        ("", "/%41?", "", b"/%2541%3F"),
        ("", "//a", "//a", b"//a"),
        ("", "*", "*", b"*"),
        ("", "", "*", b"*"),
        ("", "", "", b"/"),
        ("/x", "", "/x", b"/"),
        ("/x", "/a/b", "/x/a%2Fb", b"/a%2Fb"),
        ("/x", "/a/b", "/xy/a%2Fb", b"/a/b"),
        ("/x", "/a/b", "/x%2Fa%2Fb", b"/a/b"),
        ("/x y", "/a/b", "/x%20y/a%2Fb", b"/a%2Fb"),
        ("/x/", "a", "/x/a", b"/a"),
        ("/", "/a", "/a", b"/a"),
    ],
)
def test_target_keeps_the_spelling_of_the_client(script: str, path: str, raw: str, target: bytes) -> None:
    """REQUEST_URI is believed where it means SCRIPT_NAME and PATH_INFO, so that `%2F` is no slash; else these two."""
    more: Any = {"SCRIPT_NAME": script, "PATH_INFO": path}

    assert exchange_with(**more, REQUEST_URI=raw).head.target == target
    assert exchange_with(**more, RAW_URI=raw).head.target == target


@pytest.mark.parametrize(("query", "target"), [("a=%20", b"/?a=%20"), ("a=\xe4 #", b"/?a=%E4%20%23"), ("?", b"/??")])
def test_query_is_kept(query: str, target: bytes) -> None:
    """As it is, but for what may not stand in a target."""
    assert exchange_with(QUERY_STRING=query).head.target == target


@pytest.mark.parametrize(("script", "prefix"), [("", ""), ("/", ""), ("/\xc3\xa4/", "/ä"), ("/\xff", "/\udcff")])
def test_prefix_is_the_script_name(script: str, prefix: str) -> None:
    """Decoded from UTF-8; what is none survives."""
    assert exchange_with(SCRIPT_NAME=script).prefix == prefix


def test_table_of_field_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that makes up names fills it at most."""
    monkeypatch.setattr(wsgi_door, "MOST", len(FIELD_NAMES))

    assert FIELD_NAMES["HTTP_X_MADE_UP"] == b"x-made-up"
    assert "HTTP_X_MADE_UP" not in FIELD_NAMES


# -- the body of the request -----------------------------------------------------------------------------------------


class Stream:
    """A wsgi.input that gives little at a time, and would wait for ever where its end is not marked."""

    def __init__(self, data: bytes, *, ends: bool = True) -> None:
        self.file = io.BytesIO(data)
        self.ends = ends

    def read(self, size: int) -> bytes:
        data = self.file.read(min(size, 3))
        assert data or self.ends, "this would wait for ever"
        return data


@pytest.mark.parametrize(
    ("more", "ends"),
    [({"CONTENT_LENGTH": "8"}, False), ({"wsgi_input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}, True)],
)
@pytest.mark.parametrize("size", [-1, 2, 100])
def test_body_is_read_to_its_end(more: dict[str, Any], ends: bool, size: int) -> None:
    """By its length, or up to an end that the server marks; never further."""
    exchange = exchange_with(wsgi_input=Stream(b"12345678", ends=ends), **more)

    assert exchange.read(0) == b""
    assert b"".join(iter(lambda: exchange.read(size), b"")) == b"12345678"
    assert exchange.read() == b""


def test_without_a_length_there_is_no_body() -> None:
    """Reading on would wait for ever."""
    assert exchange_with(wsgi_input=Stream(b"", ends=False)).read() == b""


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"CONTENT_LENGTH": "9"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "\xb2"}, 400),
        ({"CONTENT_LENGTH": "9" * 5000}, 400),
        ({"CONTENT_LENGTH": "11"}, 413),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"wsgi_input_terminated": True, "wsgi_input": Stream(b"x" * 11)}, 413),
    ],
)
def test_faults_of_the_client(more: dict[str, Any], status: int) -> None:
    """A body that is short, has no proper length, is too long, or whose end cannot be known."""
    exchange = exchange_with(max_body=10, **{"wsgi_input": Stream(b"12345678")} | more)

    with pytest.raises(ClientError) as caught:
        exchange.read()
    assert caught.value.status == status


def test_faults_of_the_client_are_answered() -> None:
    """A handler need not care."""
    server = Server()
    body = server.run(lambda exchange: exchange.finish(exchange.read()), CONTENT_LENGTH="9")

    assert server.head[0] == "400 Bad Request"
    assert body == [b"400 Bad Request: the body ended after 0 bytes, 9 are missing\n"]


# -- the answer ------------------------------------------------------------------------------------------------------


def giving(*pieces: bytes, status: int = 200, length: int | None = None, fields: Any = PLAIN) -> Any:
    """A handler that gives one piece at once, and several one by one."""

    def handler(exchange: Exchange) -> None:
        exchange.start(status, fields, length)
        for piece in pieces[:-1]:
            exchange.write(piece)
        exchange.finish(pieces[-1])

    return handler


def test_whole_answers_are_lists_of_one() -> None:
    """With a Content-Length, so that any server can send them at once."""
    server = Server()

    assert server.run(giving(b"abc")) == [b"abc"]
    assert server.head == ("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])


def test_answers_in_pieces_are_pushed() -> None:
    """Through `write`, without a length if there is none."""
    server = Server()

    assert list(server.run(giving(b"a", b"b", b""))) == []
    assert (server.pushed, server.head[1]) == ([b"a", b"b"], [("Content-Type", "text/plain")])


@pytest.mark.parametrize(
    ("method", "status", "length", "told"),
    [
        ("HEAD", 200, 5, "5"),
        ("HEAD", 200, None, None),
        ("HEAD", 200, 0, "0"),
        ("GET", 204, 5, None),
        ("GET", 304, None, None),
        ("GET", 304, 5, "5"),
        ("GET", 200, None, "0"),
    ],
)
def test_lengths_are_honest(method: str, status: int, length: int | None, told: str | None) -> None:
    """Where no body is sent, only what was promised is told, and the server has no chance to add a length of 0."""
    server = Server()
    body = server.run(giving(b"", status=status, length=length), REQUEST_METHOD=method)

    assert dict(server.head[1]).get("Content-Length") == told
    assert (b"".join(body), server.pushed) == (b"", [b""] if told is None else [])


@pytest.mark.parametrize(("status", "data", "told"), [(200, b"", "0"), (304, b"", None), (304, b"whole", "5")])
def test_lengths_of_whole_answers(status: int, data: bytes, told: str | None) -> None:
    """A 304 without a body says nothing of the length: 0 would be taken for that of the page (RFC 9110 §8.6)."""
    server = Server()
    server.run(lambda exchange: exchange.reply(status, PLAIN, data))

    assert dict(server.head[1]).get("Content-Length") == told


def test_fields_of_the_connection_stay_here() -> None:
    """A WSGI server would refuse them."""
    server = Server()
    server.run(giving(b"", fields=[*PLAIN, (b"Connection", b"close"), (b"X-A", b"\xe4")]))

    assert server.head[1] == [("Content-Type", "text/plain"), ("X-A", "\xe4"), ("Content-Length", "0")]


@pytest.mark.parametrize(("status", "reason", "line"), [(299, b"", "299 Unknown"), (200, b"Fine", "200 Fine")])
def test_status_line(status: int, reason: bytes, line: str) -> None:
    """There is always a reason."""
    server = Server()

    def handler(exchange: Exchange) -> None:
        exchange.start(status, PLAIN, reason=reason)
        exchange.finish()

    server.run(handler)
    assert server.head[0] == line


def test_when_done_is_called_once_the_server_is_done() -> None:
    """For a whole answer at close(), for one in pieces at its end, and for a failure as well."""
    done: list[Exchange] = []

    def noting(handler: Any) -> Any:
        def noted(exchange: Exchange) -> None:
            exchange.when_done = done.append
            handler(exchange)

        return noted

    body = Server().run(noting(giving(b"abc")))
    assert (list(body), len(body), done) == ([b"abc"], 1, [])
    body.close()
    Server().run(noting(giving(b"a", b"b")))
    with pytest.raises(TypeError):
        Server().run(noting(len))
    assert [exchange.stage for exchange in done] == ["finished", "finished", "new"]


@pytest.mark.parametrize("pieces", [(), (b"some",)])
def test_failures_go_to_the_server(pieces: tuple[bytes, ...]) -> None:
    """It logs them, and answers with 500 or cuts."""

    def handler(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.start(200, PLAIN)
            exchange.write(piece)
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        Server().run(handler)


@pytest.mark.parametrize(
    "handler", [lambda _: None, lambda exchange: exchange.start(200, PLAIN), giving(b"a", b"b", length=3)]
)
def test_half_an_answer_is_a_failure(handler: Any) -> None:
    """A handler that comes back too early has made a mistake, and the server must not take it for the end."""
    with pytest.raises(ExchangeError):
        Server().run(handler)


def test_swallowed_failure_is_a_failure() -> None:
    """The answer broke off; that somebody has caught the error does not mend it."""

    def handler(exchange: Exchange) -> None:
        with pytest.raises(ExchangeError):
            giving(b"a", b"b", length=3)(exchange)

    with pytest.raises(ExchangeError, match="its answer is finished and broken off"):
        Server().run(handler)


def test_failure_after_the_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets its answer."""

    def handler(exchange: Exchange) -> None:
        giving(b"abc")(exchange)
        raise KeyError("too late")

    assert Server().run(handler, PATH_INFO="/late") == [b"abc"]
    assert "error after the answer to <Head GET /late>" in caplog.text


def test_lost_client() -> None:
    """What the server says of it is ClientGone for the handler, and goes back in the server's own words."""
    seen = []

    def handler(exchange: Exchange) -> None:
        try:
            giving(b"a", b"b")(exchange)
        except ClientGone as error:
            seen.append(error)
            raise

    with pytest.raises(BrokenPipeError):
        Server(BrokenPipeError()).run(handler)
    assert len(seen) == 1


def test_lost_client_while_reading() -> None:
    """The same for the body of the request."""

    class Lost:
        def read(self, size: int) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        Server().run(lambda exchange: exchange.finish(exchange.read()), CONTENT_LENGTH="9", wsgi_input=Lost())


def test_client_known_to_be_gone_without_a_reason() -> None:
    """A handler may find out by itself."""

    def handler(exchange: Exchange) -> None:
        raise ClientGone

    with pytest.raises(ClientGone):
        Server().run(handler)


# -- against the reference implementation ----------------------------------------------------------------------------


def mirror(exchange: Exchange) -> None:
    """Gives back what it was sent, in pieces if there is a query."""
    exchange.start(200, [*PLAIN, (b"X-Target", exchange.head.target), (b"X-Prefix", exchange.prefix.encode())])
    if b"?" in exchange.head.target:
        exchange.write(exchange.read(2))
    exchange.finish(exchange.read())


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A server of the standard library that serves `mirror`, with the validator in between."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    with make_server("127.0.0.1", 0, validator(as_wsgi(mirror)), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[0], server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("method", "target", "length", "body"),
    [
        ("POST", "/a%20b", "4", b"body"),
        ("POST", "/a?x=%2F", None, b"body"),
        ("GET", "/", "0", b""),
        ("HEAD", "/", None, b""),
    ],
)
def test_under_simple_server(
    address: tuple[str, int], method: str, target: str, length: str | None, body: bytes
) -> None:
    """A real server runs it, whole and in pieces, and the validator has no complaints in either direction."""
    client = http.client.HTTPConnection(*address, timeout=5)
    client.request(method, target, body or None, {"Content-Type": "text/plain"})
    answer = client.getresponse()

    assert (answer.status, answer.read(), answer.headers["Content-Length"]) == (200, body, length)
    assert answer.headers["X-Target"] == target
    client.close()


# -- both directions back to back ------------------------------------------------------------------------------------


TOKENS = st.sampled_from(["x-a", "x-b", "accept", "cookie", "content-type"]).map(str.encode)
VALUES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=8).map(lambda text: text.strip())
FIELDS = st.lists(st.tuples(TOKENS, VALUES.map(lambda text: text.encode("latin-1"))), max_size=5)
SEGMENTS = st.lists(st.sampled_from(["a", "%2F", "%41", "%C3%A4", "%ff", "/", "~", "%", ";", "."]), max_size=6)


def talkative(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Tells all it knows of the request, in the manner that the query asks for."""
    status, manner, length = environ["QUERY_STRING"].split(",")
    told = sorted((key, value) for key, value in environ.items() if value and isinstance(value, str))
    pieces = [repr(told).encode(), b"", environ["wsgi.input"].read()] if manner != "none" else []
    headers = [("Content-Type", "text/plain"), ("X-Twice", "1"), ("X-Twice", "\xe4")]
    if length == "yes":
        headers.append(("Content-Length", str(sum(map(len, pieces)))))
    write = start_response(status.replace("+", " "), headers)
    if manner == "write":
        write(pieces.pop(0))
    ways: dict[str, Any] = {"list": list, "tuple": tuple, "sized": lambda pieces: [b"".join(pieces)]}
    body: Iterable[bytes] = ways.get(manner, iter)(pieces)
    return body


REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "HEAD", "POST"]),
        "path": SEGMENTS.map("".join),
        "fields": FIELDS,
        "body": st.binary(max_size=20),
        "version": st.sampled_from([(1, 0), (1, 1)]),
        "prefix": st.sampled_from(["", "/wiki", "/ä b"]),
    }
)
QUERIES = st.tuples(
    st.sampled_from(["200+OK", "200+Fine", "404+Not+Found", "204+No+Content", "304+Not+Modified"]),
    st.sampled_from(["list", "tuple", "pieces", "write", "sized", "none"]),
    st.sampled_from(["yes", "no"]),
)


def made(path: str, query: Iterable[str], **more: Any) -> MemoryExchange:
    """The exchange for a request."""
    exchange = MemoryExchange(target=f"/{path}?{','.join(query)}".encode(), **more)
    exchange.head.fields.append((b"content-length", str(len(exchange.body)).encode()))
    return exchange


@given(request=REQUESTS, query=QUERIES)
def test_round_trip(request: dict[str, Any], query: tuple[str, str, str]) -> None:
    """An application behind both gateways is told the same and says the same as behind one."""
    direct, around = made(query=query, **request), made(query=query, **request)
    WSGIHandler(talkative)(direct)
    WSGIHandler(as_wsgi(WSGIHandler(talkative)))(around)

    assert around.outcome == direct.outcome
    assert around.calls == direct.calls


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_body(tmp_path: Any) -> Iterator[Callable[..., FileBody]]:
    """Makes bodies of a file of 200,000 bytes; afterwards they must be closed."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 199_999 + b"y")
    made: list[Any] = []

    def make(*pieces: Any) -> FileBody:
        made.append(path.open("rb", buffering=0))
        return FileBody(made[-1], pieces or [(0, 200_000)], made[-1].fileno())

    yield make
    assert all(file.closed for file in made)


class FileWrapper:
    """What servers offer: it may have the system send the file. used: how many there were."""

    used = 0

    def __init__(self, file: Any, block_size: int = 8192) -> None:
        FileWrapper.used += 1
        self.file, self.close = file, file.close
        self.fileno = file.fileno

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(8192), b"")


@pytest.mark.parametrize(
    ("pieces", "wrapper", "used", "length"),
    [
        ((), FileWrapper, 1, 200_000),
        ((), None, 0, 200_000),
        (((199_990, 200_000),), FileWrapper, 0, 10),
        ((b"--", (0, 1), b"--"), FileWrapper, 0, 5),
    ],
)
def test_files_are_fetched_by_the_server(
    open_body: Callable[..., FileBody], pieces: Any, wrapper: Any, used: int, length: int
) -> None:
    """A whole file in the wrapper that it offers, parts in blocks; the end is told when it closes that."""
    FileWrapper.used = 0
    server = Server()
    done: list[Exchange] = []

    def handler(exchange: Exchange) -> None:
        exchange.when_done = done.append
        exchange.deliver(200, PLAIN, open_body(*pieces))

    body = server.run(handler, **({"wsgi_file_wrapper": wrapper} if wrapper else {}))
    assert (len(b"".join(body)), FileWrapper.used, done) == (length, used, [])
    assert ("Content-Length", str(length)) in server.head[1]
    body.close()
    assert [exchange.sent for exchange in done] == [length]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
def test_files_of_which_only_the_head_is_sent(open_body: Callable[..., FileBody], method: str, status: int) -> None:
    """Are closed at once; their length is told."""
    server = Server()
    body = server.run(lambda exchange: exchange.deliver(status, PLAIN, open_body()), REQUEST_METHOD=method)

    assert b"".join(body) == b""
    assert ("Content-Length", "200000") in server.head[1]


def test_a_file_under_a_real_server(open_body: Callable[..., FileBody]) -> None:
    """The reference server has a wrapper of its own."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

    application = as_wsgi(lambda exchange: exchange.deliver(200, PLAIN, open_body()))
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request("GET", "/")
        data = connection.getresponse().read()
        connection.close()
        thread.join()
    assert (len(data), data[-2:]) == (200_000, b"xy")
