"""The handlers that `log.screen`, `log.error_file` and `log.access_file` stand for, and the text they write.

They are handlers of the standard library like any other, but leave the writing to a LogWriter. What goes wrong there
(a full disk, a pipe nobody reads) costs lines, never requests: it is said once when it begins, and once how many lines
were lost when it is over.

Several processes may write to one place. What goes to a file is appended by one call of the system, which keeps it
together; what goes to a pipe or a terminal is cut between lines into pieces that the system keeps together.
"""

from __future__ import annotations

import logging
import os
import select
import stat
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.logtext import mark
from kirsch.app.logwriter import Limited, LogWriter, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PIPE_SIZE: Final = getattr(select, "PIPE_BUF", 512)
"""Bytes that a pipe takes as one, whoever else writes to it."""

_log = logging.getLogger("kirsch.log")


class LogHandler(logging.Handler):
    """A handler of our own, for the logger `home`. place: where it writes to, in a word: a path, `stdout`, `stderr`.

    plain: nobody has given it a level, a filter or a formatter, so that it takes every line of the access log as it is.
    """

    def __init__(self, place: str, home: logging.Logger, formatter: logging.Formatter) -> None:
        super().__init__()
        self.place = place
        self.home = home
        self.writer: LogWriter[str] = LogWriter(self._deliver, f"{home.name} to {place}")
        self.formatter = self._own = formatter
        self._lost = 0
        self._failing = False
        self._torn = False
        self._limited = Limited()

    # -- taking --------------------------------------------------------------------------------------------------

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written soon."""
        if self.repeated(record.levelno):
            return
        mark(record)
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

    def dress(self, formatter: logging.Formatter) -> None:
        """Write by another formatter of ours, unless somebody has given it one of his own."""
        if self.formatter is self._own:
            self._own = self.formatter = formatter

    # -- writing -------------------------------------------------------------------------------------------------

    def _deliver(self, lines: list[str]) -> None:
        data = "".join(lines).encode("utf-8", "backslashreplace")
        if self._torn:
            data = b"\n" + data
        done = 0
        try:
            while done < len(data):
                done += self._write(data, done)
        except (OSError, ValueError) as error:
            self._lost += data.count(b"\n", max(done, self._torn))  # but for the end of a line that was torn before
            if done:
                self._torn = data[done - 1] != 10
            if not self._failing and self._limited():
                _log.error("%s cannot be written, so lines are lost: %s", self.place, error)
            self._failing = True
        else:
            self._torn = self._failing = False
            self._say_what_is_lost()

    def _say_what_is_lost(self) -> None:
        if self._lost:
            lost, self._lost = self._lost, 0
            _log.warning("%d lines for %s were lost while it could not be written", lost, self.place)

    def _write(self, data: bytes, start: int) -> int:
        """Write some or all of what comes from `start` on; how much. Raises OSError or ValueError."""
        raise NotImplementedError

    def flush(self) -> None:
        """Write what is waiting."""
        self.writer.flush(patience())

    def close(self) -> None:
        """Write what is waiting, and let go of everything. Whatever comes later begins anew."""
        self.writer.stop()
        self._say_what_is_lost()
        super().close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.place}>"


class LogFile(LogHandler):
    """Appends to a file, which is there from the beginning: OSError if it cannot be.

    When the file has been moved, as by logrotate, a new one is begun within a second, and until then lines go to the
    moved one. When it was removed, a new one is begun with the next line.
    """

    _cpbuiltin = "file"  # by which applications of old tell the handlers that config has made

    def __init__(self, path: str | os.PathLike[str], home: logging.Logger, formatter: logging.Formatter) -> None:
        super().__init__(os.path.abspath(path), home, formatter)
        self._file = _open(self.place)
        self._looked = monotonic()

    def _write(self, data: bytes, start: int) -> int:
        if self._file < 0:
            self._file = _open(self.place)
        else:
            self._follow_name()
        return os.write(self._file, memoryview(data)[start:])

    def _follow_name(self) -> None:
        """Begin a new file where another has, or should have, the name. It is looked up once a second at most."""
        here = os.fstat(self._file)
        now = monotonic()
        if not here.st_nlink:
            self._renew()
        elif now - self._looked >= 1:
            self._looked = now
            try:
                there = os.stat(self.place)
            except OSError:
                there = None
            if there is None or (there.st_ino, there.st_dev) != (here.st_ino, here.st_dev):
                self._renew_if_allowed()

    def _renew_if_allowed(self) -> None:
        """Lines that go to the moved file are not lost, so go on with it if there can be no new one."""
        try:
            self._renew()
        except OSError as error:
            if self._limited():
                _log.error("%s cannot be begun anew, so lines go to where it was moved: %s", self.place, error)

    def _renew(self) -> None:
        new = _open(self.place)
        old, self._file = self._file, new
        if old >= 0:
            os.close(old)

    def reopen(self) -> None:
        """Write what is waiting to the file as it was, and begin with the one of that name now."""
        self.flush()
        with self.writer.busy:
            self._renew_if_allowed()

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
    try:
        new = os.fdopen(_open(handler.baseFilename), "a", encoding=handler.encoding)
    except OSError as error:
        _log.error("%s cannot be begun anew: %s", handler.baseFilename, error)
        return
    old = handler.setStream(new)
    if old is not None:
        old.close()


class LogScreen(LogHandler):
    """Writes to what is `sys.stdout` or `sys.stderr` at that moment; to nowhere if there is none.

    Where it can, it writes past Python's own buffer, whose lock could keep the process from ending.
    """

    _cpbuiltin = "screen"

    def _write(self, data: bytes, start: int) -> int:
        stream = getattr(sys, self.place)
        if stream is None:
            return len(data) - start
        number = _descriptor(stream)
        if number is None:
            stream.write(data[start:].decode("utf-8"))
            stream.flush()
            return len(data) - start
        end = len(data) if stat.S_ISREG(os.fstat(number).st_mode) else _end_of_piece(data, start)
        piece = memoryview(data)[start:end]
        try:
            return os.write(number, piece)
        except BlockingIOError:  # somebody has made the terminal non-blocking
            select.select((), (number,), (), 1.0)
            return os.write(number, piece)


def _end_of_piece(data: bytes, start: int) -> int:
    """How far a pipe takes it as one: whole records if it can be, or whole lines of one."""
    most = start + PIPE_SIZE
    if len(data) <= most:
        return len(data)
    last = end = data.rfind(b"\n", start, most) + 1
    while end > start and data.startswith(b"    ", end):  # a record goes on there
        end = data.rfind(b"\n", start, end - 1) + 1
    return end or last or most


def _descriptor(stream: Any) -> int | None:
    """Its number, or None for what is no file, and for the console of Windows, which takes text only."""
    try:
        if os.name == "nt" and stream.isatty():
            return None
        number = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return number if isinstance(number, int) else None


class Forwarder(logging.Handler):
    """Gives what loggers of others say to the handlers of ours, whichever these are by then."""

    def __init__(self, ours: logging.Logger) -> None:
        super().__init__()
        self._ours = ours

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record on, unless it comes from there."""
        if not f"{record.name}.".startswith(f"{self._ours.name}."):
            for handler in self._ours.handlers:
                if record.levelno >= handler.level:
                    handler.handle(record)


class WsgiErrors(logging.Handler):
    """Writes to `wsgi.errors` of the request that is being answered, if it came by WSGI.

    find_environ: gives its environ.
    """

    place = "wsgi.errors"
    _cpbuiltin = "wsgi"

    def __init__(self, find_environ: Callable[[], Mapping[str, Any]], formatter: logging.Formatter) -> None:
        super().__init__()
        self.formatter = self._own = formatter
        self._find_environ = find_environ

    def dress(self, formatter: logging.Formatter) -> None:
        """As of LogHandler."""
        if self.formatter is self._own:
            self._own = self.formatter = formatter

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, now: the stream is the server's, and gone with the request."""
        try:
            stream = self._find_environ().get("wsgi.errors")
            if stream is not None:
                stream.write(f"{self.format(record)}\n")
                stream.flush()
        except Exception:
            self.handleError(record)
