"""What the client would like: q-lists and the best of what is on offer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.accept import MOST, best_match, charsets, parse_accept

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("gzip", [("gzip", 1)]),
        ("gzip;q=0.5, br, *;q=0.1", [("br", 1), ("gzip", 0.5), ("*", 0.1)]),
        (BROWSER, [("text/html", 1), ("application/xhtml+xml", 1), ("application/xml", 0.9), ("*/*", 0.8)]),
        (
            "*/*, text/*, text/html;level=1, text/html",
            [("text/html;level=1", 1), ("text/html", 1), ("text/*", 1), ("*/*", 1)],
        ),
        ("A/B;X=Y;Q=0.5;ext=1", [("a/b;x=Y", 0.5)]),
        ("en-GB , en ; q = 0.8", [("en-gb", 1), ("en", 0.8)]),
        ("a;q=0, b;q=0.000", [("a", 0), ("b", 0)]),
        ("a;q=1.5, b;q=99", [("a", 1), ("b", 1)]),
        ("a;q=0.8999999761581421", [("a", 0.8999999761581421)]),
        ("a;q=.5,b;q=1.", [("b", 1), ("a", 0.5)]),
        ('a/b;x="1,2;q=0";q=0.5', [("a/b;x=1,2;q=0", 0.5)]),
        (",, a ,,", [("a", 1)]),
        ("d;qs=1, a;quality=0", [("d;qs=1", 1), ("a;quality=0", 1)]),
    ],
)
def test_parse_accept(value, expected):
    """Best first: by quality, then the more specific, then in the order sent."""
    assert parse_accept(value) == expected


@pytest.mark.parametrize(
    "quality", ["", "x", "-1", "+1", "1e3", "nan", "inf", "0x1", "0_1", ".", "٠.٥", "0.5.5", "1" * 99]
)
def test_an_element_with_a_bad_quality_counts_as_not_sent(quality):
    """It neither asks for anything nor excludes it; its neighbours are read."""
    found = parse_accept(f"a;q={quality}, b;q=0.5")

    assert "a" not in dict(found)
    assert ("b", 0.5) in found


@pytest.mark.parametrize("element", ["a b", "a/b/c", "/", "a/", "text/html; q", "é", "a\0", '"a"', ";q=1"])
def test_what_is_no_element_is_left_out(element):
    """Garbage does no harm to its neighbours."""
    assert ("b", 1) in parse_accept(f"{element}, b")
    assert len(parse_accept(element)) == (1 if element.startswith("text") else 0)


def test_elements_are_capped():
    """Only so many are read."""
    assert len(parse_accept(",".join(f"a{number}" for number in range(1000)))) == MOST


@given(st.text() | st.text(alphabet='ab*/;q=.01, "\\'))
def test_reading_never_raises(value):
    """Any text is a list of elements with qualities from 0 to 1, sorted; each is text that is itself an element."""
    found = parse_accept(value)

    assert all(0 <= quality <= 1 for _, quality in found)
    assert [quality for _, quality in found] == sorted((quality for _, quality in found), reverse=True)


def test_the_answer_is_ones_own():
    """What is remembered between calls is not what is handed out."""
    parse_accept("a").append(("b", 1))

    assert parse_accept("a") == [("a", 1)]


@pytest.mark.parametrize(
    ("offers", "accept", "expected"),
    [
        ([], "*/*", None),
        (["a/b"], None, "a/b"),
        (["a/b"], "", "a/b"),
        (["a/b"], "a;q=x", "a/b"),
        (["a/b", "c/d"], "*/*", "a/b"),
        (["text/html", "application/json"], BROWSER, "text/html"),
        (["application/json", "text/html"], BROWSER, "text/html"),
        (["application/json"], BROWSER, "application/json"),
        (["application/json", "text/html"], "*/*, text/html", "text/html"),
        (["a/b", "c/d"], "c/*, a/*;q=0.5", "c/d"),
        (["a/b", "c/d"], "a/b;q=0, */*", "c/d"),
        (["a/b"], "a/b;q=0, */*", None),
        (["a/b"], "a/*;q=0, */*", None),
        (["a/b", "a/c"], "a/*;q=0, a/c;q=0.1", "a/c"),
        (["a/b"], "c/d", None),
        (["a/b"], "*/*;q=0", None),
        (["A/B"], "a/b", "A/B"),
        (["text/html;charset=utf-8"], "text/html", "text/html;charset=utf-8"),
        (["text/html"], "text/html;level=1", None),
        (["text/html", "text/html;level=1"], "text/html;level=1, text/html;q=0.7", "text/html;level=1"),
        (["text/plain"], "te/*", None),
        (["a/b"], "*", "a/b"),
    ],
)
def test_best_match(offers, accept, expected):
    """Quality decides, of the most specific range that fits; then how exactly it was named; then our own order."""
    assert best_match(offers, accept) == expected


@given(
    st.lists(st.sampled_from(["a/b", "a/c", "d/e;f=1", "d/e", "x"])), st.text(alphabet='abcde*/;q=.01, "f') | st.none()
)
def test_matching_never_raises(offers, accept):
    """Any text chooses one of the offers, or none."""
    assert best_match(offers, accept) in [*offers, None]


@given(st.lists(st.sampled_from(["a/b", "c/d"]), min_size=1), st.text(alphabet="abcd*/;q=.01, "))
def test_any_range_at_the_end_makes_everything_welcome(offers, accept):
    """Unless excluded by name, something is chosen where anything will do."""
    if "q=0" not in accept.replace(" ", ""):
        assert best_match(offers, f"{accept}, */*;q=0.1") is not None


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", None),
        ("utf-8;q=x", None),
        ("utf-8", ["utf-8", "iso-8859-1"]),
        ("UTF-8;q=0.2, utf-16", ["utf-16", "utf-8", "iso-8859-1"]),
        ("*", ["utf-8"]),
        ("us-ascii, *;q=0.5", ["us-ascii", "utf-8"]),
        ("iso-8859-1;q=0, us-ascii", ["us-ascii"]),
        ("utf-8;q=0", ["iso-8859-1"]),
        ("*;q=0", []),
        ("utf-8, *", ["utf-8"]),
    ],
)
def test_charsets(accept, expected):
    """By quality; `*` is the default, and Latin-1 goes without saying unless something is said of all."""
    assert charsets(accept, "UTF-8") == expected


@pytest.mark.parametrize(
    ("accept", "expected"), [("", None), ("utf-8", ["utf-8"]), ("*", ["utf-8"]), ("x", []), ("utf-8;q=0", [])]
)
def test_the_only_charset(accept, expected):
    """It is that or none."""
    assert charsets(accept, "utf-8", only=True) == expected
