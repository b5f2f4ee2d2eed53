"""The forms that `log.format` chooses from, and what makes a line of the access log in each."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from kirsch.app.accesslog import AccessRecord, short_line
from kirsch.app.logjson import JSONFormatter, access_json
from kirsch.app.logtext import ErrorFormatter, coloured

if TYPE_CHECKING:
    from kirsch.app.accesslog import AccessFormat

TEXT: Final = "text"
JSON: Final = "json"
SHORT: Final = "short"
FORMS: Final = (TEXT, JSON, SHORT)
"""Lines to be read; lines for machines; as text, but with short lines of requests on the terminal."""

LEVELS: Final = ("debug", "info", "warning", "error", "critical")


class AccessFormatter(logging.Formatter):
    """Makes the line of a request. form: TEXT, whose line is made already, JSON or SHORT. place: where it is shown."""

    def __init__(self, form: str = TEXT, place: str = "") -> None:
        super().__init__()
        self.form = form
        self.place = place

    def line(self, record: AccessRecord, text: AccessFormat) -> str:
        """The line, without its end. text: how it is made as text."""
        if self.form == JSON:
            return access_json(record)
        return short_line(record, coloured(self.place)) if self.form == SHORT else text.line(record)

    def format(self, record: logging.LogRecord) -> str:
        """The same for a record of `logging`."""
        access = record.__dict__.get("access")
        if self.form == JSON and isinstance(access, AccessRecord):
            return access_json(access)
        if self.form == SHORT and isinstance(access, AccessRecord):
            return short_line(access, coloured(self.place))
        return super().format(record)


def access_formatter(form: str, place: str) -> AccessFormatter:
    """The formatter for a form at a place: short lines are for terminals."""
    if form == SHORT:
        return AccessFormatter(SHORT, place) if place == "stdout" else AccessFormatter()
    return AccessFormatter(form)


def error_formatter(form: str, root: str, place: str, redact: bool) -> logging.Formatter:
    """The same for the error log."""
    return JSONFormatter(redact) if form == JSON else ErrorFormatter(root, place, redact)
