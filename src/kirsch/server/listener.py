"""Bound sockets: TCP on IPv4 and IPv6, Unix sockets, and descriptors inherited from whoever started us."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import struct
import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

from kirsch.server.handdown import hand_down, taken_over
from kirsch.server.holder import holder_of

if TYPE_CHECKING:
    from kirsch.exchange import Address
    from kirsch.server.settings import Settings

_ANY_IPV6 = ("::", "::0", "0::0")

_SO_ATTACH_FILTER: Final = 26
_LET_NOTHING_IN: Final = array("B", struct.pack("HBBI", 6, 0, 0, 0))
"""Linux: a filter of one instruction, which keeps 0 bytes of each packet."""


class ListenError(OSError):
    """The address cannot be listened on; the message says which, why, and what to do."""

    plain = True


class Listener:
    """One listening socket. address: `(host, port)` it is bound to, or `("", 0)` on a Unix socket.

    door: what makes connections of its clients, where that is more than usual; see secure.py. shared: other processes
    accept from it, too, and go on doing so.
    """

    def __init__(
        self, sock: socket.socket, path: str | None = None, *, nodelay: bool = True, shared: bool = False
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self.shared = shared
        self._path = path
        self._inode = os.stat(path).st_ino if path else 0
        self._tcp = sock.family in (socket.AF_INET, getattr(socket, "AF_INET6", None))
        self._nodelay = nodelay and self._tcp
        self.fd = sock.fileno()
        self.door: Any = None
        self.address: Address = _pair(sock.getsockname()) if self._tcp else ("", 0)

    @property
    def url(self) -> str:
        """Where a client finds it."""
        if not self._tcp:
            return f"unix:{self._path or self._sock.getsockname()}"
        host, port = self.address
        scheme = "http" if self.door is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def accept(self) -> tuple[socket.socket, Address]:
        """The next connection, non-blocking. Raises BlockingIOError when there is none."""
        sock, client = self._sock.accept()
        sock.setblocking(False)
        if self._nodelay:
            with contextlib.suppress(OSError):  # some systems refuse on a connection that has gone already
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock, _pair(client) if self._tcp else ("", 0)

    def hand_down(self) -> None:
        """Keep it for the next run of this process: clients wait there, and close() leaves a Unix socket's file."""
        hand_down(self._sock)
        self.disown()

    def copy(self) -> Listener:
        """Another descriptor of the same socket, for another loop, so that each closes its own."""
        copy = Listener(self._sock.dup(), nodelay=self._nodelay, shared=True)
        copy.door = self.door
        return copy

    def disown(self) -> None:
        """Another process has it, too, and goes on: neither shut() nor close() is to disturb it."""
        self._path = None
        self.shared = True

    def shut(self) -> None:
        """Let nobody new line up, so that nobody is left when all who stand in the line have been accepted.

        Without that, who comes between the last accept() and close() is reset by the system, having sent a request
        perhaps. As it is (on Linux), who comes now hears nothing, and tries again after a second, as the system does;
        then the connection is refused.
        """
        if self.shared:
            return
        self._unlink()
        if self._tcp and sys.platform == "linux":
            program = struct.pack("HP", 1, _LET_NOTHING_IN.buffer_info()[0])
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)

    def close(self) -> None:
        """Stop listening; a Unix socket's file goes too, if it is still ours."""
        self._sock.close()
        self._unlink()

    def _unlink(self) -> None:
        if self._path:
            with contextlib.suppress(OSError):
                if os.stat(self._path).st_ino == self._inode:
                    os.unlink(self._path)


def _pair(address: tuple[str, int] | tuple[str, int, int, int]) -> Address:
    """Host and port; an IPv4 client of a dual-stack socket is shown as what it is."""
    host = address[0]
    return (host[7:] if host.startswith("::ffff:") and "." in host else host), address[1]


def listen(settings: Settings) -> list[Listener]:
    """The listeners that the settings ask for. Raises ListenError."""
    if settings.socket_fd is not None:
        return [_inherited(settings.socket_fd, settings)]
    if settings.socket_file:
        return [_unix(settings.socket_file, settings)]
    return [_tcp(settings.socket_host, settings.socket_port, settings)]


def _tcp(host: str, port: int, settings: Settings) -> Listener:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ListenError(f"cannot listen on {host}:{port}: the host is not known here ({error.strerror})") from None
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        if (sock := taken_over(address)) is not None:
            return Listener(sock, nodelay=settings.nodelay)
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:
            failure = error
            continue
        try:
            _prepare(sock, host, settings)
            sock.bind(address)
            sock.listen(settings.socket_queue_size)
        except OSError as error:
            failure = error
            sock.close()
            continue
        return Listener(sock, nodelay=settings.nodelay)
    raise ListenError(_advice(host, port, failure)) from failure


def _prepare(sock: socket.socket, host: str, settings: Settings) -> None:
    if os.name != "nt":  # there it would let two servers share the port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.reuse_port:
        if not hasattr(socket, "SO_REUSEPORT"):
            raise ListenError("reuse_port: this system has no SO_REUSEPORT")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if sock.family == getattr(socket, "AF_INET6", None):
        with contextlib.suppress(AttributeError, OSError):
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if host in _ANY_IPV6 else 1)


def _advice(host: str, port: int, failure: OSError | None) -> str:
    text = f"cannot listen on {host}:{port}: {failure.strerror if failure else 'no address'}"
    if failure is not None and failure.errno == errno.EADDRINUSE:
        holder = holder_of(port) or "another program"
        return text + f" ({holder} holds the port: stop it, or set server.socket_port)"
    if failure is not None and failure.errno == errno.EACCES:
        return text + " (ports below 1024 belong to root: set server.socket_port)"
    if failure is not None and failure.errno == errno.EADDRNOTAVAIL:
        return text + " (this machine has no such address: set server.socket_host)"
    return text


def _unix(path: str, settings: Settings) -> Listener:
    if not hasattr(socket, "AF_UNIX"):
        raise ListenError(f"cannot listen on {path}: this system has no Unix sockets")
    abstract = path.startswith("\0")
    if (known := taken_over(path)) is not None:
        return Listener(known, None if abstract else path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if not abstract:
            _clear(path)
        if not abstract:
            os.fchmod(sock.fileno(), settings.socket_mode)  # so that the file is never more open than it shall be
        sock.bind(path)
        if not abstract:
            os.chmod(path, settings.socket_mode)
        sock.listen(settings.socket_queue_size)
    except OSError as error:
        sock.close()
        if isinstance(error, ListenError):
            raise
        raise ListenError(f"cannot listen on {path}: {error.strerror or error}") from error
    return Listener(sock, None if abstract else path)


def _clear(path: str) -> None:
    """Remove what a dead server left; anything else is not ours to remove."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"cannot listen on {path}: there is a file of that name which is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        except OSError as error:
            raise ListenError(f"cannot listen on {path}: {error.strerror or error}") from error
        else:
            raise ListenError(f"cannot listen on {path}: another server answers there")


def _inherited(fd: int, settings: Settings) -> Listener:
    try:
        copy = os.dup(fd)
    except OSError as error:
        raise ListenError(f"descriptor {fd} is not open: {error.strerror}") from error
    try:
        sock = socket.socket(fileno=copy)
    except OSError as error:
        os.close(copy)
        raise ListenError(f"descriptor {fd} is not a listening socket: {error.strerror}") from error
    if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        sock.close()
        raise ListenError(f"descriptor {fd} is a socket, but it does not listen")
    return Listener(sock, nodelay=settings.nodelay, shared=True)
