"""Section 12 of the acceptance list: the cache."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import mounted


def counting(**config):
    """A client of a page that counts its calls, with this config of the cache."""
    calls = []

    def page(q=""):
        calls.append(q)
        return f"{len(calls)} {q}"

    return mounted(page, {"/": {"tools.caching.on": True, **config}})


def test_T_10_caching():
    """A second request gets the same, with its age; POST, PUT and DELETE make it go; each query is a page."""
    client = counting()
    first, second = client.get("/page"), client.get("/page")

    assert (first.text, second.text, second.headers["Age"]) == ("1 ", "1 ", "0")
    assert client.get("/page?q=x").text == "2 x"
    for method in ("POST", "PUT", "DELETE"):
        old = client.get("/page").text
        client.request(method, "/page")
        assert client.get("/page").text != old


def test_T_10_old_name():
    """`cache_filter.on` does it, too, and says what to write."""
    with pytest.warns(LegacyWarning, match=r"cache_filter\.on is an old name; write tools\.caching\.on"):
        client = mounted(lambda: str(id(object())), {"/": {"cache_filter.on": True}})

    assert client.get("/page").text == client.get("/page").text


def test_T_11_lifetime():
    """600 seconds unless config says otherwise."""
    for said, expected in (({}, 600), ({"tools.caching.delay": 60}, 60)):
        counting(**said).get("/page")
        assert expected in {cache.delay for cache in cherrypy.tools.caching.caches()}
    assert cherrypy.tools.caching.options["delay"].default == 600


def test_T_12_no_cache():
    """A client gets around the cache by Cache-Control."""
    client = counting()
    client.get("/page")

    assert client.get("/page", headers={"Cache-Control": "no-cache"}).text == "2 "
