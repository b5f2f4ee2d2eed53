"""Connections under TLS: the handshake is made in steps, so a client that is slow at it, or silent, holds no thread."""

from __future__ import annotations

import logging
import re
import socket
import ssl
from typing import TYPE_CHECKING, Any, Final, cast

from kirsch.server.announced import AnnouncedConnection
from kirsch.server.certificate import facts_of
from kirsch.server.connection import CLOSE, KEEP, Connection, Ground
from kirsch.server.poller import READ, WRITE
from kirsch.server.stream import Stream
from kirsch.server.tls import TLS, SecureSocket

if TYPE_CHECKING:
    from kirsch.exchange import Address
    from kirsch.server.settings import Settings

PEEK: Final = 1024
"""Bytes that are looked at of what comes first, to tell plain HTTP by."""

_PLAIN: Final = re.compile(rb"[A-Z]{3,16} (/[^ \r\n]*) HTTP/1\.[01]\r?\n")
_HOST: Final = re.compile(rb"\r?\n[Hh][Oo][Ss][Tt]: *([A-Za-z0-9.:\[\]-]+)\r?\n")

_log = logging.getLogger("kirsch.server")


class SecureStream(Stream):
    """A request that came under TLS."""

    __slots__ = ()

    scheme = "https"

    @property
    def tls(self) -> dict[str, Any]:
        """What TLS says of the connection, by the names of a WSGI environ."""
        connection: Any = self.connection
        facts: dict[str, Any] = connection.facts
        return facts


class SecureDoor:
    """What a listener hands its clients to, where they are to speak TLS. Raises TLSError."""

    def __init__(self, settings: Settings) -> None:
        self.tls = TLS(settings)

    def connection(
        self, sock: socket.socket, client: Address, server: Address, loop: Ground, announced: bool
    ) -> SecureConnection:
        """A connection for a client that has just been accepted."""
        return SecureConnection(sock, client, server, loop, self.tls, announced)


class SecureConnection(AnnouncedConnection):
    """As any connection, once the handshake has been made. The deadline for the first head is one for both together."""

    __slots__ = ("_facts", "_shaken", "_tls", "_wrapped")

    kind = SecureStream

    def __init__(
        self, sock: socket.socket, client: Address, server: Address, loop: Ground, tls: TLS, announced: bool
    ) -> None:
        super().__init__(sock, client, server, loop, announced)
        self._tls = tls
        self._wrapped: SecureSocket | None = None
        self._shaken = False
        self._facts: dict[str, Any] | None = None

    def step(self) -> int:
        """As of any connection."""
        if self._shaken or self.lingering:
            return Connection.step(self)
        if self.waits_for_announcement:
            return super().step()
        try:
            return self._shake_hands()
        except OSError as error:
            _log.debug("no handshake with %s: %s", self.client[0], error)
            return CLOSE

    def _shake_hands(self) -> int:
        if self._wrapped is None:
            try:
                first = self.sock.recv(PEEK, socket.MSG_PEEK)
            except BlockingIOError:
                return KEEP
            if not first:
                return CLOSE
            if first[0] != 0x16:  # no handshake (RFC 8446 §5.1)
                return self._answer_plainly(first)
            self._wrapped = self._tls.wrap(self.sock)
            self.sock = cast("socket.socket", self._wrapped)
        try:
            self._wrapped.plain.do_handshake()
        except ssl.SSLWantReadError:
            return KEEP if self.interest == READ else READ
        except ssl.SSLWantWriteError:
            return WRITE
        self._shaken = True
        wanted = Connection.step(self)  # what follows may be here already
        return READ if wanted == KEEP and self.interest != READ else wanted

    def _answer_plainly(self, first: bytes) -> int:
        """Somebody speaks plain HTTP here: say so, and where to go."""
        asked = _PLAIN.match(first)
        host = _HOST.search(first)
        where = f": https://{host[1].decode('ascii')}{asked[1].decode('latin-1')}" if asked and host else ""
        if asked is None:
            _log.debug("connection from %s closed: it begins with neither TLS nor HTTP", self.client[0])
            return CLOSE
        self._shaken = True
        return Connection.refuse(self, 400, f"This port speaks https only{where}")

    def refuse(self, status: int, message: str, retry_after: int | None = None) -> int:
        """As of any connection; before the handshake there is nobody to talk to."""
        return super().refuse(status, message, retry_after) if self._shaken else CLOSE

    @property
    def facts(self) -> dict[str, Any]:
        """See SecureStream.tls; the same for all requests of the connection."""
        if self._facts is None:
            self._facts = self._made_facts()
        return self._facts

    def _made_facts(self) -> dict[str, Any]:
        assert self._wrapped is not None
        sock = self._wrapped.plain
        name, protocol, bits = sock.cipher() or ("", "", 0)
        session = sock.session
        facts: dict[str, Any] = {
            "HTTPS": "on",
            "SSL_PROTOCOL": protocol,
            "SSL_CIPHER": name,
            "SSL_CIPHER_EXPORT": "",
            "SSL_CIPHER_USEKEYSIZE": str(bits),
            "SSL_CIPHER_ALGKEYSIZE": str(bits),
            "SSL_VERSION_INTERFACE": "Kirsch",
            "SSL_VERSION_LIBRARY": ssl.OPENSSL_VERSION,
            "SSL_SESSION_ID": session.id.hex() if session is not None else "",
            "SSL_CLIENT_VERIFY": "NONE",
            **self._tls.facts,
        }
        if self._wrapped.server_name:
            facts["SSL_TLS_SNI"] = self._wrapped.server_name
        certificate = sock.getpeercert()
        if certificate:
            facts |= facts_of(dict(certificate), "SSL_CLIENT")
            facts["SSL_CLIENT_VERIFY"] = "SUCCESS"
            facts["SSL_CLIENT_CERT"] = ssl.DER_cert_to_PEM_cert(sock.getpeercert(binary_form=True) or b"")
        return facts
