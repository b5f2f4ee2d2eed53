"""`cheroot.server`: its names over our server. See cheroot_request.py for what a gateway is given."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import socket
import sys
import threading
import traceback as tracebacks
from time import monotonic
from typing import TYPE_CHECKING, Any

from kirsch.compat.alias import VERSIONS, place_of
from kirsch.compat.cheroot_bodies import ChunkedRFile, KnownLengthRFile, SizeCheckWrapper
from kirsch.compat.cheroot_connections import ConnectionManager
from kirsch.compat.cheroot_request import (
    DropUnderscoreHeaderReader,
    HeaderReader,
    HTTPConnection,
    HTTPRequest,
    comma_separated_headers,
)
from kirsch.compat.cheroot_settings import settings_of
from kirsch.compat.cheroot_statistics import Counted, publish
from kirsch.compat.cheroot_workers_threadpool import ThreadPool
from kirsch.exchange import FINISHED, NEW, STARTED, ClientError, Exchange
from kirsch.server.listener import Listener, listen
from kirsch.server.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.exchange import Field
    from kirsch.server.settings import Settings

__all__ = (
    "ChunkedRFile", "DropUnderscoreHeaderReader", "Gateway", "HTTPConnection", "HTTPRequest", "HTTPServer",
    "HeaderReader", "KnownLengthRFile", "SizeCheckWrapper", "comma_separated_headers", "get_ssl_adapter_class",
)  # fmt: skip

ssl_adapters: dict[str, Any] = {
    "builtin": "cheroot.ssl.builtin.BuiltinSSLAdapter",
    "pyopenssl": "cheroot.ssl.pyopenssl.pyOpenSSLAdapter",
}


def get_ssl_adapter_class(name: str = "builtin") -> type:
    """The adapter of this name."""
    adapter = ssl_adapters[name.lower()]
    if not isinstance(adapter, str):
        return adapter  # type: ignore[no-any-return]
    module, _, attribute = adapter.rpartition(".")
    try:
        found: type = getattr(
            importlib.import_module(place_of(module) if module.startswith("cheroot.") else module), attribute
        )
    except AttributeError:
        raise AttributeError(f"'{module}' object has no attribute '{attribute}'") from None
    return found


class Gateway:
    """What answers requests: a subclass says how, in respond()."""

    def __init__(self, req: HTTPRequest) -> None:
        self.req = req

    def respond(self) -> None:
        """Answer the request."""
        raise NotImplementedError


class HTTPServer:
    """A server on one address, for one gateway. What was set before prepare() holds."""

    gateway: Any = None
    minthreads: int | None = None
    maxthreads: int | None = None
    server_name: str | None = None
    protocol = "HTTP/1.1"
    request_queue_size = 5
    shutdown_timeout: float = 5
    timeout: float = 10
    expiration_interval = 0.5
    version = f"Cheroot/{VERSIONS['cheroot'][1]}"
    software: str | None = None
    ready = False
    max_request_header_size = 0
    max_request_body_size = 0
    nodelay = True
    ConnectionClass: Any = HTTPConnection
    ssl_adapter: Any = None
    peercreds_enabled = False
    peercreds_resolve_enabled = False
    reuse_port = False
    keep_alive_conn_limit: int | None = 10
    accepted_queue_timeout: float = 10
    can_add_keepalive_connection = True

    def __init__(
        self,
        bind_addr: Any,
        gateway: Any,
        minthreads: int = 10,
        maxthreads: float = -1,
        server_name: str | None = None,
        **more: bool,
    ) -> None:
        self._bind_addr: Any = None
        self.bind_addr = bind_addr
        self.gateway = gateway
        self.named = server_name is not None
        self.server_name = server_name or socket.gethostname()
        for name in ("peercreds_enabled", "peercreds_resolve_enabled", "reuse_port"):
            value = more.pop(name, False)
            setattr(self, name, (value or self.reuse_port) if name == "reuse_port" else value)
        if more:
            raise TypeError(f"HTTPServer() got an unexpected keyword argument {next(iter(more))!r}")
        if self.peercreds_resolve_enabled and not self.peercreds_enabled:
            raise ValueError("peercreds_resolve_enabled needs peercreds_enabled")
        self.requests = ThreadPool(self, min=minthreads or 1, max=maxthreads)
        self.serving: Server | None = None
        self.socket: socket.socket | None = None
        self._connections = ConnectionManager(self)
        self._listener: Listener | None = None
        self._over = threading.Event()
        self._interrupt: BaseException | None = None
        self._ending = threading.Lock()
        self._start_time: float | None = None
        self._run_time = 0.0
        self.clear_stats()

    # -- what is told of it --------------------------------------------------------------------------------------

    def clear_stats(self) -> None:
        """Have `stats` count from here on."""
        self.stats = Counted(self)
        publish(self)

    def runtime(self) -> float:
        """Seconds for which it has run so far."""
        return self._run_time + (monotonic() - self._start_time if self._start_time is not None else 0.0)

    def __str__(self) -> str:
        return f"{type(self).__module__}.{type(self).__name__}({self.bind_addr!r})"

    @property
    def bind_addr(self) -> Any:
        """Host and port, the real ones once it listens; or the path of a Unix socket."""
        return self._bind_addr

    @bind_addr.setter
    def bind_addr(self, address: Any) -> None:
        if isinstance(address, tuple) and not address[0]:
            raise ValueError(
                "Host values of '' or None are not allowed. Use '0.0.0.0' (IPv4) or '::' (IPv6) instead to listen on "
                "all active interfaces."
            )
        self._bind_addr = address

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Say something of it; on stderr here, elsewhere in a subclass."""
        sys.stderr.write(f"{msg}\n")
        sys.stderr.flush()
        if traceback:
            sys.stderr.write(tracebacks.format_exc())
            sys.stderr.flush()

    # -- its life ------------------------------------------------------------------------------------------------

    def safe_start(self) -> None:
        """As start(); what ends the process ends the server first."""
        try:
            self.start()
        except (KeyboardInterrupt, SystemExit) as end:
            what = "Keyboard Interrupt" if isinstance(end, KeyboardInterrupt) else "SystemExit raised"
            self.error_log(f"{what}: shutting down", level=logging.INFO)
            self.stop()
            raise

    def start(self) -> None:
        """Serve until it is stopped."""
        self.prepare()
        self.serve()

    def prepare(self) -> None:
        """Listen, and serve from here on in threads of its own. Raises ListenError, an OSError."""
        self._interrupt = None
        self._over.clear()
        self.software = self.software or f"{self.version} Server"
        settings = self.settings()
        listener = self._listener = self._listen(settings)
        settings.socket_fd = listener.fd
        server = Server(self.handler(), settings)
        server.on_interrupt = self._interrupted
        server.start()
        self.serving = server
        self.socket = socket.socket(fileno=os.dup(listener.fd))
        if isinstance(self._bind_addr, tuple):
            self._bind_addr = self.resolve_real_bind_addr(self.socket)
        self.requests.serving = server
        self.ready = True
        self._start_time = monotonic()

    def _listen(self, settings: Settings) -> Listener:
        """A listening socket: by bind() of a subclass, if there is one."""
        if type(self).bind is HTTPServer.bind:
            return listen(settings)[0]
        family = socket.AF_INET6 if ":" in settings.socket_host else socket.AF_INET
        sock = self.bind(family, socket.SOCK_STREAM)
        sock.listen(settings.socket_queue_size)
        return Listener(sock, nodelay=settings.nodelay)

    def serve(self) -> None:
        """Wait until it is stopped, or a handler wants the end of the process: that is raised here."""
        while self.ready and self._interrupt is None:
            self.tick()
        if self._interrupt is not None:
            self.stop()
            raise self._interrupt

    def tick(self) -> None:
        """A turn of serve(): here it only waits."""
        self._over.wait(self.expiration_interval)

    @contextlib.contextmanager
    def _run_in_thread(self) -> Iterator[threading.Thread]:
        self.prepare()
        thread = threading.Thread(target=self.serve)
        thread.start()
        try:
            yield thread
        finally:
            self.stop()

    def stop(self) -> None:
        """Answer what was accepted, and end. From any thread, also from a handler."""
        with self._ending:
            server, self.serving = self.serving, None
            listener, self._listener = self._listener, None
            sock, self.socket = self.socket, None
        self.ready = False
        if server is not None:
            self._run_time, self._start_time = self.runtime(), None
            if sock is not None:
                sock.close()
            if listener is not None:
                listener.close()
            if server.serves_here():
                threading.Thread(target=self._end, args=(server,), daemon=True).start()
                return
            self._end(server)
        self._over.set()

    def _end(self, server: Server) -> None:
        try:
            server.stop()
        finally:
            self._over.set()

    @property
    def interrupt(self) -> BaseException | None:
        """What has ended it; setting it does so, and serve() raises it."""
        return self._interrupt

    @interrupt.setter
    def interrupt(self, interrupt: BaseException) -> None:
        self._interrupt = interrupt
        self.ready = False
        if isinstance(interrupt, KeyboardInterrupt):
            self.error_log("Keyboard Interrupt: shutting down")
        self._over.set()

    def _interrupted(self, error: BaseException) -> None:
        self.interrupt = error

    # -- what it hands to ours -----------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """What our server is to be told."""
        return settings_of(self, HTTPServer)

    def handler(self) -> Callable[[Exchange], None]:
        """What answers: each request by way of the ConnectionClass, as a gateway wants to see it."""
        return self.guarded(self.converse)

    def converse(self, exchange: Exchange) -> None:
        """Answer one request by way of the ConnectionClass."""
        self.connection(exchange).communicate()

    def connection(self, exchange: Exchange) -> Any:
        """The connection of an exchange, as applications see it."""
        sock = exchange.rfile.raw.sock
        connection = self.ConnectionClass(self, sock)
        connection.exchange = exchange
        connection.remote_addr, connection.remote_port = exchange.client
        connection.ssl_env = exchange.tls
        return connection

    def guarded(self, handler: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
        """A handler whose failures are told by error_log(), and answered with 500 where nothing was sent."""

        def answer(exchange: Exchange) -> None:
            try:
                handler(exchange)
            except ClientError:
                raise
            except Exception as error:
                self.error_log(repr(error), level=logging.ERROR, traceback=True)
                if exchange.stage in (NEW, STARTED):
                    exchange.stage = NEW  # nothing of it was sent
                    fields: list[Field] = [(b"Content-Type", b"text/plain"), (b"Connection", b"close")]
                    exchange.reply(500, fields, b"")
                elif exchange.stage is not FINISHED:
                    exchange.abort()

        return answer

    # -- its socket ----------------------------------------------------------------------------------------------

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:
        """A socket that is bound, but does not listen yet. A subclass may bring its own."""
        sock = self.prepare_socket(
            self.bind_addr, family, type, proto, self.nodelay, self.ssl_adapter, reuse_port=self.reuse_port
        )
        self.socket = self.bind_socket(sock, self.bind_addr)
        return self.socket

    @classmethod
    def prepare_socket(cls, bind_addr: Any, family: int, type: int, proto: int, *options: Any, **more: Any) -> Any:
        """A socket with its options set. options: nodelay and the adapter; more: reuse_port."""
        sock = socket.socket(family, type, proto)
        if os.name != "nt" and bind_addr[1] != 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if more.get("reuse_port"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if options and options[0] and not isinstance(bind_addr, str | bytes):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        """Bind it."""
        socket_.bind(bind_addr)
        return socket_

    @staticmethod
    def resolve_real_bind_addr(socket_: socket.socket) -> Any:
        """Where it is bound: host and port, or a path."""
        address = socket_.getsockname()
        if socket_.family in (socket.AF_INET, socket.AF_INET6):
            return address[:2]
        return os.fsdecode(address) if isinstance(address, bytes) else address
