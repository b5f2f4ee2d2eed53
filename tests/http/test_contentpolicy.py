from __future__ import annotations

import pytest

from kirsch.http.contentpolicy import Policy, permissions


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, ""),
        ("", ""),
        ("default-src 'self'", "default-src 'self'"),
        (" default-src  'self' ;; img-src * data:; ", "default-src 'self'; img-src * data:"),
        ({"default-src": "'self'", "img-src": ["*", "data:"]}, "default-src 'self'; img-src * data:"),
        ({"script-src": ("'self'", "'nonce'", "'sha256-AbC+/='")}, "script-src 'self' 'nonce' 'sha256-AbC+/='"),
        ({"object-src": ()}, "object-src 'none'"),
        ({"object-src": None}, "object-src 'none'"),
        ({"upgrade-insecure-requests": True, "sandbox": ()}, "upgrade-insecure-requests; sandbox"),
        ("sandbox allow-scripts; report-to self", "sandbox allow-scripts; report-to self"),
        ({"Default-Src": "https://a.example:1/x"}, "default-src https://a.example:1/x"),
    ],
)
def test_policies(given, text):
    """As text or by directive."""
    assert str(Policy(given)) == text
    assert Policy(text) == Policy(given)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"default-src": "self"}, "would be a host"),
        ({"script-src": ["unsafe-inline"]}, "with its quotes"),
        ({"script-src": "'Self'"}, "with its quotes"),
        ({"script-source": "'self'"}, "no directive 'script-source'"),
        ({"script-src": ["'self'", "'none'"]}, "stands alone"),
        ({"script-src": ["a;b"]}, "is no source"),
        ({"script-src": ["a,b"]}, "is no source"),
        ({"script-src": ["a\r\nb"]}, "is no source"),
        ({"script-src": [1]}, "is no source"),
        ({"script-src": "'sha1-x'"}, "there is no source"),
        ("img-src *; img-src 'self'", "stands there twice"),
    ],
)
def test_policies_that_are_none(given, problem):
    """What would have no effect, or another than it seems."""
    with pytest.raises(ValueError, match=problem):
        Policy(given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("img-src *", "img-src *"),
        ("default-src 'self'", "default-src 'self'; style-src-elem 'self' 'sha256-x'"),
        ("default-src 'none'", "default-src 'none'; style-src-elem 'sha256-x'"),
        ("default-src a; style-src b", "default-src a; style-src b; style-src-elem b 'sha256-x'"),
        ("default-src a; style-src 'unsafe-inline'", "default-src a; style-src 'unsafe-inline'"),
    ],
)
def test_one_more_style(given, text):
    """Nothing else is let through by it, and nothing less."""
    assert str(Policy(given).with_style("'sha256-x'")) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("camera=()", "camera=()"),
        ({}, ""),
        (
            {"camera": "()", "geolocation": "self", "usb": "*", "midi": None},
            "camera=(), geolocation=(self), usb=*, midi=()",
        ),
        ({"fullscreen": ["self", "https://a.example"]}, 'fullscreen=(self "https://a.example")'),
    ],
)
def test_permissions(given, text):
    """By feature, for whom."""
    assert permissions(given) == text


@pytest.mark.parametrize(
    "given", [{"Camera": "self"}, {"a b": "()"}, {"camera": ['a" b']}, {"camera": ["a\n"]}, {1: "*"}]
)
def test_permissions_that_are_none(given):
    """Refused."""
    with pytest.raises(ValueError, match=r"is no(body| feature)"):
        permissions(given)
