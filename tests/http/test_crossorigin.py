from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.crossorigin import Origins, names

A = "https://a.example"


@pytest.mark.parametrize(
    ("rules", "origin", "allowed"),
    [
        ([A], A, True),
        ([A], "http://a.example", False),
        ([A], "https://a.example:8443", False),
        ([A], "https://a.example.evil", False),
        ([A], "https://evil/https://a.example", False),
        ([A], f"{A}, https://evil", False),
        ([A], "null", False),
        (["HTTPS://A.example:443"], A, True),
        (["http://[::1]:8000"], "http://[::1]:8000", True),
        (["https://*.a.example"], "https://x.y.a.example", True),
        (["https://*.a.example"], A, False),
        (["https://*.a.example"], "https://eviLa.example", False),
        (["https://*.a.example"], "https://evil.test/.a.example", False),
        (["https://*.a.example"], "https://x.a.example:1", False),
        (["https://*.a.example:1"], "https://x.a.example:1", True),
        ([re.compile(r"https://[a-z]+\.a\.example")], "https://x.a.example", True),
        ([re.compile(r"https://[a-z]+\.a\.example")], "https://x.a.example.evil", False),
        ([str.isascii], A, True),
        ([str.isascii], "null", False),
        ([re.compile("null")], "null", False),
        (["null"], "null", True),
        (["*"], A, True),
        (["*"], "null", True),
        ([], A, False),
    ],
)
def test_rules(rules, origin, allowed):
    """Scheme, host and port count, whole; nobody's origin only where it is named."""
    assert Origins(rules).allow(origin) is allowed


@pytest.mark.parametrize(
    "rule", ["a.example", "https://", f"{A}/", f"{A}/x", "https://*", "https://a b", "", "//a", "*.a"]
)
def test_rules_that_are_none(rule):
    """What would never match is refused beforehand."""
    with pytest.raises(ValueError, match="is no origin"):
        Origins([rule])


@given(st.text(max_size=80), st.sampled_from([A, "https://*.a.example", "http://b:1"]))
def test_nothing_else_is_allowed(text, rule):
    """Whatever is sent."""
    expected = text == rule or (text.startswith("https://") and text.endswith(".a.example") and "*" in rule)

    assert Origins([rule]).allow(text) <= expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", []), ("X-A,  content-type", ["x-a", "content-type"]), (",a,,", ["a"]), ("a b", None), ("a;b", None),
     ("a\r\nb", None), ("a," * 10_000 + "(", None)],
)  # fmt: skip
def test_names(value, expected):
    """A list of fields, or nothing."""
    assert names(value) == expected
