"""What keeps copies: in memory, bounded; and over a store, where others find them and survive when it is away."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import Unavailable
from kirsch.toolbox.copies import OVERHEAD, Copy, Facts, Fork
from kirsch.toolbox.pagecache import MemoryCache, Shelf, key_of, key_of_url, variant_key
from kirsch.toolbox.reach import PAUSE
from kirsch.toolbox.sharedcache import PREFIX, SharedCache, decode, digest, encode
from tests.toolbox.cached import Site


def copy_of(body=b"page", made=0.0, lifetime=60.0):
    """A copy of a page."""
    return Copy(Facts(made, lifetime), 200, b"", [(b"Content-Type", b"text/plain")], body)


@pytest.fixture(params=[MemoryCache, lambda: SharedCache(MemoryStore())], ids=["memory", "shared"])
def cache(request):
    """Each kind of cache."""
    return request.param()


def test_a_copy_comes_back(cache):
    """With everything in it; one that is put later takes its place."""
    for body in (b"old", b"new"):
        cache.put("k", Copy(Facts(1.5, 2, 3, 4, public=True, strict=True), 404, b"Gone", [(b"A", b"\xff")], body), 60)
    copy = cache.get("k")

    assert isinstance(copy, Copy)
    assert copy.facts == Facts(1.5, 2, 3, 4, public=True, strict=True)
    assert (copy.code, copy.phrase, list(copy.fields), copy.body) == (404, b"Gone", [(b"A", b"\xff")], b"new")


def test_a_fork_comes_back(cache):
    """With its names and its mark, so that the same copies belong to it."""
    fork = Fork(("accept", "cookie"))
    cache.put("k", fork, 60)
    found = cache.get("k")

    assert isinstance(found, Fork)
    assert (found.names, found.mark) == (fork.names, fork.mark)


def test_what_is_not_there(cache):
    """Nothing, whatever has become of it."""
    for key in ("deleted", "cleared", "expired"):
        cache.put(key, copy_of(), -1 if key == "expired" else 60)
    cache.delete("deleted")
    cache.delete("never was")
    assert (cache.get("deleted"), cache.get("expired"), cache.get("never was")) == (None, None, None)
    assert cache.get("cleared") is not None

    cache.clear()
    assert (cache.get("cleared"), cache.cursize) == (None, 0)


def test_counters(cache):
    """How often it was asked, and found something; what is in it."""
    cache.put("a", copy_of(), 60)
    size = cache.cursize
    for key in ("a", "a", "b"):
        cache.get(key)
    cache.put("a", copy_of(), 60)

    assert (cache.tot_puts, cache.tot_gets, cache.tot_hist) == (2, 3, 2)
    assert cache.cursize == size > 0


def test_no_more_copies_than_allowed(cache):
    """The one that was not used for the longest time goes first."""
    cache.maxobjects = 3
    for key in "abc":
        cache.put(key, copy_of(), 60)
    if isinstance(cache, MemoryCache):
        cache.get("a")
    else:
        cache.put("a", copy_of(), 60)
    cache.put("d", copy_of(), 60)

    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_no_more_bytes_than_allowed(cache):
    """Of all copies together; one that is too large for all is not kept at all."""
    cache.maxsize = 5 * OVERHEAD
    for key in "abcdefgh":
        cache.put(key, copy_of(b"x" * OVERHEAD), 60)
        assert cache.cursize <= cache.maxsize
    assert cache.get("h") is not None
    assert cache.get("a") is None

    cache.put("large", copy_of(b"x" * 6 * OVERHEAD), 60)
    assert (cache.get("large"), cache.cursize <= cache.maxsize) == (None, True)


def test_expired_copies_are_counted():
    """As soon as somebody looks; their bytes are free from then on."""
    site = Site(delay=10)
    site.get()
    site.now += 71
    site.cache.get("http://localhost/\0")

    assert (site.cache.tot_expires, site.cache.cursize, len(site.cache)) == (1, 0, 0)


def test_a_flood_of_addresses():
    """100,000 different pages leave the memory, and the number of copies, where they were."""
    cache = MemoryCache()
    for number in range(100_000):
        cache.put(f"http://localhost/{number}\0", copy_of(), 60)

    assert len(cache) == cache.maxobjects
    assert cache.cursize <= cache.maxsize


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9)), max_size=50), st.integers(1, 4))
def test_the_shelf_adds_up(steps, most):
    """Whatever is put on and taken down, sizes add up, and it is never too full."""
    shelf = Shelf()
    for key, size in steps:
        pushed = list(shelf.add(key, size, most, 20)) if size else shelf.drop(key)

        assert shelf.size == sum(shelf.sizes.values()) <= 20
        assert len(shelf.sizes) <= most
        assert not pushed or not set(pushed) & set(shelf.sizes)


# -- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://h", ("http://h", "/", "")),
        ("http://h/", ("http://h", "/", "")),
        ("https://h:8/a%20b?x=%20#part", ("https://h:8", "/a b", "x=%20")),
        ("http://h/a%2Fb%3Fc", ("http://h", "/a%2Fb?c", "")),
    ],
)
def test_keys_of_urls(url, parts):
    """As of a request for the same."""
    assert key_of_url(url) == key_of(*parts)


@pytest.mark.parametrize("url", ["", "/a", "h/a", "http://", "http:///a", "http://h/%zz"])
def test_no_url(url):
    """Is refused."""
    with pytest.raises(ValueError, match=r"scheme and host|hexadecimal"):
        key_of_url(url)


def test_keys_of_variants():
    """Differ by the mark of their fork, and by the values."""
    one, other = Fork(("a",)), Fork(("a",))

    assert len({variant_key("k", fork, value) for fork in (one, other) for value in "xy"}) == 4


# -- over a store ----------------------------------------------------------------------------------------------------


class Fragile(MemoryStore):
    """A store that is away when it is told to be. asked: how often."""

    away = False
    asked = 0

    def _look(self):
        self.asked += 1
        if self.away:
            raise Unavailable("memory: is away")

    def get(self, key):
        self._look()
        return super().get(key)

    def set(self, *args, **kwargs):
        self._look()
        return super().set(*args, **kwargs)

    def delete(self, key):
        self._look()
        return super().delete(key)

    @contextmanager
    def lock(self, *args, **kwargs):
        self._look()
        with super().lock(*args, **kwargs):
            yield


def test_two_processes_share():
    """What one has made, another one gives; what one forgets is forgotten."""
    store = MemoryStore()
    one, other = Site(store=store, cache_class=None), Site(store=store, cache_class=None)
    texts = [one.get().text, other.get().text]
    one.ask("POST")
    texts += [other.get().text, one.get().text]

    assert texts == ["page 1", "page 1", "page 1", "page 1"]
    assert (one.made, other.made) == (2, 1)


def test_copies_by_header_are_shared():
    """Also those of pages that vary."""
    store = MemoryStore()
    sites = [Site(lambda r: r.headers["A"], {"Vary": "A"}, store=store, cache_class=None) for _ in "12"]
    texts = [site.get(A=value).text for value in "12" for site in sites]

    assert (texts, sites[0].made, sites[1].made) == (["1", "1", "2", "2"], 2, 0)


def test_one_process_makes_it_for_all():
    """Another one waits until it is there."""
    store, began, go = MemoryStore(), threading.Event(), threading.Event()

    def slowly(_):
        began.set()
        assert go.wait(10)
        return "page"

    one, other = (Site(slowly, store=store, cache_class=None) for _ in "12")
    texts = []
    threads = [threading.Thread(target=lambda site=site: texts.append(site.get().text)) for site in (one, other)]
    threads[0].start()
    assert began.wait(10)
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(10)

    assert (texts, one.made + other.made) == (["page", "page"], 1)


def test_while_the_store_is_away(caplog):
    """Pages are made as without a cache, the store is not asked each time, and the log says it once."""
    store = Fragile()
    site = Site(store=store, cache_class=None)
    site.get()
    store.away = True
    texts = [site.get().text for _ in range(5)]

    assert texts == ["page 2", "page 3", "page 4", "page 5", "page 6"]
    assert store.asked < 8
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "pages are made without a cache while a store is away: memory: is away"
    ]


def test_when_the_store_is_back(caplog, monkeypatch):
    """It is used again after a second, which is said once."""
    store = Fragile()
    site = Site(store=store, cache_class=None)
    store.away = True
    site.get()
    store.away = False
    monkeypatch.setattr("kirsch.toolbox.reach.monotonic", lambda: float("inf"))
    texts = [site.get().text for _ in range(3)]

    assert texts[1:] == [texts[0]] * 2
    assert [record.getMessage() for record in caplog.records][-4:].count("the store is there again: memory:") == 1
    assert PAUSE <= 2


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x80", b"garbage", b"\x92\xa4copy\x01", b"\x93\xa4fork\x90\x01"])
def test_what_is_not_ours(data):
    """A store may hold anything: what cannot be read is not there."""
    store = MemoryStore()
    store.set(digest("k"), data)

    assert SharedCache(store).get("k") is None


@given(st.binary(max_size=60))
def test_reading_never_raises(data):
    """Whatever stands in the store."""
    decode(data)


@given(st.binary(), st.lists(st.tuples(st.binary(), st.binary())), st.floats(allow_nan=False))
def test_written_and_read(body, fields, made):
    """A copy is the same afterwards."""
    copy = Copy(Facts(made, 1.0), 200, b"OK", fields, body)
    again = decode(encode(copy))

    assert isinstance(again, Copy)
    assert (again.facts, again.fields, again.body) == (copy.facts, copy.fields, copy.body)


def test_keys_fit_into_any_store():
    """However long an address is."""
    key = digest("http://localhost/" + "x" * 30_000 + "\udcff")

    assert len(key) < 250
    assert key.startswith(PREFIX)
