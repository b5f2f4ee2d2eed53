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
import sys
from functools import partial
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

from kirsch.app.accesslog import COMBINED, AccessFormat, AccessRecord, combined, record_of
from kirsch.app.current import current
from kirsch.app.logforms import JSON, TEXT, AccessFormatter
from kirsch.app.loghandlers import Forwarder, LogHandler
from kirsch.app.logplaces import LogPlaces
from kirsch.app.logtext import stamp
from kirsch.app.logwriter import Limited, LogWriter, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kirsch.app.accesslog import Asked
    from kirsch.exchange import Exchange

_RECORD_SIZE = 1000
"""Bytes, about, of an AccessRecord without what the client sent."""


class LogManager(LogPlaces):
    """What is said in both logs. Config sets any attribute as `log.<name>`, also those of the application's own.

    hush: set it where another process tells the story of several, and what the bus says is DEBUG.
    """

    hush = False

    def __init__(self, appid: Any = None, logger_root: str = "kirsch", site: LogManager | None = None) -> None:
        super().__init__(appid, logger_root, site)
        self._records: LogWriter[AccessRecord] = LogWriter(self._hand_over, f"{self.access_log.name} to handlers")
        self._limited = Limited()
        self._noting = self._note  # PERF: bound once
        if appid is not None:
            self.close()  # what a manager with the same id has left, whose application is gone
        self._settle()

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
        self.error(msg, "ENGINE", logging.DEBUG if self.hush and level == logging.INFO else level)

    def time(self) -> str:
        """Now, as both logs write it."""
        return stamp(int(time()))

    # -- the access log ------------------------------------------------------------------------------------------

    @property
    def access_log_format(self) -> str:
        """What a line of the access log looks like as text: see accesslog.ATOMS.

        Setting it to None brings back that of the process, and there COMBINED.
        """
        return self._format.text

    @access_log_format.setter
    def access_log_format(self, text: str | None) -> None:
        self._own_format = AccessFormat(text) if text else None
        self._settle()

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
            exchange.when_done = self._noting
        else:
            exchange.when_done = partial(self._done, perf_counter(), exchange.when_done)

    def _note(self, exchange: Exchange) -> None:
        """What _done does where nobody asks how long it took. PERF: half of its time."""
        try:
            second = int(time())
            if second != self._looked:
                self._look(second)
            line = combined(exchange, self._time)
            for put in self._puts:
                put(line, len(line))
        except Exception:
            self._complain()
        exchange.context = None  # request and exchange name each other

    def _done(self, began: float, then: Callable[[Exchange], None] | None, exchange: Exchange) -> None:
        try:
            now = time()
            seconds = perf_counter() - began
            if int(now) != self._looked:
                self._look(int(now))
            record = record_of(exchange, now, seconds, self._needs_id)
            self.access(record.redacted() if self._redact else record)
        except Exception:
            self._complain()
        finally:
            exchange.context = None
            if then is not None:
                then(exchange)

    def _complain(self) -> None:
        if self._limited():
            self.error("the access log failed", "LOG", logging.ERROR, traceback=True)

    def access(self, record: AccessRecord | None = None) -> None:
        """Have a line written, soon; without a record for the request that is being answered, as it stands now."""
        request = current.get()
        if record is None and request is not None and request.app is not None:  # else it is a blank one
            record = self._present_record(request.exchange, request)
        if record is None:
            return
        if self._by_record:
            size = len(record.target) + len(record.referer) + len(record.agent) + len(record.host)
            self._records.put(record, size + _RECORD_SIZE)
            return
        for formatter, handlers in self._ways:
            line = f"{formatter.line(record, self._format)}\n"
            for handler in handlers:
                handler.writer.put(line, len(line))

    def _present_record(self, exchange: Exchange, request: Asked) -> AccessRecord:
        before, exchange.context = exchange.context, request
        record = record_of(exchange, time(), 0.0, self._needs_id)
        exchange.context = before
        return record.redacted() if self._redact else record

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
        self._ways = _ways(handler for handler in plain if not handler.repeated(logging.INFO))
        forms = [formatter.form for formatter, _ in self._ways]
        self._needs_id = self._by_record or self._format.needs_id or JSON in forms
        self._quick = not self._by_record and forms in ([], [TEXT]) and self._format.text == COMBINED
        self._quick = self._quick and not self._redact
        self._puts = tuple(handler.writer.put for _, handlers in self._ways for handler in handlers)
        self._wanted = bool(handlers) and own.isEnabledFor(logging.INFO)
        return self._wanted

    def _hand_over(self, records: list[AccessRecord]) -> None:
        """Give records to the handlers of others, one by one. What they raise is said once in a while."""
        for each in records:
            try:
                more = {"access": each, "request_id": each.request_id, "trace_id": each.trace_id}
                record = self.access_log.makeRecord(
                    self.access_log.name, logging.INFO, "", 0, self._format.line(each), (), None, extra=more
                )
                record.created = each.when
                record.msecs = each.when % 1 * 1000
                self.access_log.handle(record)
            except Exception:
                if self._limited():
                    self.error("a handler of the access log failed", "LOG", logging.ERROR, traceback=True)

    # -- keeping -------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is waiting, that of applications first; before this returns, or within two seconds for each."""
        for each in list(self._below):
            each.flush()
        self._records.flush(patience())
        for handler in self._handlers():
            handler.flush()

    def close(self) -> None:
        """Write what is waiting and take away screen and files; handlers that others have added stay."""
        self._records.stop()
        self._take_away()

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

    def access(self, record: AccessRecord | None = None) -> None:
        """The same, by the log of the application that is answering."""
        log = self.find_log()
        LogManager.access(self if log is None else log, record)

    def speak_for_others(self) -> None:
        """Have the loggers of the application itself write here, too, unless it has set up logging by now."""
        if not logging.root.handlers:
            logging.root.addHandler(Forwarder(self._errors))


def _ways(handlers: Iterable[LogHandler]) -> tuple[tuple[AccessFormatter, tuple[LogHandler, ...]], ...]:
    """Handlers by what makes their lines, so that each line is made once."""
    found: dict[tuple[str, str], tuple[AccessFormatter, list[LogHandler]]] = {}
    for handler in handlers:
        if isinstance(formatter := handler.formatter, AccessFormatter):
            found.setdefault((formatter.form, formatter.place), (formatter, []))[1].append(handler)
    return tuple((formatter, tuple(takers)) for formatter, takers in found.values())
