"""Values with parameters: media types, quoted text, extended parameters, charsets."""

from __future__ import annotations

from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.media import (
    LONGEST,
    MOST_PARAMETERS,
    charset_name,
    decode_extended,
    parse_media_type,
    split_quoted,
    unquote_string,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ("", {})),
        ("text/html", ("text/html", {})),
        ("Text/HTML", ("text/html", {})),
        ("text/html;charset=UTF-8", ("text/html", {"charset": "UTF-8"})),
        ("text/html ; Charset = utf-8 ; a=b", ("text/html", {"charset": "utf-8", "a": "b"})),
        ('text/html; charset="utf-8"', ("text/html", {"charset": "utf-8"})),
        (r'a/b; x="q\"uo\\te; y=1"; z=2', ("a/b", {"x": r'q"uo\te; y=1', "z": "2"})),
        ('a/b; x="open; y=1', ("a/b", {"x": '"open; y=1'})),
        ("a/b; x=1; X=2", ("a/b", {"x": "1"})),
        ("a/b;;; x; =1; y y=2; z=", ("a/b", {"z": ""})),
        ("a/b; x=a b", ("a/b", {"x": "a b"})),
        (";x=1", ("", {"x": "1"})),
        ('a"b; x=";"; y=1', ('a"b', {"x": ";", "y": "1"})),
        ("\xa0text/html\xa0", ("\xa0text/html\xa0", {})),
    ],
)
def test_parse_media_type(value, expected):
    """Type and names in lower case, quotes undone, the first of a name counts, what is broken is left out."""
    assert parse_media_type(value) == expected


def test_parameters_are_capped():
    """However many there are, only so many are read."""
    _, parameters = parse_media_type("a/b" + "".join(f";p{number}=1" for number in range(1000)))

    assert len(parameters) == MOST_PARAMETERS - 1


@pytest.mark.parametrize("quote", ["", '"'])
def test_length_is_capped(quote):
    """Of a long value, only the beginning is looked at."""
    _, parameters = parse_media_type(f"a/b;x={quote}" + "x" * 10 * LONGEST)

    assert len(parameters["x"]) < LONGEST


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a, b ,c", ["a", "b", "c"]),
        ("", [""]),
        (",", ["", ""]),
        ('"a,b",c', ['"a,b"', "c"]),
        (r'"a\",b",c', [r'"a\",b"', "c"]),
        ('a"b,c"d,e', ['a"b,c"d', "e"]),
        ('"a,b', ['"a,b']),
        ('"a\\', ['"a\\']),
        ('"a",', ['"a"', ""]),
    ],
)
def test_split_quoted(value, expected):
    """Commas inside of quotes do not separate, escaped quotes do not end, an open quote goes to the end."""
    assert split_quoted(value, ",") == expected


@given(st.text(alphabet='a,;"\\ ', max_size=60), st.sampled_from(",;"), st.integers(1, 50))
def test_splitting_loses_nothing(value, mark, most):
    """Together the elements are what they were cut from, as far as it was read."""
    elements = split_quoted(value, mark, most)

    assert 1 <= len(elements) <= most
    if len(elements) < most:
        assert mark.join(elements).replace(" ", "") == value.replace(" ", "")


@given(st.text(alphabet='"\\ab'))
def test_unquoting_undoes_quoting(text):
    """What is quoted as RFC 9110 §5.6.4 says comes back."""
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    assert unquote_string(quoted) == text


@given(st.text() | st.text(alphabet='aA/;="\\ ,\t\x00'))
def test_reading_never_raises(value):
    """Any text gives a type and parameters of text."""
    kind, parameters = parse_media_type(value)

    assert ";" not in kind
    assert all(name == name.lower() for name in parameters)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("UTF-8''na%C3%AFve.txt", "naïve.txt"),
        ("utf-8'en'%e2%82%ac%20rates", "€ rates"),
        ("iso-8859-1'en'%A3%20rates", "£ rates"),
        ("utf-8''plain", "plain"),
        ("utf-8''", ""),
        ("utf-8''%FF", None),
        ("utf-8''%F", None),
        ("utf-8''%zz", None),
        ("utf-7''x", None),
        ("iſo-8859-1''x", None),
        ("utf-8'x", None),
        ("plain", None),
        ("", None),
        ("utf-8''a b", None),
    ],
)
def test_decode_extended(value, expected):
    """RFC 8187: charset, language, percent-encoded text; the two charsets it names, and no guessing."""
    assert decode_extended(value) == expected


@given(st.text(alphabet="utf8-iso1'%0aF\x00é ", max_size=40))
def test_decode_extended_never_raises(value):
    """Any text is an extended value or None."""
    assert isinstance(decode_extended(value), (str, type(None)))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("utf-8", "utf_8"),
        ("UTF8", "utf_8"),
        ("utf-8-sig", "utf_8_sig"),
        ("ISO-8859-1", "latin_1"),
        ("us-ascii", "ascii"),
        ("windows-1252", "cp1252"),
        ("Shift_JIS", "shift_jis"),
        ("koi8-u", "koi8_u"),
    ],
)
def test_charset_name(name, codec):
    """Names that clients use, in any case, with hyphens or underscores."""
    assert charset_name(name) == codec


@pytest.mark.parametrize(
    "name", ["", "nonsense", "zlib", "base64", "hex", "rot13", "bz2", "uu", "quopri", "utf-7", "mbcs"]
)
def test_what_is_no_charset(name):
    """Unknown names, and codecs that are not for text or do mischief."""
    assert charset_name(name) is None


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "a" * 10**6])
def test_codecs_for_attackers_are_out_of_reach(name):
    """Slow on purpose-made input, or loud, or long: none of these is ever looked up."""
    assert charset_name(name) is None


@pytest.mark.parametrize("name", sorted(aliases))
def test_every_charset_decodes(name):
    """What is found in the table is a codec for text that this Python has."""
    codec = charset_name(name)

    assert codec is None or b"".decode(codec) == ""
