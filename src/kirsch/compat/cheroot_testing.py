"""`cheroot.testing`: fixtures for pytest, by which a server of ours is started for a test."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

import pytest

from kirsch.compat.cheroot_server import Gateway, HTTPServer
from kirsch.compat.cheroot_wsgi import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

EPHEMERAL_PORT: Final = 0
NO_INTERFACE: Final = None
ANY_INTERFACE_IPV4: Final = "0.0.0.0"
ANY_INTERFACE_IPV6: Final = "::"
SECONDS: Final = 10.0
"""How long a server may take to be ready."""

config: Final[dict[Any, dict[str, Any]]] = {
    Server: {"bind_addr": ("127.0.0.1", EPHEMERAL_PORT), "wsgi_app": None},
    HTTPServer: {"bind_addr": ("127.0.0.1", EPHEMERAL_PORT), "gateway": Gateway},
}
"""What servers are made with."""


@contextmanager
def cheroot_server(server_factory: Any) -> Iterator[tuple[threading.Thread, HTTPServer]]:
    """A thread, and a server that serves in it."""
    server = server_factory(**config[server_factory])
    thread = threading.Thread(target=server.safe_start, daemon=True)
    thread.start()
    until = monotonic() + SECONDS
    while not server.ready and monotonic() < until:
        sleep(0.01)
    try:
        yield thread, server
    finally:
        server.stop()
        thread.join(SECONDS)


@pytest.fixture
def thread_and_wsgi_server() -> Iterator[tuple[threading.Thread, HTTPServer]]:
    """A server for a WSGI application, which the test sets, with its thread."""
    with cheroot_server(Server) as both:
        yield both


@pytest.fixture
def thread_and_native_server() -> Iterator[tuple[threading.Thread, HTTPServer]]:
    """A server for a gateway, which the test sets, with its thread."""
    with cheroot_server(HTTPServer) as both:
        yield both


@pytest.fixture
def wsgi_server(thread_and_wsgi_server: tuple[threading.Thread, HTTPServer]) -> HTTPServer:
    """The server alone."""
    return thread_and_wsgi_server[1]


@pytest.fixture
def native_server(thread_and_native_server: tuple[threading.Thread, HTTPServer]) -> HTTPServer:
    """The server alone."""
    return thread_and_native_server[1]


def get_server_client(server: HTTPServer) -> Client:
    """A client with a method for each of HTTP's: get(), post() and so on."""
    return Client(server)


class Client:
    """Asks a server. Each answer: status (`200 OK`), headers, body."""

    def __init__(self, server: HTTPServer) -> None:
        host, self.port = server.bind_addr
        self.interface = str({ANY_INTERFACE_IPV4: "127.0.0.1", ANY_INTERFACE_IPV6: "::1"}.get(host, host))
        self.server_instance = server

    def get_connection(self) -> HTTPConnection:
        """A connection of http.client."""
        return HTTPConnection(self.interface, self.port, timeout=SECONDS)

    def request(
        self, uri: str, method: str = "GET", headers: Any = (), http_conn: Any = None, protocol: str = "HTTP/1.1"
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Ask once, by a connection of one's own or a new one."""
        connection = http_conn or self.get_connection()
        vars(connection).update(_http_vsn_str=protocol, _http_vsn=11 if protocol == "HTTP/1.1" else 10)
        try:
            connection.putrequest(method.upper(), uri, skip_host=any(name.lower() == "host" for name, _ in headers))
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return f"{answer.status} {answer.reason}", answer.getheaders(), answer.read()
        finally:
            if http_conn is None:
                connection.close()

    def __getattr__(self, name: str) -> Any:
        return partial(self.request, method=name)
