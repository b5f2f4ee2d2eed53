"""Where sessions of one set of settings are kept, and how: shared by all of them, and by all threads."""

from __future__ import annotations

import logging
import threading
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

from kirsch.stores.store import Conflict, Full, StoreError
from kirsch.toolbox.sessionrecord import unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.stores.store import Store
    from kirsch.toolbox.serializers import Codec
    from kirsch.toolbox.sessioncookie import SessionCookie
    from kirsch.toolbox.sessionrecord import Record

PREFIX: Final = "session-"
"""What the keys of sessions begin with."""

LEASE: Final = 25.0
"""Seconds after which a lock is given to the next one: less than others wait by default, so that none is refused for
the sake of a process that was killed. Changes of a page that takes longer are merged."""

QUIET: Final = 60.0
"""Seconds for which it is not said again that there was no room."""

_log = logging.getLogger("kirsch.error")


class Keeper:
    """See the module. lease: of locks: one that processes share is taken from a holder that may have died.

    sweep_due: when it is to be cleaned up again. down: whether the store was away when it was asked last. _unwritten:
    it was when something was to be written: that it can be read is no news then.
    """

    def __init__(self, store: Store, codec: Codec, cookie: SessionCookie) -> None:
        self.store = store
        self.codec = codec
        self.cookie = cookie
        self.lease = LEASE if store.shared else inf
        self.down = False
        self._unwritten = False
        self._quiet = 0.0
        self.sweep_due = 0.0
        self._lock = threading.Lock()

    def fetch(self, id: str) -> Record | None:
        """A session with its data; None if there is none. Raises StoreError."""
        entry = self.store.get(PREFIX + id)
        if self.down and not self._unwritten:
            self._recovered()
        record = unpack(entry, self.codec) if entry is not None else None
        if record is None:
            return None
        try:
            record.data = self.codec.loads(record.value)
        except Exception as error:  # whatever it is that a serializer of others raises
            _log.warning("A session in %s cannot be read, and is forgotten: %r", self.store.url, error)
            return None
        return record

    def write(self, id: str, record: Record, seconds: float) -> None:
        """Keep a session, which has another version then. Raises Conflict if the one in the store has another one."""
        try:
            record.version = self.store.set(PREFIX + id, record.pack(self.codec.mark), seconds, record.version)
        except StoreError as error:
            self._unwritten = not isinstance(error, (Conflict, Full))
            raise
        if self.down:
            self._recovered()

    def delete(self, id: str) -> bool:
        """Forget a session; False if there was none."""
        return self.store.delete(PREFIX + id)

    # -- outages -------------------------------------------------------------------------------------------------

    def failed(self, error: StoreError) -> None:
        """The store cannot do it: this is said once, until it can again; of a store without room, now and then."""
        full = isinstance(error, Full)
        with self._lock:
            known = monotonic() < self._quiet if full else self.down
            if full:
                self._quiet = self._quiet if known else monotonic() + QUIET
            else:
                self.down = True
        if not known:
            _log.error("Sessions cannot be kept%s: %s", " where a store has no room" if full else "", error)

    def _recovered(self) -> None:
        with self._lock:
            known, self.down, self._unwritten = self.down, False, False
        if known:
            _log.warning("Sessions are kept again, in %s", self.store.url)

    # -- cleaning up ---------------------------------------------------------------------------------------------

    def clean_up(self, minutes: float | None, clean_up: Callable[[], object]) -> None:
        """Have it cleaned up, if that is due, on a thread that lives no longer; nothing wakes while nobody comes."""
        if minutes:
            with self._lock:
                now = monotonic()
                due = now >= self.sweep_due
                if due:
                    self.sweep_due = now + minutes * 60
            if due:
                threading.Thread(target=self._clean_up, args=(clean_up,), name="kirsch sessions", daemon=True).start()

    @staticmethod
    def _clean_up(clean_up: Callable[[], object]) -> None:
        try:
            clean_up()
        except Exception:
            _log.exception("Expired sessions could not be cleaned up")
