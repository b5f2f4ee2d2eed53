"""Where a request goes."""

from __future__ import annotations

import pytest

from kirsch.testing.url import Url, parse_url, url_of

BASE = "http://localhost"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/"),
        ("", "/"),
        ("?a", "/?a"),
        ("*", "*"),
        ("//x", "//x"),
        ("/a b", "/a%20b"),
        ("/ä?ö=€", "/%C3%A4?%C3%B6=%E2%82%AC"),
        ("/%zz%2f%00", "/%zz%2f%00"),
        ("/a\r\nX: y", "/a%0D%0AX:%20y"),
        ("/a?b#c?d", "/a?b"),
        ("#a", "/"),
        ("/?to=http://x/#y", "/?to=http://x/"),
        ("http://other.example:81?a#b", "/?a"),
    ],
)
def test_targets(path, target):
    """Only what cannot be sent is percent-encoded: a test may well send what is malformed."""
    assert url_of(BASE, path).target == target


@pytest.mark.parametrize("path", ["x", "x/y", "ftp://a/", "./x"])
def test_paths_that_are_none(path):
    """The message shows the one that was meant, probably."""
    with pytest.raises(ValueError, match="a path begins with a slash"):
        url_of(BASE, path)


@pytest.mark.parametrize(
    ("path", "params", "target"),
    [
        ("/", {}, "/"),
        ("/", {"a": 1, "b": "x y&"}, "/?a=1&b=x+y%26"),
        ("/?a=1", {"a": ["2", "3"]}, "/?a=1&a=2&a=3"),
        ("/", [("a", 1), ("a", 2)], "/?a=1&a=2"),
        ("/#x", {"a": 1}, "/?a=1"),
        ("/", {"a": None}, "/"),
    ],
)
def test_params(path, params, target):
    """They go behind what is there of a query; None leaves one out."""
    assert url_of(BASE, path, params).target == target


def test_params_that_are_text():
    """A query that is ready belongs to the path."""
    with pytest.raises(TypeError, match="names with values"):
        url_of(BASE, "/", "a=1")


def test_parts():
    """A URL knows its parts, and says itself."""
    url = parse_url("HTTPS://Shop.Example:8443/a/b?c#d")

    assert (url, str(url)) == (Url("https", "Shop.Example:8443", "/a/b?c"), "https://Shop.Example:8443/a/b?c")
    assert (url.name, url.port, url.path) == ("shop.example", 8443, "/a/b")
    assert [parse_url(text).port for text in ("http://a", "https://a")] == [80, 443]
