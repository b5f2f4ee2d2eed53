from __future__ import annotations

import contextvars
import threading

import pytest

import kirsch
from kirsch.app.context import Proxy, Serving, current, present
from kirsch.testing.client import Client
from tests.app.pages import page


@pytest.fixture(autouse=True)
def _clean():
    """No request in this thread, before and after."""
    current.set(None)
    yield
    current.set(None)


def in_thread(call):
    """What this gives in another thread."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]


def test_proxies_within_a_request():
    """`kirsch.request` and `kirsch.response` are those of the page being answered."""

    def handler():
        kirsch.response.headers["X-One"] = kirsch.request.headers["X-One"]
        kirsch.response.status = 201
        kirsch.request.own = "mine"
        assert kirsch.serving.request is present()
        assert kirsch.serving.response is present().response
        assert kirsch.request == present()
        return f"{kirsch.request.own} {kirsch.request.path_info}"

    answer = page(handler).get("/", headers={"X-One": "1"})

    assert (answer.status, answer.headers["X-One"], answer.text) == (201, "1", "mine /")


def test_nothing_is_left_of_a_request():
    """What one request has set on the proxies is not there in the next, nor outside."""

    def handler(**_):
        had = hasattr(kirsch.request, "own")
        kirsch.request.own = kirsch.serving.own = 1
        return str(had)

    client = page(handler)

    assert [client.get("/").text, client.get("/").text] == ["False", "False"]
    assert not hasattr(kirsch.request, "own")
    assert not hasattr(kirsch.serving, "own")


def test_outside_of_a_request():
    """A blank request of this thread alone; what is set on it stays with it."""
    kirsch.request.own = 1
    kirsch.response.status = 404

    assert (kirsch.request.app, kirsch.request.own, kirsch.request.config) == (None, 1, {})
    assert in_thread(lambda: hasattr(kirsch.request, "own")) is False
    assert in_thread(lambda: kirsch.response.status) is None


def test_requests_in_threads():
    """Each thread sees its own."""
    both = threading.Barrier(2, timeout=5)

    def handler(n):
        both.wait()
        return kirsch.request.query_string + n

    client = page(handler)
    texts = []
    threads = [threading.Thread(target=lambda n=n: texts.append(client.get(f"/?n={n}").text)) for n in "12"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(texts) == ["n=11", "n=22"]


def test_request_within_a_request():
    """A page that asks the site itself has its own request back afterwards."""

    class Root:
        def default(self, *args):
            if args == ("inner",):
                return "inner"
            text = client.get("/inner").text
            return f"{text} {kirsch.request.path_info} {kirsch.request.app is not None}"

        default.exposed = True

    client = Client(kirsch.Application(Root()))

    assert client.get("/outer").text == "inner /outer True"


def test_copied_context():
    """A thread that a page starts may take the request along."""

    def handler():
        def path():
            return kirsch.request.path_info

        context = contextvars.copy_context()
        return in_thread(lambda: context.run(path)) + in_thread(path)

    assert page(lambda *_: handler()).get("/page").text == "/page/"


class Thing:
    """What a proxy may stand for."""

    def __init__(self):
        self.items = {"a": 1}

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.items[key] = value

    def __delitem__(self, key):
        del self.items[key]

    def __contains__(self, key):
        return key in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)


def test_proxy_does_what_the_object_does():
    """Attributes, items, membership, iteration, length, truth, equality."""
    thing = Thing()
    proxy = Proxy(lambda: thing, "thing")
    proxy["b"] = 2
    del proxy["a"]
    proxy.own = 3
    proxy.gone = 4
    del proxy.gone

    assert (proxy["b"], "a" in proxy, list(proxy), len(proxy), bool(proxy)) == (2, False, ["b"], 1, True)
    assert (proxy == thing, hash(proxy) == hash(thing), thing.own, hasattr(thing, "gone")) == (True, True, 3, False)
    assert "own" in dir(proxy)
    assert proxy.__dict__ is thing.__dict__
    assert "thing" in repr(proxy)


def test_serving_keeps_things_for_a_request():
    """Tools store on it what belongs to one request."""
    serving = Serving()
    serving.session = "s"

    assert serving.session == "s"
    del serving.session
    with pytest.raises(AttributeError, match="session"):
        _ = serving.session
    with pytest.raises(AttributeError):
        del serving.session


def test_serving_load_and_clear():
    """For those who make requests by hand."""
    serving = Serving()
    request, response = present(), present().response
    serving.clear()

    assert serving.request is not request
    serving.load(request, response)
    assert (serving.request, serving.response) == (request, response)


def test_thread_data():
    """An attribute for each thread, which outlives its requests."""
    kirsch.thread_data.count = 0

    def handler():
        kirsch.thread_data.count += 1
        return str(kirsch.thread_data.count)

    client = page(handler)

    assert [client.get("/").text, client.get("/").text] == ["1", "2"]
    assert in_thread(lambda: hasattr(kirsch.thread_data, "count")) is False
