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

    def key(self, what: str, tell: Callable[[str], object]) -> bytes:
        """The bytes. The first time, whoever reads the log is told. what: is sealed, and which setting is better."""
        with self._lock:
            told, self._told = self._told, True
        if not told:
            tell(f"{what}; without one, a key of this process is used, which ends with it")
        return self._key

    def __repr__(self) -> str:
        return "<Secret>"
