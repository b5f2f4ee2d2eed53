"""`cheroot.ssl.builtin`: the adapter over Python's own ssl."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any

from kirsch.compat.cheroot_errors import FatalSSLAlert, NoSSLError
from kirsch.compat.cheroot_makefile import StreamReader, StreamWriter
from kirsch.compat.cheroot_ssl import Adapter

if TYPE_CHECKING:
    import socket


class BuiltinSSLAdapter(Adapter):
    """Certificate and key by their files. context: made of them when it is asked for; may be set."""

    def __init__(
        self,
        certificate: Any,
        private_key: Any,
        certificate_chain: Any = None,
        ciphers: str | None = None,
        *,
        private_key_password: Any = None,
    ) -> None:
        super().__init__(
            certificate, private_key, certificate_chain, ciphers, private_key_password=private_key_password
        )
        self.given: ssl.SSLContext | None = None
        for file in (certificate, private_key, certificate_chain):
            if file:
                os.stat(file)  # what is not there is told here, and not at the first client

    @property
    def context(self) -> ssl.SSLContext:
        """By what connections are secured."""
        if self.given is None:
            self.given = self._made()
        return self.given

    @context.setter
    def context(self, context: ssl.SSLContext) -> None:
        self.given = context

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.certificate_chain)
        context.load_cert_chain(self.certificate, self.private_key, self.private_key_password)
        if self.ciphers is not None:
            context.set_ciphers(self.ciphers)
        return context

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """A socket with the handshake made, and what an environ has of it. For others than our server."""
        try:
            wrapped = self.context.wrap_socket(sock, do_handshake_on_connect=True, server_side=True)
        except ssl.SSLError as error:
            if error.reason == "HTTP_REQUEST":
                raise NoSSLError from error
            raise FatalSSLAlert(*error.args) from error
        return wrapped, self.get_environ(wrapped)

    def get_environ(self, sock: Any = None) -> dict[str, Any]:
        """What an environ has of a connection. What an adapter of one's own gives here goes into each environ."""
        environ: dict[str, Any] = {"wsgi.url_scheme": "https", "HTTPS": "on"}
        cipher = sock.cipher() if sock is not None else None
        if cipher:
            environ |= {
                "SSL_PROTOCOL": cipher[1],
                "SSL_CIPHER": cipher[0],
                "SSL_CIPHER_EXPORT": "",
                "SSL_CIPHER_USEKEYSIZE": cipher[2],
                "SSL_VERSION_INTERFACE": "Kirsch",
                "SSL_VERSION_LIBRARY": ssl.OPENSSL_VERSION,
                "SSL_CLIENT_VERIFY": "SUCCESS" if sock.getpeercert() else "NONE",
            }
        return environ

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = 8192) -> StreamReader | StreamWriter:
        """A file over the socket."""
        return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)
