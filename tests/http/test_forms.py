"""Query strings and urlencoded forms."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.forms import FormError, TooManyFields, combine, encode_query, parse_form, parse_query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("x=1", {"x": "1"}),
        ("x=1&y=2", {"x": "1", "y": "2"}),
        ("x", {"x": ""}),
        ("x=", {"x": ""}),
        ("=1", {"": "1"}),
        ("x=1&x=2&y=&x=3", {"x": ["1", "2", "3"], "y": ""}),
        ("x=a=b", {"x": "a=b"}),
        ("&&x=1&", {"x": "1"}),
        ("&", {}),
        ("a+b=c+d", {"a b": "c d"}),
        ("a%20b=%C3%A9", {"a b": "é"}),
        ("x=caf%C3%A9&x=1", {"x": ["café", "1"]}),
        ("x=\xc3\xa9", {"x": "é"}),
        ("x=100%&y=%zz&z=%", {"x": "100%", "y": "%zz", "z": "%"}),
        ("x=%26%3D%2B%00", {"x": "&=+\0"}),
        ("x=1;y=2", {"x": "1;y=2"}),
        ("x=日本", {"x": "日本"}),
        ("%", {"%": ""}),
    ],
)
def test_parse_query(query, expected):
    """Blanks are kept, repeats make a list, escapes are undone, a semicolon is data."""
    assert parse_query(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("12,34", {"x": 12, "y": 34}),
        ("0,0", {"x": 0, "y": 0}),
        ("5,6&a=1", {"5,6": "", "a": "1"}),
        ("5,6=", {"5,6": ""}),
        ("1,2,3", {"1,2,3": ""}),
        ("-1,2", {"-1,2": ""}),
        ("١,٢".encode().decode("latin-1"), {"١,٢": ""}),
        ("1" * 5000 + ",2", {"1" * 5000 + ",2": ""}),
    ],
)
def test_image_maps(query, expected):
    """Two numbers and nothing else are the place that was clicked."""
    assert parse_query(query) == expected


def test_other_separators_must_be_asked_for():
    """With `&;` the old behaviour comes back."""
    assert parse_query("a=1;b=2&c=3", separators="&;") == {"a": "1", "b": "2", "c": "3"}
    assert parse_query("a=1;b=2&c", separators=";") == {"a": "1", "b": "2&c"}


@pytest.mark.parametrize("query", ["x=%E9", "%E9=x", "x=%C3", "x=\xe9", "x=\ud800"])
def test_a_query_that_is_not_utf8(query):
    """The error names the encoding."""
    with pytest.raises(FormError, match="utf-8") as raised:
        parse_query(query)
    assert raised.value.status == 400


def test_the_encoding_of_queries():
    """Another one may be wanted."""
    assert parse_query("x=%E9", "latin-1") == {"x": "é"}
    assert parse_query("x=\xe9", "iso-8859-1") == {"x": "é"}


@pytest.mark.parametrize("query", ["a&b&c&d", "&&&", "%41&b&c&d", "a&a&a&a"])
def test_too_many_fields(query):
    """The number of fields is capped, empty ones and repeats included; the fault is the client's, 413."""
    with pytest.raises(TooManyFields, match="more than 3 fields") as raised:
        parse_query(query, max_fields=3)
    with pytest.raises(TooManyFields):
        parse_form(query.encode(), ["utf-8"], max_fields=3)
    assert raised.value.status == 413
    assert parse_query("a&b&c", max_fields=3)


@given(st.text(alphabet="abé=&;+%0F,\ud800") | st.text())
def test_a_query_is_parsed_or_a_form_error(query):
    """Nothing else is raised, and all names and values are text."""
    try:
        params = parse_query(query)
    except FormError:
        return
    for value in params.values():
        assert isinstance(value, (str, int)) or all(isinstance(single, str) for single in value)


@given(st.text(alphabet="ab=&+%012F,_"))
def test_queries_agree_with_the_standard_library(query):
    """Both ways of ours, the quick one and the one for escapes, where UTF-8 comes out at all."""
    try:
        params = parse_query(query)
    except FormError:
        return
    if {type(value) for value in params.values()} != {int}:
        expected = parse_qs(query, keep_blank_values=True, errors="strict")
        assert {name: value if isinstance(value, list) else [value] for name, value in params.items()} == expected


@pytest.mark.parametrize(
    ("body", "charsets", "expected"),
    [
        (b"", ["utf-8"], ({}, "utf-8")),
        (b"x=1&x=2&y", ["utf-8"], ({"x": ["1", "2"], "y": ""}, "utf-8")),
        (b"a+b=%C3%A9&&%zz", ["utf-8"], ({"a b": "é", "%zz": ""}, "utf-8")),
        (b"x=\xc3\xa9", ["us-ascii", "UTF-8"], ({"x": "é"}, "UTF-8")),
        (b"x=%E9", ["utf-8", "ISO-8859-1"], ({"x": "é"}, "ISO-8859-1")),
        (b"x=%C3%A9&y=%E9", ["utf-8", "latin-1"], ({"x": "Ã©", "y": "é"}, "latin-1")),
        (b"\xff\xfeq\x00=\xff\xfe\xa3\x00", ["utf-16", "utf-8"], ({"q": "£"}, "utf-16")),
        (b"q=\xc2\xa3", ["utf-16", "utf-8"], ({"q": "£"}, "utf-8")),
        (b"x=1", ["nonsense", "zlib", "idna", "utf-8"], ({"x": "1"}, "utf-8")),
        (b"5,6", ["utf-8"], ({"5,6": ""}, "utf-8")),
    ],
)
def test_parse_form(body, charsets, expected):
    """The first charset that fits the whole body counts; what is no charset is passed over."""
    assert parse_form(body, charsets) == expected


@pytest.mark.parametrize("charsets", [[], ["us-ascii"], ["utf-8", "us-ascii"], ["nonsense"]])
def test_no_charset_fits(charsets):
    """The error says which were tried."""
    with pytest.raises(FormError, match=", ".join(charsets) or "none"):
        parse_form(b"x=%E9", charsets)


@given(
    st.binary(),
    st.lists(st.sampled_from(["utf-8", "utf-16", "utf-32", "shift_jis", "iso-2022-jp", "hz", "ascii", "cp037"])),
)
def test_a_form_is_parsed_or_a_form_error(body, charsets):
    """Nothing else is raised, whatever the bytes and the charsets."""
    try:
        _, charset = parse_form(body, charsets)
    except FormError:
        return
    assert charset in charsets


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({}, ""),
        ({"a": 1, "b": "x y"}, "a=1&b=x+y"),
        ([("a", "1"), ("a", "2")], "a=1&a=2"),
        ({"a": ["1", 2], "b": ("3",), "c": []}, "a=1&a=2&b=3"),
        ({"é&": "=+%"}, "%C3%A9%26=%3D%2B%25"),
        ({"a": b"\xe9 ", "b": None}, "a=%E9+&b=None"),
        ({"a": "-._~"}, "a=-._~"),
    ],
)
def test_encode_query(params, query):
    """From mappings and pairs; lists repeat their name."""
    assert encode_query(params) == query


@given(
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5) | st.lists(st.text(max_size=5), min_size=2))
)
def test_parsing_undoes_encoding(params):
    """Any names and values come back, from a query as from a form, and the standard library writes it the same way."""
    try:
        query = encode_query(params)
    except UnicodeEncodeError:
        return
    assert query == urlencode(params, doseq=True)
    assert parse_query(query) == params
    assert parse_form(query.encode(), ["utf-8"]) == (params, "utf-8")


@pytest.mark.parametrize(
    ("params", "more", "expected"),
    [
        ({}, {"a": "1"}, {"a": "1"}),
        ({"a": "q"}, {"a": "1"}, {"a": ["q", "1"]}),
        ({"a": "q"}, {"a": ["1", "2"]}, {"a": ["q", "1", "2"]}),
        ({"a": ["p", "q"]}, {"a": "1"}, {"a": ["p", "q", "1"]}),
        ({"a": ["p", "q"]}, {"a": ["1", "2"], "b": "3"}, {"a": ["p", "q", "1", "2"], "b": "3"}),
    ],
)
def test_combine(params, more, expected):
    """Values of one name make one flat list."""
    combine(params, more)

    assert params == expected


def test_combining_leaves_the_other_alone():
    """Its lists are not shared, so that it still says what came from where."""
    params: dict[str, list[str]] = {}
    more = {"a": ["1", "2"]}
    combine(params, more)
    combine(params, more)

    assert params == {"a": ["1", "2", "1", "2"]}
    assert more == {"a": ["1", "2"]}
