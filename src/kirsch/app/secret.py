"""A key for what an application seals when config has none for it."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE: Final = 32


class Secret:
    """Random bytes, made once in the life of a process: what they have sealed is worth nothing after a restart."""

    def __init__(self) -> None:
        self._key = os.urandom(SIZE)
        self._lock = Lock()
        self._told = False

    def key(self, tell: Callable[[], object]) -> bytes:
        """The bytes. The first time, tell() is called, so that whoever reads the log knows of it."""
        with self._lock:
            told, self._told = self._told, True
        if not told:
            tell()
        return self._key

    def __repr__(self) -> str:
        return "<Secret>"
