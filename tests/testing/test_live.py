"""A real server for the length of a test, and the client that asks it."""

from __future__ import annotations

import io
import socket
import threading
import time

import pytest

import kirsch
from kirsch.dispatch.expose import config, expose
from kirsch.exchange import ClientGone
from kirsch.testing.client import Client
from kirsch.testing.live import LiveServer, live_server
from tests.app.pages import LonelyApplication
from tests.testing.mirror import answering, mirror, signpost


class Pages:
    """What both clients are asked for."""

    @expose
    def index(self, **params):
        request = kirsch.request
        files = {name: (part.filename, part.value.decode()) for name, part in params.items() if hasattr(part, "value")}
        kirsch.response.headers["X-Cookies"] = ",".join(sorted(request.cookie))
        kirsch.response.cookie["seen"] = "yes"
        texts = {name: value for name, value in params.items() if name not in files}
        return repr((request.method, texts, files, request.headers.get("Authorization"), request.protocol))

    @expose
    def raw(self):
        return kirsch.request.body.read()

    @expose
    def elsewhere(self):
        raise kirsch.HTTPRedirect("/?from=elsewhere")

    @expose
    @config(**{"response.stream": True})
    def stream(self):
        yield from ("one\n", "two\n")

    @expose
    def broken(self):
        return str(1 / 0)


APPLICATION = LonelyApplication(Pages())


@pytest.fixture(scope="module")
def server():
    """One that several tests ask."""
    with live_server(APPLICATION) as running:
        yield running


REQUESTS = [
    ("GET", "/?a=1", {}),
    ("HEAD", "/", {}),
    ("GET", "/", {"params": {"a": ["x y", "ä"]}, "auth": ("Ada", "secret")}),
    ("POST", "/", {"data": {"a": "ä"}}),
    ("POST", "/", {"data": {"a": "1"}, "files": {"f": ("a.txt", b"text", "text/plain")}}),
    ("PUT", "/raw", {"body": b"raw"}),
    ("POST", "/raw", {"body": ["in ", "pieces"]}),
    ("POST", "/raw", {"body": b"one chunk", "headers": {"Transfer-Encoding": "chunked"}}),
    ("POST", "/raw", {"json": {"a": 1}}),
    ("POST", "/raw", {"headers": {"Content-Length": None}}),
    ("GET", "/", {"version": (1, 0)}),
    ("POST", "/elsewhere", {"follow": True}),
    ("GET", "/elsewhere", {}),
    ("GET", "/stream", {}),
    ("GET", "/stream", {"version": (1, 0)}),
    ("GET", "/broken", {}),
    ("GET", "/lost", {}),
    ("OPTIONS", "*", {}),
]
DOOR = {"date", "server", "connection", "transfer-encoding"}


def shown(answer, base):
    """What a test could look at, without what only a wire has, and ids."""
    fields = {name.lower(): value.replace(base, "") for name, value in answer.headers.items()}
    body = answer.body.partition(b"Request ")[0].replace(base.encode(), b"")
    seen = {name: value for name, value in fields.items() if name not in DOOR | {"content-length"}}
    return answer.status, answer.reason, seen, body, answer.url.replace(base, ""), len(answer.history), answer.broken


@pytest.mark.parametrize(("method", "path", "options"), REQUESTS)
def test_as_in_memory(server, method, path, options):
    """The same questions get the same answers, whether there is a wire between or not."""
    here, there = Client(APPLICATION), server.client()

    for _ in range(2):  # with the cookie of the first answer
        answers = [client.request(method, path, **options) for client in (here, there)]
        assert shown(answers[0], here.base) == shown(answers[1], there.base)
    assert dict(here.cookies) == dict(there.cookies)


def test_addresses(server):
    """The server is on the loopback, at a port of its own; its client asks it whatever host is meant."""
    assert server.url == f"http://127.0.0.1:{server.port}"
    with live_server(mirror) as other:
        assert other.port not in (0, server.port)
        client = other.client("http://shop.example", auth=("a", "b"), follow=True)
        seen = client.get("/", client=("127.0.0.3", 0)).json()

    assert {"host": "shop.example", "authorization": "Basic YTpi"}.items() <= dict(seen["fields"]).items()
    assert (seen["client"][0], seen["server"]) == ("127.0.0.3", ["127.0.0.1", other.server.port or seen["server"][1]])


def test_redirects_stay_here():
    """A redirect to a foreign host that is followed asks this server in its name."""
    with live_server(signpost) as server:
        seen = server.client(follow="anywhere").get("/302?http://other.example/x").json()

    assert dict(seen["fields"])["host"] == "other.example"


class Endless:
    """Sends until the client has gone, which it then says."""

    def __init__(self):
        self.left = threading.Event()

    def __call__(self, exchange):
        exchange.start(200, [])
        try:
            while True:
                exchange.write(b"x" * 10)
                time.sleep(0.001)
        except ClientGone:
            self.left.set()
            exchange.abort()


def test_streaming():
    """Pieces come as they are sent; a client that leaves is noticed."""
    handler = Endless()
    with live_server(handler) as server:
        with server.client().stream("GET", "/") as answer:
            assert next(answer.pieces).strip(b"x") == b""
        assert handler.left.wait(5)


def test_lines(server):
    """As in memory."""
    with server.client().stream("GET", "/stream") as answer:
        assert list(answer.lines()) == ["one", "two"]


@pytest.mark.parametrize("length", [5, None])
@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_broken_answers(length, version):
    """A body that ends before its end is noticed, however it is framed."""

    def handler(exchange):
        exchange.start(200, [], length)
        exchange.write(b"abc")
        exchange.abort()

    with live_server(handler) as server:
        answer = server.client().get("/", version=version)

    assert (answer.broken, answer.error) == (True, None)
    assert repr(answer).endswith("bytes, broken off>")


def test_answers_before_the_end_of_the_body():
    """A server that refuses a body in the middle of it is heard."""
    with live_server(answering(b"no", status=413), max_request_body_size=100_000) as server:
        answer = server.client().post("/", body=(b"x" * 65536 for _ in range(500)))

    assert answer.status == 413


def test_a_server_that_does_not_answer():
    """The client waits no longer than it is told to."""
    gate = threading.Event()
    with live_server(lambda exchange: (gate.wait(5), mirror(exchange))) as server:
        client = server.client()
        with pytest.raises(TimeoutError):
            client.get("/", timeout=0.03)
        gate.set()


def test_the_end():
    """Nobody listens any more, no thread is left, and it can be started again."""
    before = threading.enumerate()
    server = LiveServer(mirror)
    for _ in range(2):
        server.start()
        client, port = server.client(), server.port
        assert client.get("/").status == 200
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            client.get("/")

    assert set(threading.enumerate()) <= set(before)
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port))


def test_stopping_twice():
    """A server that does not run has nothing to stop."""
    server = LiveServer(mirror)
    server.stop()

    assert (repr(server), server.url, server.port) == ("<LiveServer not running>", "", 0)


def test_failing_tests():
    """The server ends with the test, and the test's own error is the one that is seen."""
    with pytest.raises(ZeroDivisionError), live_server(mirror) as server:
        raise ZeroDivisionError
    assert server.port == 0


@pytest.mark.slow  # the server waits a second for its threads
def test_handlers_that_do_not_come_back():
    """Then the test is told where one stands; other threads have ended."""
    gate = threading.Event()
    server = LiveServer(lambda exchange: gate.wait(10), shutdown_timeout=0.01, thread_pool=2)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(RuntimeError, match=r"(?s)\(1 in all\); it stands at.*gate.wait\(10\)"):
            server.stop()
    gate.set()


def test_failing_tests_of_handlers_that_do_not_come_back(monkeypatch):
    """The test's own error is the one that is seen, with a note."""
    stop = LiveServer.stop

    def stop_in_vain(self):
        stop(self)
        raise RuntimeError("a handler goes on")

    monkeypatch.setattr(LiveServer, "stop", stop_in_vain)
    with pytest.raises(ZeroDivisionError) as raised, live_server(mirror):
        raise ZeroDivisionError

    assert raised.value.__notes__ == ["a handler goes on"]


def test_apart_from_the_engine():
    """Neither the engine nor the server of the process take part."""
    before = kirsch.engine.state
    with live_server(kirsch.tree) as server:
        server.client().get("/")
        assert (kirsch.engine.state, kirsch.server.httpserver) == (before, None)


def test_files_as_bodies(server):
    """An open file is sent in chunks."""
    assert server.client().post("/raw", body=io.BytesIO(b"x" * 200_000)).body == b"x" * 200_000
