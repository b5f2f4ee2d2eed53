"""WSGI applications under the names of `cheroot.wsgi`."""

from __future__ import annotations

import socket

import pytest

from kirsch.compat import cheroot_wsgi as wsgi
from kirsch.compat.cheroot_request import DropUnderscoreHeaderReader, HTTPConnection, HTTPRequest
from tests.compat.cheroot_serving import asked, started
from tests.server.wire import Client

ANYWHERE = ("127.0.0.1", 0)


def plain(server):
    """Nothing between the server and the application is touched."""


def with_a_gateway(server):
    """A gateway of the application's own, which changes nothing."""
    server.gateway = type("Own", (wsgi.Gateway_10,), {})


def with_a_connection(server):
    """The same with the class of connections."""
    server.ConnectionClass = type("Own", (HTTPConnection,), {})


def with_requests(server):
    """The same with requests."""
    own = type("Own", (HTTPRequest,), {"header_reader": DropUnderscoreHeaderReader()})
    server.ConnectionClass = type("Owner", (HTTPConnection,), {"RequestHandlerClass": own})


WAYS = [plain, with_a_gateway, with_a_connection, with_requests]


@pytest.fixture(params=WAYS)
def serve(request):
    """Answers of an application, whatever stands between it and the server."""

    def ask(application, *lines, body=b"", **given):
        server = wsgi.Server(ANYWHERE, application, **given)
        request.param(server)
        with started(server):
            reply = asked(server, *lines, body=body)
        reply.said = server.said
        return reply

    return ask


KEYS = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/a b",
    "QUERY_STRING": "c=%20",
    "REQUEST_URI": "/a%20b?c=%20",
    "SERVER_NAME": "me",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "ACTUAL_SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "Cheroot/11.1.2 Server",
    "REMOTE_ADDR": "127.0.0.1",
    "CONTENT_TYPE": "text/x",
    "CONTENT_LENGTH": "4",
    "HTTP_HOST": "a",
    "HTTP_X_TWICE": "1, 2",
    "HTTP_COOKIE": "a=1; b=2",
    "HTTP_X_LINE": None,
    "HTTP_PROXY": None,
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


@pytest.mark.parametrize("way", WAYS)
def test_environ(way):
    """The same keys and values, by whatever way a request comes."""
    seen = {}

    def application(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"yes"]

    server = wsgi.Server(ANYWHERE, application, server_name="me")
    way(server)
    fields = ["Content-Type: text/x", "X-Twice: 1", "X-Twice: 2", "Cookie: a=1", "Cookie: b=2", "X_Line: 1", "Proxy: x"]
    with started(server):
        reply = asked(server, "POST /a%20b?c=%20 HTTP/1.1", "Content-Length: 4", *fields, body=b"body")
        assert seen["SERVER_PORT"] == str(server.bind_addr[1])
    assert (reply.status, reply.body, reply.fields[b"server"]) == (200, b"yes", b"me")
    assert {key: seen.get(key) for key in KEYS} == KEYS
    assert seen["body"] == b"body"


def written(_, start_response):
    """By write(), and by what is returned."""
    write = start_response("200 OK", [("Content-Length", "6")])
    write(b"one")
    return [b"", b"two"]


def failing(_, start_response):
    """A failure before anything was sent."""
    start_response("200 OK", [("X-First", "1")])
    raise RuntimeError("in vain")


def mending(_, start_response):
    """An answer that gives way to another one."""
    start_response("200 OK", [("X-First", "1")])
    try:
        raise RuntimeError("in vain")
    except RuntimeError as error:
        start_response("503 Not Now", [("X-Second", "1")], (type(error), error, error.__traceback__))
    return [b"later"]


def of_the_connection(_, start_response):
    """Fields that PEP 3333 forbids, as pairs that are no list."""
    pairs = {"Connection": "close", "Transfer-Encoding": "chunked", "X-Kept": "1"}
    start_response("200 OK", pairs.items())
    return iter([b"some", b" more"])


def wrong(_, start_response):
    """Text instead of bytes."""
    start_response("200 OK", [])
    return ["text"]


def too_long(_, start_response):
    """More than was promised."""
    start_response("200 OK", [("Content-Length", "3")])
    return [b"much", b" more"]


def twice(_, start_response):
    """A second start_response without an error."""
    start_response("200 OK", [])
    start_response("200 OK", [])
    return []


@pytest.mark.parametrize(
    ("application", "status", "body", "fields"),
    [
        (written, 200, b"onetwo", {b"content-length": b"6"}),
        (failing, 500, b"", {b"x-first": None}),
        (mending, 503, b"later", {b"x-first": None, b"x-second": b"1"}),
        (of_the_connection, 200, b"some more", {b"connection": b"close", b"x-kept": b"1"}),
        (wrong, 500, b"", {}),
        (twice, 500, b"", {}),
    ],
)
def test_answers(serve, application, status, body, fields):
    """What applications do is answered alike; what fails is told by error_log, with its traceback."""
    reply = serve(application)

    assert (reply.status, reply.body) == (status, body)
    assert {name: reply.fields.get(name) for name in fields} == fields
    assert [level for _, level, traceback in reply.said if traceback] == ([40] if status == 500 else [])


def test_more_than_was_promised(serve):
    """Nothing of it gets out as if it were right."""
    reply = serve(too_long)

    assert reply.status == 500
    assert b"much" not in reply.body


@pytest.mark.parametrize("read", [lambda body: body.read(), lambda body: b"".join(body.readlines()), b"".join])
def test_bodies_in_chunks(serve, read):
    """Also line by line: that it ends is no matter of luck."""

    def application(environ, start_response):
        start_response("200 OK", [("X-Marked", str(environ["wsgi.input_terminated"]))])
        return [read(environ["wsgi.input"])]

    chunks = b"5\r\none\nt\r\n4\r\nwo\nx\r\n0\r\n\r\n"
    reply = serve(application, "POST / HTTP/1.1", "Transfer-Encoding: chunked", body=chunks)
    assert (reply.body, reply.fields[b"x-marked"]) == (b"one\ntwo\nx", b"True")


def test_gateway_of_ones_own():
    """get_environ() adds to what an application is told; so does one that is put into the class."""

    class Own(wsgi.Gateway_10):
        def get_environ(self):
            return super().get_environ() | {"own": f"{self.req.path.decode()} {self.req.conn.remote_addr}"}

    server = wsgi.Server(ANYWHERE, lambda environ, start: start("200 OK", []) and [environ["own"].encode()])
    server.gateway = Own
    with started(server):
        assert asked(server, "GET /a%2Fb%41 HTTP/1.1").body == b"/a%2FbA 127.0.0.1"


def test_paths_as_text():
    """WSGI u.0: what is UTF-8 is decoded."""
    server = wsgi.Server(ANYWHERE, lambda environ, start: start("200 OK", []) and [environ["PATH_INFO"].encode()])
    server.gateway = wsgi.wsgi_gateways["u", 0]
    with started(server):
        assert asked(server, "GET /%C3%A4 HTTP/1.1").body == "/ä".encode()
        assert asked(server, "GET /%E4 HTTP/1.1").body == "/ä".encode()


def test_an_application_that_is_replaced(serve):
    """At any time."""

    def first(environ, start_response):
        start_response("200 OK", [])
        return [b"first"]

    server = wsgi.Server(ANYWHERE, first)
    with started(server):
        assert asked(server).body == b"first"
        server.wsgi_app = written
        assert asked(server).body == b"onetwo"


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="Linux")
@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("way", [plain, with_a_gateway])
def test_who_is_at_the_other_end(tmp_path, way, resolved):
    """Of a Unix socket: process, user and group; their names where they are wanted."""
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [])
        return []

    path = str(tmp_path / "s")
    server = wsgi.Server(path, application, peercreds_enabled=True, peercreds_resolve_enabled=resolved)
    way(server)
    with started(server):
        asked(server, client=lambda address: Client(address, socket.AF_UNIX))
    names = {"X_REMOTE_PID", "X_REMOTE_UID", "X_REMOTE_GID"}
    names |= {"X_REMOTE_USER", "X_REMOTE_GROUP", "REMOTE_USER"} if resolved else set()
    assert {key for key in seen if "REMOTE_" in key} - {"REMOTE_ADDR", "REMOTE_PORT"} == names
    assert seen["SERVER_PORT"] == ""


@pytest.mark.parametrize("apps", [dict, list])
def test_applications_by_path(apps):
    """The longest prefix wins; the caller's list stays as it is; what nobody has is 404."""
    seen = []

    def told(name):
        return lambda environ, _: seen.append((name, environ["SCRIPT_NAME"], environ["PATH_INFO"])) or [b""]

    pairs = apps([("/", told("root")), ("/a/b", told("deep")), ("/a", told("a"))])
    before = list(pairs)
    dispatcher = wsgi.WSGIPathInfoDispatcher(pairs)
    for path in ("/a/b/c", "/a/bc", "/a", "/", ""):
        dispatcher({"PATH_INFO": path, "SCRIPT_NAME": "/s"}, None)
    assert list(pairs) == before
    assert seen == [
        ("deep", "/s/a/b", "/c"), ("a", "/s/a", "/bc"), ("a", "/s/a", ""), ("root", "/s", "/"), ("root", "/s", "/"),
    ]  # fmt: skip
    status = []
    assert wsgi.PathInfoDispatcher({})({"PATH_INFO": "/x"}, lambda *given: status.append(given[0])) == [b""]
    assert status == ["404 Not Found"]
