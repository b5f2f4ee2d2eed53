"""`cheroot.connections`: what is told of the connections of a server; they are held by our loop."""

from __future__ import annotations

import os
from typing import Any, Final

IS_WINDOWS: Final = os.name == "nt"


def prevent_socket_inheritance(sock: Any) -> None:
    """Nothing to do: no descriptor of Python's is inherited, unless somebody says so (PEP 446)."""
    sock.set_inheritable(False)


class ConnectionManager:
    """The connections of a server."""

    can_add_keepalive_connection = True
    """There is no limit on those that are kept: they hold no thread."""

    def __init__(self, server: Any) -> None:
        self.server = server

    @property
    def _num_connections(self) -> int:
        serving = self.server.serving
        return serving.statistics().connections if serving is not None else 0

    def stop(self) -> None:
        """Stop the server."""
        self.server.stop()

    close = stop
