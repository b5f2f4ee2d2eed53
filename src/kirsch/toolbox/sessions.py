"""Sessions: data of one visitor, kept on the server under an id that a cookie holds."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from kirsch.app.context import present
from kirsch.app.current import current
from kirsch.app.hooks import Hook
from kirsch.app.legacy import warn
from kirsch.app.ondemand import OnDemand
from kirsch.app.place import ConfigError
from kirsch.app.resource import SETUP
from kirsch.app.response import close
from kirsch.options import Options, did_you_mean
from kirsch.toolbox.prepared import PreparedTool
from kirsch.toolbox.sessionsettings import OLD_TYPES, SessionSettings
from kirsch.toolbox.tool import OWN_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request
    from kirsch.app.response import Response
    from kirsch.stores.store import Store
    from kirsch.toolbox.session import Session
    from kirsch.toolbox.sessionkeeper import Keeper

BELONGING: Final = "session"
"""Under which name a request has its session: `serving.session`."""

MEMORY: Final = "memory:sessions"
"""Where sessions are kept unless config says otherwise."""

OF_SESSIONS: Final = ("timeout", "absolute_timeout", "locking", "lock_timeout", "fallback", "clean_freq", "debug")
"""Settings that are attributes of each session, too; and so are those of a kind of one's own."""

OF_KINDS: Final = {"storage_path", "servers"}
"""Likewise, where they are given."""


def present_session() -> Session:
    """The session of the request being answered. AttributeError, with what to do about it, if there is none."""
    request: Request = current.get() or present()  # PERF: the latter is one call more
    session = request.belongings.get(BELONGING)
    if type(session) is Plan:  # PERF: belonging() alone would be one call more for each use
        session = request.belonging(BELONGING)
    if session is None:
        if request.app is None:
            raise AttributeError("a session belongs to a request, and none is being answered here")
        path = request.script_name + request.path_info
        raise AttributeError(f"{path} has no session: turn sessions on by tools.sessions.on = True")
    made: Session = session
    return made


def made_session(request: Request) -> Session | None:
    """The session of a request, if somebody has asked for it."""
    session = request.belongings.get(BELONGING)
    return None if isinstance(session, Plan) else session


def _session_before(request: Request) -> Session | None:
    """That of the request which was redirected inside to this one, or of one before that."""
    prev, session = request.prev, None
    while prev is not None and session is None:
        session, prev = made_session(prev), prev.prev
    return session


class Plan(OnDemand):
    """How sessions are made where these settings hold. attributes: that each is given."""

    __slots__ = ("attributes", "keeper", "kind")

    def __init__(self, kind: type[Session], attributes: dict[str, Any], keeper: Keeper | None) -> None:
        self.kind = kind
        self.attributes = attributes
        self.keeper = keeper

    def begin(self, request: Request, response: Response) -> None:
        """Have a request get its session as soon as somebody asks for it."""
        if self.keeper is not None and BELONGING not in request.belongings:
            request.give(BELONGING, self)

    def make(self, request: Request) -> Session:
        """The session of a request; if it goes on from another one inside, then with that one's."""
        assert self.keeper is not None
        session = self.kind(None, **self.attributes) if self.attributes else self.kind(None)
        session.attach(request, self.keeper, _session_before(request) if request.prev is not None else None)
        return session


class Sessions(PreparedTool):
    """Puts `kirsch.session` at the disposal of pages, and sees to it that it is stored.

    All applications of the process share the store that an address names, as they share the cookie of the host.
    """

    choices: ClassVar[type[Options]] = SessionSettings

    def __init__(self) -> None:
        super().__init__()
        self.callable = self.init
        self._plans: list[tuple[dict[str, Any], Plan]] = []
        self._lock = threading.RLock()

    @property
    def settings(self) -> None:
        """Any: what it does not know is for a kind of session of one's own."""
        return

    # -- by hand -------------------------------------------------------------------------------------------------

    def init(self, **settings: Any) -> None:
        """Begin, for the request being answered: what the tool does as soon as the place is known."""
        request = present()
        self.plan_for(settings).begin(request, request.response)

    @staticmethod
    def regenerate() -> None:
        """Give the session of the request being answered another id."""
        present_session().regenerate()

    def stores(self) -> list[Store]:
        """The stores in which sessions are kept."""
        with self._lock:
            return list({id(plan.keeper.store): plan.keeper.store for _, plan in self._plans if plan.keeper}.values())

    # -- on the way ----------------------------------------------------------------------------------------------

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks, with a plan made of these settings."""
        plan = self.plan_for(settings)
        yield SETUP, Hook(plan.begin)
        if plan.attributes.get("locking") == "early":
            yield "before_request_body", self.named(Hook(self._lock_early, priority=60))
        yield "before_finalize", self.named(Hook(self.before_finalize, failsafe=True, priority=50))
        yield "before_error_response", self.named(Hook(self.before_error_response, failsafe=True, priority=0))

    def _lock_early(self, request: Request, response: Response) -> None:
        request.belonging(BELONGING).acquire_lock()

    def before_finalize(self, request: Request, response: Response) -> None:
        """The page is made: have the session stored. What makes the page piece by piece may use it, too."""
        page = response.page
        if type(page) is not str and isinstance(page, Iterator) and not hasattr(page, "read"):
            if response.stream:
                response.body = _and_then(page, request.belonging(BELONGING))
            else:
                response.collapse_body()
        session = request.belongings[BELONGING]
        if type(session) is not Plan:
            session.finish()

    def before_error_response(self, request: Request, response: Response) -> None:
        """The page has failed: nothing of its session is stored."""
        request.belonging(BELONGING).abandon()

    # -- settings ------------------------------------------------------------------------------------------------

    def plan_for(self, settings: Mapping[str, Any]) -> Plan:
        """What prepare() makes of all the settings of a place. Raises ConfigError."""
        own = {key: value for key, value in settings.items() if key not in OWN_SETTINGS}
        with self._lock:
            for known, plan in self._plans:
                if known == own:
                    return plan
            plan = self.plan(own)
            self.check_whole(own, f"{self.namespace}.{self.name}")
            self._plans.append((own, plan))
        setup = getattr(plan.kind, "setup", None)
        if setup is not None:
            setup(**{name: getattr(plan.kind, name) for name in OF_SESSIONS} | plan.attributes)
        return plan

    def plan(self, settings: Mapping[str, Any], where: str = "") -> Plan:
        """As of any tool. What the tool does not know is for a kind of session of one's own."""
        known = self.choices.known
        own = {key: value for key, value in settings.items() if key in known}
        others = {key: value for key, value in settings.items() if key not in known and key not in OWN_SETTINGS}
        for key in others:
            if hint := did_you_mean(key, known):
                raise ConfigError(f"{where or f'{self.namespace}.{self.name}'}: there is no setting {key!r}{hint}")
        if settings.get("storage_type") in OLD_TYPES:
            self._warn(settings["storage_type"], where)
        plan: Plan = super().plan(own, where)
        plan.attributes.update(others)
        return plan

    def check_whole(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError if sessions in files have no folder, or there is no kind that knows other settings."""
        plan = self.plan(settings, where)
        if plan.keeper is None:
            raise ConfigError(f"{where}: sessions in files need a folder: {self.namespace}.{self.name}.storage_path")
        strange = settings.keys() - self.choices.known.keys() - set(OWN_SETTINGS)
        if strange and settings.get("storage_class") is None:
            key = f"{self.namespace}.{self.name}.{min(strange)}"
            raise ConfigError(f"{where}: there is no setting {key}, unless a storage_class knows it")

    @staticmethod
    def _warn(storage_type: str, where: str) -> None:
        new = f"tools.sessions.storage_class = kirsch.lib.sessions.{OLD_TYPES[storage_type]}, or tools.sessions.store"
        warn(f"tools.sessions.storage_type = {storage_type!r}", new, where)

    def prepare(self, settings: SessionSettings) -> Plan:
        """How sessions are made, and where they are kept."""
        from kirsch.toolbox.serializers import codec_for
        from kirsch.toolbox.sessioncookie import SessionCookie
        from kirsch.toolbox.sessionkeeper import Keeper

        kind = _kind(settings.storage_class)
        store = _store(settings, settings.storage_type or kind.storage)
        cookie = SessionCookie(settings)
        given = {
            name: getattr(settings, name) for name in (*OF_SESSIONS, *settings.given & {"storage_path", "servers"})
        }
        attributes = {name: value for name, value in given.items() if getattr(kind, name, None) != value}
        codec = codec_for(settings.serializer, here=store is not None and not store.shared)
        return Plan(kind, attributes, Keeper(store, codec, cookie) if store is not None else None)


def _store(settings: SessionSettings, storage: str) -> Store | None:
    """Where they are kept; None if that is a folder that is not known yet. AddressError for what is none."""
    from kirsch.stores.opening import open_store, shared_store

    if settings.store is not None:
        return open_store(settings.store)
    if storage == "file":
        path = settings.storage_path
        return open_store(f"files:{quote(os.path.abspath(path))}") if path is not None else None
    if storage == "memcached":
        return open_store(f"memcached://{','.join(settings.servers or ['localhost:11211'])}")
    return shared_store() or open_store(MEMORY)


def _kind(given: Any) -> type[Session]:
    """The class that config names. ValueError for what is none."""
    from kirsch.toolbox.session import Session

    if isinstance(given, str):
        from pkgutil import resolve_name

        try:
            given = resolve_name(re.sub(r"^cherrypy\.", "kirsch.", given))
        except (ImportError, AttributeError) as error:
            raise ValueError(f"there is no storage_class {given}: {error}") from None
    if given is None:
        return Session
    if not (isinstance(given, type) and issubclass(given, Session)):
        raise ValueError(f"storage_class is a subclass of kirsch.lib.sessions.Session, and not {given!r}")
    return given


def _and_then(pieces: Iterator[Any], session: Session) -> Iterator[Any]:
    """The pieces of a stream. At its end the session is stored, before the client can know that it is the end."""
    try:
        yield from pieces
        session.finish()
    finally:
        close(pieces)
