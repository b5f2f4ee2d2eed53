"""Cache and rate limits over real stores: shared, kept over a restart, and out of the way when the store is gone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kirsch.app.place import ConfigError
from kirsch.stores.opening import open_store
from tests.app.pages import LonelyApplication
from tests.toolbox.cached import Site
from tests.toolbox.sessionpages import FailingStore
from tests.toolbox.test_rate_limit import limited, statuses


def shared(store, **settings):
    """A site whose copies are in a store, by the time of day."""
    return Site(store=store, cache_class=None, **settings)


def test_copies_survive_a_restart(tmp_path):
    """In SQLite: another process finds what the first one has made."""
    first = shared(f"sqlite:{tmp_path}/a.db")
    first.get()
    open_store(f"sqlite:{tmp_path}/a.db").close()
    second = shared(f"sqlite:{tmp_path}/../{tmp_path.name}/a.db")

    assert (second.get().text, second.made) == ("page 1", 0)


@pytest.mark.parametrize("kind", ["files", "sqlite", "redis", "memcached", "postgres"])
def test_every_kind_of_store(kind, request, tmp_path):
    """Two processes share copies and limits by it."""
    embedded = kind in ("files", "sqlite")
    store = f"{kind}:{tmp_path}/store" if embedded else request.getfixturevalue(f"{kind}_server").url
    one, other = shared(store), shared(store, delay=600)
    texts = [one.get(f"/{kind}").text, other.get(f"/{kind}").text]
    clients = [limited(store=store, name=f"every {kind}") for _ in "12"]

    assert (texts, one.made, other.made) == (["page 1", "page 1"], 1, 0)
    assert [status for client in clients for status in statuses(client, "/", "/")] == [200, 200, 429, 429]


def test_copies_in_redis(redis_server):
    """Shared, forgotten by all, and gone from there when they are no use any more."""
    one, other = shared(redis_server.url), shared(redis_server.url, delay=600)
    texts = [one.get("/r").text, other.get("/r").text]
    other.ask("POST", "/r")
    texts += [one.get("/r").text]

    assert (texts, one.made, other.made) == (["page 1", "page 1", "page 2"], 2, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("ends", "begins"), [("kill", "start"), ("pause", "resume")])
def test_redis_goes_away(redis_server, ends, begins):
    """Dead or hanging, it costs a request its patience, and the next ones nothing; then it is used again."""
    path = f"/{ends}"
    site = shared(f"{redis_server.url}?patience=0.1")
    site.get(path)
    getattr(redis_server, ends)()
    assert {site.get(path).status for _ in range(50)} == {200}
    assert site.made == 51

    getattr(redis_server, begins)()
    deadline = time.monotonic() + 10
    while site.get(path).headers.get("Age") is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nobody_waits_for_a_copy_that_cannot_be_kept(caplog):
    """While the store is away, those who have waited for a page make theirs at the same time, not one after another."""
    together = threading.Barrier(3)

    def make(_):
        if site.made == 1:
            time.sleep(0.05)
        else:
            together.wait(2)
        return "page"

    store = FailingStore()
    site = shared(store, make=make, cache_status=True)
    store.away = True
    with ThreadPoolExecutor(4) as threads:
        answers = [each.result() for each in [threads.submit(site.get) for _ in range(4)]]

    assert [answer.status for answer in answers] == [200] * 4
    assert {answer.headers["Cache-Status"] for answer in answers} == {"Kirsch; fwd=miss"}
    assert caplog.text.count("pages are made without a cache while a store is away") == 1


def test_limits_in_redis(redis_server):
    """Two processes count together; without Redis everybody is let in."""
    clients = [limited(store=f"{redis_server.url}?patience=0.1", name="redis") for _ in "12"]
    assert [status for client in clients for status in statuses(client, "/", "/")] == [200, 200, 429, 429]

    redis_server.kill()
    assert statuses(clients[0], *["/"] * 20) == [200] * 20


@pytest.mark.parametrize("tool", ["caching", "rate_limit"])
@pytest.mark.parametrize("address", ["sqlit:/x", "no address", 5])
def test_addresses_are_looked_at_at_the_start(tool, address):
    """One that names no store is refused, with the setting that has it."""
    with pytest.raises(ConfigError, match=rf"tools\.{tool}\.store"):
        LonelyApplication(object(), "", {"/": {f"tools.{tool}.store": address}}).config.check_tools()
