"""The server under its old names: gateways, connections, its life, TLS."""

from __future__ import annotations

import logging
import socket
import ssl
import threading

import pytest
import trustme

from kirsch.app.legacy import LegacyWarning, forget
from kirsch.compat import cheroot_server as old
from kirsch.compat.cheroot_request import HTTPConnection
from kirsch.compat.cheroot_ssl_builtin import BuiltinSSLAdapter
from kirsch.compat.cheroot_wsgi import Server
from tests.compat.cheroot_serving import asked, started
from tests.server.wire import Client, eventually

ANYWHERE = ("127.0.0.1", 0)


def hello(environ, start_response):
    """Which scheme it was."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.url_scheme"].encode()]


class Telling(old.Gateway):
    """What a request looks like, as an answer in pieces."""

    def respond(self):
        req = self.req
        told = [req.method, req.uri, req.path, req.qs, req.scheme, req.request_protocol, req.inheaders[b"Host"]]
        req.status = b"201 Made"
        req.outheaders.append((b"X-Told", b"yes"))
        req.ensure_headers_sent()
        for each in told:
            req.write(each + b"|")
        req.write(req.rfile.read())


def test_a_gateway():
    """It sees the request in bytes, and answers by status, headers and write()."""
    with started(old.HTTPServer(ANYWHERE, Telling)) as server:
        reply = asked(server, "POST /a%20b%2fc?d HTTP/1.1", "Content-Length: 4", body=b"body")
        assert (reply.status, reply.fields[b"x-told"], reply.complete) == (201, b"yes", True)
        assert reply.body == b"POST|/a%20b%2fc?d|/a b%2Fc|d|http|HTTP/1.1|a|body"


def simple(req):
    """In one line."""
    req.simple_response("404 Not Here", "no")


def closing(req):
    """With the end of the connection."""
    req.status = b"200 OK"
    req.outheaders = [(b"Content-Length", b"2")]
    req.close_connection = True
    req.ensure_headers_sent()
    req.write(b"ok")


def by_hand(req):
    """Over the file of the connection."""
    req.conn.wfile.write(b"HTTP/1.1 202 By Hand\r\nContent-Length: 0\r\n\r\n")


def nothing(req):
    """Without a body."""
    req.status = b"204 No Content"


def failing(req):
    """Not at all."""
    raise RuntimeError("in vain")


@pytest.mark.parametrize(
    ("respond", "status", "body", "connection"),
    [
        (simple, 404, b"no", None),
        (closing, 200, b"ok", b"close"),
        (by_hand, 202, b"", None),
        (nothing, 204, b"", None),
        (failing, 500, b"", b"close"),
    ],
)
def test_ways_to_answer(respond, status, body, connection):
    """Each of them, and another connection after it."""
    gateway = type("Own", (old.Gateway,), {"respond": lambda self: respond(self.req)})
    with started(old.HTTPServer(ANYWHERE, gateway)) as server:
        for _ in range(2):
            reply = asked(server)
            assert (reply.status, reply.body, reply.fields.get(b"connection")) == (status, body, connection)


@pytest.mark.parametrize("how", ["linger", "rfile"])
def test_taking_a_connection_over(how):
    """`linger` leaves the socket to the application, which has found it below the request's body."""
    taken = []

    class Taking(old.Gateway):
        def respond(self):
            conn = self.req.conn
            taken.append(conn.socket if how == "linger" else self.req.rfile.rfile.raw._sock)
            conn.linger = True
            self.req.status = b"101 Switching Protocols"
            self.req.outheaders = [(b"Upgrade", b"echo"), (b"Connection", b"Upgrade")]

    server = Server(ANYWHERE, None)
    server.gateway = Taking
    with started(server), Client(server.bind_addr) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
        assert client.reply().fields[b"upgrade"] == b"echo"
        assert eventually(lambda: not server._connections._num_connections)
        with taken[0] as sock:
            sock.sendall(sock.recv(10) if client.send(b"ping") else b"")
            assert client.sock.recv(10) == b"ping"


# -- its life --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [SystemExit(3), KeyboardInterrupt()])
def test_a_handler_that_ends_the_process(end):
    """What it raises is raised where the server was started."""

    def application(environ, start_response):
        raise end

    server = Server(ANYWHERE, application)
    server.error_log = lambda *_, **__: None
    raised = []

    def run():
        try:
            server.safe_start()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert eventually(lambda: server.ready)
    asked(server)
    thread.join(5)
    assert (raised, server.ready, server.interrupt) == ([end], False, end)


def refused(address):
    """Whether nobody listens there."""
    with socket.socket() as sock:
        return sock.connect_ex(address) != 0


def test_a_handler_that_stops_the_server():
    """It is answered, and then nobody listens."""
    server = Server(ANYWHERE, None)

    def application(environ, start_response):
        server.stop()
        return hello(environ, start_response)

    server.wsgi_app = application
    with started(server):
        address = server.bind_addr
        assert asked(server).body == b"http"
        assert eventually(lambda: refused(address))


def test_a_second_start():
    """After a stop, on the same port."""
    server = Server(ANYWHERE, hello)
    ports = set()
    for _ in range(2):
        with started(server):
            assert asked(server).status == 200
            ports.add(server.bind_addr[1])
            assert server.socket is not None
            assert server.socket.getsockname() == server.bind_addr
    assert (len(ports), server.socket) == (1, None)


def test_what_is_told_of_it():
    """Statistics, where `cpstats` looks, too; the threads; its words."""
    server = Server(ANYWHERE, hello, numthreads=3, max=7)
    with started(server):
        asked(server)
        stats = vars(logging)["statistics"][f"Cheroot HTTPServer {id(server)}"]
        told = {key: value(stats) if callable(value) else value for key, value in stats.items()}
        assert (told["Requests"], told["Accepts"], told["Threads"], told["Queue"]) == (1, 1, 3, 0)
        assert told["Run time"] > 0
        assert eventually(lambda: server.requests.idle == 3)
    assert str(server).endswith(f".Server({server.bind_addr!r})")
    assert stats["Threads"](stats) == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"thread_pool": 10, "socket_queue_size": 1024, "keep_alive_timeout": 75.0, "max_request_body_size": 0}),
        ({"numthreads": 4, "max": 8}, {"thread_pool": 4, "thread_pool_max": 8}),
        ({"request_queue_size": 9}, {"socket_queue_size": 9}),
        ({"timeout": 3}, {"socket_timeout": 3.0, "keep_alive_timeout": 3.0}),
        ({"shutdown_timeout": 1, "accepted_queue_timeout": 2}, {"shutdown_timeout": 1.0, "queue_timeout": 2.0}),
        ({"server_name": "x", "reuse_port": True}, {"server_header": "x", "reuse_port": True}),
        ({"accepted_queue_size": 5}, {}),
    ],
)
def test_settings(given, expected):
    """What is given becomes a setting of ours; what is not has our default."""
    settings = Server(ANYWHERE, hello, **given).settings()

    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Server(("", 80), hello), ValueError),
        (lambda: Server(ANYWHERE, hello, numthreads=-1), ValueError),
        (lambda: Server(ANYWHERE, hello, max=0), TypeError),
        (lambda: Server(ANYWHERE, hello, numthreads=3, max=2), ValueError),
        (lambda: Server(ANYWHERE, hello, peercreds_resolve_enabled=True), ValueError),
        (lambda: Server(ANYWHERE, hello, nothing=1), TypeError),
        (lambda: old.Gateway(None).respond(), NotImplementedError),
        (lambda: old.get_ssl_adapter_class("none"), KeyError),
    ],
)
def test_what_is_refused(make, error):
    """At once, and not at the first request."""
    with pytest.raises(error):
        make()


def test_a_socket_of_ones_own():
    """bind() of a subclass says where to listen."""

    class Own(Server):
        def bind(self, family, type, proto=0):
            self.bound = super().bind(family, type, proto)
            return self.bound

    with started(Own(ANYWHERE, hello)) as server:
        assert asked(server).status == 200
        assert server.bound.getsockname() == server.bind_addr


# -- TLS -------------------------------------------------------------------------------------------------------------

ROOT = trustme.CA()


@pytest.fixture
def files(tmp_path):
    """Certificate and key."""
    issued = ROOT.issue_cert("localhost", "127.0.0.1")
    certificate, key = tmp_path / "crt", tmp_path / "key"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return str(certificate), str(key)


class Secured(Client):
    """A client that trusts our root."""

    def __init__(self, address):
        super().__init__(address)
        context = ssl.create_default_context()
        ROOT.configure_trust(context)
        self.sock = context.wrap_socket(self.sock, server_hostname="localhost")


def by_context(adapter):
    """An application looks at the context."""
    assert adapter.context.get_ca_certs() == []


def as_it_is(adapter):
    """Nobody touches it."""


@pytest.mark.parametrize("touch", [as_it_is, by_context])
@pytest.mark.parametrize("gateway", [None, Telling])
def test_tls(files, touch, gateway):
    """By files, or by a context that the application has had in its hands."""
    adapter = old.get_ssl_adapter_class()(*files)
    touch(adapter)
    server = Server(ANYWHERE, hello)
    server.ssl_adapter = adapter
    server.gateway = gateway or server.gateway
    with started(server):
        assert asked(server, client=Secured).body.startswith(b"https" if gateway is None else b"GET|/|/||https|")


def test_an_adapter_that_adds_to_the_environ(files):
    """get_environ() of one's own."""

    class Own(BuiltinSSLAdapter):
        def get_environ(self, sock=None):
            return super().get_environ(sock) | {"OWN": sock.version()}

    server = Server(ANYWHERE, lambda environ, start: start("200 OK", []) and [environ["OWN"].encode()])
    server.ssl_adapter = Own(*files)
    with started(server):
        assert asked(server, client=Secured).body == b"TLSv1.3"


def test_pyopenssl(files):
    """Its name gets Python's own ssl, and says so."""
    forget()
    with pytest.warns(LegacyWarning, match="pyOpenSSLAdapter"):
        adapter = old.get_ssl_adapter_class("pyopenssl")(*files)
    assert isinstance(adapter.get_context(), ssl.SSLContext)


def test_files_that_are_not_there(tmp_path):
    """Are told of where the adapter is made."""
    with pytest.raises(FileNotFoundError):
        BuiltinSSLAdapter(str(tmp_path / "no"), str(tmp_path / "none"))


def test_an_adapter_without_a_context():
    """Cannot be used, which is said at the start."""
    server = Server(ANYWHERE, hello)
    server.ssl_adapter = object.__new__(type("Own", (), {"context": None}))
    with pytest.raises(TypeError, match="context"):
        server.prepare()


def test_wrapping_without_a_server(files):
    """wrap() of the adapter makes the handshake, for servers of others."""
    adapter = BuiltinSSLAdapter(*files)
    ours, theirs = socket.socketpair()
    context = ssl.create_default_context()
    ROOT.configure_trust(context)
    thread = threading.Thread(target=lambda: context.wrap_socket(theirs, server_hostname="localhost").close())
    thread.start()
    wrapped, environ = adapter.wrap(ours)
    with wrapped:
        thread.join(5)
    assert (environ["wsgi.url_scheme"], environ["SSL_PROTOCOL"]) == ("https", "TLSv1.3")


def test_connections_are_told_apart():
    """A class of connections of one's own is asked for each request."""
    seen = []

    class Own(HTTPConnection):
        def communicate(self):
            seen.append((self.remote_addr, self.server.ready))
            return super().communicate()

    server = Server(ANYWHERE, hello)
    server.ConnectionClass = Own
    with started(server):
        asked(server)
    assert seen == [("127.0.0.1", True)]
