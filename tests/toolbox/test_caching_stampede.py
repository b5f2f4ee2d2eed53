"""Many who ask for the same at once: one makes it, the others wait; and nobody waits for what cannot be shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import kirsch
from kirsch.testing.client import Client
from kirsch.toolbox.makers import MOST, PASSING, REFRESHING, Makers
from tests.toolbox.cached import Site, named

PATIENCE = 10


class Slow(Site):
    """A page that begins, and goes on when it is let. begun: how many have begun; go: lets them."""

    def __init__(self, *args, **settings):
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        super().__init__(*args, **settings)
        self.then, self.make = self.make, self._slowly

    def _slowly(self, request):
        self.begun.release()
        assert self.go.wait(PATIENCE)
        return self.then(request)

    def ask_at_once(self, *asked):
        """Answers to requests (headers each) that all wait at the same time: the first is at work when others come."""
        with ThreadPoolExecutor(len(asked)) as pool:
            first = pool.submit(self._ask, asked[0])
            assert self.begun.acquire(timeout=PATIENCE)
            others = [pool.submit(self._ask, headers) for headers in asked[1:]]
            self.wait_for(others)
            self.go.set()
            return [each.result(PATIENCE) for each in (first, *others)]

    def wait_for(self, others):
        """Until all of the others have looked and found nothing, or are at work."""
        while self.cache.tot_gets < len(others):
            threading.Event().wait(0.001)

    def _ask(self, headers):
        return Client(self.app).get("/", headers=named(headers))


def test_one_makes_it():
    """Eight ask, one page is made, all get it."""
    site = Slow()
    answers = site.ask_at_once(*[{}] * 8)

    assert {answer.text for answer in answers} == {"page 1"}
    assert site.made == 1


def test_an_expired_page():
    """The same when there is a copy that is too old."""
    site = Slow(delay=10)
    site.go.set()
    site.get()
    site.begun.acquire()
    site.go.clear()
    site.now += 11
    site.ask_at_once(*[{}] * 8)

    assert site.made == 2


def test_each_variant_is_made_once():
    """Of two kinds of clients each waits for its own, though at first nobody knows that they differ."""
    site = Slow(lambda request: request.headers["A"], {"Vary": "A"})
    answers = site.ask_at_once(*[{"A": str(number % 2)} for number in range(8)])

    assert [answer.text for answer in answers] == ["0", "1"] * 4
    assert site.made == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Cache-Control": "private"}, None), ({"Set-Cookie": "a=1"}, None), ({}, 404), ({}, 500), ({"Vary": "*"}, None)],
)
def test_what_cannot_be_shared_is_made_by_all(headers, status):
    """At once, when that is known, and not one after the other; and next time nobody waits for it at all."""
    site = Slow(headers=headers, status=status, antistampede_timeout=600)
    barrier = threading.Barrier(5)  # is passed only if all five are at work at the same time
    site.then = lambda _: "first" if site.made == 1 else str(barrier.wait(PATIENCE))
    site.ask_at_once(*[{}] * 6)

    assert site.made == 6


def test_a_page_that_is_known_not_to_be_shared():
    """The next ones do not even wait to find out."""
    site = Slow(headers={"Cache-Control": "private"}, antistampede_timeout=600)
    site.go.set()
    site.get()
    barrier = threading.Barrier(4)
    site.then = lambda _: str(barrier.wait(PATIENCE))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(site._ask, [{}] * 4))

    assert sorted(answer.text for answer in answers) == ["0", "1", "2", "3"]


def test_a_page_that_fails():
    """An accident lets the others go on."""

    def make(_):
        if site.made == 1:
            raise ZeroDivisionError
        return f"page {site.made}"

    site = Slow(make, antistampede_timeout=600)
    answers = site.ask_at_once({}, {})

    assert [(answer.status, answer.text[:6]) for answer in answers][1] == (200, "page 2")
    assert answers[0].status == 500


@pytest.mark.parametrize("where", ["before_finalize", "on_end_resource", "before_handler"])
@pytest.mark.parametrize("error", [kirsch.HTTPError(418), kirsch.InternalRedirect("/there"), ZeroDivisionError()])
def test_whatever_fails_nobody_is_left_waiting(where, error):
    """A hook that fails at any point behind the cache."""
    failing = [True]

    def fail():
        if failing and kirsch.request.path_info == "/":
            raise error

    fail.priority = 95 if where == "before_handler" else 5
    site = Site(antistampede_timeout=600, **{f"hooks.{where}": fail})
    site.get()
    failing.clear()

    assert site.get().status == 200


@pytest.mark.parametrize("seconds", [0, None])
def test_not_waiting(seconds):
    """With no time to wait each makes it for himself."""
    site = Slow(antistampede_timeout=seconds)
    barrier = threading.Barrier(3)
    site.go.set()
    site.then = lambda _: str(barrier.wait(PATIENCE))
    with ThreadPoolExecutor(3) as pool:
        assert len({answer.text for answer in pool.map(site._ask, [{}] * 3)}) == 3


def test_waiting_too_long():
    """Who has waited for so long makes it himself, while the first is still at it."""
    site = Slow(antistampede_timeout=0.02)
    site.then = lambda _: site.go.set() or "page"
    first_goes_on = threading.Event()
    site.make = lambda _: first_goes_on.wait(PATIENCE) and "first" if site.made == 1 else "second"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(site._ask, {})
        while not site.made:
            threading.Event().wait(0.001)
        second = site.get()
        first_goes_on.set()

        assert (second.text, first.result(PATIENCE).text) == ("second", "first")


@pytest.mark.parametrize(
    "headers", [{"Authorization": "x"}, {"Cache_Control": "no-cache"}, {"Cache_Control": "no-store"}, {"Range": "x"}]
)
def test_who_is_alone(headers):
    """What is not for all is not waited for, nor made for others to wait for."""
    site = Slow(antistampede_timeout=600)
    site.go.set()
    barrier = threading.Barrier(2)
    site.then = lambda _: str(barrier.wait(PATIENCE))
    with ThreadPoolExecutor(2) as pool:
        assert len({answer.text for answer in pool.map(site._ask, [headers, {}])}) == 2


def test_a_reader_who_leaves():
    """A stream whose first reader goes away is made anew for the next."""
    site = Site(lambda _: iter(["a"] * 1000), antistampede_timeout=600, **{"response.stream": True})
    with site.client.stream("GET", "/"):
        pass

    assert len(site.get().text) == 1000


def test_many_threads():
    """A thousand requests for ten pages, which change all the while: never a page of another address."""
    site = Site(lambda request: request.path_info)

    def ask(number):
        path = f"/{number % 10}"
        client = Client(site.app)
        if number % 50 == 0:
            client.post(path)
        return client.get(path).text == path

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(1000)))
    assert site.made < 300


# -- who makes what --------------------------------------------------------------------------------------------------


def test_makers_one_at_a_time():
    """The first who joins makes it; finishing twice does nothing to the next one."""
    makers = Makers()
    making, mine = makers.join("a")
    assert (mine, makers.join("a"), makers.join("b")[1]) == (True, (making, False), True)

    makers.finish(making, kept=True)
    later, mine = makers.join("a")
    makers.finish(making, kept=False)

    assert (mine, making.kept, making.wait(0), later.wait(0)) == (True, True, True, False)


def test_makers_remember_what_is_for_all():
    """For a while, and no more of them than fit."""
    now = [0.0]
    makers = Makers(lambda: now[0])
    for number in range(MOST + 1):
        makers.finish(makers.join(str(number))[0], kept=False, passing=True)
    assert [makers.passes(key) for key in ("0", "1", str(MOST), "x")] == [False, True, True, False]

    makers.finish(makers.join("1")[0], kept=True)
    assert [makers.passes(key) for key in ("1", "2")] == [False, True]

    now[0] += PASSING
    assert not makers.passes("2")


def test_makers_refresh_few_at_once():
    """Only so many threads work behind the readers' backs."""
    makers = Makers()

    assert [makers.begin_refresh() for _ in range(REFRESHING + 1)] == [True] * REFRESHING + [False]
    makers.end_refresh()
    assert makers.begin_refresh()
