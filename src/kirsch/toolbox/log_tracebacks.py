"""Whether the error log has the traceback of a request that failed unexpectedly.

The core writes it, so that no failure goes unnoticed, and asks config for these settings when it does; this is the tool
by whose name they are set, and for use by hand.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from kirsch.app.answers import tell
from kirsch.app.context import present
from kirsch.options import Option, Options, between
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Mapping


class LogTracebacksSettings(Options):
    """How it is written."""

    severity = Option(logging.ERROR, "Level of the record, as a number of logging.", check=between(0))
    debug = Option(False, "Accepted, as there is nothing to tell.")


class LogTracebacks(PreparedTool):
    """On, the log says of a failure where it happened; off, what it was, in one line."""

    choices = LogTracebacksSettings

    def __init__(self) -> None:
        super().__init__()
        self.callable = _tell_now

    def needed(self, settings: Mapping[str, Any], is_index: bool | None) -> bool:
        """It has no hooks."""
        return False


def _tell_now(severity: int = logging.ERROR, **_: Any) -> None:
    """Write the exception that is being handled to the log, with the request."""
    error = sys.exception()
    if error is not None:
        tell(present(), error, severity)
