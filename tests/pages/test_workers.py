"""Statistics of several workers: what is summed, what is shown of each, and what is left when one ends."""

from __future__ import annotations

import json

import pytest

from kirsch.pages.counts import NAMESPACE, SERVER, Asked, Counts, merged_counts, merged_server
from kirsch.pages.workers import WORKERS, Workers
from kirsch.process.bus import Bus

ASKED = Asked("GET / HTTP/1.1", "", "200 OK", 10, 100, 5.0, 0.5, "all")
FAILED = ASKED._replace(status="500 Internal Server Error", seconds=1.5, began=3.0)


class Others:
    """Colleagues that say what they are given, beside the one that asks."""

    def __init__(self, **answers):
        self.bus, self.name, self.answers = Bus(), "1", answers

    def join(self, answer):
        self.answer = answer

    def ask(self, question):
        return {self.name: json.loads(json.dumps(self.answer(question))), **self.answers}


def worker(*asked, others=None, place="2,5,1", monkeypatch=None):
    """A worker that has answered these requests."""
    counts = Counts(lambda: 1000.0)
    for each in asked:
        counts.begin()
        counts.end(each, 1.0, 10)
    server = {
        "Engine": "STARTED",
        "Requests": len(asked),
        "Accepts": 1,
        "Uptime": 2.0,
        "Threads": {"t": {"Doing": "idle"}},
    }
    monkeypatch.setenv("_KIRSCH_WORKER", place)
    return Workers(others or Others(), counts.values.copy, server.copy)


def test_sums_and_shares(monkeypatch):
    """Whoever is asked: the sum of all, a line for each, and one that does not answer."""
    other = worker(FAILED, place="1,4,0", monkeypatch=monkeypatch).answer({}) | {"Process": 7}
    found = worker(ASKED, FAILED, others=Others(**{"7": other, "8": None}), monkeypatch=monkeypatch).together()
    counts, table = found[NAMESPACE], found[WORKERS]

    assert (counts["Total Requests"], counts["Total Errors"], counts["Total Bytes Written"]) == (3, 2, 300)
    assert counts["Bytes Written/Request"](counts) == 100
    assert (found[SERVER]["Requests"], found[SERVER]["Uptime"]) == (3, 2.0)
    assert [table[key] for key in ("Asked", "Started", "Lost")] == ["1", 5, 1]
    assert {name: each.get("Total Requests") for name, each in table["Workers"].items()} == {"1": 2, "7": 1, "8": None}
    assert table["Workers"]["7"]["Threads"] == "1 idle"
    assert table["Workers"]["8"] == {"Engine": "gives no answer"}


def test_what_one_leaves(monkeypatch, tmp_path):
    """Sums do not fall when a worker ends, and another one takes its place."""
    monkeypatch.setenv("_KIRSCH_STORE", f"sqlite:{tmp_path}/shared.db")
    for _ in range(2):
        worker(ASKED, FAILED, monkeypatch=monkeypatch).bequeath()
    found = worker(ASKED, monkeypatch=monkeypatch).together()

    assert (found[NAMESPACE]["Total Requests"], found[NAMESPACE]["Current Requests"], found[SERVER]["Accepts"]) == (
        5,
        0,
        3,
    )
    assert found[NAMESPACE]["URI Set Tracking"]["all"] | {"Avg": 0} == {
        "Min": 0.5, "Max": 1.5, "Count": 5, "Sum": 4.5, "Avg": 0,
    }  # fmt: skip
    assert found[WORKERS]["Workers"]["ended"]["Total Requests"] == 4


@pytest.mark.parametrize("on", [False, True])
def test_counting_is_paused_in_all(monkeypatch, on):
    """By the one that is asked to."""
    space = {"ours": {"Enabled": not on}}
    monkeypatch.setattr("kirsch.pages.workers.statistics", lambda: space)
    worker(monkeypatch=monkeypatch).switch("ours", on=on)
    worker(monkeypatch=monkeypatch).switch("unknown", on=on)

    assert space == {"ours": {"Enabled": on}}


def test_slow_requests_of_all_in_order(monkeypatch):
    """The last ones of all processes, by when they began."""
    slow = [{"Start Time": number} for number in (1, 3, 2)]
    plain = worker(monkeypatch=monkeypatch).answer({})[NAMESPACE]
    merged = merged_counts([plain | {"Slow Queries": slow[:2]}, plain | {"Slow Queries": slow[2:]}])

    assert [query["Start Time"] for query in merged["Slow Queries"]] == [1, 2, 3]


def test_servers_that_do_not_all_run():
    """One that is about to end says less."""
    ending, serving = {"Running": False, "Engine": "EXITING"}, {"Running": True, "Engine": "STARTED", "Requests": 3}

    assert merged_server([ending, serving]) == {"Running": True, "Engine": "EXITING", "Requests": 3}
