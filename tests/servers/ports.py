"""Ports for servers that tests start: free now, and nobody is given them by chance before the server is up.

A port that the kernel chooses (port 0) is of the range from which every outgoing connection takes its own, so between
the choice and the start of the server another connection may have it. Ours are below that range (Linux: 32768).
"""

from __future__ import annotations

import random
import socket

FIRST, LAST = 15000, 32000

_any = random.SystemRandom()  # the seed of the tests' order is the same in each process


def free(port: int) -> bool:
    """Whether one can listen there."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> range:
    """So many in a row that nobody listens at."""
    while True:
        first = _any.randrange(FIRST, LAST - count)
        ports = range(first, first + count)
        if all(map(free, ports)):
            return ports


def free_port() -> int:
    """A port that nobody listens at."""
    return free_ports(1)[0]
