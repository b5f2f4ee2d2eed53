from __future__ import annotations

import json
import logging
import threading

import pytest

import kirsch
from kirsch.pages.counts import MOST_URIS, NAMESPACE, SERVER, Asked, Counts, extrapolate_statistics, statistics
from kirsch.pages.statistics import StatisticsPage, StatisticsTool
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication
from tests.server.wire import serving

STRANGER = ("8.8.8.8", 5)


class Root:
    """Pages that are counted, and the statistics."""

    def __init__(self):
        self.statistics = StatisticsPage()

    @kirsch.expose
    def index(self, **_):
        return "seven b"

    @kirsch.expose
    def fails(self):
        raise ValueError


@pytest.fixture
def counts(monkeypatch):
    """Fresh ones, in the place of those of the process."""
    counts = Counts(iter(range(1000, 100_000)).__next__)
    monkeypatch.setitem(statistics(), NAMESPACE, counts.values)
    return counts


@pytest.fixture
def asking(counts):
    """A client of a site that counts in them."""
    application = LonelyApplication(Root())
    application.toolboxes["tools"].cpstats = StatisticsTool(counts)
    application.merge(
        {"/": {"tools.cpstats.on": True, "tools.cpstats.uriset": "all"}, "/statistics": {"tools.cpstats.on": False}}
    )
    return Client(application)


def test_requests_are_counted(asking, counts):
    """What came in, what went out, also if it failed."""
    asking.post("/", data={"a": "x" * 98})
    asking.get("/fails")
    found = extrapolate_statistics(counts.values)

    assert (found["Total Requests"], found["Current Requests"], found["Total Bytes Read"]) == (2, 0, 100)
    assert found["Total Bytes Written"] > 100
    (last,) = found["Requests"].values()
    assert (last["Request-Line"], last["Response Status"]) == ("GET /fails HTTP/1.1", "500 Internal Server Error")
    assert found["URI Set Tracking"]["all"]["Count"] == 2


def test_slow_requests_are_remembered(counts):
    """The last ones, up to a number; and no more sets of URIs than there is room for."""
    for number in range(MOST_URIS + 50):
        counts.begin()
        counts.end(Asked(f"GET /{number}", "", "200 OK", 0, 0, 0.0, number % 2, f"set {number}"), 1.0, 10)

    assert [each["Request-Line"] for each in counts.values["Slow Queries"]][-1] == f"GET /{MOST_URIS + 49}"
    assert len(counts.values["Slow Queries"]) == 10
    assert len(counts.values["URI Set Tracking"]) == MOST_URIS


def test_no_count_is_lost(counts):
    """However many threads count at once."""

    def count():
        for _ in range(2000):
            counts.begin()
            counts.end(Asked("", "", "", 1, 1, 0.0, 0.0, "all"), 1.0, 10)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (counts.values["Total Requests"], counts.values["Current Requests"]) == (8000, 0)
    assert counts.values["URI Set Tracking"]["all"]["Count"] == 8000


def test_json(asking):
    """All namespaces, the server's too."""
    asking.get("/")
    answer = asking.get("/statistics/data")
    found = json.loads(answer.text)

    assert answer.headers["Content-Type"] == "application/json"
    assert found[NAMESPACE]["Total Requests"] == 1
    assert found[SERVER]["Running"] is False


def test_the_page_escapes_what_clients_have_sent(asking, monkeypatch):
    """Whatever it is, and whoever counts."""
    monkeypatch.setitem(
        statistics(), "<b>", {"<i>": "<u>", "List": [{"<s>": "<q>"}, 1], "Map": {"<k>": {}}, "Empty": []}
    )
    asking.get("/?x=<script>")
    page = asking.get("/statistics/", headers={"Accept": "text/html"}).text

    assert "&lt;script&gt;" in page
    assert not [tag for tag in ("<script>", "<b>", "<i>", "<u>", "<s>", "<q>", "<k>") if tag in page]


@pytest.mark.parametrize("path", ["/statistics/", "/statistics/data"])
def test_strangers_see_nothing(asking, path):
    """Nor does a client that comes by another name, or through a proxy."""
    for options in (
        {"client": STRANGER},
        {"headers": {"Host": "site.example"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    ):
        assert asking.get(path, **options).status == 403
    assert asking.get(path).status == 200


@pytest.mark.parametrize(("public", "login"), [(True, None), (False, "ada")])
def test_others_may_be_let_in(asking, monkeypatch, public, login):
    """By a tool that knows who they are, or all."""

    def log_in():
        kirsch.request.login = login

    asking.handler.__self__.merge({"/statistics": {"hooks.before_handler": log_in}})
    monkeypatch.setattr(StatisticsPage, "public", public)

    assert asking.get("/statistics/", client=STRANGER).status == 200


def test_pause_and_resume(asking, counts):
    """By a form of the page itself."""
    for verb, total in (("pause", 0), ("resume", 1)):
        answer = asking.post(f"/statistics/{verb}", data={"namespace": NAMESPACE})
        asking.get("/")

        assert (answer.status, answer.headers["Location"]) == (303, "http://localhost/statistics/")
        assert counts.values["Total Requests"] == total


@pytest.mark.parametrize(
    ("method", "options", "status"),
    [
        ("GET", {}, 405),
        ("POST", {"headers": {"Origin": "http://evil.example"}}, 403),
        ("POST", {"headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ("POST", {"client": STRANGER}, 403),
        ("POST", {"params": {"namespace": "nowhere"}}, 404),
    ],
)
def test_nobody_else_pauses(asking, counts, method, options, status):
    """No link, no page of another site, and no stranger."""
    answer = asking.request(method, "/statistics/pause", **{"params": {"namespace": NAMESPACE}, **options})

    assert (answer.status, counts.enabled) == (status, True)


def test_functions_in_statistics():
    """Become what they give, wherever they stand; one that fails gives the name of its failure."""
    given = {"n": 2, "twice": lambda scope: scope["n"] * 2, "deep": {"m": 1, "same": lambda scope: scope["m"]}}
    given |= {"list": [{"x": 1, "y": lambda scope: scope["x"]}], "fails": lambda scope: scope["?"]}

    assert extrapolate_statistics(given) == {
        "n": 2, "twice": 4, "deep": {"m": 1, "same": 1}, "list": [{"x": 1, "y": 1}], "fails": "KeyError",
    }  # fmt: skip


def test_formatting():
    """A pattern, a function, or nothing at all; what does not fit is shown as it is."""
    page = StatisticsPage()
    page.formatting = {"N": {"a": "%.1f", "b": hex, "c": None, "d": "%d"}}  # type: ignore[misc]
    shown = page._namespace("N", {"a": 1.25, "b": 255, "c": "hidden", "d": "text"})

    assert "<td>1.2<" in shown
    assert "<td>0xff<" in shown
    assert "<td>text" in shown
    assert "hidden" not in shown


def test_the_server_of_the_process(monkeypatch):
    """Its own numbers, while it runs."""
    with serving(lambda exchange: exchange.reply(200, [], b"")) as server:
        monkeypatch.setattr(type(kirsch.server), "statistics", lambda _: server.statistics())
        found = json.loads(Client(Root()).get("/statistics/data").text)[SERVER]

    assert found["Running"] is True
    assert {each["Doing"] for each in found["Threads"].values()} <= {"idle", "holder", "busy"}


def test_old_names():
    """As CherryPy's applications read them."""
    import kirsch as cherrypy

    cpstats = cherrypy.lib.cpstats
    assert cpstats.StatsPage is StatisticsPage
    assert cherrypy.tools.cpstats.counts.values is cpstats.appstats
    assert "Total Requests" in cpstats.extrapolate_statistics(logging.statistics)[NAMESPACE]
