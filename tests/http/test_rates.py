"""Rates: how they are written, and the sums of the bucket."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.rates import LONGEST, SECOND, Rate, Verdict, parse_rate, state


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("100/minute", Rate(100, 60, 100)),
        ("5 per second", Rate(5, 1, 5)),
        ("1000 / 15 minutes", Rate(1000, 900, 1000)),
        (" 3/H ", Rate(3, 3600, 3)),
        ("10/30s", Rate(10, 30, 10)),
        ("1/days", Rate(1, 86400, 1)),
    ],
)
def test_a_rate_as_people_write_it(text, rate):
    """Requests, then a unit of time or several."""
    assert parse_rate(text) == rate
    assert parse_rate(text, 7) == rate._replace(burst=7)


@pytest.mark.parametrize(
    "text",
    ["", "100", "/minute", "x/minute", "-1/minute", "1.5/minute", "0/minute", "1/0 minutes", "1/week", "1/sss",
     "\u0663/minute", "9" * 400 + "/s", "1/367 days", "1/minute/hour", "99999999999/s"],
)  # fmt: skip
def test_what_is_no_rate_is_refused(text):
    """With an example of one."""
    with pytest.raises(ValueError, match="is no rate"):
        parse_rate(text)


def test_a_bucket():
    """Two at once, then one every half a second; who was told to wait for a second is let in after it."""
    rate, now = Rate(2, 1, 2), 100 * SECOND
    first = rate.spend(None, now)
    second = rate.spend(first.full, now)
    third = rate.spend(second.full, now)

    assert first == Verdict(True, now + SECOND // 2, 1, 1)
    assert second == Verdict(True, now + SECOND, 0, 1)
    assert third == Verdict(False, second.full, 0, 1)
    assert rate.spend(third.full, now + SECOND // 2).allowed


def test_fields():
    """In the form of the draft: names are quoted, numbers are whole."""
    assert Rate(100, 60, 20).policy("api") == '"api";q=100;w=60'
    assert state("api", Verdict(True, 5, 19, 12)) == '"api";r=19;t=12'


def test_a_clock_that_is_set_back_locks_nobody_out():
    """An hour back, and a client waits for the length of the bucket at most."""
    rate = Rate(60, 60, 60)
    verdict = rate.spend(10_000 * SECOND, 6_400 * SECOND)

    assert not verdict.allowed
    assert verdict.wait == 1
    assert rate.spend(verdict.full, 6_401 * SECOND).allowed


RATES = st.builds(Rate, st.integers(1, 1000), st.integers(1, LONGEST), st.integers(1, 1000))
STEPS = st.lists(st.integers(0, 3 * SECOND) | st.integers(0, LONGEST * SECOND // 100), max_size=60)


@given(RATES, STEPS)
def test_it_is_a_bucket_of_tokens(rate, steps):
    """The one number does what a count of tokens would that is refilled exactly."""
    tokens, now, full = Fraction(rate.burst), 0, None
    for step in steps:
        now += step
        tokens = min(Fraction(rate.burst), tokens + Fraction(step, rate.interval))
        verdict = rate.spend(full, now)

        assert verdict.allowed == (tokens >= 1)
        tokens -= verdict.allowed
        full = verdict.full
        assert verdict.left == (int(tokens) if verdict.allowed else 0)


@given(RATES, st.none() | st.integers(0, 10**20), st.integers(0, 10**20))
def test_whoever_waits_is_let_in(rate, full, now):
    """After the seconds that Retry-After says, never later; and nobody is told to wait for nothing."""
    verdict = rate.spend(full, now)

    assert verdict.wait > 0
    assert verdict.allowed or rate.spend(verdict.full, now + verdict.wait * SECOND).allowed
    assert 0 <= verdict.left <= rate.burst


@given(RATES, st.integers(1, 200))
def test_no_more_than_burst_and_rate(rate, times):
    """Of many at once, only as many as the bucket holds."""
    full, allowed = None, 0
    for _ in range(times):
        verdict = rate.spend(full, 0)
        full, allowed = verdict.full, allowed + verdict.allowed

    assert allowed == min(times, rate.burst)
