from __future__ import annotations

import pytest

import kirsch
from kirsch.testing.client import Client

SSE = {"/": {"tools.sse.on": True}}


class Root:
    """Pages of all kinds. left: how many have been closed."""

    left = 0

    @kirsch.expose
    def index(self):
        try:
            yield from ("a", None, {"b": [1]}, kirsch.Event("c", name="n"), kirsch.Event(2, id="i"))
        finally:
            Root.left += 1

    @kirsch.expose
    def endless(self):
        while True:
            yield "more"

    @kirsch.expose
    def refused(self):
        raise kirsch.HTTPError(403)
        yield

    @kirsch.expose
    def text(self):
        return "no events"

    @kirsch.expose
    def listed(self):
        return ["a", "b"]

    @kirsch.expose
    def broken(self):
        yield object()


@pytest.fixture
def client():
    """Asks the pages above."""
    return Client(kirsch.Application(Root(), config=SSE))


def test_what_a_page_yields_is_sent_as_events(client):
    """Text as it is, None as a sign of life, events with their fields, all else as JSON; and each at once."""
    left = Root.left
    answer = client.get("/")
    assert answer.headers["Content-Type"] == "text/event-stream;charset=utf-8"
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert answer.pieces == [
        b"data: a\n\n", b":\n\n", b'data: {"b":[1]}\n\n', b"event: n\ndata: c\n\n", b"id: i\ndata: 2\n\n"
    ]  # fmt: skip
    assert Root.left == left + 1


@pytest.mark.parametrize(
    ("path", "status", "kind", "text"),
    [
        ("/refused", 403, "text/plain", "Forbidden"),
        ("/text", 200, "text/html", "no events"),
        ("/listed", 200, "text/event-stream", "data: a\n\ndata: b\n\n"),
        ("/broken", 500, "text/plain", "Internal Server Error"),
    ],
)
def test_other_answers(client, path, status, kind, text):
    """An error and a page that is whole are sent as without the tool; any row of values is one of events."""
    answer = client.get(path)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
    assert text in answer.text


@pytest.mark.parametrize("accept", ["latin-1", "utf-8;q=0.5, *", "nonsense"])
def test_no_other_charset_is_tried(client, accept):
    """That would have a page read to its end that has none."""
    with client.stream("GET", "/endless", headers={"Accept-Charset": accept}) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream;charset=utf-8"
        assert next(answer.pieces) == b"data: more\n\n"


def test_head_has_no_end_to_wait_for(client):
    """The head of a page that never ends is told all the same."""
    answer = client.head("/endless")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream;charset=utf-8")


def test_events_are_compressed_one_by_one():
    """Compression holds none of them back."""
    client = Client(kirsch.Application(Root(), config={"/": SSE["/"] | {"tools.compress.on": True}}))
    with client.stream("GET", "/endless", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert next(answer.pieces)


def test_no_more_may_watch_than_there_are_seats():
    """The next is told when to come again, and gets the seat of one who has left."""
    client = Client(kirsch.Application(Root(), config={"/": SSE["/"] | {"tools.sse.most": 1}}))
    with client.stream("GET", "/endless") as answer:
        assert next(answer.pieces) == b"data: more\n\n"
        refused = client.get("/endless")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    with client.stream("GET", "/endless") as answer:
        assert answer.status == 200


def test_a_page_in_its_place():
    """A hook that puts another page in place of the stream takes no seat away."""

    class Root:
        @kirsch.expose
        @kirsch.tools.sse(most=1)
        def index(self):
            yield "one"

    application = kirsch.Application(Root(), "")
    application.merge({"/": {"hooks.before_finalize": lambda: setattr(kirsch.response, "body", b"other")}})
    client = Client(application)

    assert [client.get("/").text for _ in range(3)] == ["other"] * 3
