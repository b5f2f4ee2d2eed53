"""The lines of the error log as text, the time as both logs write it, and the request that a record belongs to."""

from __future__ import annotations

import logging
import os
import re
import sys
from functools import lru_cache
from time import gmtime, localtime
from typing import Any, ClassVar, Final

from kirsch.app.current import current
from kirsch.app.redaction import redacted_text

LONGEST: Final = 64 * 1024
"""Characters of one record of the error log; the middle of a longer one is left out."""

MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

PLAIN: Final = "\x1b[0m"
RED: Final = "\x1b[31m"
GREEN: Final = "\x1b[32m"
YELLOW: Final = "\x1b[33m"
CYAN: Final = "\x1b[36m"
GREY: Final = "\x1b[90m"
"""What changes the colour on a terminal."""

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Terminal escapes, line ends other than `\\n`, what turns the direction of writing, halves of characters."""


@lru_cache(maxsize=8)
def stamp(second: int) -> str:
    """`[24/Nov/2026:13:55:36]`: local time, in English, to the second. PERF: made once a second."""
    now = localtime(second)
    return f"[{now[2]:02}/{MONTHS[now[1]]}/{now[0]:04}:{now[3]:02}:{now[4]:02}:{now[5]:02}]"


@lru_cache(maxsize=8)
def utc(second: int) -> str:
    """`2026-11-24T12:55:36`, in UTC: what is behind the second, and `Z`, is the caller's."""
    now = gmtime(second)
    return f"{now[0]:04}-{now[1]:02}-{now[2]:02}T{now[3]:02}:{now[4]:02}:{now[5]:02}"


def coloured(place: str) -> bool:
    """Whether `stdout` or `stderr` is a terminal that shows colours; other places never are."""
    stream = getattr(sys, place) if place in ("stdout", "stderr") else None
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or os.name == "nt":
        return False
    try:
        return bool(stream.isatty())
    except ValueError:  # it is closed
        return False


# -- which request ---------------------------------------------------------------------------------------------------


def trace_of(request: Any) -> str:
    """The id of the trace that a request belongs to, where somebody has asked for one."""
    parent = request.__dict__.get("traceparent")
    return parent.trace_id if parent is not None else ""


def mark(record: logging.LogRecord) -> tuple[str, str]:
    """Give a record its `request_id` and `trace_id`, which are empty outside of any request; and these two."""
    known = record.__dict__
    if "request_id" not in known:
        request = current.get()
        answering = request is not None and request.app is not None
        known["request_id"] = str(request.unique_id) if answering else ""
        known["trace_id"] = trace_of(request) if answering else ""
    return known["request_id"], known.get("trace_id", "")


class RequestFilter(logging.Filter):
    """Lets everything through, marked: for handlers and loggers of the application's own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """As said of the class."""
        mark(record)
        return True


# -- the text --------------------------------------------------------------------------------------------------------


def exception_text(record: logging.LogRecord, formatter: logging.Formatter) -> str:
    """The traceback of a record, and the stack that is to be shown; nothing if there is none."""
    failure = formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
    return "\n".join(filter(None, (failure, record.stack_info)))


def shortened(text: str) -> str:
    """The text; if it is too long, without its middle."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n({len(text) - LONGEST} characters left out)\n{text[-half:]}"


class ErrorFormatter(logging.Formatter):
    """`[time] CONTEXT message [request]`, and what follows on lines of their own, indented.

    So only a new record begins at the edge. A record that says no context has that of its logger: `SERVER` for
    `kirsch.server`, and the whole name of one that is not ours. Control characters are escaped. root: the first word
    of our loggers. place: where it is shown; warnings and errors are coloured on a terminal. redact: whether secrets
    in messages are hidden.
    """

    several: ClassVar[bool] = False
    """Whether several processes write to the same place: then a line says which one. Set at the start of a worker."""

    def __init__(self, root: str = "kirsch", place: str = "", redact: bool = False) -> None:
        super().__init__()
        self.root = root
        self.place = place
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        text = record.getMessage()
        if not hasattr(record, "context") and (speaker := self._speaker(record.name)):
            text = f"{speaker} {text}"
        request_id, _ = mark(record)
        if request_id and request_id not in text:
            first, end, rest = text.partition("\n")
            text = f"{first} [{request_id}]{end}{rest}"
        if self.several:
            text = f"({record.process}) {text}"
        more = exception_text(record, self)
        if more:
            text = f"{text}\n{more}"
        text = shortened(text)
        if self.redact:
            text = redacted_text(text)
        line = f"{stamp(int(record.created))} {_UNFIT.sub(_shown, text).rstrip()}".replace("\n", "\n    ")
        if record.levelno < logging.WARNING or not coloured(self.place):
            return line
        first, end, rest = line.partition("\n")
        return f"{RED if record.levelno >= logging.ERROR else YELLOW}{first}{PLAIN}{end}{rest}"

    def _speaker(self, name: str) -> str:
        root, _, rest = name.partition(".")
        room = rest.partition(".")[0]
        if root != self.root:
            return name
        return room.upper() if room != "error" else ""


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
