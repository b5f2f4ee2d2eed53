"""Names of CherryPy 2 and 3 that old programs still use do what they did, and it is said once what to write instead.

Nothing of this is on the way of a request that uses no old name. The names themselves: keys of config in legacykeys.py,
attributes of requests and responses in legacynames.py, filters in legacyfilters.py, calls where the calls of today are.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import warnings
from typing import Final

_HOUSE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_NOBODY: Final = (_HOUSE, "<frozen importlib", importlib.__file__)
"""Places whose lines are not the guest's: ours, and what imports ours."""

_log = logging.getLogger("kirsch.error")
_said: set[str] = set()
_lock = threading.Lock()


class LegacyWarning(UserWarning):
    """An old name is used. Shown by default, once for each name."""


def warn(old: str, new: str, where: str = "") -> None:
    """Say that an old name is used, once for each: what to write instead, and where; by default the line that does."""
    with _lock:
        if old in _said:
            return
        _said.add(old)
    file, line = _line_of_the_guest()
    where = where or (f"{file}, line {line}" if line else "")
    text = f"{f'{where}: ' if where else ''}{old} is an old name; write {new}"
    _log.warning("%s", text)
    warnings.warn_explicit(text, LegacyWarning, file, line)


def forget() -> None:
    """Say everything once more; for tests."""
    with _lock:
        _said.clear()


def _line_of_the_guest() -> tuple[str, int]:
    """File and line of the nearest call that is not ours; our own file and no line if there is none in this thread."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_NOBODY):
        frame = frame.f_back
    file = frame.f_code.co_filename
    return (__file__, 0) if file.startswith(_HOUSE) or file == threading.__file__ else (file, frame.f_lineno)
