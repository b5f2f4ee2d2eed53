"""TLS as the standard library does it: contexts out of settings, made anew when certificates change, and a socket.

Certificates may be replaced while the server runs: their files are looked at now and then, and when one has changed,
new connections get the new one. If it cannot be used, the old one goes on, and the log says why.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Final

from kirsch.server.certificate import facts_of, shown_by

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kirsch.server.settings import Settings

INTERVAL: Final = 10.0
"""Seconds between two looks at the files."""

SOON: Final = 14 * 24 * 3600
"""Seconds before its end from which on a certificate is worth a line in the log."""

MOST_OF_A_FILE: Final = 1024 * 1024
"""Bytes of a file that are looked through for what it should hold."""

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: those with forward secrecy that nothing is known against. TLS 1.3 has no others."""

_VERIFY: Final = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
_VERSIONS: Final = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}

_log = logging.getLogger("kirsch.server")


class TLSError(OSError):
    """TLS cannot be had with these settings; the message names the setting and the file."""

    plain = True


class TLS:
    """What connections of one server are secured by. Raises TLSError.

    context: for the next connection; of others by the host that the client names, see `ssl_hosts`. facts: what is to be
    said of the server's own certificate in a WSGI environ.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._next_look = monotonic() + INTERVAL
        self._seen = self._stamps()
        self.context, self.facts = self._made()

    def wrap(self, sock: socket.socket) -> SecureSocket:
        """The socket, with a handshake still to be made."""
        if monotonic() >= self._next_look:
            self.look()
        return SecureSocket(
            self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True)
        )

    def look(self) -> None:
        """Take certificates that have changed. From any thread; never raises."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._next_look = monotonic() + INTERVAL
            stamps = self._stamps()
            if stamps == self._seen:
                return
            self._seen = stamps
            try:
                self.context, self.facts = self._made()
            except (OSError, ValueError) as error:
                _log.error("the certificate has changed and cannot be used; the old one goes on: %s", error)
            else:
                _log.info("the certificate has changed; new connections get the new one")
        finally:
            self._lock.release()

    def _stamps(self) -> list[tuple[int, int]]:
        settings = self._settings
        files = [settings.ssl_certificate, settings.ssl_private_key, settings.ssl_certificate_chain]
        files += [settings.ssl_client_ca]
        files += [file for pair in settings.ssl_hosts.values() for file in _pair(pair)]
        return [_stamp(file) for file in files if file]

    def _made(self) -> tuple[ssl.SSLContext, dict[str, str]]:
        settings = self._settings
        if settings.ssl_context is not None:
            return settings.ssl_context, {}
        certificate = settings.ssl_certificate
        assert certificate is not None
        context = self._context(certificate, settings.ssl_private_key, "ssl_certificate")
        others = {
            host.lower().rstrip("."): self._context(*_pair(pair), f"ssl_hosts[{host!r}]")
            for host, pair in settings.ssl_hosts.items()
        }
        context.sni_callback = _chooser(others)
        return context, _facts(context, certificate)

    def _context(self, certificate: str, key: str | None, setting: str) -> ssl.SSLContext:
        settings = self._settings
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _VERSIONS[settings.ssl_minimum_version]
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        context.sslsocket_class = NamedSocket
        try:
            context.set_ciphers(settings.ssl_ciphers or CIPHERS)
        except ssl.SSLError:
            raise TLSError(f"server.ssl_ciphers: OpenSSL knows none of {settings.ssl_ciphers!r}") from None
        own = setting == "ssl_certificate"
        for name, file in (
            (setting, certificate),
            ("ssl_private_key" if own else setting, key),
            ("ssl_certificate_chain", settings.ssl_certificate_chain),
            ("ssl_client_ca", settings.ssl_client_ca),
        ):
            if file and not os.access(file, os.R_OK):
                raise TLSError(f"server.{name}: {file} {'cannot be read' if os.path.exists(file) else 'is not there'}")
        try:
            context.load_cert_chain(certificate, key, settings.ssl_private_key_password or _no_password)
            if settings.ssl_certificate_chain:
                context.load_verify_locations(settings.ssl_certificate_chain)
            if settings.ssl_client_ca:
                context.load_verify_locations(settings.ssl_client_ca)
        except (ssl.SSLError, _PasswordWanted) as error:
            locked = settings.ssl_private_key_password is not None
            raise TLSError(f"server.{setting}: {_explained(error, certificate, key, locked)}") from None
        context.verify_mode = _VERIFY[settings.ssl_client_verify]
        return context


class _PasswordWanted(Exception):
    """A key is encrypted, and nobody has said how."""


def _no_password() -> str:
    raise _PasswordWanted


def _explained(error: Exception, certificate: str, key: str | None, locked: bool) -> str:
    if isinstance(error, _PasswordWanted):
        return f"the private key {key or certificate} is encrypted; set server.ssl_private_key_password"
    reason = getattr(error, "reason", "") or str(error)
    if reason == "KEY_VALUES_MISMATCH":
        return f"the private key {key or certificate} belongs to another certificate than {certificate}"
    missing = _missing(certificate, key or certificate)
    if missing:
        return missing
    if locked and ("PEM" in str(error) or "DECRYPT" in reason):
        return f"ssl_private_key_password does not open {key or certificate}, or that is no private key"
    return f"{certificate}{f' and {key}' if key else ' (with its key in the same file)'} cannot be used: {reason}"


def _missing(certificate: str, key: str) -> str:
    """What the files do not even look like; "" if there is some of each."""
    for path, mark, what in (
        (certificate, b"CERTIFICATE-----", "certificate"),
        (key, b"PRIVATE KEY-----", "private key"),
    ):
        with open(path, "rb") as file:
            if mark not in file.read(MOST_OF_A_FILE):
                return f"there is no {what} in {path}; it is text that begins with -----BEGIN"
    return ""


def _facts(context: ssl.SSLContext, path: str) -> dict[str, str]:
    """What is to be said of our own certificate; and a line in the log if it is near its end."""
    if context.verify_mode != ssl.CERT_NONE:
        return {}  # it would not talk to us
    try:
        certificate = shown_by(context, path)
    except ssl.SSLError as error:
        _log.warning("%s: clients will not accept this certificate: %s", path, error)
        return {}
    left = ssl.cert_time_to_seconds(certificate["notAfter"]) - time()
    if left < SOON:
        _log.warning("%s: the certificate ends in %d days", path, left // 86400)
    return facts_of(certificate, "SSL_SERVER")


def _pair(pair: Any) -> tuple[str, str | None]:
    """Certificate and key; the key may be in the same file."""
    if isinstance(pair, str | os.PathLike):
        return os.fspath(pair), None
    certificate, key = pair
    return os.fspath(certificate), os.fspath(key)


def _stamp(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


class NamedSocket(ssl.SSLSocket):
    """server_name: the host that the client has named (SNI, RFC 6066 §3); "" for none."""

    server_name = ""


def _chooser(others: dict[str, ssl.SSLContext]) -> Callable[[Any, str | None, ssl.SSLContext], None]:
    """What gives a client the certificate of the host that it has named: exact, or for all below `*.example.com`."""

    def choose(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
        host = (name or "").lower().rstrip(".")
        if isinstance(connection, NamedSocket):
            connection.server_name = host
        found = others.get(host) or others.get(f"*.{host.partition('.')[2]}")
        if found is not None:
            connection.context = found

    return choose


class SecureSocket:
    """An SSLSocket that speaks as a plain one that does not wait: what would wait raises BlockingIOError.

    PERF: a plain one takes its own way; nothing here costs it anything.
    """

    __slots__ = ("_sock",)

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._sock = sock

    @property
    def plain(self) -> ssl.SSLSocket:
        """For what TLS itself has to say: the handshake, certificates, the protocol."""
        return self._sock

    @property
    def server_name(self) -> str:
        """The host that the client has named; "" for none."""
        return getattr(self._sock, "server_name", "")

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As of a socket. A look that takes nothing (MSG_PEEK) sees what is still secret, or that it has ended."""
        if flags:
            return super(ssl.SSLSocket, self._sock).recv(size, flags)
        try:
            return self._sock.recv(size)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None
        except ssl.SSLZeroReturnError:
            return b""

    def send(self, data: bytes | memoryview, _flags: int = 0) -> int:
        """As of a socket: as much as it takes now, which OpenSSL takes record by record."""
        rest = memoryview(data)
        sent = 0
        try:
            while sent < len(rest):
                sent += self._sock.send(rest[sent:])
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            if not sent:
                raise BlockingIOError from None
        return sent

    def sendmsg(self, pieces: list[bytes]) -> int:
        """As of a socket."""
        sent = 0
        for piece in pieces:
            try:
                took = self.send(piece)
            except BlockingIOError:
                if not sent:
                    raise
                break
            sent += took
            if took < len(piece):
                break
        return sent

    def shutdown(self, how: int) -> None:
        """As of a socket; the other side is told that this is the end, and not an accident."""
        self._say_goodbye()
        super(ssl.SSLSocket, self._sock).shutdown(how)

    def close(self) -> None:
        """As of a socket; likewise."""
        self._say_goodbye()
        self._sock.close()

    def _say_goodbye(self) -> None:
        try:
            self._sock.unwrap()
        except (OSError, ValueError):  # it does not wait for the other's goodbye; or all is over already
            return

    def fileno(self) -> int:
        """As of a socket."""
        return self._sock.fileno()

    def setsockopt(self, *arguments: Any) -> None:
        """As of a socket."""
        self._sock.setsockopt(*arguments)

    def setblocking(self, blocking: bool) -> None:
        """As of a socket."""
        self._sock.setblocking(blocking)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
