"""How often is too often: a bucket of tokens that fills steadily, kept in one number (GCRA), and the fields about it.

The number is the time at which the bucket will be full again. A request takes one token, so it moves that time by the
seconds that one token takes to come. Times are whole nanoseconds of any clock.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SECOND: Final = 10**9
"""In nanoseconds."""

MOST_REQUESTS: Final = 10**9
LONGEST: Final = 366 * 24 * 3600

_UNITS: Final = {"s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_RATE = re.compile(r"(\d{1,10}) *(?:/|per) *(\d{1,9})? *([a-z]+)", re.ASCII)


class Verdict(NamedTuple):
    """What becomes of a request. full: the number to keep for the next one; mostly as it was if it is not allowed.

    left: how many more may come at once. wait: seconds until the next may come, if this one is not allowed; else until
    the bucket is full.
    """

    allowed: bool
    full: int
    left: int
    wait: int


class Rate(NamedTuple):
    """So many requests in so many seconds. burst: how many of them may come at once."""

    requests: int
    seconds: int
    burst: int

    @property
    def interval(self) -> int:
        """The time that one token takes to come."""
        return max(1, self.seconds * SECOND // self.requests)

    def spend(self, full: int | None, now: int) -> Verdict:
        """Take a token. full: as of the last verdict; None for who has not come lately."""
        interval = self.interval
        room = interval * self.burst
        # A clock that was set back must lock nobody out: the bucket is never emptier than empty.
        debt = min(max(0, full - now), room) if full is not None else 0
        short = debt + interval - room
        if short > 0:
            return Verdict(False, now + debt, 0, _seconds(short))
        debt += interval
        return Verdict(True, now + debt, (room - debt) // interval, _seconds(debt))

    def policy(self, name: str) -> str:
        """For the field RateLimit-Policy: how many are allowed in how many seconds."""
        return f'"{name}";q={self.requests};w={self.seconds}'


def state(name: str, verdict: Verdict) -> str:
    """For the field RateLimit: how many are left, and when that changes. wait is what Retry-After says, too."""
    return f'"{name}";r={verdict.left};t={verdict.wait}'


def _seconds(time: int) -> int:
    """Whole ones, so many that the time has passed by then."""
    return -(-time // SECOND)


def parse_rate(text: str, burst: int | None = None) -> Rate:
    """The rate that `100/minute`, `5 per second` or `1000/15 minutes` names. ValueError says what is expected."""
    match = _RATE.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[3], _UNITS.get(match[3].removesuffix("s"))) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r} is no rate: write 100/minute, or 1000/15 minutes (second, minute, hour, day)")
    requests, seconds = int(match[1]), int(match[2] or 1) * unit
    if not 0 < requests <= MOST_REQUESTS or not 0 < seconds <= LONGEST:
        raise ValueError(f"{text!r} is no rate that can be kept: from 1 to {MOST_REQUESTS} requests, at most in a year")
    return Rate(requests, seconds, burst if burst is not None else requests)
