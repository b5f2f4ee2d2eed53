"""`cherrypy.lib.sessions`: what sessions are made of, under the old names. What they do stands in `kirsch.toolbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch import tools
from kirsch.app.context import present
from kirsch.toolbox.session import Session
from kirsch.toolbox.sessioncookie import SessionCookie
from kirsch.toolbox.sessions import present_session
from kirsch.toolbox.sessionsettings import SessionSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FileSession", "MemcachedSession", "RamSession", "Session", "close", "expire", "init", "save",
    "set_response_cookie",
]  # fmt: skip

_OF_INIT: Final = (
    "storage_type", "path", "path_header", "name", "timeout", "domain", "secure", "clean_freq", "persistent",
    "httponly", "debug",
)  # fmt: skip
_OF_COOKIE: Final = ("path", "path_header", "name", "timeout", "domain", "secure", "httponly")
"""The arguments of init() and set_response_cookie() in their order, for those who do not name them."""


class RamSession(Session):
    """In the memory of this process."""


class FileSession(Session):
    """In files of the folder `storage_path`, `session-<id>` each."""

    storage = "file"
    storage_path: str | None = None

    pickle_protocol: ClassVar = 5
    SESSION_PREFIX: ClassVar = "session-"
    LOCK_SUFFIX: ClassVar = ".lock"

    @classmethod
    def setup(cls, **settings: Any) -> None:
        """Called once with the settings of a place; there is nothing to do, but for kinds made of this one."""


class MemcachedSession(Session):
    """In memcached, on these servers."""

    storage = "memcached"
    servers: Sequence[str] = ("localhost:11211",)

    @classmethod
    def setup(cls, **settings: Any) -> None:
        """As of FileSession."""


def init(*args: Any, **settings: Any) -> None:
    """Give the request being answered a session, with the settings of tools.sessions; for hooks of one's own."""
    tools.sessions.init(**dict(zip(_OF_INIT, args, strict=False)), **settings)


def save() -> None:
    """Store what has changed; for a hook at `before_finalize`."""
    request = present()
    tools.sessions.before_finalize(request, request.response)


vars(save).update(failsafe=True)


def close() -> None:
    """Give the lock back, if it is still held; for a hook at `on_end_request`."""
    session = present().belonging("session")
    if session is not None and session.locked:
        session.release_lock()


vars(close).update(failsafe=True, priority=90)


def expire() -> None:
    """End the session, here and at the client."""
    present_session().delete()


def set_response_cookie(*args: Any, **settings: Any) -> None:
    """Send the session's cookie with these attributes instead of those that config says."""
    given = SessionSettings(**dict(zip(_OF_COOKIE, args, strict=False)), **settings)
    SessionCookie(given).write(present(), present_session().id, given.timeout)
