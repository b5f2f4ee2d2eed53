"""`cherrypy.lib.caching` as applications use it."""

from __future__ import annotations

import threading

import pytest

import kirsch as cherrypy
from tests.app.pages import page


def test_get_by_hand():
    """A handler may ask itself; what it makes is kept by that alone."""
    made = []

    def cached():
        if cherrypy.lib.caching.get(delay=60):
            return cherrypy.response.body
        cherrypy.request.hooks.attach("before_finalize", cherrypy.lib.caching.tee_output, priority=100)
        made.append(1)
        return f"page {len(made)}"

    client = page(cached)

    assert [client.get("/").text for _ in "12"] == ["page 1", "page 1"]


def test_outside_of_requests():
    """There is nothing to answer."""
    with pytest.raises(RuntimeError, match="no request"):
        cherrypy.lib.caching.get()


def test_kinds():
    """The classes are those of today."""
    cache = cherrypy.lib.caching.MemoryCache()

    assert isinstance(cache, cherrypy.lib.caching.Cache)
    assert (cache.maxobjects, cache.maxobj_size, cache.maxsize, cache.delay) == (1000, 100000, 10000000, 600)


def test_one_makes_it_and_the_others_wait():
    """The first is told to make it; who comes meanwhile gets it when it is there."""
    cache = cherrypy.lib.caching.AntiStampedeCache()
    got = []
    assert cache.wait("k") is None
    others = [threading.Thread(target=lambda: got.append(cache.wait("k", timeout=10))) for _ in "123"]
    for other in others:
        other.start()
    cache["k"] = "made"
    for other in others:
        other.join(10)

    assert (got, cache.wait("k"), cache["k"]) == (["made"] * 3, "made", "made")


@pytest.mark.parametrize("timeout", [0.001, None])
def test_made_in_vain(timeout):
    """Who has waited in vain, or does not wait, makes it himself."""
    cache = cherrypy.lib.caching.AntiStampedeCache()
    cache.wait("k")

    assert cache.wait("k", timeout=timeout) is None


def test_expires_by_hand():
    """As the tool does it."""

    def dated():
        cherrypy.lib.caching.expires(secs=60, force=True)
        return "page"

    assert "Expires" in page(dated).get("/").headers
