from __future__ import annotations

from http import HTTPStatus

import pytest

import kirsch as cherrypy
from kirsch import HTTPError

httputil = cherrypy.lib.httputil


@pytest.mark.parametrize(
    ("atoms", "joined"),
    [((), "/"), (("",), "/"), (("a", "b"), "a/b"), (("/a/", "/b"), "/a/b"), (("/", "", "c//d"), "/c/d")],
)
def test_parts_of_a_path_are_joined_by_one_slash(atoms, joined) -> None:
    """urljoin() leaves out empty parts and doubled slashes; so does urljoin_bytes()."""
    assert httputil.urljoin(*atoms) == joined
    assert httputil.urljoin_bytes(*[atom.encode() for atom in atoms]) == joined.encode()


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (404, 404, "Not Found"),
        ("404", 404, "Not Found"),
        ("404 Gone Fishing", 404, "Gone Fishing"),
        (HTTPStatus.OK, 200, "OK"),
        (None, 200, "OK"),
        ("", 200, "OK"),
        (499, 499, ""),
    ],
)
def test_a_status_has_code_reason_and_message(status, code, reason) -> None:
    """valid_status() reads what a handler may call one; a code that is none of the standard's has no reason."""
    assert httputil.valid_status(status)[:2] == (code, reason)


@pytest.mark.parametrize("status", ["hello", 99, 600, "6xx"])
def test_what_is_no_status_is_refused(status) -> None:
    """It is a ValueError."""
    with pytest.raises(ValueError, match="status"):
        httputil.valid_status(status)


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        (None, None),
        ("", None),
        ("bytes=0-4", [(0, 5)]),
        ("bytes=5-", [(5, 10)]),
        ("bytes=-3", [(7, 10)]),
        ("bytes=-30", [(0, 10)]),
        ("bytes=10-", []),
        ("bytes=4-2", None),
        ("nonsense", None),
        ("bytes=0-0,8-9", [(0, 1), (8, 10)]),
    ],
)
def test_ranges_are_starts_and_stops(header, ranges) -> None:
    """get_ranges() of ten bytes; what cannot be read counts as not sent."""
    assert httputil.get_ranges(header, 10) == ranges


def test_elements_of_accept_come_with_the_most_wanted_first() -> None:
    """header_elements() of Accept and its like gives AcceptElements."""
    found = httputil.header_elements("Accept", "text/plain;q=0.3, text/html;level=1, */*;q=0.1")

    assert [(each.value, each.qvalue) for each in found] == [("text/html", 1), ("text/plain", 0.3), ("*/*", 0.1)]
    assert str(found[0]) == "text/html;level=1"
    assert sorted(found, reverse=True) == found


def test_elements_of_other_fields_keep_their_order() -> None:
    """Of a plain list they come as they were sent, with their parameters."""
    found = httputil.header_elements("Cache-Control", 'public, max-age=3;Also="a;b"')

    assert [(each.value, each.params) for each in found] == [("public", {}), ("max-age=3", {"also": "a;b"})]


def test_a_quality_that_is_no_number_is_the_clients_mistake() -> None:
    """AcceptElement says 400."""
    assert httputil.AcceptElement.from_str("text/html;q=0.5").qvalue == 0.5
    with pytest.raises(HTTPError, match="400"):
        httputil.AcceptElement.from_str("text/html;q=much")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("plain", "plain"), ("=?utf-8?q?f=C3=BCr?= Elise", "für Elise"), ("=?x-none?q?a?=", "=?x-none?q?a?=")],
)
def test_encoded_words_are_decoded(text, meant) -> None:
    """decode_TEXT_maybe() reads RFC 2047; what it cannot read stays."""
    assert httputil.decode_TEXT_maybe(text) == meant


def test_keys_of_a_map_are_alike_in_any_case() -> None:
    """CaseInsensitiveDict, however it is filled."""
    known = httputil.CaseInsensitiveDict({"content-type": 1})
    known.update({"ETAG": 2})

    assert (known["Content-Type"], known["etag"], "ETag" in known, list(known)) == (
        1,
        2,
        True,
        ["Content-Type", "Etag"],
    )
    assert known.pop("eTaG") == 2


def test_header_fields_leave_as_bytes() -> None:
    """HeaderMap.output(), as response.headers.output()."""
    headers = httputil.HeaderMap({"X-One": "é"})

    assert headers.output() == [(b"X-One", b"\xe9")]
    assert list(headers.encode_header_items([("A", "b")])) == [(b"A", b"b")]
    assert (headers.encode("é"), headers.encode_header_item("a\r\nb")) == (b"\xe9", b"ab")


@pytest.mark.parametrize(("query", "blank", "params"), [
    ("a=1&a=2&b=", True, {"a": ["1", "2"], "b": ""}),
    ("a=1&b=", False, {"a": "1"}),
    ("3,4", True, {"x": 3, "y": 4}),
])  # fmt: skip
def test_query_strings_become_parameters(query, blank, params) -> None:
    """parse_query_string(); without keep_blank_values, empty ones are left out."""
    assert httputil.parse_query_string(query, blank) == params


def test_versions_are_pairs() -> None:
    """protocol_from_http() reads HTTP/1.1 and refuses what is longer."""
    assert httputil.protocol_from_http("HTTP/1.0") == (1, 0)
    with pytest.raises(ValueError, match="no version"):
        httputil.protocol_from_http("HTTP/1.11")


def test_hosts_lose_their_line_breaks() -> None:
    """SanitizedHost keeps what it was; a clean one is a plain str."""
    dirty = httputil.SanitizedHost("a\r\nb")

    assert (dirty, dirty.raw) == ("ab", "a\r\nb")
    assert type(httputil.SanitizedHost("ab")) is str


def test_codes_have_a_phrase_and_a_message() -> None:
    """response_codes is the table of them."""
    assert httputil.response_codes[404][0] == "Not Found"
    assert httputil.response_codes[503][1]
