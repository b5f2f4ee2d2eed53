"""The access log and the error log, on the standard library's `logging`.

Loggers: `kirsch.error` and `kirsch.access` for the process, with `.<id>` behind it for one application, whose records
go to both. What other rooms have to say (`kirsch.server`, …) comes with the errors: the handlers of `log.screen` and
`log.error_file` of the process stand at `kirsch`. Access lines never go beyond `kirsch.access`.

A line of the access log is made where the request ended and written by another thread, many at a time (logwriter.py).
With handlers or filters of the application's own, that thread makes a LogRecord of each request instead and gives it
to all handlers; such a record has the request's values as its attribute `access` (an AccessRecord).
"""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, TypeVar

from kirsch.app.accesslog import COMBINED, AccessFormat, AccessRecord, combined, record_of
from kirsch.app.loghandlers import ErrorFormatter, LogFile, LogHandler, LogScreen, WsgiErrors, reopen, stamp
from kirsch.app.logwriter import Limited, LogWriter, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kirsch.app.accesslog import Asked
    from kirsch.exchange import Exchange

H = TypeVar("H", bound=logging.Handler)

_RECORD_SIZE = 1000
"""Bytes, about, of an AccessRecord without what the client sent."""


class LogManager:
    """Both logs of an application, or of the process.

    appid: tells applications apart; None for the process. logger_root: the name above all others. error_log,
    access_log: the loggers; handlers of one's own may be added to them. Any other attribute may be set by config.
    find_environ: gives the WSGI environ of the request being answered; for `wsgi`.
    """

    find_environ: Callable[[], Mapping[str, Any]] = dict

    def __init__(self, appid: Any = None, logger_root: str = "kirsch") -> None:
        self.appid = appid
        self.logger_root = logger_root
        below = "" if appid is None else f".{appid}"
        top = logging.getLogger(logger_root)
        self._top_access = logging.getLogger(f"{logger_root}.access")
        self._top_access.propagate = False
        self.error_log = logging.getLogger(f"{logger_root}.error{below}")
        self.access_log = logging.getLogger(f"{logger_root}.access{below}")
        self._errors = top if appid is None else self.error_log
        if not top.handlers:
            top.addHandler(logging.NullHandler())  # else logging itself would write to a screen that is off
        for logger in (top, self.error_log, self.access_log, self._top_access):
            if logger.level == logging.NOTSET:
                logger.setLevel(logging.INFO)
        self._format = AccessFormat(COMBINED)
        self._records: LogWriter[AccessRecord] = LogWriter(self._hand_over, f"{self.access_log.name} to handlers")
        self._limited = Limited()
        if appid is not None:
            self.close()  # what a manager with the same id has left, whose application is gone
        self._look()

    # -- the error log -------------------------------------------------------------------------------------------

    def error(self, msg: Any = "", context: str = "", severity: int = logging.INFO, traceback: bool = False) -> None:
        """Write to the error log: `context` says who speaks (`HTTP`, `ENGINE`), `traceback` adds the present failure.

        Despite its name it is for any message: `severity` is the level.
        """
        if self.error_log.isEnabledFor(severity):
            failure = sys.exc_info() if traceback else (None, None, None)
            self.error_log.log(
                severity,
                " ".join(filter(None, (context, str(msg)))),
                exc_info=failure if failure[0] is not None else None,
                extra={"context": context},
                stacklevel=2,
            )

    def __call__(self, msg: Any = "", context: str = "", severity: int = logging.INFO, traceback: bool = False) -> None:
        """As error()."""
        self.error(msg, context, severity, traceback)

    def from_bus(self, msg: str, level: int = logging.INFO) -> None:
        """Write what the bus says: a listener for its channel `log`."""
        self.error(msg, "ENGINE", level)

    def time(self) -> str:
        """Now, as both logs write it."""
        return stamp(int(time()))

    # -- the access log ------------------------------------------------------------------------------------------

    @property
    def access_log_format(self) -> str:
        """What a line of the access log looks like: see accesslog.ATOMS. Setting it to None brings back COMBINED."""
        return self._format.text

    @access_log_format.setter
    def access_log_format(self, text: str | None) -> None:
        self._format = AccessFormat(text or COMBINED)
        self._look()

    @property
    def access_wanted(self) -> bool:
        """Whether anybody would see a line of the access log. A handler added to its loggers counts at once."""
        own, top = self._seen
        if own != self.access_log.handlers or top != self._top_access.handlers:
            self._look()
        elif not own and not top:
            return self._wanted
        return self._wanted or self._look()

    def follow(self, exchange: Exchange, request: Asked | None) -> None:
        """Have the line written when this exchange is over; until then its context is the request, or its successor."""
        exchange.context = request
        if self._quick and exchange.when_done is None:
            exchange.when_done = self._note
        else:
            exchange.when_done = partial(self._done, perf_counter(), exchange.when_done)

    def _note(self, exchange: Exchange) -> None:
        """What _done does where nobody asks how long it took. PERF: half of its time."""
        try:
            second = int(time())
            if second != self._looked:
                self._look(second)
            self._put(combined(exchange, self._time))
        except Exception:
            self._complain()
        exchange.context = None  # request and exchange name each other

    def _done(self, began: float, then: Callable[[Exchange], None] | None, exchange: Exchange) -> None:
        try:
            now = time()
            seconds = perf_counter() - began
            if int(now) != self._looked:
                self._look(int(now))
            if self._by_record:
                self.access(record_of(exchange, now, seconds, True))
            else:
                self._put(self._format.line_of(exchange, now, seconds))
        except Exception:
            self._complain()
        finally:
            exchange.context = None
            if then is not None:
                then(exchange)

    def _complain(self) -> None:
        if self._limited():
            self.error("the access log failed", "LOG", logging.ERROR, traceback=True)

    def access(self, record: AccessRecord) -> None:
        """Have a line written, soon."""
        if self._by_record:
            size = len(record.target) + len(record.referer) + len(record.agent) + len(record.host)
            self._records.put(record, size + _RECORD_SIZE)
        else:
            self._put(f"{self._format.line(record)}\n")

    def _put(self, line: str) -> None:
        for handler in self._direct:
            handler.writer.put(line, len(line))

    def _look(self, second: int = 0) -> bool:
        """See who takes the lines. Changes of levels, filters and formatters are noticed within a second by this."""
        self._looked, self._time = second, stamp(second)
        own = self.access_log
        self._seen = (list(own.handlers), list(self._top_access.handlers))
        handlers: list[logging.Handler] = []
        logger: logging.Logger | None = own
        while logger is not None:
            handlers += [handler for handler in logger.handlers if not isinstance(handler, logging.NullHandler)]
            logger = logger.parent if logger.propagate else None
        plain = [each for each in handlers if isinstance(each, LogHandler) and each.plain]
        self._by_record = bool(own.filters) or len(plain) < len(handlers)
        self._direct = tuple(handler for handler in plain if not handler.repeated(logging.INFO))
        self._quick = not self._by_record and self._format.text == COMBINED
        self._wanted = bool(handlers) and own.isEnabledFor(logging.INFO)
        return self._wanted

    def _hand_over(self, records: list[AccessRecord]) -> None:
        """Give records to the handlers of others, one by one. What they raise is said once in a while."""
        for each in records:
            try:
                record = self.access_log.makeRecord(
                    self.access_log.name, logging.INFO, "", 0, self._format.line(each), (), None, extra={"access": each}
                )
                record.created = each.when
                record.msecs = each.when % 1 * 1000
                self.access_log.handle(record)
            except Exception:
                if self._limited():
                    self.error("a handler of the access log failed", "LOG", logging.ERROR, traceback=True)

    # -- where to ------------------------------------------------------------------------------------------------

    @property
    def screen(self) -> bool:
        """Whether both logs go to the terminal: errors to stderr, accesses to stdout."""
        return any(_find(logger, LogScreen) for logger in (self._errors, self.access_log))

    @screen.setter
    def screen(self, on: bool) -> None:
        for logger, place, formatter in (
            (self._errors, "stderr", ErrorFormatter()),
            (self.access_log, "stdout", logging.Formatter()),
        ):
            known = _find(logger, LogScreen)
            if on and known is None:
                logger.addHandler(LogScreen(place, logger, formatter))
            elif not on and known is not None:
                _remove(logger, known)

    @property
    def error_file(self) -> str:
        """The absolute path of the error log, or nothing. OSError if it cannot be opened."""
        return _file_of(self._errors)

    @error_file.setter
    def error_file(self, path: str | os.PathLike[str] | None) -> None:
        _set_file(self._errors, path, ErrorFormatter())

    @property
    def access_file(self) -> str:
        """The absolute path of the access log, or nothing. OSError if it cannot be opened."""
        return _file_of(self.access_log)

    @access_file.setter
    def access_file(self, path: str | os.PathLike[str] | None) -> None:
        _set_file(self.access_log, path, logging.Formatter())

    @property
    def wsgi(self) -> bool:
        """Whether errors go to `wsgi.errors` of the server that we are a guest of, too."""
        return _find(self._errors, WsgiErrors) is not None

    @wsgi.setter
    def wsgi(self, on: bool) -> None:
        known = _find(self._errors, WsgiErrors)
        if on and known is None:
            self._errors.addHandler(WsgiErrors(self.find_environ, ErrorFormatter()))
        elif not on and known is not None:
            _remove(self._errors, known)

    def configure(self, key: str, value: Any) -> None:
        """Set what config says as `log.<key>`."""
        setattr(self, key, value)

    # -- keeping -------------------------------------------------------------------------------------------------

    def reopen_files(self) -> None:
        """Begin with the files of those names now, after others were moved away; also those of standard handlers."""
        for handler in self._handlers():
            if isinstance(handler, LogFile):
                handler.reopen()
            elif isinstance(handler, logging.FileHandler):
                reopen(handler)

    def flush(self) -> None:
        """Write what is waiting, before this returns or within two seconds."""
        self._records.flush(patience())
        for handler in self._handlers():
            handler.flush()

    def close(self) -> None:
        """Write what is waiting and take away screen and files; handlers that others have added stay."""
        self._records.stop()
        for logger in (self._errors, self.access_log):
            for handler in list(logger.handlers):
                if isinstance(handler, (LogHandler, WsgiErrors)):
                    _remove(logger, handler)

    def _handlers(self) -> list[logging.Handler]:
        return list(dict.fromkeys([*self._errors.handlers, *self.error_log.handlers, *self.access_log.handlers]))

    def __repr__(self) -> str:
        places = ", ".join(handler.place for handler in self._handlers() if isinstance(handler, LogHandler))
        return f"<{type(self).__name__} {self.error_log.name}: {places or 'nowhere'}>"


class GlobalLog(LogManager):
    """The logs of the process. Called within a request, it writes to the error log of that request's application.

    find_log: gives the log of the application that is answering in this thread, if any.
    """

    def __init__(self, find_log: Callable[[], LogManager | None] = lambda: None, logger_root: str = "kirsch") -> None:
        super().__init__(None, logger_root)
        self.find_log = find_log

    def __call__(self, msg: Any = "", context: str = "", severity: int = logging.INFO, traceback: bool = False) -> None:
        """As error() of the application that is answering, or else of this."""
        (self.find_log() or self).error(msg, context, severity, traceback)


def _find(logger: logging.Logger, kind: type[H]) -> H | None:
    for handler in logger.handlers:
        if isinstance(handler, kind):
            return handler
    return None


def _remove(logger: logging.Logger, handler: logging.Handler) -> None:
    logger.removeHandler(handler)
    handler.close()


def _file_of(logger: logging.Logger) -> str:
    known = _find(logger, LogFile)
    return known.place if known is not None else ""


def _set_file(logger: logging.Logger, path: str | os.PathLike[str] | None, formatter: logging.Formatter) -> None:
    known = _find(logger, LogFile)
    if known is not None and path and known.place == os.path.abspath(path):
        return
    if path:
        logger.addHandler(LogFile(path, logger, formatter))
    if known is not None:
        _remove(logger, known)
