"""The loggers of an application, or of the process: where they write to, in which form, from which level on."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakSet

from kirsch.app.accesslog import COMBINED, AccessFormat
from kirsch.app.logforms import FORMS, LEVELS, TEXT, access_formatter, error_formatter
from kirsch.app.loghandlers import LogFile, LogHandler, LogScreen, WsgiErrors, reopen
from kirsch.options import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

H = TypeVar("H", bound=logging.Handler)

_COMBINED: Final = AccessFormat(COMBINED)


class LogPlaces:
    """Both loggers, and the handlers that stand for what config says.

    appid: tells applications apart; None for the process. logger_root: the name above all others. site: the logs of
    the process, whose form holds where this one has none of its own. error_log, access_log: the loggers; handlers of
    one's own may be added to them. find_environ: gives the WSGI environ of the request being answered; for `wsgi`.
    """

    find_environ: Callable[[], Mapping[str, Any]] = dict

    def __init__(self, appid: Any = None, logger_root: str = "kirsch", site: LogPlaces | None = None) -> None:
        self.appid = appid
        self.logger_root = logger_root
        self._site = site
        self._below: WeakSet[LogPlaces] = WeakSet()
        if site is not None:
            site._below.add(self)
        below = "" if appid is None else f".{appid}"
        top = logging.getLogger(logger_root)
        self._top_access = logging.getLogger(f"{logger_root}.access")
        self._top_access.propagate = False
        self.error_log = logging.getLogger(f"{logger_root}.error{below}")
        self.access_log = logging.getLogger(f"{logger_root}.access{below}")
        self._errors = top if appid is None else self.error_log
        if not top.handlers:
            top.addHandler(logging.NullHandler())  # else logging itself would write to a screen that is off
        for logger in (top, self.access_log, self._top_access):  # the error log has the level of the one above
            if logger.level == logging.NOTSET:
                logger.setLevel(logging.INFO)
        self._own_form: str | None = None
        self._own_format: AccessFormat | None = None
        self._own_redact: bool | None = None

    def flush(self) -> None:
        """Write what is waiting."""

    def _look(self) -> bool:
        """See anew who takes lines, and in which form. For those who keep it in mind."""
        return True

    def _settle(self) -> None:
        """Find out the form of lines: our own, or that of the process; and have it used by handlers of ours."""
        site = self._site
        self._form: str = self._own_form or (site._form if site is not None else TEXT)
        self._format: AccessFormat = self._own_format or (site._format if site is not None else _COMBINED)
        own = self._own_redact
        self._redact: bool = own if own is not None else site is not None and site._redact
        for logger in (self._errors, self.access_log):
            for handler in logger.handlers:
                if isinstance(handler, (LogHandler, WsgiErrors)):
                    handler.dress(self._formatter(logger, handler.place))
        self._look()
        for each in list(self._below):
            each._settle()

    def _formatter(self, logger: logging.Logger, place: str) -> logging.Formatter:
        if logger is self.access_log:
            return access_formatter(self._form, place)
        return error_formatter(self._form, self.logger_root, place, self._redact)

    # -- their form ----------------------------------------------------------------------------------------------

    def _set_form(self, form: str | None) -> None:
        if form is not None and form not in FORMS:
            raise ValueError(f"log.format is one of {', '.join(FORMS)}, not {form!r}{did_you_mean(form, FORMS)}")
        self._own_form = form
        self._settle()

    def _get_form(self) -> str:
        return self._form

    format = property(_get_form, _set_form)
    """The form of lines: one of FORMS. Setting it to None brings back that of the process."""

    @property
    def level(self) -> str:
        """From which level on messages are written: one of LEVELS. Requests are written at any."""
        return logging.getLevelName(self.error_log.getEffectiveLevel()).lower()

    @level.setter
    def level(self, name: str) -> None:
        if name.lower() not in LEVELS:
            raise ValueError(f"log.level is one of {', '.join(LEVELS)}, not {name!r}{did_you_mean(name, LEVELS)}")
        self._errors.setLevel(name.upper())
        if self.error_log is not self._errors:
            self.error_log.setLevel(logging.NOTSET)

    @property
    def redact(self) -> bool:
        """Whether values of secret names are hidden: in the URLs of requests, in messages and tracebacks."""
        return self._redact

    @redact.setter
    def redact(self, on: bool | None) -> None:
        self._own_redact = on
        self._settle()

    # -- where to ------------------------------------------------------------------------------------------------

    @property
    def screen(self) -> bool:
        """Whether both logs go to the terminal: errors to stderr, accesses to stdout."""
        return any(_find(logger, LogScreen) for logger in (self._errors, self.access_log))

    @screen.setter
    def screen(self, on: bool) -> None:
        self.flush()
        for logger, place in ((self._errors, "stderr"), (self.access_log, "stdout")):
            known = _find(logger, LogScreen)
            if on and known is None:
                logger.addHandler(LogScreen(place, logger, self._formatter(logger, place)))
            elif not on and known is not None:
                _remove(logger, known)

    @property
    def error_file(self) -> str:
        """The absolute path of the error log, or nothing. OSError if it cannot be opened."""
        return _file_of(self._errors)

    @error_file.setter
    def error_file(self, path: str | os.PathLike[str] | None) -> None:
        self._set_file(self._errors, path)

    @property
    def access_file(self) -> str:
        """The absolute path of the access log, or nothing. OSError if it cannot be opened."""
        return _file_of(self.access_log)

    @access_file.setter
    def access_file(self, path: str | os.PathLike[str] | None) -> None:
        self._set_file(self.access_log, path)

    @property
    def wsgi(self) -> bool:
        """Whether errors go to `wsgi.errors` of the server that we are a guest of, too."""
        return _find(self._errors, WsgiErrors) is not None

    @wsgi.setter
    def wsgi(self, on: bool) -> None:
        known = _find(self._errors, WsgiErrors)
        if on and known is None:
            self._errors.addHandler(WsgiErrors(self.find_environ, self._formatter(self._errors, "")))
        elif not on and known is not None:
            _remove(self._errors, known)

    def _set_file(self, logger: logging.Logger, path: str | os.PathLike[str] | None) -> None:
        known = _find(logger, LogFile)
        if known is not None and path and known.place == os.path.abspath(path):
            return
        self.flush()  # what was said before is no business of the new place
        if path:
            logger.addHandler(LogFile(path, logger, self._formatter(logger, os.path.abspath(path))))
        if known is not None:
            _remove(logger, known)

    def configure(self, key: str, value: Any) -> None:
        """Set what config says as `log.<key>`."""
        setattr(self, key, value)

    # -- keeping ------------------------------------------------------------------------------------------------

    def reopen_files(self) -> None:
        """Begin with the files of those names now, after others were moved away; also those of standard handlers.

        Those of the process have all applications do the same.
        """
        for handler in self._handlers():
            if isinstance(handler, LogFile):
                handler.reopen()
            elif isinstance(handler, logging.FileHandler):
                reopen(handler)
        for each in list(self._below):
            each.reopen_files()

    def _take_away(self) -> None:
        """Screen and files; handlers that others have added stay."""
        for logger in (self._errors, self.access_log):
            for handler in list(logger.handlers):
                if isinstance(handler, (LogHandler, WsgiErrors)):
                    _remove(logger, handler)

    def _handlers(self) -> list[logging.Handler]:
        return list(dict.fromkeys([*self._errors.handlers, *self.error_log.handlers, *self.access_log.handlers]))


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
