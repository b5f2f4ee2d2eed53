"""A stale copy that its page finds good still (RFC 9111 4.3): asked for by its validators, renewed by a 304."""

from __future__ import annotations

import pytest

import kirsch
from tests.toolbox.cached import Site

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
TAGGED = {"ETag": '"v1"', "Cache-Control": "max-age=10"}
DATED = {"Last-Modified": DATE, "Cache-Control": "max-age=10"}


def judging(seen, answer="page"):
    """A page that answers 304 to whoever has what it is now; seen: what it was asked by."""

    def make(request):
        asked = {
            name: request.headers[name] for name in ("If-None-Match", "If-Modified-Since") if name in request.headers
        }
        seen.append(asked)
        if asked:
            raise kirsch.HTTPRedirect("", 304)
        return answer

    return make


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        (TAGGED, {"If-None-Match": '"v1"'}),
        (DATED, {"If-Modified-Since": DATE}),
        ({**TAGGED, **DATED}, {"If-None-Match": '"v1"', "If-Modified-Since": DATE}),
        ({"Cache-Control": "max-age=10"}, {}),
    ],
)
def test_asked_by_its_validators(headers, asked):
    """Not by what the client has. What is good is fresh from then on; without a validator it is made anew."""
    seen = []
    site = Site(judging(seen), headers)
    site.get()
    site.now += 15
    answers = [site.get(If_None_Match='"of the client"'), site.get()]

    assert seen == [{}, asked]
    assert [(answer.status, answer.text, answer.headers.get("Age")) for answer in answers] == [
        (200, "page", None),
        (200, "page", "0"),
    ]


@pytest.mark.parametrize(
    ("tool", "made"),
    [({"tools.etags.autotags": True}, 2), ({"tools.last_modified.date": 784111777}, 1)],
)
def test_by_the_tools(tool, made):
    """A page whose validators are a tool's is found good by the tool; by one that knows the date without making it."""
    on = {f"{name.rpartition('.')[0]}.on": True for name in tool}
    site = Site(lambda _: "page", {"Cache-Control": "max-age=10"}, **tool, **on)
    site.get()
    site.now += 15
    answers = [site.get(), site.get()]

    assert [(answer.status, answer.text) for answer in answers] == [(200, "page")] * 2
    assert (site.made, site.cache.tot_non_modified) == (made, 0)


def test_a_date_that_changes():
    """A copy has the date of its body, not that of what the page would be now."""
    dates = [784111777, 784111888]
    site = Site(delay=10, **{"tools.last_modified.on": True, "tools.last_modified.date": lambda: dates[0]})
    site.get()
    dates.pop(0)
    copy = site.get()
    site.now += 15

    assert (copy.text, copy.headers["Last-Modified"]) == ("page 1", DATE)
    assert site.get(If_Modified_Since=DATE).text == "page 2"


def test_by_its_status():
    """A page that passes on what another server says may set the status by itself."""
    site = Site(headers=TAGGED)
    site.get()
    site.now += 15
    site.status = 304

    assert [(answer.status, answer.text) for answer in (site.get(), site.get())] == [(200, "page 1")] * 2
    assert site.made == 2


def test_its_fields():
    """Those of the 304 go before those of the copy, but not those of the content; Vary is that of both."""
    site = Site(headers={**TAGGED, "X-Old": "1", "X-Both": "1", "Vary": "X-A", "Content-Type": "text/plain"})
    site.get()
    site.now += 15
    site.status = 304
    site.headers = {"X-Both": "2", "X-New": "2", "Vary": "X-B", "Cache-Control": "max-age=30", "ETag": '"v2"'}
    said = site.get().headers

    assert (said["X-Old"], said["X-Both"], said["X-New"]) == ("1", "2", "2")
    assert (said["ETag"], said["Cache-Control"], said["Content-Type"]) == (
        '"v1"',
        "max-age=30",
        "text/plain;charset=utf-8",
    )
    assert said["Vary"] == "X-B, x-a"
    site.now += 20
    assert (site.get().headers["X-Both"], site.made) == ("2", 2)


@pytest.mark.parametrize(("tag", "status"), [('"v1"', 304), ('"v2"', 200)])
def test_what_the_client_has(tag, status):
    """It is held against the copy that was found good."""
    site = Site(judging([]), TAGGED)
    site.get()
    site.now += 15

    assert site.get(If_None_Match=tag).status == status


def test_a_client_that_reloads():
    """It gets what is made anew, not what somebody finds good."""
    seen = []
    site = Site(judging(seen), TAGGED)
    site.get()

    assert (site.get(Cache_Control="no-cache").status, seen) == (200, [{}, {}])


def test_forbidden_meanwhile():
    """A 304 that says so ends the copy, after this once."""
    site = Site(headers=TAGGED)
    site.get()
    site.now += 15
    site.status, site.headers = 304, {"Cache-Control": "no-store"}
    good = site.get()
    site.status = None
    site.now += 15

    assert (good.status, good.text, good.headers["Cache-Control"]) == (200, "page 1", "no-store")
    assert site.get().text == "page 3"


def test_kept_beyond_its_use():
    """As long again as it was of use, if it may be found good; a copy without a validator goes after a minute."""
    for headers, asked in ((TAGGED, [{}, {"If-None-Match": '"v1"'}]), ({}, [{}, {}])):
        seen = []
        site = Site(judging(seen), {**headers, "Cache-Control": "max-age=1000"})
        site.get()
        site.now += 1500
        site.get()
        assert seen == asked


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (TAGGED, "Kirsch; fwd=stale; fwd-status=304; stored"),
        ({"Cache-Control": "max-age=10"}, "Kirsch; fwd=stale; stored"),
    ],
)
def test_cache_status(headers, told):
    """It tells a copy that was found good from one that was made anew."""
    site = Site(judging([]), headers, cache_status=True)
    site.get()
    site.now += 15

    assert site.get().headers["Cache-Status"] == told


def test_asked_by_its_date():
    """A client that asks by the date of a copy whose page has no Last-Modified gets a 304 (RFC 9111 4.3.2)."""
    site = Site(headers={"Cache-Control": "max-age=10"})
    site.get()
    date = site.get().headers["Date"]

    assert [site.get(If_Modified_Since=each).status for each in (date, DATE)] == [304, 200]
