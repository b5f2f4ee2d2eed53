"""Stale copies (RFC 5861): given while the page is made anew, and when that fails."""

from __future__ import annotations

import threading

import pytest

import kirsch
from tests.toolbox.cached import Site

REVALIDATE = "max-age=10, stale-while-revalidate=10"
ON_ERROR = "max-age=10, stale-if-error=10"


def settled():
    """Wait until nobody makes a page behind the readers' backs any more."""
    for thread in threading.enumerate():
        if thread.name == "kirsch cache":
            thread.join(10)


@pytest.mark.parametrize(
    ("headers", "settings"),
    [({"Cache-Control": REVALIDATE}, {}), ({"Cache-Control": "s-maxage=10, stale-while-revalidate=10"}, {}),
     ({}, {"delay": 10, "stale_while_revalidate": 10})],
)  # fmt: skip
def test_while_revalidate(headers, settings):
    """The reader gets the old copy at once; it is made anew behind his back, for the next one."""
    site = Site(headers=headers, **settings)
    site.get()
    site.now += 15
    stale = site.get()
    settled()
    fresh = site.get()

    assert (stale.text, stale.headers["Age"]) == ("page 1", "15")
    assert (fresh.text, fresh.headers["Age"], site.made) == ("page 2", "0", 2)


@pytest.mark.parametrize(
    ("headers", "asked", "seconds"),
    [
        ({"Cache-Control": REVALIDATE}, {}, 20),
        ({"Cache-Control": REVALIDATE}, {"Cache_Control": "max-age=12"}, 15),
        ({"Cache-Control": REVALIDATE}, {"Cache_Control": "min-fresh=1"}, 15),
        ({"Cache-Control": REVALIDATE}, {"Cache_Control": "no-cache"}, 15),
        ({"Cache-Control": f"{REVALIDATE}, must-revalidate"}, {}, 15),
        ({"Cache-Control": f"{REVALIDATE}, proxy-revalidate"}, {}, 15),
        ({"Cache-Control": ON_ERROR}, {}, 15),
    ],
)
def test_not_while_revalidate(headers, asked, seconds):
    """Not for longer than is said, not where the page or the client forbids it."""
    site = Site(headers=headers)
    site.get()
    site.now += seconds

    assert site.get(**asked).text == "page 2"


def test_one_makes_it_anew():
    """However many get the old copy meanwhile."""
    site = Site(headers={"Cache-Control": REVALIDATE})
    site.get()
    go = threading.Event()
    site.make = lambda _: go.wait(10) and "new"
    site.now += 15
    texts = [site.get().text for _ in range(5)]
    go.set()
    settled()

    assert (texts, site.get().text, site.made) == (["page 1"] * 5, "new", 2)


def test_made_anew_with_all_hooks():
    """The same request runs its whole way again, as a GET that asks whether the copy is good, not the client's page."""
    seen = []

    def note():
        headers = kirsch.request.headers
        seen.append((kirsch.request.method, headers.get("If-None-Match"), headers.get("X-A"), kirsch.request.remote.ip))

    site = Site(headers={"Cache-Control": REVALIDATE, "ETag": '"1"'}, **{"hooks.before_finalize": note})
    site.get()
    site.now += 15
    answer = site.ask("HEAD", If_None_Match='"0", "1"', X_A="1")
    settled()

    assert answer.status == 304
    assert ("GET", '"1"', "1", "127.0.0.1") in seen[1:]


def test_made_anew_in_vain():
    """The old copy stays, and another one may try."""
    site = Site(headers={"Cache-Control": REVALIDATE})
    site.get()
    site.now += 15
    for make in (lambda _: 1 / 0, lambda _: kirsch.HTTPError(500)(), lambda _: kirsch.InternalRedirect("/x")()):
        site.make = make
        assert site.get().text == "page 1"
        settled()
    site.make = lambda _: "new"
    site.get()
    settled()

    assert site.get().text == "new"


def fail(error):
    """A page that raises."""

    def make(_):
        raise error

    return make


FAILURES = {
    "an accident": fail(ZeroDivisionError()),
    "503": fail(kirsch.HTTPError(503)),
    "a status": lambda _: setattr(kirsch.response, "status", 500) or "broken",
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("headers", "settings"),
    [({"Cache-Control": ON_ERROR}, {}), ({}, {"delay": 10, "stale_if_error": 10})],
)
def test_if_error(failure, headers, settings):
    """When the page fails, its old copy is given instead, for as long as it is said."""
    site = Site(headers={**headers, "X-Old": "1"}, **settings)
    site.get()
    site.headers = {"X-New": "1", "Cache-Control": "no-store"}
    site.make = FAILURES[failure]
    site.now += 15
    stale = site.get()
    site.now += 5

    assert (stale.status, stale.text, stale.headers["Age"]) == (200, "page 1", "15")
    assert ("X-Old" in stale.headers, "X-New" in stale.headers) == (True, False)
    assert site.get().status >= 500


def test_if_error_is_logged(caplog):
    """An accident is in the log all the same."""
    site = Site(headers={"Cache-Control": ON_ERROR})
    site.get()
    site.make = FAILURES["an accident"]
    site.now += 15
    site.get()

    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


@pytest.mark.parametrize(
    ("cache_control", "make", "status"),
    [
        (ON_ERROR, fail(kirsch.HTTPError(404)), 404),
        (ON_ERROR, fail(kirsch.HTTPRedirect("/x")), 303),
        (f"{ON_ERROR}, must-revalidate", FAILURES["503"], 503),
        (REVALIDATE, FAILURES["503"], 503),
    ],
)
def test_not_if_error(cache_control, make, status):
    """What is no error of the server is told, and what must not be used stale is not."""
    site = Site(headers={"Cache-Control": cache_control})
    site.get()
    site.make = make
    site.now += 25 if cache_control == REVALIDATE else 15

    assert site.get().status == status
