"""Who is making which page just now: of all who want the same, one makes it and the others wait for it.

Nobody waits for what cannot be shared: a page that turned out so is remembered for a while, and made by each.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST: Final = 4096
"""Addresses that are remembered, of each kind."""

REFRESHING: Final = 4
"""Pages that are made anew behind their readers' backs at once, at most: they must not take all the threads."""

PASSING: Final = 10.0
"""Seconds for which a page that could not be kept is made by everybody for himself."""


class Making:
    """A page that is being made. kept: whether there is a copy now that others may use."""

    __slots__ = ("_done", "kept", "key")

    def __init__(self, key: str) -> None:
        self.key = key
        self.kept = False
        self._done = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait until it is made, or has failed; False if that takes too long."""
        return self._done.wait(seconds)

    def finish(self, kept: bool) -> None:
        """Let the others go on."""
        self.kept = kept
        self._done.set()


class Recent:
    """Keys, and when they were last noted; the oldest are forgotten when there are too many."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._noted: dict[str, float] = {}

    def note(self, key: str) -> None:
        """Now."""
        self._noted.pop(key, None)
        while len(self._noted) >= MOST:
            del self._noted[next(iter(self._noted))]
        self._noted[key] = self.clock()

    def forget(self, key: str) -> None:
        """It was not."""
        self._noted.pop(key, None)

    def when(self, key: str) -> float:
        """Long ago if never."""
        return self._noted.get(key, float("-inf"))


class Makers:
    """See the module. clock: seconds; another one for tests."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._mutex = threading.Lock()
        self._making: dict[str, Making] = {}
        self._passing = Recent(clock)
        self._changed = Recent(clock)
        self._cleared = float("-inf")
        self._refreshing = 0

    def join(self, key: str) -> tuple[Making, bool]:
        """Who makes it, and whether that is now the one who asks: who must call finish()."""
        with self._mutex:
            making = self._making.get(key)
            if making is not None:
                return making, False
            making = self._making[key] = Making(key)
            return making, True

    def finish(self, making: Making, kept: bool, passing: bool = False) -> None:
        """It is made. passing: it is of a kind that nobody need wait for. A second call does nothing."""
        with self._mutex:
            if self._making.get(making.key) is not making:
                return
            del self._making[making.key]
            if passing:
                self._passing.note(making.key)
            elif kept:
                self._passing.forget(making.key)
        making.finish(kept)

    def passes(self, key: str) -> bool:
        """Whether everybody makes it for himself."""
        with self._mutex:
            return self._passing.when(key) > self.clock() - PASSING

    # -- what has changed meanwhile ------------------------------------------------------------------------------

    def change(self, key: str) -> None:
        """The page has changed: what is being made of it is out of date."""
        with self._mutex:
            self._changed.note(key)

    def change_all(self) -> None:
        """All of them have."""
        with self._mutex:
            self._cleared = self.clock()

    def changed_since(self, key: str, began: float) -> bool:
        """Whether a page that was begun then is out of date."""
        with self._mutex:
            return max(self._changed.when(key), self._cleared) >= began

    # -- behind the readers' backs -------------------------------------------------------------------------------

    def begin_refresh(self) -> bool:
        """Whether one more may be made; then end_refresh() must follow."""
        with self._mutex:
            if self._refreshing >= REFRESHING:
                return False
            self._refreshing += 1
            return True

    def end_refresh(self) -> None:
        """It is done."""
        with self._mutex:
            self._refreshing -= 1
