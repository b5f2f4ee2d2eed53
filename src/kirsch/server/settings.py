"""Every option of the server, written once.

The names are those of `cherrypy.server`, where there is one. Durations are float seconds, sizes are int bytes.
"""

from __future__ import annotations

from typing import Any, Final

from kirsch.http.addresses import is_network
from kirsch.options import Check, Option, Options, between, one_of

FOLLOWING: Final = ("header_timeout", "body_timeout", "write_timeout", "keep_alive_timeout")
"""The time-outs that take the value of `socket_timeout` when it is set, and they are not."""

CLIENT_VERIFY: Final = ("none", "optional", "required")

_KIB: Final = 1024
_MIB: Final = 1024 * 1024
_TIMEOUT: Final = between(0.001, 1_000_000)
_PATIENCE: Final = between(0, 1_000_000)
_NOT_EMPTY: Final = Check("that is not empty (0.0.0.0 or :: stand for all interfaces)", bool)
_FIELD_VALUE: Final = Check(
    "of visible ASCII characters and blanks",
    lambda text: text.isascii() and text.isprintable() and text == text.strip(),
)
_THREADS: Final = Check("from 1 up, or -1", lambda value: value >= 1 or value == -1)
_NETWORKS: Final = Check("of addresses, networks like 10.0.0.0/8, or unix", lambda given: all(map(is_network, given)))


class Settings(Options):
    """What a server is told before it starts. `Settings(socket_port=0, thread_pool=4)`, or attribute by attribute."""

    # -- where it listens ----------------------------------------------------------------------------------------

    socket_host = Option(
        "127.0.0.1", "Address or name to listen on; 0.0.0.0 is all of IPv4, :: is IPv6 and IPv4.", check=_NOT_EMPTY
    )
    socket_port = Option(8080, "TCP port; 0 takes any free one.", check=between(0, 65535))
    socket_file: Option[str | None] = Option(
        None, "Path of a Unix socket to listen on instead of host and port.", (str, type(None))
    )
    # 0o600 because whoever may write to the socket may say anything in the name of a trusted proxy. A proxy under
    # another account gets in by 0o660 and a common group.
    socket_mode = Option(0o600, "Permissions of the Unix socket's file, whatever the umask.", check=between(0, 0o777))
    socket_fd: Option[int | None] = Option(
        None, "Descriptor of a listening socket inherited from whoever started us.", (int, type(None)), between(0)
    )
    # 5 is CherryPy's, and a burst of a browser fills it: the kernel drops what does not fit, and the client tries again
    # after a second, then three. The kernel cuts our number down to its own limit (net.core.somaxconn).
    socket_queue_size = Option(1024, "Connections that may wait in the kernel to be accepted.", check=between(1, 65535))
    reuse_port = Option(False, "Let several processes listen on the same port, and the kernel share it out.")
    nodelay = Option(True, "Send what there is at once (TCP_NODELAY).")
    proxy_protocol: Option[tuple[str, ...]] = Option(
        (),
        "Peers that begin each connection by the PROXY protocol, and must: addresses, networks, or unix.",
        (tuple, list),
        _NETWORKS,
    )

    # -- TLS -----------------------------------------------------------------------------------------------------

    ssl_certificate: Option[str | None] = Option(
        None, "File with the certificate (PEM), and those that lead to its root; turns TLS on.", (str, type(None))
    )
    ssl_private_key: Option[str | None] = Option(
        None, "File with its private key (PEM); None: it is in the same file.", (str, type(None))
    )
    ssl_private_key_password: Option[str | None] = Option(
        None, "What the private key is encrypted by.", (str, bytes, type(None))
    )
    ssl_certificate_chain: Option[str | None] = Option(
        None, "File with the certificates that lead to the root, if they are not with the first.", (str, type(None))
    )
    ssl_hosts: Option[dict[str, Any]] = Option(
        {}, "Other certificates by the host that a client names: file, or pair of certificate and key.", dict
    )
    ssl_client_ca: Option[str | None] = Option(
        None, "File with the roots by which certificates of clients are believed.", (str, type(None))
    )
    ssl_client_verify = Option(
        "none", "Whether clients show certificates: none, optional, required.", check=one_of(*CLIENT_VERIFY)
    )
    ssl_minimum_version = Option("TLSv1.2", "The oldest that is spoken.", check=one_of("TLSv1.2", "TLSv1.3"))
    ssl_ciphers: Option[str | None] = Option(
        None, "Ciphers of TLS 1.2, as OpenSSL lists them; None: the good ones.", (str, type(None))
    )
    ssl_context: Option[Any] = Option(None, "A ready ssl.SSLContext instead of all that.", object)
    ssl_module = Option(
        "builtin", "What does it: Python's own ssl, whatever is said here.", check=one_of("builtin", "pyopenssl")
    )

    # -- how long it waits for a client --------------------------------------------------------------------------

    socket_timeout = Option(
        10.0,
        "Setting it sets header_timeout, body_timeout, write_timeout and keep_alive_timeout, unless they are set too.",
        check=_TIMEOUT,
    )
    header_timeout = Option(10.0, "Seconds for a request's head to be complete.", check=_TIMEOUT)
    body_timeout = Option(10.0, "Longest silence, in seconds, while a request's body arrives.", check=_TIMEOUT)
    body_min_rate = Option(
        100, "Bytes per second that a body must make on average, body_timeout being granted first.", check=between(1)
    )
    write_timeout = Option(
        30.0, "Seconds in which a client must take at least something of the answer.", check=_TIMEOUT
    )
    # 75 s is what browsers and proxies in front expect; an idle connection holds no thread, so it costs little.
    keep_alive_timeout = Option(75.0, "Seconds that a connection may be idle between two requests.", check=_TIMEOUT)

    # -- threads and connections ---------------------------------------------------------------------------------

    thread_pool = Option(10, "Threads that are kept.", check=between(1, 100_000))
    thread_pool_max = Option(
        100, "Threads there may be when all are busy, never less than thread_pool; -1: no limit.", check=_THREADS
    )
    queue_timeout = Option(10.0, "Seconds a request may wait for a thread before it is answered 503.", check=_PATIENCE)
    # CherryPy's 5 s cuts off what a reverse proxy would have waited for. It is a limit and not a pause: an idle server
    # ends at once. 25 s are just below the 30 s after which Kubernetes kills.
    shutdown_timeout = Option(25.0, "Seconds that requests under way are given to finish at the end.", check=_PATIENCE)
    max_connections = Option(
        20_000, "Connections open at once; 0: as many as the system has descriptors.", check=between(0)
    )

    # -- how much it takes ---------------------------------------------------------------------------------------

    max_request_header_size = Option(
        32 * _KIB, "Bytes of request line and header fields together (else 431).", check=between(256, 64 * _MIB)
    )
    max_request_headers = Option(100, "Header fields of a request (else 431).", check=between(1, 100_000))
    max_target_size = Option(8 * _KIB, "Bytes of the URL in a request line (else 414).", check=between(16, 64 * _MIB))
    max_request_body_size = Option(
        100 * _MIB, "Bytes of a request's body, decoded (else 413); 0: no limit.", check=between(0)
    )
    body_buffer_size = Option(
        64 * _KIB, "Bodies up to this are collected before the handler is called, so that none waits.", check=between(0)
    )
    max_trailer_size = Option(8 * _KIB, "Bytes of all fields after a chunked body (else 431).", check=between(0))
    max_chunk_overhead = Option(4 * _KIB, "Bytes of all chunk extensions of a body (else 400).", check=between(0))

    # -- what it says --------------------------------------------------------------------------------------------

    protocol_version = Option("HTTP/1.1", "The version spoken; there is no other.", check=one_of("HTTP/1.1"))
    server_header = Option("Kirsch", "Value of the Server field of answers; '' sends none.", check=_FIELD_VALUE)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "socket_timeout":
            vars(self).update({other: self.socket_timeout for other in FOLLOWING if other not in self.given})

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return bool(self.ssl_certificate or self.ssl_context)

    @property
    def shortest_timeout(self) -> float:
        """How often the clock must be looked at, at least: the smallest of the time-outs on clients, in seconds."""
        return min(self.header_timeout, self.body_timeout, self.write_timeout, self.keep_alive_timeout)
