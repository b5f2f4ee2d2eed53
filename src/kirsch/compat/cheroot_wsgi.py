"""`cheroot.wsgi`: WSGI applications on our server.

Where nobody has put a gateway or a connection of his own in their place, requests go straight to the application, as
fast as by `kirsch run`; all others, and those that want to switch protocols, are shown by way of cheroot_request.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.legacy import warn
from kirsch.compat.cheroot_request import HTTPConnection, HTTPRequest
from kirsch.compat.cheroot_server import Gateway as PlainGateway
from kirsch.compat.cheroot_server import HTTPServer
from kirsch.exchange import NEW
from kirsch.gateway.wsgi import WSGIHandler
from kirsch.gateway.wsgi_answer import HOP_BY_HOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kirsch.exchange import Address, Exchange
    from kirsch.gateway.wsgi_answer import Answer

_OF_THE_CONNECTION: Final = frozenset(name.decode() for name in HOP_BY_HOP)


class Server(HTTPServer):
    """A server for a WSGI application."""

    wsgi_version: Any = (1, 0)

    def __init__(
        self,
        bind_addr: Any,
        wsgi_app: Any,
        numthreads: int = 10,
        server_name: str | None = None,
        max: float = -1,
        request_queue_size: int = HTTPServer.request_queue_size,
        **more: Any,
    ) -> None:
        given = {name: more.pop(name) for name in ("timeout", "shutdown_timeout") if name in more}
        waiting = {name: more.pop(name) for name in list(more) if name.startswith("accepted_queue_")}
        super().__init__(bind_addr, wsgi_gateways[self.wsgi_version], numthreads, max, server_name, **more)
        self.wsgi_app = wsgi_app
        self.request_queue_size = request_queue_size
        vars(self).update(given | waiting)
        vars(self.requests).update(waiting)

    @property
    def wsgi_app(self) -> Any:
        """The application."""
        return self._wsgi_app

    @wsgi_app.setter
    def wsgi_app(self, wsgi_app: Any) -> None:
        if isinstance(wsgi_app, list | tuple):
            warn("a list of applications", "WSGIPathInfoDispatcher(those_tuples)")
            wsgi_app = PathInfoDispatcher(wsgi_app)
        self._wsgi_app = wsgi_app

    @property
    def numthreads(self) -> int:
        """How many threads are kept."""
        return self.requests.min

    @numthreads.setter
    def numthreads(self, value: int) -> None:
        self.requests.min = value

    def handler(self) -> Callable[[Exchange], None]:
        """What answers: the application itself, where nobody could tell the difference."""
        if not self._is_plain():
            return super().handler()
        direct = Direct(self, self.call)

        def answer(exchange: Exchange) -> None:
            if exchange.head.get(b"upgrade") is None:
                direct(exchange)
            else:
                self.converse(exchange)

        return self.guarded(answer)

    def call(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Call the application, which may be replaced at any time."""
        return self._wsgi_app(environ, StartResponse(start_response))

    def _is_plain(self) -> bool:
        """Whether all between server and application is as it was."""
        adapter = self.ssl_adapter
        return (
            self.gateway is Gateway_10
            and self.ConnectionClass is HTTPConnection
            and {**vars(Gateway), **vars(Gateway_10)} == _AS_IT_WAS
            and (HTTPConnection.RequestHandlerClass, dict(vars(HTTPRequest))) == _REQUESTS_AS_THEY_WERE
            and (adapter is None or type(adapter).__module__.startswith("kirsch."))
        )


class StartResponse:
    """Takes what Cheroot took beside PEP 3333: any pairs, and fields that belong to the connection.

    Of these `Connection: close` is heeded, and the others are left out.
    """

    __slots__ = ("_answer",)

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> Any:
        """As PEP 3333 has it."""
        fields = list(headers)
        kept = [field for field in fields if field[0].lower() not in _OF_THE_CONNECTION]
        write = self._answer(status, kept, exc_info)
        if len(kept) < len(fields) and ("connection", "close") in ((n.lower(), v.lower()) for n, v in fields):
            self._answer.fields.append((b"Connection", b"close"))
        return write


class Direct(WSGIHandler):
    """As any WSGI application of ours, with what Cheroot says beside it."""

    def __init__(self, server: Server, application: Any) -> None:
        super().__init__(application)
        self.server = server
        self.local = server.peercreds_enabled and not isinstance(server.bind_addr, tuple)

    def prepare(self, where: tuple[str, Address]) -> dict[str, Any]:
        """As of any."""
        constant = super().prepare(where)
        constant["SERVER_NAME"] = self.server.server_name
        constant["SERVER_SOFTWARE"] = self.server.software
        constant["ACTUAL_SERVER_PROTOCOL"] = self.server.protocol
        if not isinstance(self.server.bind_addr, tuple):
            constant["SERVER_PORT"] = ""
        return constant

    def environ(self, exchange: Exchange, target: str, path: str, query: str) -> dict[str, Any]:
        """As of any."""
        environ = super().environ(exchange, target, path, query)
        if self.local:
            environ.update(credentials(self.server.connection(exchange)))
        return environ


def credentials(connection: HTTPConnection) -> dict[str, Any]:
    """Who is at the other end of a Unix socket, for an environ."""
    pid, uid, gid = connection.get_peer_creds()
    found: dict[str, Any] = {"X_REMOTE_PID": str(pid), "X_REMOTE_UID": str(uid), "X_REMOTE_GID": str(gid)}
    if connection.peercreds_resolve_enabled:
        user, group = connection.resolve_peer_creds()
        found |= {"X_REMOTE_USER": user, "X_REMOTE_GROUP": group, "REMOTE_USER": user}
    return found


class Gateway(PlainGateway):
    """Calls the application of the server. get_environ() is for subclasses."""

    version: ClassVar[Any] = None

    def __init__(self, req: HTTPRequest) -> None:
        super().__init__(req)
        self.started_response = False
        self.env = self.get_environ()
        self.remaining_bytes_out: int | None = None

    @classmethod
    def gateway_map(cls) -> dict[Any, type[Gateway]]:
        """The gateways by the version of WSGI."""
        return {each.version: each for each in cls.__subclasses__()}

    def get_environ(self) -> dict[str, Any]:
        """The environ of the request."""
        raise NotImplementedError

    def respond(self) -> None:
        """Call the application, and send what it gives."""
        response = self.req.server.wsgi_app(self.env, self.start_response)
        try:
            for chunk in response:
                if not isinstance(chunk, bytes):
                    raise ValueError("WSGI Applications must yield bytes")
                if chunk:
                    self.write(chunk)
        finally:
            if hasattr(response, "close"):
                response.close()

    def start_response(
        self, status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """As PEP 3333 has it."""
        if self.started_response and not exc_info:
            raise RuntimeError("WSGI start_response called a second time with no exc_info.")
        if self.req.sent_headers:
            try:
                raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        self.started_response = True
        self.req.status = self._encode_status(status)
        self.remaining_bytes_out = None
        self.req.outheaders = []
        for name, value in headers:
            if not isinstance(name, str) or not isinstance(value, str):
                raise TypeError(f"WSGI response header {name!r}: {value!r} is not of type str.")
            if name.lower() == "content-length":
                self.remaining_bytes_out = int(value)
            self.req.outheaders.append((name.encode("ISO-8859-1"), value.encode("ISO-8859-1")))
        return self.write

    @staticmethod
    def _encode_status(status: str) -> bytes:
        if not isinstance(status, str):
            raise TypeError("WSGI response status is not of type str.")
        return status.encode("ISO-8859-1")

    def write(self, chunk: bytes) -> None:
        """Send some of the body. A promise of its length that is broken is told by the server."""
        if not self.started_response:
            raise RuntimeError("WSGI write called before start_response.")
        if self.remaining_bytes_out is not None:
            if self.req.exchange.stage is NEW and len(chunk) > self.remaining_bytes_out:
                self.req.simple_response("500 Internal Server Error", TOO_LONG)
                return
            self.remaining_bytes_out -= len(chunk)
        self.req.ensure_headers_sent()
        self.req.write(chunk)


TOO_LONG: Final = "The requested resource returned more bytes than the declared Content-Length."


class Gateway_10(Gateway):
    """WSGI 1.0.x."""

    version: ClassVar[Any] = (1, 0)

    def get_environ(self) -> dict[str, Any]:
        """The environ of the request."""
        req = self.req
        environ = Direct(req.server, None).environ_of(req.exchange)
        environ["wsgi.input"] = req.rfile
        environ["wsgi.input_terminated"] = bool(req.chunked_read)
        environ["PATH_INFO"] = req.path.decode("ISO-8859-1")
        environ["QUERY_STRING"] = req.qs.decode("ISO-8859-1")
        for name, value in req.inheaders.items():
            key = name.decode("ISO-8859-1").upper().replace("-", "_")
            if b"_" not in name and key not in ("CONTENT_TYPE", "CONTENT_LENGTH", "PROXY"):
                environ[f"HTTP_{key}"] = value.decode("ISO-8859-1")
        adapter = req.server.ssl_adapter
        if adapter is not None:
            environ.update(_told_by(adapter, req.conn.socket))
        return environ


def _told_by(adapter: Any, sock: Any) -> dict[str, Any]:
    """What an adapter of an application's own adds to an environ; ours has said it already."""
    if type(adapter).__module__.startswith("kirsch."):
        return {}
    try:
        found: dict[str, Any] = adapter.get_environ(sock)
    except TypeError:
        found = adapter.get_environ()
    return found


class Gateway_u0(Gateway_10):
    """WSGI u.0: paths are text in UTF-8."""

    version = ("u", 0)

    def get_environ(self) -> dict[str, Any]:
        """The environ of the request."""
        environ = super().get_environ()
        environ["wsgi.version"] = self.version
        encoding = "utf-8"
        try:
            read = {key: environ[key].encode("ISO-8859-1").decode(encoding) for key in ("PATH_INFO", "QUERY_STRING")}
        except UnicodeDecodeError:
            encoding, read = "ISO-8859-1", {}
        return environ | read | {"wsgi.url_encoding": encoding}


wsgi_gateways: dict[Any, type[Gateway]] = {Gateway_10.version: Gateway_10, Gateway_u0.version: Gateway_u0}

_AS_IT_WAS: Final = {**vars(Gateway), **vars(Gateway_10)}
_REQUESTS_AS_THEY_WERE: Final = (HTTPRequest, dict(vars(HTTPRequest)))


class PathInfoDispatcher:
    """Applications by the beginning of the path, the longest first; 404 where there is none."""

    def __init__(self, apps: Any) -> None:
        pairs = apps.items() if hasattr(apps, "items") else apps
        by_length = sorted(pairs, key=lambda pair: len(pair[0]), reverse=True)
        self.apps = [(prefix.rstrip("/"), application) for prefix, application in by_length]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer for a WSGI server (PEP 3333)."""
        path = environ["PATH_INFO"] or "/"
        for prefix, application in self.apps:
            if path == prefix or path.startswith(f"{prefix}/"):
                below = dict(environ)
                below["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                below["PATH_INFO"] = path[len(prefix) :]
                return application(below, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]


WSGIServer = Server
WSGIGateway = Gateway
WSGIGateway_10 = Gateway_10
WSGIGateway_u0 = Gateway_u0
WSGIPathInfoDispatcher = PathInfoDispatcher

__all__ = (
    "Gateway", "Gateway_10", "Gateway_u0", "PathInfoDispatcher", "Server", "WSGIGateway", "WSGIGateway_10",
    "WSGIGateway_u0", "WSGIPathInfoDispatcher", "WSGIServer", "wsgi_gateways",
)  # fmt: skip
