from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kirsch.lib.locking import LockChecker, LockTimeout, NeverExpires, Timer

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("timer", "expired"),
    [
        (NeverExpires(), False),
        (Timer.after(timedelta(days=1)), False),
        (Timer.after(timedelta(seconds=-1)), True),
        (Timer(NOW - timedelta(seconds=1)), True),
        (Timer(NOW.replace(tzinfo=None) + timedelta(days=1)), False),
    ],
)
def test_timers(timer, expired):
    """Times without a zone are in UTC."""
    assert timer.expired() is expired


@pytest.mark.parametrize("timeout", [None, 0, 100, timedelta(minutes=1)])
def test_one_may_wait_on(timeout):
    """Without a limit, or before it."""
    assert LockChecker("id", timeout).expired() is False


@pytest.mark.parametrize("timeout", [-1, -0.5, timedelta(seconds=-1)])
def test_one_has_waited_too_long(timeout):
    """The error names the session."""
    with pytest.raises(LockTimeout, match="the session id "):
        LockChecker("id", timeout).expired()
