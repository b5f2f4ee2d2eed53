"""One change at a time: who asks while another is being made leaves a wish, which is carried out next.

Nobody waits, so nothing can wait for itself: a change may call something that asks for a change, or join a thread that
does, and so may a signal handler ask, whatever it has interrupted.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[], None]


def failure_of(change: Change) -> BaseException | None:
    """What the change raises, whatever it is."""
    try:
        change()
    except BaseException as error:
        return error
    return None


def first(*failures: BaseException | None) -> BaseException | None:
    """The first that there is: an exception may well be false, so `or` will not do."""
    return next((failure for failure in failures if failure is not None), None)


class Turn:
    """The right to make changes, held by one thread at a time."""

    def __init__(self) -> None:
        self._held = threading.Lock()  # never waited for
        self._wishes: deque[Change] = deque()  # added to by anybody, taken from by the holder

    @property
    def wanted(self) -> bool:
        """Changes are waiting to be made."""
        return bool(self._wishes)

    def ask(self, change: Change) -> None:
        """Make the change now, or leave it to the thread that is at another one, and return at once.

        What fails comes out of the call that made the change, which also makes what others wish meanwhile.
        """
        self._wishes.append(change)
        failure: BaseException | None = None
        # Looked at again after the release: a wish that came between the last look and the release would be lost.
        while self._wishes and self._held.acquire(blocking=False):
            try:
                while self._wishes:
                    failure = first(failure, failure_of(self._wishes.popleft()))
            finally:
                self._held.release()
        if failure is not None:
            raise failure
