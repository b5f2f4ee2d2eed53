"""The settings that are read while serving, as plain values: looked up once, when the server starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kirsch.server.settings import Settings


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds, but for the rates (bytes a second), sizes (bytes) and counts. See the settings of the same names.

    announcing: the peers that speak the PROXY protocol.
    """

    header_timeout: float
    body_timeout: float
    keep_alive_timeout: float
    write_timeout: float
    queue_timeout: float
    min_rate: float
    body_buffer_size: int
    max_connections: int
    server_header: bytes
    announcing: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Times:
        """The values of these settings now."""
        return cls(
            header_timeout=settings.header_timeout,
            body_timeout=settings.body_timeout,
            keep_alive_timeout=settings.keep_alive_timeout,
            write_timeout=settings.write_timeout,
            queue_timeout=settings.queue_timeout,
            min_rate=max(settings.body_min_rate, 0.001),
            body_buffer_size=settings.body_buffer_size,
            max_connections=settings.max_connections,
            server_header=settings.server_header.encode("latin-1"),
            announcing=tuple(settings.proxy_protocol),
        )

    @property
    def shortest(self) -> float:
        """The shortest of the time-outs, which says how often to look at deadlines."""
        return min(self.header_timeout, self.body_timeout, self.keep_alive_timeout, self.write_timeout)
