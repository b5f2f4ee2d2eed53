"""When a worker has served long enough: after so many requests, or when it has grown too large."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SCATTER: Final = 0.1
"""Part of the limit by which workers differ, so that not all are replaced at once."""

MEGABYTE: Final = 1024 * 1024


class Wear:
    """requests, megabytes: the limits; None or 0 for none. statistics: of the server, None while there is none."""

    def __init__(self, requests: int | None, megabytes: int | None, statistics: Callable[[], Any]) -> None:
        self.requests = int((requests or 0) * (1 + SCATTER * (os.getpid() % 100) / 100))
        self.bytes = (megabytes or 0) * MEGABYTE
        self._statistics = statistics

    def reached(self) -> bool:
        """Whether a limit is reached."""
        if self.requests:
            statistics = self._statistics()
            if statistics is not None and statistics.requests >= self.requests:
                return True
        return bool(self.bytes) and resident() >= self.bytes


def resident() -> int:
    """Bytes of memory that this process has; 0 where nobody can tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
