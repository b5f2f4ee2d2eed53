"""An answer in memory that is looked at while it is being made.

A handler pushes: it calls write(), and cannot be left before it returns. So that a test can look at what was written so
far, the handler has a thread of its own. But never do both run at once: the handler runs while the client waits for it,
and stands still in write() while the test does something else, as a generator stands at its `yield`. So a test comes
out the same every time, what a page has done after a piece is certain, and a client that leaves is noticed by the very
next write().
"""

from __future__ import annotations

import threading
from contextvars import copy_context
from typing import TYPE_CHECKING

from kirsch.exchange import ClientGone
from kirsch.testing.memory import MemoryExchange
from kirsch.testing.stack import stack_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange


class SteppedExchange(MemoryExchange):
    """See the module. The handler calls the verbs of an Exchange, the client those of a Source."""

    _thread: threading.Thread
    patience = 0.0
    raises = False
    _piece: bytes | None = None
    _left = False
    _over = False
    _escaped: BaseException | None = None

    # -- the client's side ---------------------------------------------------------------------------------------

    def start_handler(self, handler: Callable[[Exchange], None], patience: float, *, raises: bool) -> None:
        """Have it answer, up to the first piece. patience: seconds for each piece. raises: what goes wrong in the page.

        The handler runs in a copy of the test's context, so that it finds there what it would find without the thread.
        """
        self.patience, self.raises = patience, raises
        self._go_on = threading.Semaphore(0)
        self._stands = threading.Semaphore(0)
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run, handler), name="kirsch streamed answer", daemon=True
        )
        self._thread.start()
        self._wait()

    def next_piece(self) -> bytes | None:
        """The next piece; None when the handler has returned."""
        if self._piece is None and not self._over and not self._left:
            self._go_on.release()
            self._wait()
        piece, self._piece = self._piece, None
        return piece

    def close(self) -> None:
        """Leave. The handler is told by its next write(), and waited for."""
        if not self._left and not self._over:
            self._left = True
            self._piece = None
            self._go_on.release()
            self._wait()

    def _wait(self) -> None:
        """Let the handler run until it stands, or has returned. Raises what escapes it."""
        if not self._stands.acquire(timeout=self.patience):
            self._left = True
            self._go_on.release()  # should it come to write() after all
            raise TimeoutError(
                f"{self.head!r}: nothing for {self.patience:g} seconds; the handler stands at\n{stack_of(self._thread)}"
            )
        if self._over:
            self._thread.join()
        error = self._escaped or (self.error if self.raises else None)
        if error is not None:
            self._escaped, self.raises = None, False  # once is enough
            self.close()
            raise error

    # -- the handler's side --------------------------------------------------------------------------------------

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._left

    def send(self, data: bytes) -> None:
        """Hand it over, and stand still until the client wants more. Raises ClientGone."""
        if not self._left:
            self._piece = data
            self._stands.release()
            self._go_on.acquire()
        if self._left:
            raise ClientGone

    def _run(self, handler: Callable[[Exchange], None]) -> None:
        try:
            handler(self)
            if not self._left:
                self.check()
        except BaseException as error:
            if not (self._left and isinstance(error, ClientGone)):
                self._escaped = error
        finally:
            self._over = True
            self._stands.release()
