from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.dispatch.names import PUNCTUATION, canonical, plain

SEGMENTS = st.text(st.one_of(st.sampled_from(string.printable), st.characters()), min_size=1)


@pytest.mark.parametrize(
    ("segment", "name"),
    [
        ("a_b", "a_b"),
        ("a-b", "a_b"),
        ("a.b", "a_b"),
        ("my-page.html", "my_page_html"),
        ("2007", "2007"),
        ("2007-11", "2007_11"),
        ("a%2Fb", "a_2Fb"),
        ("~me", "_me"),
        ("Von Bülow", "Von Bülow"),
        ("çа-va?", "çа_va_"),
        ("", ""),
    ],
)
def test_punctuation_becomes_an_underscore(segment, name):
    """All ASCII punctuation counts as `_`; letters, digits and blanks stay."""
    assert canonical(segment) == name


@given(SEGMENTS)
def test_the_short_cuts_change_nothing(segment):
    """canonical() is the translation by the table, whatever way it takes."""
    assert canonical(segment) == segment.translate(PUNCTUATION)


@given(SEGMENTS)
def test_a_canonical_name_is_its_own(segment):
    """Who compares canonical names may make them canonical again."""
    assert canonical(canonical(segment)) == canonical(segment)


@pytest.mark.parametrize(
    ("segment", "argument"), [("a%2Fb", "a/b"), ("a%2fb%2F", "a/b/"), ("100%", "100%"), ("%2", "%2"), ("", "")]
)
def test_an_encoded_slash_becomes_one_in_an_argument(segment, argument):
    """`%2F` does not split the path, and is a slash once the path is split."""
    assert plain(segment) == argument
