"""The handlers that `log.screen`, `log.error_file` and `log.access_file` stand for, and the text they write.

They are handlers of the standard library like any other, but leave the writing to a LogWriter. What goes wrong there
(a full disk, a pipe nobody reads) costs lines, never requests: it is said once when it begins, and once how many lines
were lost when it is over.
"""

from __future__ import annotations

import logging
import os
import re
import select
import sys
from functools import lru_cache
from time import localtime, monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.logwriter import Limited, LogWriter, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST: Final = 64 * 1024
"""Characters of one record of the error log; the middle of a longer one is left out."""

MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Terminal escapes, line ends other than `\\n`, what turns the direction of writing, halves of characters."""

_log = logging.getLogger("kirsch.log")


@lru_cache(maxsize=8)
def stamp(second: int) -> str:
    """`[24/Nov/2026:13:55:36]`: local time, in English, to the second. PERF: made once a second."""
    now = localtime(second)
    return f"[{now[2]:02}/{MONTHS[now[1]]}/{now[0]:04}:{now[3]:02}:{now[4]:02}:{now[5]:02}]"


class ErrorFormatter(logging.Formatter):
    """`[time] CONTEXT message`, and what follows on lines of their own, indented: only a new record begins at the edge.

    A record that says no context has that of its logger, `SERVER` for `kirsch.server`. Control characters are escaped.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        text = record.getMessage()
        if not hasattr(record, "context"):
            room = record.name.split(".")[1:2]
            if room and room[0] != "error":
                text = f"{room[0].upper()} {text}"
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        if record.stack_info:
            text = f"{text}\n{record.stack_info}"
        if len(text) > LONGEST:
            half = LONGEST // 2
            text = f"{text[:half]}\n({len(text) - LONGEST} characters left out)\n{text[-half:]}"
        return f"{stamp(int(record.created))} {_UNFIT.sub(_shown, text).rstrip()}".replace("\n", "\n    ")


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class LogHandler(logging.Handler):
    """A handler of our own, for the logger `home`. place: where it writes to, in a word: a path, `stdout`, `stderr`.

    plain: nobody has given it a level, a filter or a formatter, so that it takes every line of the access log as it is.
    """

    def __init__(self, place: str, home: logging.Logger, formatter: logging.Formatter) -> None:
        super().__init__()
        self.place = place
        self.home = home
        self.writer: LogWriter[str] = LogWriter(self._deliver, f"{home.name} to {place}")
        self._own = formatter
        self.formatter = formatter
        self._lost = 0
        self._failing = False
        self._torn = False
        self._limited = Limited()

    # -- taking --------------------------------------------------------------------------------------------------

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written soon."""
        if self.repeated(record.levelno):
            return
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
        else:
            self.writer.put(f"{text}\n", len(text))

    def repeated(self, level: int) -> bool:
        """Whether a record of this level comes by this place once more, through a logger further up."""
        logger: logging.Logger | None = self.home
        while logger is not None and logger.propagate:
            logger = logger.parent
            for handler in logger.handlers if logger is not None else ():
                if handler.level <= level and self._same_place(handler):
                    return True
        return False

    def _same_place(self, handler: logging.Handler) -> bool:
        if isinstance(handler, LogHandler):
            return handler.place == self.place
        if isinstance(handler, logging.FileHandler):
            return handler.baseFilename == self.place
        stream = getattr(handler, "stream", None)
        return stream is not None and self.place in ("stdout", "stderr") and stream in (sys.stdout, sys.stderr)

    @property
    def plain(self) -> bool:
        """See the class."""
        return not self.filters and self.level <= logging.INFO and self.formatter is self._own

    # -- writing -------------------------------------------------------------------------------------------------

    def _deliver(self, lines: list[str]) -> None:
        data = "".join(lines).encode("utf-8", "backslashreplace")
        if self._torn:
            data = b"\n" + data
        done = 0
        try:
            while done < len(data):
                done += self._write(data[done:] if done else data)
        except (OSError, ValueError) as error:
            self._lost += data.count(b"\n", max(done, self._torn))  # but for the end of a line that was torn before
            if done:
                self._torn = data[done - 1] != 10
            if not self._failing and self._limited():
                _log.error("%s cannot be written, so lines are lost: %s", self.place, error)
            self._failing = True
        else:
            self._torn = self._failing = False
            if self._lost:
                lost, self._lost = self._lost, 0
                _log.warning("%d lines for %s were lost while it could not be written", lost, self.place)

    def _write(self, data: bytes) -> int:
        """Write some or all of it; how much. Raises OSError or ValueError."""
        raise NotImplementedError

    def flush(self) -> None:
        """Write what is waiting."""
        self.writer.flush(patience())

    def close(self) -> None:
        """Write what is waiting, and let go of everything. Whatever comes later begins anew."""
        self.writer.stop()
        super().close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.place}>"


class LogFile(LogHandler):
    """Appends to a file, which is there from the beginning: OSError if it cannot be.

    When the file has been moved or removed, as by logrotate, a new one is begun within a second of the next line.
    """

    def __init__(self, path: str | os.PathLike[str], home: logging.Logger, formatter: logging.Formatter) -> None:
        super().__init__(os.path.abspath(path), home, formatter)
        self._file = _open(self.place)
        self._looked = monotonic()

    def _write(self, data: bytes) -> int:
        now = monotonic()
        if self._file < 0:
            self._file = _open(self.place)
        elif now - self._looked >= 1 and self._moved():
            self._renew()
        self._looked = now
        return os.write(self._file, data)

    def _moved(self) -> bool:
        try:
            there = os.stat(self.place)
        except OSError:
            return True
        here = os.fstat(self._file)
        return (there.st_ino, there.st_dev) != (here.st_ino, here.st_dev)

    def _renew(self) -> None:
        new = _open(self.place)
        old, self._file = self._file, new
        if old >= 0:
            os.close(old)

    def reopen(self) -> None:
        """Write what is waiting to the file as it was, and begin with the one of that name now."""
        self.flush()
        with self.writer.busy:
            self._renew()

    def close(self) -> None:
        """As of every handler; a line that comes later opens the file again."""
        super().close()
        with self.writer.busy:
            old, self._file = self._file, -1
            if old >= 0:
                os.close(old)


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)


def reopen(handler: logging.FileHandler) -> None:
    """Have a handler of the standard library begin with the file that has its name now."""
    new = os.fdopen(_open(handler.baseFilename), "a", encoding=handler.encoding)
    old = handler.setStream(new)
    if old is not None:
        old.close()


class LogScreen(LogHandler):
    """Writes to what is `sys.stdout` or `sys.stderr` at that moment; to nowhere if there is none.

    Where it can, it writes past Python's own buffer, whose lock could keep the process from ending.
    """

    def _write(self, data: bytes) -> int:
        stream = getattr(sys, self.place)
        if stream is None:
            return len(data)
        number = _descriptor(stream)
        if number is None:
            stream.write(data.decode("utf-8"))
            stream.flush()
            return len(data)
        try:
            return os.write(number, data)
        except BlockingIOError:  # somebody has made the terminal non-blocking
            select.select((), (number,), (), 1.0)
            return os.write(number, data)


def _descriptor(stream: Any) -> int | None:
    """Its number, or None for what is no file, and for the console of Windows, which takes text only."""
    try:
        if os.name == "nt" and stream.isatty():
            return None
        number = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return number if isinstance(number, int) else None


class WsgiErrors(logging.Handler):
    """Writes to `wsgi.errors` of the request that is being answered, if it came by WSGI.

    find_environ: gives its environ.
    """

    def __init__(self, find_environ: Callable[[], Mapping[str, Any]], formatter: logging.Formatter) -> None:
        super().__init__()
        self.formatter = formatter
        self._find_environ = find_environ

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, now: the stream is the server's, and gone with the request."""
        try:
            stream = self._find_environ().get("wsgi.errors")
            if stream is not None:
                stream.write(f"{self.format(record)}\n")
                stream.flush()
        except Exception:
            self.handleError(record)
