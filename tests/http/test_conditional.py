"""Conditional requests: is a copy still good, may a change be made."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.conditional import MOST, Current, ETag, copy_known, decide, parse_etag, parse_etags
from kirsch.http.dates import http_date
from kirsch.http.headers import Headers

NOW = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER = "Sun, 06 Nov 1994 08:49:38 GMT"
EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT"
PAGE = Current('"a"', NOW)
WEAK = Current('W/"a"', NOW)
PLAIN = Current()
NOTHING = Current(exists=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"a"', ETag('"a"')),
        ('W/"a"', ETag('"a"', weak=True)),
        ('""', ETag('""')),
        ('"a,b\\"', ETag('"a,b\\"')),
        ('"é b"', ETag('"é b"')),
        ("a-1", ETag("a-1")),
        ("W/a", ETag("a", weak=True)),
        ("*", ETag("*")),
    ],
)
def test_parse_etag(value, expected):
    """Strong and weak ones, with any text in the quotes, and those whose quotes somebody has forgotten."""
    assert parse_etag(value) == expected
    assert str(expected) == value


@pytest.mark.parametrize("value", [None, "", " ", '"', '"a', 'a"', '"a" ', '"a""b"', '"a", "b"', 'w/"a"', 'W/ "a"'])
def test_what_is_no_etag(value):
    """Nothing else is one; a backslash escapes no quote."""
    assert parse_etag(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        (",, ,", []),
        ('"a" , ', ['"a"']),
        ('"a"', ['"a"']),
        ('"a", W/"b" ,"c,d",e', ['"a"', 'W/"b"', '"c,d"', "e"]),
        ('"a"b, "c"', ['"c"']),
        ('"a, "b"', ['"b"']),
        ('a b, "c"', ['"c"']),
        ('"a', []),
        ('"\\", "b"', ['"\\"', '"b"']),
    ],
)
def test_parse_etags(value, expected):
    """Lists, with commas inside of quotes; what cannot be read does no harm to its neighbours."""
    assert [str(etag) for etag in parse_etags(value)] == expected


def test_tags_are_capped():
    """Only so many are looked at."""
    assert len(parse_etags('"a",' * 1000)) == MOST


@given(st.text() | st.text(alphabet='"W/ab, \\*'))
def test_reading_tags_never_raises(value):
    """Any text is a list of tags, each of which is one by itself, and the list of them says the same."""
    etags = parse_etags(value)

    assert [parse_etag(str(etag)) for etag in etags] == etags
    assert parse_etags(", ".join(map(str, etags))) == etags


@pytest.mark.parametrize(
    ("one", "other", "same", "as_good"),
    [
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', '"1"', True, True),
        ('"1"', '"A"', False, False),
        ('"1"', "1", False, False),
    ],
)
def test_comparison(one, other, same, as_good):
    """The table of RFC 9110 §8.8.3.2."""
    left, right = parse_etags(f"{one}, {other}")

    assert (left.is_same(right), right.is_same(left)) == (same, same)
    assert (left.is_as_good(right), right.is_as_good(left)) == (as_good, as_good)


def decided(current, method="GET", **fields):
    """What comes of a request with these conditions."""
    return decide(method, Headers({name.replace("_", "-"): value for name, value in fields.items()}), current)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_without_conditions_all_goes_on(method):
    """Whatever is there or not."""
    for current in (PAGE, PLAIN, NOTHING):
        assert decided(current, method, Range="bytes=0-", If_Range='"x"') is None


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("value", "current", "holds"),
    [
        ("*", PAGE, True),
        (" * ", PAGE, True),
        ("*", PLAIN, True),
        ("*", NOTHING, False),
        ('"a"', PAGE, True),
        ('"b", "a"', PAGE, True),
        ('"b"', PAGE, False),
        ('W/"a"', PAGE, False),
        ('"a"', WEAK, False),
        ('"a"', PLAIN, False),
        ('"a"', NOTHING, False),
        ("", PAGE, False),
        ('"a', PAGE, False),
        ('"*"', PAGE, False),
        ('"b", *', PAGE, False),
        ("a", Current("a"), True),
        ("a b", Current("a b"), False),
    ],
)
def test_if_match(method, value, current, holds):
    """Strong comparison; `*` asks whether anything is there; what cannot be read fits nothing."""
    assert decided(current, method, If_Match=value) == (None if holds else 412)


@pytest.mark.parametrize(
    ("value", "current", "fits"),
    [
        ("*", PAGE, True),
        ("*", PLAIN, True),
        ("*", NOTHING, False),
        ('"a"', PAGE, True),
        ('W/"a"', PAGE, True),
        ('"a"', WEAK, True),
        ('"b", W/"a"', WEAK, True),
        ('"b"', PAGE, False),
        ('"a"', PLAIN, False),
        ('"a"', NOTHING, False),
        ('"a', PAGE, False),
        ("a", PAGE, False),
    ],
)
def test_if_none_match(value, current, fits):
    """Weak comparison; for readers it means that their copy is good, for others that there is something already."""
    assert decided(current, "GET", If_None_Match=value) == (304 if fits else None)
    assert decided(current, "HEAD", If_None_Match=value) == (304 if fits else None)
    assert decided(current, "PUT", If_None_Match=value) == (412 if fits else None)


NO_DATES = ["", "now", "0", f"{DATE}, {DATE}", '"a"', "Sun, 31 Nov 1994 08:49:37 GMT"]


@pytest.mark.parametrize(
    ("value", "modified", "unchanged"),
    [
        (DATE, NOW, True),
        (DATE, NOW + 0.999, True),
        (DATE, NOW + 1, False),
        (LATER, NOW, True),
        (EARLIER, NOW, False),
        ("Sunday, 06-Nov-94 08:49:37 GMT", NOW, True),
        ("Sun Nov  6 08:49:37 1994", NOW, True),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW, True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", -5.5, True),
    ],
)
def test_dates_are_compared_as_dates(value, modified, unchanged):
    """Later ones count as well, in any of the three forms, by whole seconds (CherryPy compared the texts)."""
    current = Current(None, modified)

    assert decided(current, If_Modified_Since=value) == (304 if unchanged else None)
    assert decided(current, "HEAD", If_Modified_Since=value) == (304 if unchanged else None)
    assert decided(current, "GET", If_Unmodified_Since=value) == (None if unchanged else 412)
    assert decided(current, "PUT", If_Unmodified_Since=value) == (None if unchanged else 412)


@pytest.mark.parametrize("value", NO_DATES)
def test_what_is_no_date_counts_as_not_sent(value):
    """Also several dates, as of repeated lines."""
    assert decided(PAGE, If_Modified_Since=value, If_Unmodified_Since=value) is None


def test_without_a_date_of_ours_dates_do_not_count():
    """RFC 9110 §13.1.3 and §13.1.4."""
    for current in (PLAIN, NOTHING, Current('"a"')):
        assert decided(current, If_Modified_Since=LATER, If_Unmodified_Since=EARLIER) is None


def test_if_modified_since_is_for_readers():
    """With other methods it means nothing (RFC 9110 §13.1.3)."""
    assert decided(PAGE, "PUT", If_Modified_Since=DATE) is None


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT"])
def test_methods_that_know_no_conditions(method):
    """RFC 9110 §13.2.1."""
    assert decided(PAGE, method, If_Match='"b"', If_None_Match="*") is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"If_Match": '"a"', "If_Unmodified_Since": EARLIER}, None),
        ({"If_Match": '"b"', "If_Unmodified_Since": LATER}, 412),
        ({"If_None_Match": '"b"', "If_Modified_Since": LATER}, None),
        ({"If_None_Match": '"a"', "If_Modified_Since": EARLIER}, 304),
        ({"If_None_Match": "", "If_Modified_Since": LATER}, None),
        ({"If_Match": '"b"', "If_None_Match": '"a"'}, 412),
        ({"If_Match": '"a"', "If_None_Match": '"a"'}, 304),
        ({"If_Unmodified_Since": EARLIER, "If_None_Match": '"a"'}, 412),
        ({"If_Unmodified_Since": DATE, "If_Modified_Since": DATE}, 304),
    ],
)
def test_the_order_of_conditions(fields, expected):
    """RFC 9110 §13.2.2: tags instead of dates, and what protects a change before what saves a transfer."""
    assert decided(PAGE, **fields) == expected


def test_repeated_lines_are_one_list():
    """As of every list."""
    headers = Headers([("If-None-Match", '"b"'), ("If-None-Match", '"a"')])

    assert decide("GET", headers, PAGE) == 304


SOME = [None, "", "*", '"a"', 'W/"a", "b"', DATE, LATER, "x"]


def test_all_combinations():
    """A reader is never refused for lack of tags or dates alone, a change never answered with 304."""
    for method, current in product(["GET", "HEAD", "PUT", "DELETE"], [PAGE, WEAK, PLAIN, NOTHING]):
        for values in product(SOME, repeat=4):
            names = ("If_Match", "If_None_Match", "If_Modified_Since", "If_Unmodified_Since")
            fields = {name: value for name, value in zip(names, values, strict=True) if value is not None}
            outcome = decided(current, method, **fields)
            assert outcome in ((None, 304, 412) if method in ("GET", "HEAD") else (None, 412))
            assert outcome is None or fields
            assert outcome != 412 or method in ("PUT", "DELETE") or values[0] is not None or values[3] is not None


@given(st.floats(0, 253402300799), st.text(alphabet='ab"W/', max_size=4).map('"{}"'.format))
def test_what_was_sent_comes_back_as_not_modified(modified, tag):
    """Whatever ETag and Last-Modified we send, a client that sends them back has a good copy."""
    current = Current(tag if parse_etag(tag) else None, modified)

    assert decided(current, If_Modified_Since=http_date(modified)) == 304
    assert decided(current, "PUT", If_Unmodified_Since=http_date(modified)) is None
    if current.etag:
        assert decided(current, If_None_Match=tag) == 304


@given(*(st.text() | st.text(alphabet='"aW/, *') | st.sampled_from([DATE, "*", '"a"']) for _ in range(4)))
def test_deciding_never_raises(match, none_match, modified, unmodified):
    """Any fields are decided."""
    fields = {"If_Match": match, "If_None_Match": none_match}

    assert decided(PAGE, **fields) in (None, 304, 412)
    assert decided(PAGE, "PUT", If_Modified_Since=modified, If_Unmodified_Since=unmodified) in (None, 412)


@pytest.mark.parametrize(
    ("tag", "coded", "again"),
    [
        ('"a"', '"a--gzip"', '"a"'),
        ('W/"a"', 'W/"a"', 'W/"a"'),
        ("bare", "bare--gzip", "bare"),
        ('"a--br"', '"a--br--gzip"', '"a--br"'),
        ('"--"', '"----gzip"', '"--"'),
    ],
)
def test_tags_of_codings(tag, coded, again):
    """A strong tag of another coding has its name behind it, and tells the plain one."""
    etag = parse_etag(tag)
    assert etag is not None
    made = etag.coded("gzip")
    plain, coding = made.uncoded()

    assert (str(made), str(plain)) == (coded, again)
    assert coding == ("identity" if tag == coded else "gzip")


@pytest.mark.parametrize("tag", ['"a"', '"a-gzip"', '"gzip"', '"--gzip-"', '"a--lzma"', "--gzip"])
def test_tags_without_a_coding(tag):
    """Other tags are what they are."""
    etag = parse_etag(tag)

    assert etag is not None
    assert etag.uncoded() == (etag, "identity")


@pytest.mark.parametrize(
    ("ours", "theirs", "accept", "named"),
    [
        ('"a"', '"a"', None, '"a"'),
        ('"a"', 'W/"a"', "gzip", '"a"'),
        ('"a"', '"a--gzip"', "gzip", '"a--gzip"'),
        ('"a"', '"a--gzip"', "br", None),
        ('"a"', '"b", "a--br"', "*", '"a--br"'),
        ('"a--br"', '"a--br"', "gzip", '"a--br"'),
        ('"a--br"', '"a"', "gzip", '"a"'),
        ('"a--br"', '"a"', "gzip, *;q=0", None),
        ('"a--br"', '"a--zstd"', "zstd", '"a--zstd"'),
        (None, '"a"', "gzip", None),
    ],
)
def test_known_copies(ours, theirs, accept, named):
    """A copy may be in another coding, if the client would take that now."""
    headers = Headers({"If-None-Match": theirs} | ({"Accept-Encoding": accept} if accept is not None else {}))
    copy = copy_known(headers, ours)

    assert (str(copy) if copy else None) == named
    assert decide("GET", headers, Current(ours)) == (304 if named else None)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [('"a"', '"a--gzip"', None), ('"a--br"', '"a"', None), ('"a"', '"b--gzip"', 412), ('"a"', 'W/"a--gzip"', 412)],
)
def test_changes_of_what_was_coded(ours, theirs, expected):
    """Who has seen it in any coding may change it, if that was the last one."""
    assert decide("PUT", Headers({"If-Match": theirs}), Current(ours)) == expected
