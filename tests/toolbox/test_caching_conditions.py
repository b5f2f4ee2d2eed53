"""Conditions and ranges: answered by the copy, and never in the way of making one."""

from __future__ import annotations

import pytest

import kirsch
from tests.toolbox.cached import Site

TAGGED = {"ETag": '"v1"', "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT", "X-Other": "1"}
LATER, EARLIER = "Sun, 06 Nov 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:00:00 GMT"

CONDITIONS = {
    "the same": ({"If_None_Match": '"v1"'}, 304),
    "the same, weakly": ({"If_None_Match": 'W/"v1"'}, 304),
    "anything": ({"If_None_Match": "*"}, 304),
    "another": ({"If_None_Match": '"v2"'}, 200),
    "not since": ({"If_Modified_Since": LATER}, 304),
    "since": ({"If_Modified_Since": EARLIER}, 200),
    "a date that is none": ({"If_Modified_Since": "x"}, 200),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions(name):
    """A copy is compared as a page would be; a 304 says what it must, its age, and nothing else."""
    headers, status = CONDITIONS[name]
    site = Site(headers={**TAGGED, "Cache-Control": "max-age=60"})
    site.get()
    site.now += 5
    answer = site.get(**headers)

    assert (answer.status, site.made) == (status, 1)
    if status == 304:
        assert set(answer.headers) == {"Age", "Cache-Control", "Date", "ETag"}
        assert (answer.text, answer.headers["Age"], site.cache.tot_non_modified) == ("", "5", 1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Match": '"v1"'}, 200),
        ({"If_Match": '"v2"'}, 412),
        ({"If_Unmodified_Since": LATER}, 200),
        ({"If_Unmodified_Since": EARLIER}, 412),
        ({"If_Match": '"v2"', "If_None_Match": '"v1"'}, 412),
        ({"If_Match": '"v1"', "If_None_Match": '"v1"'}, 304),
    ],
)
def test_conditions_for_the_page_alone(headers, status):
    """A copy may be older than what the client knows: the page judges them (RFC 9111 4.3.2), whose answer counts."""
    made = {**TAGGED, "Cache-Control": "max-age=60"}
    site = Site(headers=made, **{"tools.etags.on": True, "tools.last_modified.on": True})
    site.get()
    answer = site.get(**headers)

    assert (answer.status, site.made) == (status, 2)
    assert site.get().status == 200


@pytest.mark.parametrize("name", ["the same", "not since", "another"])
def test_conditions_without_a_copy(name):
    """The page is made whole, so that it can be kept, and the condition is heeded afterwards."""
    headers, status = CONDITIONS[name]
    seen = []
    site = Site(lambda request: seen.append("If-None-Match" in request.headers) or "page", TAGGED)
    answers = [site.get(**headers) for _ in "123"]

    assert [answer.status for answer in answers] == [status] * 3
    assert (site.made, seen) == (1, [False])


@pytest.mark.parametrize(("tag", "status"), [('"v1"', 304), ('"v2"', 200)])
def test_conditions_on_a_stream(tag, status):
    """They are heeded before its pieces are sent."""
    site = Site(lambda _: iter(["a", "b"]), TAGGED, **{"response.stream": True})
    answers = [site.get(If_None_Match=tag), site.get()]

    assert [answer.status for answer in answers] == [status, 200]
    assert [answer.text for answer in answers] == ["" if status == 304 else "ab", "ab"]


def test_conditions_on_what_is_not_kept():
    """The first time the page is asked for whole; once it is known not to be kept it hears the conditions itself."""
    seen = []
    site = Site(
        lambda request: seen.append("If-None-Match" in request.headers) or "page",
        {**TAGGED, "Cache-Control": "private"},
    )
    answers = [site.get(If_None_Match='"v1"') for _ in "12"]

    assert [answer.status for answer in answers] == [304, 200]
    assert seen == [False, True]


def test_a_304_stalls_nobody():
    """A page that answers 304 itself is not kept, and nobody waits for it (CherryPy 1690)."""

    def make(_):
        raise kirsch.HTTPRedirect("", 304)

    site = Site(make, antistampede_timeout=600)

    assert [site.get().status for _ in "123"] == [304] * 3


@pytest.mark.parametrize(
    ("headers", "status", "text", "more"),
    [
        ({"Range": "bytes=0-1"}, 206, "pa", "bytes 0-1/6"),
        ({"Range": "bytes=-1"}, 206, "1", "bytes 5-5/6"),
        ({"Range": "bytes=4-"}, 206, " 1", "bytes 4-5/6"),
        ({"Range": "bytes=9-"}, 416, None, "bytes */6"),
        ({"Range": "bytes=x"}, 200, "page 1", None),
        ({"Range": "lines=0-1"}, 200, "page 1", None),
        ({"Range": "bytes=0-1", "If_Range": '"v1"'}, 206, "pa", "bytes 0-1/6"),
        ({"Range": "bytes=0-1", "If_Range": '"v2"'}, 200, "page 1", None),
        ({"Range": "bytes=0-1", "If_None_Match": '"v1"'}, 304, "", None),
    ],
)
def test_ranges(headers, status, text, more):
    """A copy gives parts of itself."""
    site = Site(headers=TAGGED)
    site.get()
    answer = site.get(**headers)

    assert (answer.status, answer.headers.get("Content-Range"), site.made) == (status, more, 1)
    assert text is None or answer.text == text


def test_several_ranges():
    """In a multipart body, whose parts have the type of the page."""
    site = Site(headers={**TAGGED, "Content-Type": "text/plain"})
    site.get()
    answer = site.get(Range="bytes=0-1,4-5")

    assert answer.status == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert answer.text.count("Content-Type: text/plain;charset=utf-8") == 2
    assert "bytes 4-5/6" in answer.text


def test_range_without_a_validator():
    """Nobody could tell whether two parts belong together: the whole is sent."""
    site = Site()
    site.get()

    assert site.get(Range="bytes=0-1").status == 200


def test_range_without_a_copy():
    """It is the page's own business, which may keep the connection from sending a large file whole."""
    site = Site(lambda request: request.headers.get("Range", "none"), TAGGED)

    assert site.get(Range="bytes=0-1").text == "bytes=0-1"
    assert site.get(Range="bytes=0-1").text == "by"
