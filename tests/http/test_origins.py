from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.origins import from_here, local_target, parse_origin
from kirsch.http.urls import join

HTTPS, HTTP = "https://example.com", "http://example.com:8080"
TRUSTED = {parse_origin("https://partner.example"), parse_origin("http://localhost:3000")}


@pytest.mark.parametrize(
    ("site", "origin", "base", "expected"),
    [
        ("same-origin", None, HTTPS, True),
        ("same-origin", "https://other.example", HTTPS, True),
        ("none", None, HTTPS, True),
        ("NONE ", None, HTTPS, True),
        ("same-site", "https://www.example.com", HTTPS, False),
        ("cross-site", None, HTTPS, False),
        ("cross-site", "https://example.com", HTTPS, False),
        ("", None, HTTPS, False),
        ("nonsense", "https://example.com", HTTPS, False),
        ("cross-site", "https://partner.example", HTTPS, True),
        ("cross-site", "https://PARTNER.example:443", HTTPS, True),
        ("cross-site", "http://partner.example", HTTPS, False),
        (None, None, HTTPS, None),
        (None, "https://example.com", HTTPS, True),
        (None, "https://EXAMPLE.com:443", HTTPS, True),
        (None, "http://example.com", HTTPS, False),
        (None, "https://example.com:8443", HTTPS, False),
        (None, "https://example.com.evil.example", HTTPS, False),
        (None, "https://evil.example/https://example.com", HTTPS, False),
        (None, "https://user@example.com", HTTPS, False),
        (None, "https://example.com\\@evil.example", HTTPS, False),
        (None, "null", HTTPS, False),
        (None, "", HTTPS, False),
        (None, "https://a.example, https://example.com", HTTPS, False),
        (None, "http://example.com:8080", HTTP, True),
        (None, "https://example.com:8080", HTTP, True),
        (None, "http://example.com", HTTP, False),
        (None, "https://example.com", "http://example.com", True),
        (None, "http://localhost:3000", HTTP, True),
        (None, "http://[::1]:80", "http://[::1]", True),
        (None, "https://example.com", "nonsense", False),
    ],
)
def test_where_a_request_comes_from(site, origin, base, expected):
    """Sec-Fetch-Site first, which no script can set; then Origin against our own address; else nobody knows."""
    assert from_here(site, origin, base, TRUSTED) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://Example.com", "https://example.com"),
        ("http://a.b:80", "http://a.b"),
        ("https://a:80", "https://a:80"),
        ("ftp://x", "ftp://x"),
        ("https://", "None"),
        ("https://a/", "None"),
        ("https://a:99999", "None"),
        ("example.com", "None"),
        ("null", "None"),
    ],
)
def test_origins_are_told_in_one_way(text, expected):
    """In lower case, without the port that goes without saying."""
    assert str(parse_origin(text)) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/page?a=1", "/page?a=1"),
        ("/", "/"),
        ("/ü/%2F/a//b", "/ü/%2F/a//b"),
        ("https://example.com", "/"),
        ("https://example.com/x?y", "/x?y"),
        ("https://EXAMPLE.com:443/x", "/x"),
        ("https://example.com?x", "/?x"),
        ("/https://evil.example", "/https://evil.example"),
        ("//evil.example", None),
        ("///evil.example", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("/\t/evil.example", None),
        ("\t//evil.example", None),
        ("/x\r\nSet-Cookie: a=1", None),
        ("https://evil.example/", None),
        ("https://example.com.evil.example/", None),
        ("https://example.com@evil.example/", None),
        ("https://example.com\\@evil.example/", None),
        ("https://example.com//evil.example", None),
        ("http://example.com/x", None),
        ("https:evil.example", None),
        ("javascript:alert(1)", None),
        ("JavaScript://example.com/%0aalert(1)", None),
        ("page", None),
        ("", None),
    ],
)
def test_addresses_on_this_host(target, expected):
    """Whatever a browser could take for another host, or for a script, is none."""
    assert local_target(target, HTTPS) == expected


@given(st.text("/\\.:@?#htps evil\t\n%", max_size=30))
def test_no_address_leads_away(text):
    """However it is put together, it is a path of ours, also where it stands on a page."""
    target = local_target(join("https://example.com/a/b", text), HTTPS)

    assert target is None or (target[:1] == "/" and target[1:2] not in ("/", "\\"))
