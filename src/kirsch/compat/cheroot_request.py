"""`HTTPRequest` and `HTTPConnection` of `cheroot.server`: one exchange of our server, seen as Cheroot shows it.

The server has received and checked the head by then. A connection is made for each request, and holds one.
"""

from __future__ import annotations

import contextlib
import io
import re
import socket
import struct
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from kirsch.compat.cheroot_bodies import DecodedRFile, KnownLengthRFile
from kirsch.compat.cheroot_makefile import MakeFile
from kirsch.exchange import FINISHED, NEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange

comma_separated_headers: Final = [
    b"Accept", b"Accept-Charset", b"Accept-Encoding", b"Accept-Language", b"Accept-Ranges", b"Allow",
    b"Cache-Control", b"Connection", b"Content-Encoding", b"Content-Language", b"Expect", b"If-Match",
    b"If-None-Match", b"Pragma", b"Proxy-Authenticate", b"TE", b"Trailer", b"Transfer-Encoding", b"Upgrade", b"Vary",
    b"Via", b"Warning", b"WWW-Authenticate",
]  # fmt: skip
QUOTED_SLASH: Final = re.compile(b"(?i)%2F")
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class HeaderReader:
    """Reads lines of a head into a dict of bytes. Subclasses say which names are allowed, and how they are spelt."""

    def __call__(self, rfile: Any, hdict: dict[bytes, bytes] | None = None) -> dict[bytes, bytes]:
        """Read until the empty line. Lines of the same name are joined (RFC 9110 §5.3)."""
        found = {} if hdict is None else hdict
        while (line := rfile.readline()) not in (b"", b"\r\n"):
            name, _, value = line.partition(b":")
            if self._allow_header(name):
                key = self._transform_key(name)
                joint = b"; " if key == b"Cookie" else b", "
                found[key] = found[key] + joint + value.strip() if key in found else value.strip()
        return found

    def _allow_header(self, key_name: bytes) -> bool:
        return bool(key_name)

    def _transform_key(self, key_name: bytes) -> bytes:
        return key_name.strip().title()


class DropUnderscoreHeaderReader(HeaderReader):
    """Leaves out names with an underscore, which an environ could not tell from a hyphen."""

    def _allow_header(self, key_name: bytes) -> bool:
        return super()._allow_header(key_name) and b"_" not in key_name


class HTTPRequest:
    """A request, and the answer that a gateway makes of it: `status` and `outheaders`, then write()."""

    server: Any = None
    conn: Any = None
    inheaders: dict[bytes, bytes] = {}  # noqa: RUF012 - a default to be looked at, as there
    outheaders: list[tuple[bytes, bytes]] = []  # noqa: RUF012
    ready = False
    close_connection = False
    chunked_write = False
    header_reader: Any = HeaderReader()

    def __init__(self, server: Any, conn: Any, proxy_mode: bool = False, strict_mode: bool = True) -> None:
        self.server = server
        self.conn = conn
        self.proxy_mode = proxy_mode
        self.strict_mode = strict_mode
        self.ready = False
        self.started_request = False
        self.scheme = b"http"
        self.response_protocol = "HTTP/1.1"
        self.inheaders = {}
        self.status: bytes | str = b""
        self.outheaders = []
        self.sent_headers = False
        self.close_connection = type(self).close_connection
        self.chunked_read = False
        self.chunked_write = type(self).chunked_write
        self.rfile: Any = None
        self.method = self.uri = self.path = self.qs = self.request_protocol = b""
        self.authority: bytes | None = None

    @property
    def exchange(self) -> Exchange:
        """What our server calls it."""
        exchange: Exchange = self.conn.exchange
        return exchange

    def parse_request(self) -> None:
        """Take from the exchange what is known of the request."""
        self.started_request = True
        if self.read_request_line() is not False and self.read_request_headers() is not False:
            self.ready = True

    def read_request_line(self) -> bool:
        """Method, address and version. False if it has been answered by that."""
        head = self.exchange.head
        self.method = head.method.encode("latin-1")
        self.uri = head.target
        path, _, self.qs = head.target.partition(b"?")
        self.path = b"%2F".join(map(unquote_to_bytes, QUOTED_SLASH.split(path)))
        self.request_protocol = b"HTTP/%d.%d" % head.version
        self.response_protocol = self.request_protocol.decode()
        self.scheme = self.exchange.scheme.encode()
        return True

    def read_request_headers(self) -> bool:
        """The fields, through the header_reader. False if it has been answered by that."""
        fields = self.exchange.head.fields
        lines = b"".join([b"%b: %b\r\n" % field for field in fields])
        self.header_reader(io.BytesIO(lines + b"\r\n"), self.inheaders)
        self.chunked_read = any(name == b"transfer-encoding" for name, _ in fields)
        return True

    def respond(self) -> None:
        """Have the gateway answer."""
        if self.chunked_read:
            self.rfile = DecodedRFile(self.conn.rfile, self.exchange)
        else:
            self.rfile = KnownLengthRFile(self.conn.rfile, int(self.exchange.head.get(b"content-length") or 0))
        self.server.gateway(self).respond()
        if self.conn.spoken:
            return  # by hand, over the connection's own file
        if self.exchange.stage is NEW and self.status:
            self.ensure_headers_sent()
        if self.sent_headers and self.exchange.stage is not FINISHED:
            self.exchange.finish()

    def simple_response(self, status: str | int, msg: str | bytes = "") -> None:
        """Answer in a line of text."""
        number, _, reason = str(status).partition(" ")
        body = msg.encode("ISO-8859-1") if isinstance(msg, str) else msg
        fields = [(b"Content-Type", b"text/plain"), *self._closing()]
        self.sent_headers = True
        self.exchange.reply(int(number), fields, body, reason.encode("latin-1"))

    def _closing(self) -> list[tuple[bytes, bytes]]:
        return [(b"Connection", b"close")] if self.close_connection else []

    def ensure_headers_sent(self) -> None:
        """Begin the answer, unless it has begun."""
        if not self.sent_headers:
            self.sent_headers = True
            self.send_headers()

    def send_headers(self) -> None:
        """Begin the answer by `status` and `outheaders`; the server adds what belongs to the connection."""
        line = self.status.decode("latin-1") if isinstance(self.status, bytes) else self.status
        number, _, reason = line.partition(" ")
        lengths = [value for name, value in self.outheaders if name.lower() == b"content-length"]
        fields = [field for field in self.outheaders if field[0].lower() not in _FRAMING]
        length = int(lengths[-1]) if lengths else None
        self.exchange.start(int(number), [*fields, *self._closing()], length, reason.encode("latin-1"))
        self.chunked_write = length is None and not self.exchange.bodiless

    def write(self, chunk: bytes) -> None:
        """Send some of the body."""
        if chunk:
            self.exchange.write(chunk)


class HTTPConnection:
    """What a request has come by. exchange: what our server calls it. socket: of the standard library.

    linger: set it, and the socket is the application's for good. rfile, wfile: the connection as files, the first with
    the request's body in front; who writes to the second answers by hand.
    """

    remote_addr: str | None = None
    remote_port: int | None = None
    ssl_env: dict[str, Any] | None = None
    rbufsize = io.DEFAULT_BUFFER_SIZE
    wbufsize = io.DEFAULT_BUFFER_SIZE
    RequestHandlerClass: Callable[..., Any] = HTTPRequest
    peercreds_enabled = False
    peercreds_resolve_enabled = False
    last_used: float | None = None
    exchange: Exchange

    def __init__(self, server: Any, sock: socket.socket, makefile: Callable[..., Any] = MakeFile) -> None:
        self.server = server
        self.socket = sock
        self.requests_seen = 0
        self.peercreds_enabled = server.peercreds_enabled
        self.peercreds_resolve_enabled = server.peercreds_resolve_enabled
        self._makefile = makefile
        self._rfile: Any = None
        self._wfile: Any = None
        self._linger = False

    @property
    def rfile(self) -> Any:
        """See the class."""
        if self._rfile is None:
            self._rfile = self.exchange.rfile
        return self._rfile

    @rfile.setter
    def rfile(self, rfile: Any) -> None:
        self._rfile = rfile

    @property
    def wfile(self) -> Any:
        """See the class."""
        if self._wfile is None:
            self.exchange.take_over()
            self._wfile = self._makefile(self.socket, "wb", self.wbufsize)
        return self._wfile

    @wfile.setter
    def wfile(self, wfile: Any) -> None:
        self._wfile = wfile

    @property
    def spoken(self) -> bool:
        """Whether somebody has written by hand instead of answering."""
        return bool(getattr(self._wfile, "bytes_written", 0)) and self.exchange.stage is NEW

    @property
    def linger(self) -> bool:
        """See the class."""
        return self._linger

    @linger.setter
    def linger(self, linger: bool) -> None:
        if linger and not self._linger:
            self.exchange.take_over()
        self._linger = linger

    def communicate(self) -> bool:
        """Have the request answered; whether another one may follow."""
        self.requests_seen += 1
        request = self.RequestHandlerClass(self.server, self)
        try:
            request.parse_request()
            if request.ready:
                request.respond()
        finally:
            self._leave()
        return not request.close_connection

    def _leave(self) -> None:
        if self._wfile is not None:
            if self.exchange.stage is not FINISHED:
                self.exchange.abort()
            if not self._linger:
                self.close()

    def close(self) -> None:
        """Close what was taken over."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        self.socket.close()

    # -- who is at the other end of a Unix socket ----------------------------------------------------------------

    def get_peer_creds(self) -> tuple[int, int, int]:
        """Number of the process, of its user and of its group."""
        if not self.peercreds_enabled:
            raise RuntimeError("Peer creds lookup is disabled within this server")
        if self.socket.family != getattr(socket, "AF_UNIX", None) or not hasattr(socket, "SO_PEERCRED"):
            raise NotImplementedError("SO_PEERCRED is only supported in Linux kernel and WSL, on Unix sockets")
        found = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, uid, gid = struct.unpack("3i", found)
        return pid, uid, gid

    @property
    def peer_pid(self) -> int:
        """The number of its process."""
        return self.get_peer_creds()[0]

    @property
    def peer_uid(self) -> int:
        """The number of its user."""
        return self.get_peer_creds()[1]

    @property
    def peer_gid(self) -> int:
        """The number of its group."""
        return self.get_peer_creds()[2]

    def resolve_peer_creds(self) -> tuple[str, str]:
        """The names of its user and group."""
        if not self.peercreds_resolve_enabled:
            raise RuntimeError("UID/GID lookup is disabled within this server")
        import grp
        import pwd

        return pwd.getpwuid(self.peer_uid).pw_name, grp.getgrgid(self.peer_gid).gr_name

    @property
    def peer_user(self) -> str:
        """The name of its user."""
        return self.resolve_peer_creds()[0]

    @property
    def peer_group(self) -> str:
        """The name of its group."""
        return self.resolve_peer_creds()[1]
