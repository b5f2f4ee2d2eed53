"""A session as its store knows it: fetched, stored, locked. What is made of that by a request stands in session.py.

Storing insists on the version that was fetched. If another request has been quicker, which can happen without a lock
alone, both changes are merged; with `locking` "optimistic", the same entry changed by both is an error 409.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from time import time
from typing import TYPE_CHECKING, ClassVar, Final

from kirsch.app.errors import HTTPError
from kirsch.stores.store import ABSENT, Conflict
from kirsch.toolbox.serializers import same
from kirsch.toolbox.sessionkeeper import PREFIX
from kirsch.toolbox.sessionrecord import Record, merged

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from kirsch.stores.store import Store
    from kirsch.toolbox.serializers import Data
    from kirsch.toolbox.sessionkeeper import Keeper

MOST_TRIES: Final = 20
"""Times that a change is merged with those of others, before one gives up."""

SOON: Final = 60.0
"""Seconds before the end of a session in which its use makes it last at once, and not with what is stored later."""

CHANGED_TWICE: Final = "Another request has changed the same thing meanwhile. Please try again."

_log = logging.getLogger("kirsch.error")


class StoredSession:
    """See the module.

    storage: for a kind that is kept elsewhere by default: ram, file, or memcached.
    timeout, absolute_timeout: minutes that it lasts, unused and at all. lock_timeout: seconds, or a timedelta, that one
    waits for its lock; None for ever. loaded, locked: its data is here; it is ours alone. regenerated: it has another
    id than the client knows.
    """

    storage: ClassVar[str] = "ram"
    timeout: float = 60
    absolute_timeout: float | None = None
    locking = "implicit"
    lock_timeout: float | timedelta | None = 30
    debug = False

    def __init__(self) -> None:
        # PERF: an attribute with a default in the class takes four times as long to read, and to set.
        self.loaded = False
        self.locked = False
        self.regenerated = False
        self._id = ""
        self._sure = False  # the id is one of ours
        self._new = False  # nothing by this id is in the store
        self._due = False  # it is to be renewed
        self._data: Data = {}
        self._found: Record | None = None  # what is in the store
        self._retired: list[str] = []  # ids that it had before
        self._lock: AbstractContextManager[None] | None = None
        self._keeper: Keeper | None = None

    @property
    def store(self) -> Store:
        """Where it is kept."""
        return self._home.store

    @property
    def _home(self) -> Keeper:
        # PERF: where time counts it is `self._keeper or self._home`
        if self._keeper is None:
            raise RuntimeError("this session has no store: it was not made by tools.sessions")
        return self._keeper

    # -- what a kind of one's own does otherwise -----------------------------------------------------------------

    def now(self) -> datetime:
        """The time by which `_load` and `_save` of such a kind reckon: local, without its zone, as of old."""
        return datetime.now(UTC).astimezone().replace(tzinfo=None)

    def clean_up(self) -> None:
        """Remove expired sessions; called every `clean_freq` minutes, as long as sessions are used."""
        self._home.store.sweep()

    def acquire_lock(self) -> None:
        """Have it to oneself until release_lock() or the end of the page; others wait. A new one needs no lock."""
        if not (self.locked or self._new):
            keeper, wait = self._keeper or self._home, self.lock_timeout
            if isinstance(wait, timedelta):
                wait = wait.total_seconds()
            lock = keeper.store.lock(PREFIX + self._id, wait, keeper.lease)
            lock.__enter__()
            self._lock = lock
            if self.debug:
                self._note("locked")
        self.locked = True

    def release_lock(self) -> None:
        """Let others have it."""
        lock, self._lock = self._lock, None
        self.locked = False
        if lock is not None:
            lock.__exit__(None, None, None)
            if self.debug:
                self._note("free")

    def _exists(self) -> bool:
        """Whether there is something by this id."""
        return self._home.fetch(self._id) is not None

    def _load(self) -> tuple[Data, datetime | None] | None:
        """The data, and when it expires, if that is to be looked at; None if there is none."""
        found = self._found = (self._keeper or self._home).fetch(self._id)
        if found is not None and self.absolute_timeout is not None and self._seconds(found) <= 0:
            self._home.delete(self._id)
            found = self._found = None
        if self.debug:
            self._note("fetched" if found is not None else "not there")
        return (found.data, None) if found is not None else None

    def _save(self, expiration_time: datetime | None) -> None:
        """Store the data, unless nothing has changed. expiration_time: for a kind of one's own, by its now()."""
        value = (self._keeper or self._home).codec.dumps(self._data)
        found = self._found
        if found is not None:
            if self._due or value != found.value or not same(value, found.value):
                renewed = int(time()) if self._due else found.renewed
                self._write(Record(found.created, renewed, value, found.version))
        elif self._data or self.regenerated:
            now = int(time())
            self._write(Record(now, now, value, ABSENT))

    def _delete(self) -> bool | None:
        """Remove what is stored by this id. False if that was nothing."""
        found = self._home.delete(self._id)
        if self.debug:
            self._note("deleted")
        return found

    def _note(self, what: str) -> None:
        _log.info("TOOLS.SESSIONS %s… %s", self._id[:6], what)  # the rest of an id is a secret

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _seconds(self, record: Record) -> float:
        """How long it may last from now on."""
        if self.absolute_timeout is None:
            return self.timeout * 60
        return min(self.timeout * 60, record.created + self.absolute_timeout * 60 - time())

    def _last(self, record: Record) -> None:
        """Have it last while the page is made, if it would end soon. It is renewed when that is stored, for longer."""
        if time() - record.renewed > self.timeout * 60 - SOON:
            self._home.store.touch(PREFIX + self._id, max(self._seconds(record), 1))

    def _drop(self, name: str) -> bool | None:
        """Remove what is stored by an id that it has, or had. False if that was nothing."""
        before = self._id, self._sure
        self._id, self._sure = name, True
        try:
            return self._delete()
        finally:
            self._id, self._sure = before

    def _drop_retired(self) -> bool:
        """Remove what is stored by ids that it had. False if that was nothing."""
        found = True
        while self._retired:
            found = self._drop(self._retired.pop()) is not False and found
        return found

    def _write(self, record: Record, tries: int = MOST_TRIES) -> None:
        seconds = self.timeout * 60 if self.absolute_timeout is None else self._seconds(record)
        try:
            (self._keeper or self._home).write(self._id, record, max(seconds, 1))
        except Conflict:
            if self._found is None:  # somebody else's: two that are new cannot be the same one
                raise
            if tries == 1:
                raise Conflict(f"a session in {self._home.store.url} is changed too often to be stored") from None
            theirs = self._home.fetch(self._id)
            if theirs is not None:  # else it has ended meanwhile, and is not to rise again
                self._write(self._merge(record, theirs), tries - 1)
            return
        self._found, self._due, self._new = record, False, False
        if self.debug:
            self._note("stored")

    def _merge(self, mine: Record, theirs: Record) -> Record:
        codec = self._home.codec
        assert self._found is not None
        before = codec.loads(self._found.value)
        self._data, both = merged(before, self._data, theirs.data, codec)
        if both and self.locking == "optimistic":
            _log.info("409: entries of a session changed twice at a time: %s", ", ".join(map(repr, both)))
            raise HTTPError(409, CHANGED_TWICE)
        self._found = theirs
        return Record(theirs.created, max(mine.renewed, theirs.renewed), codec.dumps(self._data), theirs.version)
