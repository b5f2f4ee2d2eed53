"""URLs: targets, paths, references (hosts: test_urls_hosts.py)."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.urls import (
    join,
    normalize_path,
    quote_path,
    relative,
    split_target,
    unquote,
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/", ("/", "")),
        (b"/hello/world?x=1", ("/hello/world", "x=1")),
        (b"/a?b?c", ("/a", "b?c")),
        (b"/a?", ("/a", "")),
        (b"*", ("*", "")),
        (b"?x", ("", "x")),
        (b"/a%20b+c?d%20e+f", ("/a b+c", "d%20e+f")),
        (b"/caf%C3%A9", ("/café", "")),
        (b"/caf\xc3\xa9?\xe9", ("/café", "é")),
        (b"/caf%E9", ("/café", "")),
        (b"/%C3%A9/%E9", ("/Ã©/é", "")),
        (b"/a%2Fb%2fc/d", ("/a%2Fb%2Fc/d", "")),
        (b"/%252F", ("/%252F", "")),
        (b"/%252f", ("/%252f", "")),
        (b"/%25252F", ("/%25252F", "")),
        (b"/%25%32%46", ("/%252F", "")),
        (b"/100%25", ("/100%", "")),
        (b"/%25%2F", ("/%%2F", "")),
        (b"/%2525", ("/%25", "")),
        (b"/%0A%00"[:-3], ("/\n", "")),
        (b"/a;b=c", ("/a;b=c", "")),
        (b"//evil", ("//evil", "")),
    ],
)
def test_split_target(target, expected):
    """Decoded once; an escaped slash stays data; the query is left raw."""
    assert split_target(target) == expected


@pytest.mark.parametrize(
    "target", [b"/%00", b"/a\0b", b"/a%2Fb%00", b"/%", b"/%2", b"/%zz", b"/%%32F", b"/%+2", b"/% 2"]
)
def test_targets_that_are_refused(target):
    """NUL, and a percent sign that is no escape: with it, a path could be decoded in two ways."""
    with pytest.raises(ValueError, match="the path"):
        split_target(target)


@pytest.mark.parametrize("query", [b"%", b"%00", b"%zz", b"\xff"])
def test_the_query_is_not_judged(query):
    """Whatever stands in the query is for who parses it."""
    assert split_target(b"/?" + query) == ("/", query.decode("latin-1"))


@pytest.mark.parametrize(
    "target", [b"/..%2F..%2Fetc", b"/%2e%2e%2fetc", b"/%25%32%66etc", b"/%252fetc", b"/%25252fetc", b"/a%25%32Fb"]
)
def test_no_slash_comes_out_of_decoding(target):
    """Splitting the text at slashes gives the segments of the target, however it was encoded."""
    path, _ = split_target(target)

    assert path.count("/") == target.count(b"/")


@given(st.binary())
def test_a_target_is_split_or_a_value_error(target):
    """Nothing else is raised, whatever the bytes."""
    try:
        path, query = split_target(target)
    except ValueError:
        return
    assert "\0" not in path
    assert query == target.decode("latin-1").partition("?")[2]


@given(st.lists(st.binary(max_size=8).filter(lambda segment: b"\0" not in segment), min_size=1))
def test_segments_survive(segments):
    """Whatever bytes of UTF-8 a client escapes in a segment, slashes included, can be told from the text."""
    target = b"/".join(quote_from_bytes(segment, safe="").encode() for segment in segments)
    path, _ = split_target(target)
    encoding = "utf-8" if _is_utf8(segments) else "latin-1"
    unescaped = [
        re.sub("%2F|%25(?=(?:25)*2[Ff])", lambda m: "/" if m[0] == "%2F" else "%", text) for text in path.split("/")
    ]

    assert [text.encode(encoding) for text in unescaped] == segments


def _is_utf8(segments):
    """Whether all of it can be read as UTF-8, cut at slashes as it is when decoded."""
    try:
        return all(piece.decode() is not None for segment in segments for piece in segment.split(b"/"))
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a b?c#d", "/a%20b%3Fc%23d"),
        ("/café", "/caf%C3%A9"),
        ("/a%2Fb%2fc", "/a%2Fb%2fc"),
        ("/100%", "/100%25"),
        ("/%zz", "/%25zz"),
        ("/%252F", "/%252F"),
        ("/%25", "/%2525"),
        ("/a\r\nb", "/a%0D%0Ab"),
        ("/a\\b", "/a%5Cb"),
        ("/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"),
        ('/"<>^`{|}', "/%22%3C%3E%5E%60%7B%7C%7D"),
    ],
)
def test_quote_path(path, quoted):
    """All that a path may not hold is escaped; escaped slashes are kept."""
    assert quote_path(path) == quoted


@given(st.text(alphabet="/%2Ff5 aé€\n😀") | st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_splitting_undoes_quoting(path):
    """Any text without NUL survives; only the spelling %2f becomes %2F."""
    again, query = split_target(quote_path(path).encode("ascii"))

    assert again == path.replace("%2f", "%2F")
    assert query == ""


def test_half_a_surrogate_pair_cannot_be_quoted():
    """It has no encoding; the error is a ValueError."""
    with pytest.raises(ValueError, match="surrogates not allowed"):
        quote_path("/\ud800")


@given(st.binary() | st.text(alphabet="%=0aF\n\r+_ ").map(str.encode))
def test_unquote_agrees_with_the_standard_library(data):
    """Decoding as quoted-printable is the same, escapes that are none included."""
    assert unquote(data) == unquote_to_bytes(data)


REFERENCES = {  # RFC 3986 §5.4
    "g:h": "g:h",
    "g": "http://a/b/c/g",
    "./g": "http://a/b/c/g",
    "g/": "http://a/b/c/g/",
    "/g": "http://a/g",
    "//g": "http://g",
    "?y": "http://a/b/c/d;p?y",
    "g?y": "http://a/b/c/g?y",
    "#s": "http://a/b/c/d;p?q#s",
    "g#s": "http://a/b/c/g#s",
    "g?y#s": "http://a/b/c/g?y#s",
    ";x": "http://a/b/c/;x",
    "g;x": "http://a/b/c/g;x",
    "g;x?y#s": "http://a/b/c/g;x?y#s",
    "": "http://a/b/c/d;p?q",
    ".": "http://a/b/c/",
    "./": "http://a/b/c/",
    "..": "http://a/b/",
    "../": "http://a/b/",
    "../g": "http://a/b/g",
    "../..": "http://a/",
    "../../": "http://a/",
    "../../g": "http://a/g",
    "../../../g": "http://a/g",
    "../../../../g": "http://a/g",
    "/./g": "http://a/g",
    "/../g": "http://a/g",
    "g.": "http://a/b/c/g.",
    ".g": "http://a/b/c/.g",
    "g..": "http://a/b/c/g..",
    "..g": "http://a/b/c/..g",
    "./../g": "http://a/b/g",
    "./g/.": "http://a/b/c/g/",
    "g/./h": "http://a/b/c/g/h",
    "g/../h": "http://a/b/c/h",
    "g;x=1/./y": "http://a/b/c/g;x=1/y",
    "g;x=1/../y": "http://a/b/c/y",
    "g?y/./x": "http://a/b/c/g?y/./x",
    "g?y/../x": "http://a/b/c/g?y/../x",
    "g#s/./x": "http://a/b/c/g#s/./x",
    "g#s/../x": "http://a/b/c/g#s/../x",
    "http:g": "http:g",
}


@pytest.mark.parametrize(("reference", "expected"), REFERENCES.items())
def test_join_as_the_rfc_says(reference, expected):
    """All examples of RFC 3986 §5.4."""
    assert join("http://a/b/c/d;p?q", reference) == expected


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("http://a", "g", "http://a/g"),
        ("http://a", "", "http://a"),
        ("/b/c", "g", "/b/g"),
        ("/b/c", "../../g", "/g"),
        ("/b/c", "http://h/x", "http://h/x"),
        ("", "g", "g"),
        ("/b/c?q", "", "/b/c?q"),
        ("/x/y", "..//evil", "/evil"),
        ("/x/y", "/.//evil", "/evil"),
        ("/x/y", "/\\evil", "/evil"),
        ("/x/y", "/\t/evil", "/evil"),
        ("/x/y", "/a//b", "/a//b"),
    ],
)
def test_join_paths(base, reference, expected):
    """Bases without a host work, and then no path turns into a host."""
    assert join(base, reference) == expected


@given(st.text(), st.text(alphabet="/.\\a:?#\t\n"))
def test_join_never_raises(base, reference):
    """Any two texts make one."""
    assert isinstance(join(base, reference), str)


@given(st.text(alphabet="/.a\\\t\n"), st.text(alphabet="/.a\\\t\n"))
def test_paths_never_make_a_host(base, reference):
    """A path on a path is a path: after the first slash there is none, nor what a browser takes for one."""
    joined = join("/" + base.lstrip("/\\\t\n"), reference)
    if not reference.startswith("//"):
        assert not re.match(r"/[\t\n]*[/\\]", joined)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ""),
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a//b", "/a//b"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a//../b", "/b"),
        ("/../../a", "/a"),
        ("/..", "/"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/a/./b/", "/a/b/"),
        ("/a/.", "/a/"),
        ("a/../b", "b"),
        ("../b", "b"),
        ("/a.b/c..d/.e", "/a.b/c..d/.e"),
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/evil.example"),
        ("/./..//evil", "/evil"),
        ("/./\\evil", "/evil"),
        ("/a/../\\../b", "/b"),
    ],
)
def test_normalize_path(path, expected):
    """Dots are resolved, never above the root; where there were none only slashes at the start are mended."""
    assert normalize_path(path) == expected


@given(st.text(alphabet="/.a\\"))
def test_normalizing_is_done_once(path):
    """A second time changes nothing, and no dot segment is left."""
    once = normalize_path(path)

    assert normalize_path(once) == once
    assert not {".", ".."} & set(once.split("/"))


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("/a/b", "/a/c", "c"),
        ("/a/b", "/a/b", "b"),
        ("/a/b", "/a/", "./"),
        ("/a/b", "/a", "../a"),
        ("/a/b/c", "/d", "../../d"),
        ("/a/b/", "/a/b/c/d", "c/d"),
        ("/", "/", "./"),
        ("/", "/x?y=/z", "x?y=/z"),
        ("/a", "/b:c", "./b:c"),
        ("/a", "//b", ".//b"),
        ("/a/b", "/?x", "../?x"),
    ],
)
def test_relative(here, there, expected):
    """Steps up, then down; what could be misread gets a dot in front."""
    assert relative(here, there) == expected


@given(st.lists(st.sampled_from(["a", "b", "", ":"])), st.lists(st.sampled_from(["a", "b", "", "c:d"])))
def test_joining_undoes_relative(here, there):
    """The reference leads where it should."""
    source, goal = "/" + "/".join(here), "/" + "/".join(there)

    assert join("http://h" + source, relative(source, goal)) == "http://h" + goal
