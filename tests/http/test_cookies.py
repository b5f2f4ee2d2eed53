"""Cookies: read with patience, written with care."""

from __future__ import annotations

import time
from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.cookies import LONGEST, MOST, Cookies, parse_cookies, set_cookie_lines
from kirsch.http.dates import parse_http_date


def read(header):
    """Names and values of a Cookie header."""
    return {name: cookie.value for name, cookie in parse_cookies(header).items()}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2;c=3 ;  d = 4", {"a": "1", "b": "2", "c": "3", "d": "4"}),
        ("a=", {"a": ""}),
        ("a=b=c==", {"a": "b=c=="}),
        ("a=1; a=2", {"a": "2"}),
        ("a:b=1", {"a:b": "1"}),
        ('a="x y"', {"a": "x y"}),
        (r'a="q\"uo\\te"', {"a": r'q"uo\te'}),
        (r'a="\303\251\073\054"', {"a": "Ã©;,"}),
        (r'a="\400\18"', {"a": "40018"}),
        ('a="', {"a": '"'}),
        ('a="x', {"a": '"x'}),
        ('a=x"y"', {"a": 'x"y"'}),
        ("a=caf\xc3\xa9", {"a": "café"}),
        ("a=caf\xe9", {"a": "café"}),
        ("a=日本", {"a": "日本"}),
    ],
)
def test_values(header, expected):
    """Plain, quoted as the standard library does it, and raw UTF-8 or latin-1."""
    assert read(header) == expected


@pytest.mark.parametrize(
    "foreign",
    [
        "novalue",
        "=x",
        "",
        "a[0]=x",
        "a b=x",
        "a,b=x",
        "a/b=x",
        "a@b=x",
        "(x)=y",
        "é=x",
        "path=/x",
        "Expires=never",
        "$Version=1",
        "x=\x01",
        "x=a\x7fb",
        "x\x00=1",
        "\x00",
    ],
)
def test_foreign_cookies_do_no_harm(foreign):
    """What is no cookie is left out, its neighbours are kept (CherryPy answered 400, issue 1979)."""
    assert read(f"a=1; {foreign}; b=2") == {"a": "1", "b": "2"}


@pytest.mark.parametrize("value", ['{"a":1,"b":[2]}', "x y", "a,b", "%20", "<>", "a\\b", "[1]", "x=y@z/?"])
def test_values_that_others_write_are_kept(value):
    """Whatever stands up to the next semicolon is the value."""
    assert read(f"a=1; foreign={value}; b=2") == {"a": "1", "foreign": value, "b": "2"}


def test_cookies_are_capped():
    """Only so many are read, and only so much of the header; the last is never cut in half."""
    assert len(read("; ".join(f"c{number}=1" for number in range(1000)))) == MOST
    assert read("a=1; b=" + "x" * LONGEST) == {"a": "1"}
    assert read("b=" + "x" * LONGEST) == {}


@given(st.text() | st.text(alphabet='ab=;"\\ \x00\xe9,$017'))
def test_reading_never_raises(header):
    """Any text gives cookies; each has a name, a text, and what was sent for it."""
    for name, cookie in parse_cookies(header).items():
        assert name == cookie.key
        assert isinstance(cookie.value, str)
        assert cookie.coded_value in header


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z0-9_.\-]{8,12}\Z"), st.text(st.characters(codec="utf-8", exclude_categories=["C"]))
    )
)
def test_what_was_set_comes_back(values):
    """Any text in a cookie, from us to the browser and back."""
    cookies = Cookies()
    for name, value in values.items():
        cookies[name] = value
    sent = "; ".join(line.decode("latin-1") for line in set_cookie_lines(cookies))

    assert read(sent) == values


def test_request_cookies_are_used_as_ever():
    """What applications do with `request.cookie`."""
    cookies = parse_cookies("a=1; b=2")

    assert isinstance(cookies, SimpleCookie)
    assert list(cookies.keys()) == ["a", "b"]
    assert cookies["a"].value == "1"
    assert "c" not in cookies


def lines(**attributes):
    """The Set-Cookie values of one cookie."""
    cookies = Cookies()
    cookies["n"] = "value"
    for name, setting in attributes.items():
        cookies["n"][name.replace("_", "-")] = setting
    return set_cookie_lines(cookies)


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({}, b"n=value"),
        ({"path": "/", "max_age": 3600, "version": 1}, b"n=value; Max-Age=3600; Path=/; Version=1"),
        ({"secure": True, "httponly": True, "samesite": "Lax"}, b"n=value; HttpOnly; SameSite=Lax; Secure"),
        ({"partitioned": True, "secure": 1}, b"n=value; Partitioned; Secure"),
        ({"secure": False, "httponly": 0, "partitioned": None}, b"n=value"),
        ({"domain": "example.com", "path": ""}, b"n=value; Domain=example.com"),
        ({"domain": None, "max_age": 0}, b"n=value; Max-Age=0"),
        ({"max_age": 1.9}, b"n=value; Max-Age=1"),
        ({"comment": "a b; c"}, b'n=value; Comment="a b\\073 c"'),
        ({"expires": "Thu, 01 Jan 2026 00:00:00 GMT"}, b"n=value; expires=Thu, 01 Jan 2026 00:00:00 GMT"),
        ({"path": "/é"}, b"n=value; Path=/\xc3\xa9"),
    ],
)
def test_attributes(attributes, line):
    """In the standard library's form and order; what is empty or None is not sent."""
    assert lines(**attributes) == [line]


@pytest.mark.parametrize("expires", [0, -1, -3600.5])
def test_expires_0_means_away_with_it(expires):
    """A date long ago, and Max-Age=0, which browsers heed first; an earlier Max-Age does not save the cookie."""
    gone = [b"n=value; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"]

    assert lines(expires=expires) == gone
    assert lines(expires=expires, max_age=3600) == gone


def test_expires_as_a_number_is_seconds_from_now():
    """It becomes a date."""
    (line,) = lines(expires=3600)
    moment = parse_http_date(line.decode().partition("expires=")[2])

    assert moment is not None
    assert abs(moment - time.time() - 3600) < 5


@pytest.mark.parametrize("attribute", ["path", "domain", "samesite", "version", "max-age", "expires"])
@pytest.mark.parametrize("setting", ["/; Domain=evil", "a\r\nX: y", "a\nb", "a\0b", "\x7f"])
def test_attributes_cannot_break_out(attribute, setting):
    """A semicolon or control character is refused, cookie and attribute named (Tornado let them through once)."""
    cookies = Cookies()
    cookies["thing"] = "x"
    dict.__setitem__(cookies["thing"], attribute, setting)  # the newest Pythons refuse some already when they are set

    with pytest.raises(ValueError, match=f"cookie thing .* in its {attribute}"):
        set_cookie_lines(cookies)


@pytest.mark.parametrize("coded", ["a; Path=/", "a;b", "\ud800"])
def test_a_coded_value_cannot_break_out(coded):
    """One that was set past the quoting is checked as well."""
    cookies = Cookies()
    cookies["thing"] = "x"
    cookies["thing"].set("thing", "x", coded)
    with pytest.raises(ValueError, match="thing"):
        set_cookie_lines(cookies)


def test_values_are_quoted():
    """What a cookie must not hold is escaped as the standard library does it; text beyond latin-1 is UTF-8."""
    cookies = Cookies()
    cookies["a"] = 'x y;"z",é'
    cookies["b"] = "日本"
    cookies["c"] = 5

    assert set_cookie_lines(cookies) == [
        rb'a="x y\073\"z\"\054\351"',
        b'b="\xe6\x97\xa5\xe6\x9c\xac"',
        b"c=5",
    ]


def test_setting_again_keeps_the_attributes():
    """As ever: a new value for a cookie leaves its path alone."""
    cookies = Cookies()
    cookies["n"] = "1"
    cookies["n"]["path"] = "/x"
    cookies["n"] = "2"

    assert set_cookie_lines(cookies) == [b"n=2; Path=/x"]


def test_plain_simple_cookies_can_be_sent():
    """An application may bring its own, or put its morsels into ours."""
    plain = SimpleCookie("a=1; Path=/x; b=2")
    cookies = Cookies()
    cookies["b"] = plain["b"]
    cookies.load({"c": "3"})

    assert set_cookie_lines(plain) == [b"a=1; Path=/x", b"b=2"]
    assert set_cookie_lines(cookies) == [b"b=2", b"c=3"]


def test_a_cookie_without_a_name_cannot_be_sent():
    """Such as a morsel that nobody has set."""
    cookie = type(parse_cookies("a=1")["a"])()
    with pytest.raises(ValueError, match="not a name for a cookie"):
        set_cookie_lines({"": cookie, "a": cookie})
    assert cookie.key is None
