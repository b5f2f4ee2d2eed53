"""`cherrypy._cplogging`: the logs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from logging import NullHandler

from kirsch.app.log import LogManager
from kirsch.app.loghandlers import WsgiErrors as WSGIErrorHandler

__all__ = ["LazyRfc3339UtcTime", "LogManager", "NullHandler", "WSGIErrorHandler", "logfmt"]

logfmt = logging.Formatter("%(message)s")


class LazyRfc3339UtcTime:
    """The time when somebody reads it, as RFC 3339 writes it, in UTC."""

    def __str__(self) -> str:
        return f"{datetime.now(UTC).replace(tzinfo=None).isoformat('T', 'microseconds')}Z"
