"""The smaller parts under the names of Cheroot: bodies, heads, files, the command, fixtures."""

from __future__ import annotations

import importlib
import io
import socket
import sys

import pytest

from kirsch.compat.alias import place_of
from kirsch.compat.cheroot__compat import bton, extract_bytes, ntob, ntou
from kirsch.compat.cheroot_bodies import ChunkedRFile, KnownLengthRFile, SizeCheckWrapper
from kirsch.compat.cheroot_cli import main, parse_wsgi_bind_addr
from kirsch.compat.cheroot_errors import MaxSizeExceeded, plat_specific_errors
from kirsch.compat.cheroot_makefile import MakeFile, StreamReader, StreamWriter
from kirsch.compat.cheroot_request import DropUnderscoreHeaderReader, HeaderReader
from kirsch.compat.cheroot_testing import cheroot_server, get_server_client
from kirsch.compat.cheroot_workers_threadpool import ThreadPool
from kirsch.compat.cheroot_wsgi import Server

NAMES = {
    "cheroot": "__version__",
    "cherrypy.wsgiserver": "CherryPyWSGIServer WSGIPathInfoDispatcher HTTPServer HTTPConnection HTTPRequest SSLAdapter",
    "cherrypy.wsgiserver.ssl_builtin": "BuiltinSSLAdapter",
    "cherrypy.wsgiserver.ssl_pyopenssl": "pyOpenSSLAdapter",
    "cheroot._compat": "bton ntob ntou assert_native extract_bytes",
    "cheroot.cli": "main Application GatewayYo TCPSocket UnixSocket AbstractSocket parse_wsgi_bind_location",
    "cheroot.connections": "ConnectionManager prevent_socket_inheritance",
    "cheroot.errors": "MaxSizeExceeded NoSSLError FatalSSLAlert plat_specific_errors socket_errors_to_ignore "
    "socket_errors_nonblocking socket_error_eintr acceptable_sock_shutdown_exceptions",
    "cheroot.makefile": "MakeFile StreamReader StreamWriter BufferedWriter",
    "cheroot.server": "HTTPServer HTTPRequest HTTPConnection Gateway KnownLengthRFile ChunkedRFile SizeCheckWrapper "
    "HeaderReader DropUnderscoreHeaderReader get_ssl_adapter_class ssl_adapters comma_separated_headers",
    "cheroot.ssl": "Adapter",
    "cheroot.ssl.builtin": "BuiltinSSLAdapter",
    "cheroot.ssl.pyopenssl": "pyOpenSSLAdapter",
    "cheroot.testing": "wsgi_server native_server thread_and_wsgi_server cheroot_server get_server_client",
    "cheroot.workers": "",
    "cheroot.workers.threadpool": "ThreadPool WorkerThread",
    "cheroot.wsgi": "Server WSGIServer Gateway Gateway_10 Gateway_u0 WSGIGateway WSGIGateway_10 WSGIGateway_u0 "
    "PathInfoDispatcher WSGIPathInfoDispatcher wsgi_gateways",
}


@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    """Each module has what applications import from it."""
    module = importlib.import_module(place_of(name))

    assert [each for each in NAMES[name].split() if not hasattr(module, each)] == []


LINES = b"one\ntwo\nthree"
CHUNKS = b"5;x=y\r\none\nt\r\n8\r\nwo\nthree\r\n0\r\nA: b\r\n\r\nrest"


@pytest.mark.parametrize(
    "make",
    [
        lambda: KnownLengthRFile(io.BytesIO(LINES + b"rest"), len(LINES)),
        lambda: ChunkedRFile(io.BytesIO(CHUNKS), 0),
        lambda: SizeCheckWrapper(io.BytesIO(LINES), 0),
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        lambda body: body.read(),
        lambda body: body.read(2) + body.read(3) + body.read(100),
        lambda body: body.readline(2) + body.readline() + b"".join(body.readlines()),
        lambda body: b"".join(body.readlines(1) + body.readlines()),
        b"".join,
    ],
)
def test_bodies(make, read):
    """All of it and nothing behind it, however it is read."""
    body = make()
    assert read(body) == LINES
    assert (body.read(), body.readline()) == (b"", b"")
    body.close()


def test_trailers():
    """Behind the last chunk, and not before it was read."""
    body = ChunkedRFile(io.BytesIO(CHUNKS), 0)
    with pytest.raises(ValueError, match="trailers"):
        list(body.read_trailer_lines())
    body.read()
    assert list(body.read_trailer_lines()) == [b"A: b\r\n"]


@pytest.mark.parametrize("data", [b"", b"x\r\n", b"-1\r\n", b"0x1\r\na\r\n", b"5\r\nab", b"1\r\nab\r\n"])
def test_chunks_that_are_none(data):
    """ValueError, and never a loop."""
    with pytest.raises(ValueError, match="Bad chunked"):
        ChunkedRFile(io.BytesIO(data), 0).read()


@pytest.mark.parametrize("make", [SizeCheckWrapper, ChunkedRFile])
def test_more_than_may_be_read(make):
    """MaxSizeExceeded."""
    with pytest.raises(MaxSizeExceeded):
        make(io.BytesIO(CHUNKS), 10).read()
    with pytest.raises(MaxSizeExceeded):
        list(iter(make(io.BytesIO(CHUNKS), 3).readline, b""))


@pytest.mark.parametrize(
    ("reader", "names"),
    [(HeaderReader(), [b"A", b"Cookie", b"X_Y"]), (DropUnderscoreHeaderReader(), [b"A", b"Cookie"])],
)
def test_heads(reader, names):
    """Names with a capital, lines of one name joined, and names with an underscore where they are wanted."""
    found = reader(io.BytesIO(b"a: 1\r\nA: 2\r\ncookie: x\r\nCookie: y\r\nx_y: 3\r\n\r\nbody"))
    assert sorted(found) == names
    assert (found[b"A"], found[b"Cookie"]) == (b"1, 2", b"x; y")


def test_files_over_a_socket():
    """They count, and what is written leaves at once."""
    ours, theirs = socket.socketpair()
    with ours, theirs, StreamWriter(ours) as writer, StreamReader(theirs) as reader:
        assert writer.write(b"some bytes") == 10
        assert {type(MakeFile(ours, mode)) for mode in ("wb", "rb")} == {StreamReader, StreamWriter}
        assert reader.has_data()
        assert (reader.read(10), reader.bytes_read, writer.bytes_written) == (b"some bytes", 10, 10)


def test_text_and_bytes():
    """The one as the other."""
    assert (ntob("ä"), bton(b"\xe4"), ntou("\\u00e4", "escape"), ntou("a")) == (b"\xe4", "ä", "ä", "a")
    assert extract_bytes(memoryview(b"x")) == extract_bytes(b"x") == b"x"
    for call in (lambda: ntob(b"x"), lambda: extract_bytes("x")):
        with pytest.raises((TypeError, ValueError)):
            call()
    assert plat_specific_errors("EPIPE", "ENOSUCH", "EPIPE") == [32]


def test_threads():
    """`min` is what is kept: for the next start."""
    pool = ThreadPool(None, min=2, max=4)
    pool.grow(5)
    assert pool.min == 4
    pool.shrink(9)
    assert (pool.min, pool.idle, pool.qsize) == (1, 0, 0)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.168.1.1:80", ("192.168.1.1", 80)),
        ("[::1]:8000", ("::1", 8000)),
        ("localhost:5000", ("localhost", 5000)),
        ("/tmp/x.sock", "/tmp/x.sock"),
        ("@name", "\0name"),
        ("host", ("host", None)),
    ],
)
def test_addresses(text, address):
    """As the command takes them."""
    assert parse_wsgi_bind_addr(text) == address


APPLICATION = """
from kirsch.compat.cheroot_server import Gateway
def application(environ, start_response): ...
class Own(Gateway): ...
number = 1
"""


@pytest.mark.parametrize(
    ("said", "made"),
    [
        (["--bind=127.0.0.1:0", "--threads=3", "--timeout=4"], ("Server", 3, 4)),
        ([":Own", "--bind=127.0.0.1:0", "--threads=2"], ("HTTPServer", 2, 10)),
        ([":number"], "callable"),
    ],
)
def test_the_command(said, made, tmp_path, monkeypatch):
    """`cheroot module[:attribute]` serves a WSGI application or a gateway."""
    (tmp_path / "cheroot_program.py").write_text(APPLICATION)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    target = "cheroot_program" + (said.pop(0) if said[0].startswith(":") else "")
    monkeypatch.setattr(sys, "argv", ["cheroot", target, *said])
    started = []

    def note(server):
        started.append(server)

    monkeypatch.setattr("kirsch.compat.cheroot_server.HTTPServer.safe_start", note)
    if made == "callable":
        with pytest.raises(TypeError, match=made):
            main()
        return
    main()
    assert (type(started[0]).__name__, started[0].requests.min, started[0].timeout) == made


def test_a_server_for_a_test():
    """cheroot_server() starts one, and a client asks it by methods of HTTP."""
    with cheroot_server(Server) as (thread, server):
        server.wsgi_app = lambda environ, start: start("200 OK", [("X", "y")]) and [environ["REQUEST_METHOD"].encode()]
        client = get_server_client(server)
        status, headers, body = client.put("/")
        assert (status, dict(headers)["X"], body) == ("200 OK", "y", b"PUT")
    assert not thread.is_alive()
