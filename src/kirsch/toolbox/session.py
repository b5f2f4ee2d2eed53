"""The data of one visitor, from one request to the next: a dict that is fetched when it is first used.

What happens, and when:

    first use     the lock is taken (unless `locking` says otherwise), the data fetched; an id that nobody has given out
                  is not taken over, a new one takes its place. A request that uses no session pays for none.
    first entry   of a new session: its cookie is put into the response.
    finished page what has changed is stored, the lock given back. So it is after HTTPError and HTTPRedirect; before an
                  internal redirect, whose page goes on with the same session; and at the end of a stream.
    failed page   nothing is stored.

A kind of storage of one's own is a subclass with other VERBS. They may do what they do in CherryPy: sessions of such a
kind are looked for as soon as their id is asked for, and stored whenever they are used.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import MutableMapping
from datetime import timedelta
from time import monotonic, time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.errors import HTTPError, InternalRedirect
from kirsch.stores.store import Conflict, LockTimeout, StoreError
from kirsch.toolbox.storedsession import StoredSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.app.request import Request
    from kirsch.toolbox.serializers import Data
    from kirsch.toolbox.sessionkeeper import Keeper

OPEN, DELETED, ADRIFT, ABANDONED = "open", "deleted", "adrift", "abandoned"
"""What becomes of changes: they are stored; or they are not, as the session was deleted, as the store is away, as the
page has failed."""

AT_USE: Final = ("implicit", "early")
"""Kinds of locking under which there is no use without the lock."""

LONGEST_GRAIN: Final = 60.0
"""Seconds at most between the last use of a session and when it was renewed last: it lasts that much less."""

AWAY: Final = "Sessions are out of reach at the moment. Please try again soon."
BUSY: Final = "Other requests are using the same session for too long. Please try again soon."
LATE: Final = frozenset({"before_finalize", "on_end_resource", "on_end_request"})
"""Stages of a request in which its page is made: who asks for a session then has it stored at the end."""

VERBS: Final = ("_exists", "_load", "_save", "_delete", "acquire_lock", "release_lock")

_log = logging.getLogger("kirsch.error")


class Session(StoredSession, MutableMapping[Any, Any]):
    """See the module.

    id, originalid: as it is called, and as the client called it. missing: the client's id was not known.
    id_observers: called with each new id. fallback: None, or "empty" to go on without where the store is away.
    """

    clean_freq: float | None = 5
    fallback: str | None = None

    _own: ClassVar[bool] = False
    _generates: ClassVar[bool] = False  # ids that somebody may have already

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._own = any(getattr(cls, verb) is not getattr(Session, verb) for verb in VERBS)
        cls._generates = cls.generate_id is not Session.generate_id

    def __init__(self, id: str | None = None, **settings: Any) -> None:
        """id: as a client calls it. settings: become attributes."""
        super().__init__()
        self.id_observers: list[Callable[[str], object]] = []
        self._claimed = id
        self._missing = False
        self._phase = OPEN
        self._announced = False  # its cookie is in the response
        self._used_here = False
        self._finished = False
        self._over = False
        self._request: Request | None = None  # until that is over
        if settings:
            for name, value in settings.items():
                setattr(self, name, value)

    def attach(self, request: Request, keeper: Keeper, before: Session | None = None) -> None:
        """Make it that of a request. before: of the request that was redirected inside to this one."""
        self._request, self._keeper = request, keeper
        self._finished = request.stage in LATE
        request.keep(self)
        if before is None or not before._id or before._keeper is not keeper:
            return
        if before._phase is DELETED:
            keeper.cookie.expire(request)
            self._begin()
        elif before._phase is OPEN and not before._new:
            self._claimed = before._id
            if before._announced:
                keeper.cookie.write(request, before._id, before.timeout)

    # -- as a dict -----------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        return self._used()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        data = self._used()
        if self._new and not self._announced:
            self._announce()
        data[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._used()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._used())

    def __len__(self) -> int:
        return len(self._used())

    def __contains__(self, key: object) -> bool:
        return key in self._used()

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of an entry, or the default."""
        return self._used().get(key, default)

    def clear(self) -> None:
        """Remove all entries."""
        self._used().clear()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._data)} entries>" if self.loaded else f"<{type(self).__name__}>"

    def _used(self) -> Data:
        """The data, fetched if it is not here."""
        if not self.loaded:
            self.load()
        return self._data

    # -- its id --------------------------------------------------------------------------------------------------

    def _get_id(self) -> str:
        self._claim()
        if not self._sure:
            self.load()
        return self._id

    def _set_id(self, id: str) -> None:
        self._id = id
        for observer in self.id_observers:
            observer(id)

    id = property(_get_id, _set_id, doc="As said of the class.")

    @property
    def originalid(self) -> str | None:
        """As said of the class."""
        self._claim()
        return self._claimed

    @property
    def missing(self) -> bool:
        """As said of the class."""
        self._claim()
        if not self._sure:
            self.load()
        return self._missing

    def generate_id(self) -> str:
        """Another id, that nobody can guess, nor has."""
        return secrets.token_hex(20)

    def regenerate(self) -> None:
        """Give it another id, as is due at each login: whoever knows the old one, from wherever, is left outside.

        The lock of the old one is held until that has gone, as what others put there would be lost with it.
        """
        self._used()
        locked = self.locked and self._own  # which locks it by the id that it has
        if not self._new:
            self._retired.append(self._id)
        if locked:
            self.release_lock()
        self._begin()
        self.regenerated = True
        if locked:
            self.acquire_lock()
        self._announce()

    def _claim(self) -> None:
        """Take the client's word for the id, for the moment; or a new one."""
        if not self._used_here:
            self._used_here = True
            self._begin_use()
        if self._id:
            return
        if self._claimed is None:
            self._begin()
            return
        self._id = self._claimed
        if self._own:
            self._sure = True
            try:
                self._missing = not self._exists()
            except StoreError as error:
                self._do_without(error)
            if self._missing:
                self._begin()

    def _begin_use(self) -> None:
        request = self._request
        if request is None:
            return
        if self._claimed is None and not self._id:
            self._claimed, sent = (self._keeper or self._home).cookie.read(request)
            self._missing = sent and self._claimed is None
        request.cookies_read = True
        if not request.response.code:
            request.response.vary_by_cookie()

    def _begin(self) -> None:
        """Be a new session."""
        self._found, self._new, self._sure, self._announced = None, True, True, False
        self.id = self.generate_id()
        try:
            while self._generates and self._phase is OPEN and self._exists():
                self.id = self.generate_id()
        except StoreError as error:
            self._do_without(error)

    def _announce(self) -> None:
        """Put the id into a cookie of the response."""
        request = self._request
        if self._phase is not OPEN:
            return
        if self._over or (request is not None and request.response.code):
            raise RuntimeError("a session cannot begin any more: the head of the response has been made, and is sent")
        if request is not None:
            self._announced = True
            self._home.cookie.write(request, self._id, self.timeout)

    # -- fetching ------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fetch the data, whether it is here or not. What is new stays as it is."""
        self._claim()
        if self.locking in AT_USE and not (self.locked or self._over) and self._phase is OPEN:
            self.acquire_lock()
        if self._phase is not ADRIFT and not self._new:
            try:
                self._fetch()
            except StoreError as error:
                self._do_without(error)
        self.loaded = True
        if self._own and not self._announced and self._request is not None and not self._request.response.code:
            self._announce()

    def acquire_lock(self) -> None:
        """As of any."""
        if not self._id:
            self._claim()
        try:
            super().acquire_lock()
        except StoreError as error:
            self._do_without(error)

    def _fetch(self) -> None:
        loaded = self._load()
        if loaded is not None and loaded[1] is not None and loaded[1] < self.now():
            loaded = None
        if loaded is not None:
            self._data = loaded[0]
            self._sure = True
            self._look_at_age()
            return
        self._data = {}
        if self._sure and not self._own:  # it has ended since it was fetched before, and is not to rise again
            self._phase = DELETED
        elif not self._sure:
            self._missing = True
            locked = self.locked
            if locked:
                self.release_lock()
            self._begin()
            if locked:
                self.acquire_lock()

    def _look_at_age(self) -> None:
        """Have it renewed, and its cookie, if that was long ago: not with each request, as that would be a write."""
        request, found = self._request, self._found
        if found is None or request is None or request.response.code:
            return
        age = time() - found.renewed
        if not (0 <= age < LONGEST_GRAIN and age < self.timeout * 3):  # a twentieth, as that is in minutes
            self._due = True
            self._last(found)
            if self._home.cookie.persistent and not self._announced:
                self._announce()

    def _do_without(self, error: StoreError) -> None:
        """The store cannot do it: HTTPError 503, or an empty session that is not stored, if that is the fallback."""
        self.abandon()
        self._phase, self.loaded = ADRIFT, True
        self._begin()
        busy = isinstance(error, (LockTimeout, Conflict))
        if busy:
            _log.warning("A session is used by too many requests at a time: %s", error)
        else:
            self._home.failed(error)
        if busy or self.fallback is None:
            raise HTTPError(503, BUSY if busy else AWAY, headers={"Retry-After": "1"}) from error

    # -- storing -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Store what has changed, and give the lock back."""
        try:
            if self.loaded and self._phase is OPEN:
                self._save(self.now() + timedelta(minutes=self.timeout) if self._own else None)
                self._new = self._new and not self._own
                if self._retired and not self._drop_retired() and self.locked and not self._own:
                    self.delete()  # it has been ended meanwhile, by its old id
                if self._keeper is not None and monotonic() >= self._keeper.sweep_due:
                    self._keeper.clean_up(self.clean_freq, self.clean_up)
        except StoreError as error:
            self._do_without(error)
        except BaseException:
            self.abandon()
            raise
        finally:
            if self.locked:
                self.release_lock()
                self.loaded = self._phase is not OPEN  # what others change from now on is to be seen

    def finish(self) -> None:
        """The page is made: as save(), and what is done in a stream from now on will be stored at its end."""
        self._finished = True
        if self.loaded or self.locked:
            self.save()

    def abandon(self) -> None:
        """The page has failed: nothing that it did is stored."""
        if self._announced and self._request is not None and self._keeper is not None:
            self._keeper.cookie.withdraw(self._request)
        if self._phase is OPEN:
            self._phase = ABANDONED
            self.loaded = self._new = self._sure = self._announced = False
            self._id = ""
        if self.locked:
            self.release_lock()

    def close(self) -> None:
        """The request is over. Never raises."""
        try:
            if not (self._finished or isinstance(sys.exception(), InternalRedirect)):
                self.abandon()
            elif self.loaded or self.locked:
                self.save()
        except Exception:
            _log.exception("What a session was at the end of a request has not been stored")
        self._over = True
        self._request = None
        self.loaded = self.loaded or bool(self._data)

    def delete(self) -> None:
        """Forget it, here and at the client; what is put into it afterwards, in this request, is forgotten, too."""
        self._claim()
        try:
            self._drop_retired()
            if not self._new:
                self._drop(self._id)
        except StoreError as error:
            self._do_without(error)
        if self.locked:
            self.release_lock()
        if self._request is not None and self._keeper is not None and not self._request.response.code:
            self._keeper.cookie.expire(self._request)
        self._phase, self._data, self.loaded, self._sure = DELETED, {}, True, True

    def invalidate(self) -> None:
        """Forget it, as delete() does, and go on with a new one, which lasts if something is put into it."""
        self.delete()
        self._phase = OPEN
        self._begin()
