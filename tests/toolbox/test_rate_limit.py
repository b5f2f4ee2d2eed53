"""How often one client may ask: who is counted, what it is told, and what happens without the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.rates import SECOND, Rate
from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import Unavailable
from kirsch.testing.client import Client
from kirsch.toolbox.buckets import MemoryBuckets
from kirsch.toolbox.rate_limit import RateLimit
from kirsch.toolbox.sharedbuckets import SharedBuckets, digest
from tests.app.pages import LonelyApplication

MINE, YOURS = ("1.1.1.1", 5), ("2.2.2.2", 5)


class Root:
    """Two pages, and one that goes on to the other."""

    @kirsch.expose
    def index(self, **_):
        return "page"

    @kirsch.expose
    def other(self):
        return "other"


def limited(config=None, **settings):
    """A client of an application under a limit, two requests an hour unless it is said otherwise."""
    own = {f"tools.rate_limit.{name}": value for name, value in {"rate": "2/hour", **settings}.items()}
    return Client(LonelyApplication(Root(), "", {"/": {"tools.rate_limit.on": True, **own, **(config or {})}}))


def statuses(asking, *asked, **options):
    """Of several requests, each by its path, or by method and path."""
    return [asking.request(*(each.split() if " " in each else ("GET", each)), **options).status for each in asked]


def test_too_often():
    """Who asks too often is told so, and when to come again."""
    client = limited(rate="2/minute")
    answers = [client.get("/") for _ in "123"]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (answers[2].headers["Retry-After"], "in 30 seconds" in answers[2].text) == ("30", True)


def test_fields():
    """What is left, and when that changes; of a refusal that is when to come again."""
    client = limited(rate="2/minute", name="api")
    answers = [client.get("/").headers for _ in "123"]

    assert {answer["RateLimit-Policy"] for answer in answers} == {'"api";q=2;w=60'}
    assert [answer["RateLimit"] for answer in answers] == ['"api";r=1;t=30', '"api";r=0;t=60', '"api";r=0;t=30']
    assert not {"RateLimit", "RateLimit-Policy"} & set(limited(fields=False).get("/").headers)


def test_each_client_is_counted_for_itself():
    """By its address; of IPv6 by its network."""
    client = limited()
    for address in (MINE, ("2001:db8:1:2::1", 5)):
        assert statuses(client, "/", "/", "/", client=address) == [200, 200, 429]

    assert statuses(client, "/", client=YOURS) == [200]
    assert statuses(client, "/", client=("2001:db8:1:2:ffff::", 5)) == [429]
    assert statuses(client, "/", client=("2001:db8:1:3::", 5)) == [200]


def test_all_pages_count_together():
    """Of one limit; another rate, or another name, is another limit."""
    client = limited()
    client.handler.__self__.merge({"/other": {"tools.rate_limit.rate": "3/hour"}})

    assert statuses(client, "/", "/x", "/", "/other", "/other", "/other", "/other") == [
        *[200, 404, 429],
        *[200, 200, 200, 429],
    ]


def test_burst():
    """How many of them may come at once."""
    assert statuses(limited(rate="100/hour", burst=1), "/", "/") == [200, 429]
    assert statuses(limited(rate="1/hour", burst=3), "/", "/", "/", "/") == [200, 200, 200, 429]


def test_strangers_cannot_say_who_they_are():
    """X-Forwarded-For counts if the proxy tool believes it, and not by itself."""
    said = [{"X-Forwarded-For": f"3.3.3.{number}"} for number in range(3)]
    client = limited()
    assert [client.get("/", headers=each, client=MINE).status for each in said] == [200, 200, 429]

    client = limited({"tools.proxy.on": True, "request.trusted_proxies": ["1.1.1.1"]})
    assert [client.get("/", headers=each, client=MINE).status for each in said] == [200] * 3
    assert [client.get("/", headers=each, client=YOURS).status for each in said] == [200, 200, 429]


def test_methods():
    """Which of them count."""
    assert statuses(limited(methods=["POST"]), "/", "/", "/", "POST /", "POST /", "POST /") == [200] * 5 + [429]


@pytest.mark.parametrize(
    "exempt", [["1.1.1.0/24"], ["9.9.9.9", "1.1.1.1"], lambda request: request.remote.ip == "1.1.1.1"]
)
def test_exempt(exempt):
    """Who is not counted."""
    client = limited(exempt=exempt)

    assert statuses(client, *["/"] * 4, client=MINE) == [200] * 4
    assert statuses(client, *["/"] * 3, client=YOURS) == [200, 200, 429]


def log_in():
    """A guard that believes everybody."""
    kirsch.request.login = kirsch.request.params.get("user")


def test_by_login():
    """Each user for himself, wherever he comes from; those who are nobody by their addresses."""
    client = limited({"hooks.before_handler": kirsch_hook(log_in, 1)}, key="login")

    assert statuses(client, "/?user=a", "/?user=a", "/?user=b", client=MINE) == [200, 200, 200]
    assert statuses(client, "/?user=a", "/?user=b", client=YOURS) == [429, 200]
    assert statuses(client, "/", "/", "/", client=YOURS) == [200, 200, 429]


def kirsch_hook(function, priority):
    """The function as a hook with this priority."""
    function.priority = priority
    return function


def test_by_anything():
    """A callable says whom to count, of the form too; None is nobody."""
    client = limited(key=lambda request: request.params.get("user"))
    for user in "ab":
        assert [client.post("/", data={"user": user}).status for _ in "123"] == [200, 200, 429]

    assert statuses(client, *["/"] * 4) == [200] * 4


def test_by_a_number():
    """As ids of users are."""
    assert statuses(limited(key=lambda _: 7), "/", "/", "/") == [200, 200, 429]


def test_before_the_body_is_read():
    """A refused upload is not read."""
    client = limited(rate="1/hour")
    statuses(client, "/")

    assert client.post("/", data={"a": "1"}, headers={"Content-Type": "multipart/form-data"}).status == 429


def test_another_status():
    """And others than 429."""
    assert statuses(limited(status=503), "/", "/", "/") == [200, 200, 503]


def test_several_limits():
    """A second tool of the kind is a second limit; the fields tell of both."""
    client = limited(rate="2/hour", name="slow")
    application = client.handler.__self__
    application.toolboxes["tools"].fast = RateLimit()
    application.merge({"/": {"tools.fast.on": True, "tools.fast.rate": "1/second", "tools.fast.name": "fast"}})

    assert client.get("/").headers["RateLimit-Policy"] == '"slow";q=2;w=3600, "fast";q=1;w=1'
    assert client.get("/").headers["RateLimit"] == '"slow";r=0;t=3600, "fast";r=0;t=1'


def test_copies_count_too():
    """A page from the cache is a request like any other, and tells of this client's own limit."""
    client = limited({"tools.caching.on": True})
    answers = [client.get("/") for _ in "123"]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate", "often"), ("rate", "0/minute"), ("burst", 0), ("key", "ip"), ("name", 'a"b'), ("name", ""),
     ("exempt", ["host"]), ("status", 200), ("methods", [1])],
)  # fmt: skip
def test_wrong_settings(name, value):
    """Are refused at the start."""
    with pytest.raises(ConfigError, match=f"rate_limit.{name}"):
        LonelyApplication(Root(), "", {"/": {f"tools.rate_limit.{name}": value}}).config.check_tools()


# -- buckets ---------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[MemoryBuckets, lambda clock: SharedBuckets(MemoryStore(), clock)], ids=["memory", "shared"])
def buckets(request):
    """Each kind, with a clock of ours in `now`."""
    now = [10**18]
    made = request.param(lambda: now[0])
    made.now = now
    return made


def test_time_fills_them(buckets):
    """A bucket that was emptied has a token again after its time, and is as good as new after a while."""
    rate = Rate(2, 10, 2)
    spent = [buckets.spend("a", rate).allowed for _ in "123"]
    for seconds in (4, 1, 0, 100, 0, 0):
        buckets.now[0] += seconds * SECOND
        spent.append(buckets.spend("a", rate).allowed)

    assert spent == [True, True, False, False, True, False, True, True, False]


def test_a_clock_that_is_set_back(buckets):
    """Locks nobody out for longer than an empty bucket takes to fill."""
    rate = Rate(1, 10, 1)
    buckets.spend("a", rate)
    spent = []
    for seconds in (-100_000, 9, 2):
        buckets.now[0] += seconds * SECOND
        spent.append(buckets.spend("a", rate).allowed)

    assert spent == [False, False, True]


def test_each_key_has_one(buckets):
    """Of any text."""
    rate = Rate(1, 10, 1)

    assert [buckets.spend(key, rate).allowed for key in ("a", "b", "ä\0\ud800", "x" * 10_000, "a")] == [True] * 4 + [
        False
    ]


def test_threads_do_not_get_more(buckets):
    """However many ask at once, no token is spent twice."""
    rate = Rate(50, 1000, 50)
    with ThreadPoolExecutor(8) as pool:
        spent = list(pool.map(lambda _: buckets.spend("a", rate).allowed, range(400)))

    assert sum(spent) == 50


def test_a_flood_of_clients():
    """Memory is bounded: who has not come for the longest time is forgotten."""
    buckets = MemoryBuckets(most=3)
    rate = Rate(1, 1000, 1)
    spent = [buckets.spend(key, rate).allowed for key in "abcadae"]

    assert (spent, len(buckets)) == ([True, True, True, False, True, False, True], 3)
    assert buckets.spend("b", rate).allowed


def test_processes_share():
    """One store, one bucket."""
    store = MemoryStore()
    clients = [limited(store=store) for _ in "12"]

    assert [status for client in clients for status in statuses(client, "/", "/")] == [200, 200, 429, 429]


class Away(MemoryStore):
    """A store that is never there."""

    asked = 0

    def get(self, key):
        self.asked += 1
        raise Unavailable("memory: is away")


@pytest.mark.parametrize(("closed", "status"), [(False, 200), (True, 503)])
def test_without_the_store(closed, status, caplog):
    """Everybody is let in, or nobody; the store is not asked each time, and the log says it once."""
    store = Away()
    client = limited(store=store, closed=closed)
    answers = [client.get("/") for _ in range(5)]

    assert [answer.status for answer in answers] == [status] * 5
    assert "RateLimit" not in answers[0].headers
    assert (answers[0].headers.get("Retry-After") is not None) is closed
    assert store.asked == 1
    assert caplog.text.count("rates are not counted while a store is away: memory: is away") == 1


@pytest.mark.parametrize("data", [b"", b"x", b"-1", b"9" * 50, b"\xff"])
def test_what_is_not_ours(data):
    """What else stands in the store is no bucket; it is full."""
    store = MemoryStore()
    store.set(digest("a"), data)
    buckets = SharedBuckets(store)

    verdicts = [buckets.spend("a", Rate(1, 100, 1)) for _ in "12"]

    assert [verdict is not None and verdict.allowed for verdict in verdicts] == [True, False]
