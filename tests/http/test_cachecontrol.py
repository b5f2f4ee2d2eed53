"""Cache-Control, and the sums of freshness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.cachecontrol import (
    MOST_SECONDS,
    Terms,
    Wishes,
    delta_seconds,
    initial_age,
    parse_directives,
    parse_terms,
    parse_wishes,
    vary_names,
    without_lifetime,
)
from kirsch.http.dates import http_date

NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("value", "directives"),
    [
        ("", {}),
        (" , ,", {}),
        ("no-store", {"no-store": ""}),
        ("Max-Age=5 , NO-CACHE", {"max-age": "5", "no-cache": ""}),
        ("max-age=1, max-age=2", {"max-age": "1"}),
        ('max-age="60", private="a, b", public', {"max-age": "60", "private": "a, b", "public": ""}),
        ("max-age = 5", {"max-age": "5"}),
        ('x="unclosed, no-store', {"x": '"unclosed, no-store'}),
        ("=5, a=", {"a": ""}),
    ],
)
def test_directives(value, directives):
    """Names in any case, arguments with or without quotes; of two by one name the first counts (§4.2.1)."""
    assert parse_directives(value) == directives


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("", ""),
        ("public, max-age=60, immutable", ""),
        ("S-MaxAge=60, Stale-If-Error = 5, stale-while-revalidate=5", ""),
        ("private, max-age=60", "private"),
        ("no-store, max-age=0, must-revalidate", "no-store, must-revalidate"),
        ('no-cache="Set-Cookie, X", max-age="60"', 'no-cache="Set-Cookie, X"'),
    ],
)
def test_without_lifetime(value, left):
    """What forbids stays as it was written; what says for how long goes."""
    assert without_lifetime(value) == left


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("0", 0), ("60", 60), ("007", 7)],
        *[("2147483648", MOST_SECONDS), ("9" * 11, MOST_SECONDS), ("9" * 5000, MOST_SECONDS)],
        *[("", 0), ("-1", 0), ("+5", 0), ("1.5", 0), ("0x5", 0), ("1_0", 0), ("\u0663", 0), ("\u00b2", 0), (" 5", 0)],
    ],
)
def test_delta_seconds(text, seconds):
    """Digits and nothing else; what is no number is 0, and none is too long."""
    assert delta_seconds(text) == seconds


@pytest.mark.parametrize(
    ("cache_control", "terms"),
    [
        ("", Terms()),
        ("public", Terms(public=True)),
        ("max-age=60", Terms(lifetime=60)),
        ("max-age=x", Terms(lifetime=0)),
        ("max-age", Terms(lifetime=0)),
        ("max-age=60, s-maxage=5", Terms(lifetime=5, public=True, strict=True, while_revalidate=0, if_error=0)),
        ("s-maxage=x, max-age=60", Terms(lifetime=0, public=True, strict=True, while_revalidate=0, if_error=0)),
        ("s-maxage=5, stale-if-error=8", Terms(lifetime=5, public=True, strict=True, while_revalidate=0, if_error=8)),
        ("no-store", Terms(keep=False)),
        ("no-store, must-understand", Terms()),
        ("private", Terms(keep=False)),
        ('private="x-user"', Terms(keep=False)),
        ("no-cache, max-age=60", Terms(keep=False, lifetime=60)),
        ('no-cache="set-cookie"', Terms(keep=False)),
        ("must-revalidate", Terms(public=True, strict=True, while_revalidate=0, if_error=0)),
        ("proxy-revalidate, stale-if-error=8", Terms(strict=True, while_revalidate=0, if_error=0)),
        ("stale-while-revalidate=9, stale-if-error=8", Terms(while_revalidate=9, if_error=8)),
        ("stale-if-error=x", Terms(if_error=0)),
        ("community=UCI", Terms()),
    ],
)
def test_terms(cache_control, terms):
    """Of an answer, for a cache that many share: s-maxage goes over max-age, speaks for all, and is strict."""
    assert parse_terms(cache_control) == terms


@pytest.mark.parametrize(
    ("expires", "cache_control", "lifetime"),
    [
        (http_date(NOW + 60), "", 60),
        (http_date(NOW - 60), "", 0),
        (http_date(NOW), "", 0),
        ("0", "", 0),
        ("", "", 0),
        (http_date(NOW + 60), "max-age=5", 5),
        (http_date(NOW + 60), "public", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "", MOST_SECONDS),
    ],
)
def test_expires(expires, cache_control, lifetime):
    """Counts from the answer's Date, where max-age says nothing; what cannot be read is past (§5.3)."""
    assert parse_terms(cache_control, expires, now=NOW).lifetime == lifetime


def test_pragma_of_an_answer():
    """Old pages say by Pragma that they must not be kept; beside Cache-Control it means nothing."""
    assert not parse_terms("", None, "no-cache").keep
    assert parse_terms("max-age=5", None, "no-cache").keep


@pytest.mark.parametrize(
    ("cache_control", "pragma", "wishes"),
    [
        ("", "", Wishes()),
        ("", "No-Cache", Wishes(anew=True)),
        ("", "other", Wishes()),
        ("max-age=5", "no-cache", Wishes(max_age=5)),
        ("no-cache", "", Wishes(anew=True)),
        ("no-store", "", Wishes(no_store=True)),
        ("only-if-cached, max-age=0", "", Wishes(only_copy=True, max_age=0)),
        ("max-age=x", "", Wishes(max_age=0)),
        ("min-fresh=7", "", Wishes(min_fresh=7)),
        ("max-stale", "", Wishes(max_stale=MOST_SECONDS)),
        ("max-stale=7", "", Wishes(max_stale=7)),
        ("max-stale=x", "", Wishes()),
    ],
)
def test_wishes(cache_control, pragma, wishes):
    """Of a request; Pragma counts where there is no Cache-Control."""
    assert parse_wishes(cache_control, pragma) == wishes


@pytest.mark.parametrize(
    ("wishes", "age", "lifetime", "suits"),
    [
        *[(Wishes(), 0, 10, True), (Wishes(), 9.9, 10, True), (Wishes(), 10, 10, False), (Wishes(), 0, 0, False)],
        *[(Wishes(anew=True), 0, 10, False), (Wishes(no_store=True), 0, 10, True)],
        *[(Wishes(max_age=5), 5, 10, True), (Wishes(max_age=5), 5.1, 10, False), (Wishes(max_age=0), 0, 10, True)],
        *[(Wishes(min_fresh=3), 7, 10, True), (Wishes(min_fresh=3), 7.1, 10, False)],
        *[(Wishes(max_stale=3), 12.9, 10, True), (Wishes(max_stale=3), 13, 10, False)],
        (Wishes(max_stale=MOST_SECONDS, max_age=5), 6, 1, False),
    ],
)
def test_suits(wishes, age, lifetime, suits):
    """Whether a copy of some age will do for these wishes."""
    assert wishes.suits(age, lifetime) is suits


def test_a_strict_answer_is_never_used_stale():
    """Not even for a client that would take it (§5.2.2.2)."""
    assert not Wishes(max_stale=60).suits(11, 10, strict=True)
    assert Wishes(max_stale=60).suits(9, 10, strict=True)


@pytest.mark.parametrize(
    ("age", "date", "initial"),
    [
        (None, None, 0),
        ("5", None, 5),
        (" 5 ", None, 5),
        ("x", None, 0),
        (None, http_date(NOW - 7), 7),
        (None, http_date(NOW + 7), 0),
        ("5", http_date(NOW - 7), 7),
        ("9", http_date(NOW - 7), 9),
        ("5", "never", 5),
    ],
)
def test_initial_age(age, date, initial):
    """The larger one of what Age says and of how long ago Date was (§4.2.3)."""
    assert initial_age(age, date, NOW) == initial


@pytest.mark.parametrize(
    ("value", "names"),
    [
        *[("", ()), (" , ", ()), ("Accept, Cookie", ("accept", "cookie")), ("b,A,B", ("b", "a"))],
        *[("*", None), ("Accept, *", None), (" * ", None)],
    ],
)
def test_vary_names(value, names):
    """In order, each once; an asterisk is like no other request."""
    assert vary_names(value) == names


TEXT = st.text(st.sampled_from('=,;" \t\\abcmax-age0159sno-storeprivate'), max_size=80) | st.text(max_size=80)


@given(TEXT, st.none() | TEXT, TEXT)
def test_reading_never_raises(cache_control, expires, pragma):
    """Whatever the fields hold; lifetimes are never negative nor without end."""
    terms = parse_terms(cache_control, expires, pragma, NOW)
    parse_wishes(cache_control, pragma)
    vary_names(cache_control)

    assert terms.lifetime is None or 0 <= terms.lifetime <= MOST_SECONDS


SMALL = st.integers(0, 9)
WISHES = st.builds(Wishes, st.booleans(), st.booleans(), st.booleans(), st.none() | SMALL, SMALL, SMALL)


@given(WISHES, st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_older_copies_never_suit_better(wishes, age, lifetime, strict):
    """If a copy will do, a younger one and one that lasts longer will do, too."""
    if wishes.suits(age + 1, lifetime, strict):
        assert wishes.suits(age, lifetime, strict)
        assert wishes.suits(age + 1, lifetime + 1, strict)


@given(st.lists(st.sampled_from(["private", "no-store", "no-cache", "max-age=5", "public"])), st.randoms())
def test_order_and_case_do_not_matter(directives, random):
    """Directives mean the same in any order and case."""
    shuffled = [word.upper() for word in directives]
    random.shuffle(shuffled)

    assert parse_terms(",".join(directives)) == parse_terms(" , ".join(shuffled))
