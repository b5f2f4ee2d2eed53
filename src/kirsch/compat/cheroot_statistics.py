"""What `stats` of a server tells, and where it can be found: in `logging.statistics`."""

from __future__ import annotations

import logging
from typing import Any


class Counted(dict[str, Any]):
    """Values by name, and functions that are called with this dict. Our server counts anyway: `Enabled` says so."""

    def __init__(self, server: Any) -> None:
        def told(name: str) -> Any:
            return lambda _: getattr(server.serving.statistics(), name) if server.serving is not None else 0

        super().__init__(
            {
                "Enabled": True,
                "Bind Address": lambda _: repr(server.bind_addr),
                "Run time": lambda _: server.runtime() if server.serving is not None else 0,
                "Accepts": told("accepted"),
                "Accepts/sec": lambda each: each["Accepts"](each) / server.runtime() if server.runtime() else 0,
                "Queue": lambda _: server.requests.qsize,
                "Threads": lambda _: len(server.requests.threads),
                "Threads Idle": lambda _: server.requests.idle,
                "Socket Errors": 0,
                "Requests": told("requests"),
                "Connections": told("connections"),
                "Worker Threads": {},
            }
        )


def publish(server: Any) -> None:
    """Put its `stats` where `cpstats` and others look."""
    if not hasattr(logging, "statistics"):
        vars(logging)["statistics"] = {}
    vars(logging)["statistics"][f"Cheroot HTTPServer {id(server)}"] = server.stats
