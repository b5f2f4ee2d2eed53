"""`cherrypy.lib.locking`: time limits on waiting for a lock, for storage classes of applications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Self


class NeverExpires:
    """A limit that is never reached."""

    def expired(self) -> bool:
        """It is not."""
        return False


class Timer:
    """A limit. expiration: the time when it is reached, in UTC and without its zone, or with one."""

    def __init__(self, expiration: datetime) -> None:
        self.expiration = expiration
        aware = expiration if expiration.tzinfo is not None else expiration.replace(tzinfo=UTC)
        # From here on the clock may be set to another time.
        self._reached = monotonic() + (aware - datetime.now(UTC)).total_seconds()

    @classmethod
    def after(cls, elapsed: timedelta) -> Self:
        """One that is reached in so much time."""
        return cls(datetime.now(UTC).replace(tzinfo=None) + elapsed)

    def expired(self) -> bool:
        """Whether it is reached."""
        return monotonic() >= self._reached


class LockTimeout(Exception):
    """One has waited for a lock for too long."""


class LockChecker:
    """Says when to give up on a lock. timeout: seconds or a timedelta; None: never."""

    def __init__(self, session_id: str, timeout: float | timedelta | None) -> None:
        self.session_id = session_id
        elapsed = timedelta(seconds=timeout) if isinstance(timeout, int | float) else timeout
        self.timer = Timer.after(elapsed) if elapsed else NeverExpires()

    def expired(self) -> bool:
        """False as long as one may wait on; then LockTimeout is raised."""
        if self.timer.expired():
            raise LockTimeout(f"the lock of the session {self.session_id} was not to be had in time")
        return False
