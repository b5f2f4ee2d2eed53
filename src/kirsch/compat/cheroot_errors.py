"""`cheroot.errors`: what its parts raise, and the numbers of errors of sockets that mean no harm."""

from __future__ import annotations

import errno
import sys
from typing import Final


class MaxSizeExceeded(Exception):
    """A client sends more than is taken."""


class NoSSLError(Exception):
    """A client speaks plain HTTP to a socket that wants TLS."""


class FatalSSLAlert(Exception):
    """A handshake has failed for good."""


def plat_specific_errors(*errnames: str) -> list[int]:
    """The numbers of those of the named errors that this system has, each once."""
    return list({getattr(errno, name) for name in errnames if hasattr(errno, name)})


socket_error_eintr: Final = plat_specific_errors("EINTR", "WSAEINTR")
socket_errors_nonblocking: Final = plat_specific_errors("EAGAIN", "EWOULDBLOCK", "WSAEWOULDBLOCK")
socket_errors_to_ignore: Final[list[int | str]] = [
    *plat_specific_errors(
        "EPIPE", "EBADF", "WSAEBADF", "ENOTSOCK", "WSAENOTSOCK", "ETIMEDOUT", "WSAETIMEDOUT", "ECONNREFUSED",
        "WSAECONNREFUSED", "ECONNRESET", "WSAECONNRESET", "ECONNABORTED", "WSAECONNABORTED", "ENETRESET",
        "WSAENETRESET", "EHOSTDOWN", "EHOSTUNREACH",
    ),
    "timed out",
    "The read operation timed out",
]  # fmt: skip
if sys.platform == "darwin":
    socket_errors_to_ignore.extend(plat_specific_errors("EPROTOTYPE"))
    socket_errors_nonblocking.extend(plat_specific_errors("EPROTOTYPE"))

acceptable_sock_shutdown_error_codes: Final = {errno.ENOTCONN, errno.EPIPE, errno.ESHUTDOWN, errno.ECONNRESET}
acceptable_sock_shutdown_exceptions: Final = (BrokenPipeError, ConnectionResetError)
