"""Listening sockets that outlive a run of the program: the next run of this process (exec) goes on with them.

Clients that come in between wait in the queue of the socket, and are refused by nobody. What is handed down is known by
its address, so that it does not matter which server of the program listens there.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

VARIABLE: Final = "_KIRSCH_SOCKETS"
"""Descriptors, with blanks between them."""

GIVEN: Final = {VARIABLE: os.environ.pop(VARIABLE, "")}
"""What the run before has said. It is out of the environment, as processes started meanwhile, by the program that is
imported, would inherit it, but not the descriptors: they have others by these numbers, and would close them.
"""


def hand_down(sock: socket.socket, environ: MutableMapping[str, str] = os.environ) -> None:
    """Keep it open for the next run, whatever becomes of this object."""
    copy = os.dup(sock.fileno())
    os.set_inheritable(copy, True)
    environ[VARIABLE] = f"{environ.get(VARIABLE, '')} {copy}".strip()


def taken_over(address: Any, environ: MutableMapping[str, str] = GIVEN) -> socket.socket | None:
    """The socket of this address that the run before has handed down, if there is one."""
    numbers = environ.get(VARIABLE, "").split()
    for number in numbers:
        with suppress(OSError, ValueError):
            sock = socket.socket(fileno=int(number))
            if _name(sock) == address:
                environ[VARIABLE] = " ".join(other for other in numbers if other != number)
                os.set_inheritable(sock.fileno(), False)
                return sock
            sock.detach()
    return None


def _name(sock: socket.socket) -> Any:
    """Its address, as config says it: those of Unix sockets without a file come as bytes."""
    name = sock.getsockname()
    return os.fsdecode(name) if isinstance(name, bytes) else name


def close_others(environ: MutableMapping[str, str] = GIVEN) -> None:
    """Close those on which nobody has gone on to listen."""
    for number in environ.pop(VARIABLE, "").split():
        with suppress(OSError, ValueError):
            os.close(int(number))
