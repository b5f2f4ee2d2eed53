"""The lines of both logs as JSON: an object a line, in plain ASCII, that no client can break out of."""

from __future__ import annotations

import logging
import os
from json import JSONEncoder
from typing import Any, Final

from kirsch.app.accesslog import AccessRecord, announced, named
from kirsch.app.logtext import exception_text, mark, shortened, utc
from kirsch.app.redaction import redacted, redacted_text

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message", "asctime", "taskName", "access", "context", "request_id", "trace_id"
}  # fmt: skip
"""What every record has, and what is shown by a name of its own."""

_encode = JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=repr, skipkeys=True).encode


def rfc3339(seconds: float) -> str:
    """A time in UTC, to the millisecond."""
    return f"{utc(int(seconds))}.{int(seconds % 1 * 1000):03}Z"


def text_of(data: bytes) -> str:
    """Bytes from the wire, which should be UTF-8."""
    return data.decode("utf-8", "backslashreplace")


def access_json(record: AccessRecord) -> str:
    """The line of a request, without its end."""
    length = announced(record.status, record.length, record.sent)
    target, version = text_of(record.target), named(record.version)
    fields = {
        "time": rfc3339(record.when),
        "level": "INFO",
        "logger": "kirsch.access",
        "message": f"{record.method} {target} {version}",
        "request_id": record.request_id,
        "trace_id": record.trace_id or None,
        "process": os.getpid(),
        "remote": record.remote_host,
        "login": record.login,
        "method": record.method,
        "target": target,
        "protocol": version,
        "status": record.status or None,
        "length": None if length == "-" else length,
        "sent": record.sent,
        "seconds": round(record.seconds, 6),
        "referer": text_of(record.referer),
        "user_agent": text_of(record.agent),
        "host": text_of(record.host),
    }
    return _encode(fields)


class JSONFormatter(logging.Formatter):
    """An object for a record: time, level, logger, message, what else is known, and what `extra` has added.

    Values of secret names in `extra` are never shown. redact: whether secrets in messages are hidden, too.
    """

    def __init__(self, redact: bool = False) -> None:
        super().__init__()
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON, without its end."""
        access = record.__dict__.get("access")
        if isinstance(access, AccessRecord):
            return access_json(access)
        request_id, trace_id = mark(record)
        context = record.__dict__.get("context") or ""
        fields: dict[str, Any] = {
            "time": rfc3339(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": self._text(record.getMessage().removeprefix(f"{context} ")),
        }
        named = {
            "context": context,
            "request_id": request_id,
            "trace_id": trace_id,
            "process": os.getpid(),
            "thread": record.threadName,
            "exception": self._text(exception_text(record, self)),
        }
        fields |= {name: value for name, value in named.items() if value}
        for name, value in record.__dict__.items():
            if name not in _STANDARD and name not in fields:
                fields[name] = redacted(name, value)
        try:
            return _encode(fields)
        except (ValueError, RecursionError):  # it holds itself
            return _encode({name: value if isinstance(value, str) else repr(value) for name, value in fields.items()})

    def _text(self, text: str) -> str:
        text = shortened(text)
        return redacted_text(text) if self.redact else text
