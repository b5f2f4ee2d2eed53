"""Section 15 of the acceptance list: helpful objects. O-05 and O-08 only point to other rows."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import HelloWorld


def serve(page):
    """Serve a site of one page."""

    class Root:
        index = staticmethod(cherrypy.expose(page))

    cherrypy.tree.mount(Root(), "/")
    cherrypy.engine.start()


def test_O_01_one_request_a_thread(live):
    """No thread serves two requests at once, however many there are."""
    here, twice, gate = set(), [], threading.Event()

    def page():
        me = threading.get_ident()
        twice.extend([me] if me in here else [])
        here.add(me)
        gate.wait(0.02)
        here.discard(me)
        return "ok"

    serve(page)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(live, ["/"] * 40))

    assert [body for _, body in answers] == ["ok"] * 40
    assert twice == []


def test_O_02_thread_data(live):
    """What a thread keeps is its own: it finds it again, and no other does; a fresh thread has nothing."""

    def page():
        cherrypy.thread_data.n = getattr(cherrypy.thread_data, "n", 0) + 1
        return f"{threading.get_ident()} {cherrypy.thread_data.n}"

    serve(page)
    most = {}
    for _ in range(30):
        thread, n = live("/")[1].split()
        assert int(n) == most.get(thread, 0) + 1
        most[thread] = int(n)

    assert sum(most.values()) == 30
    with pytest.raises(AttributeError):
        _ = cherrypy.thread_data.n


def test_O_03_start_and_stop_of_threads(live):
    """Each thread is announced with its number before its first request, and when it ends."""
    begun, ended, known = [], [], threading.local()

    def begin(number):
        known.number = number
        begun.append(number)

    cherrypy.engine.subscribe("start_thread", begin)
    cherrypy.engine.subscribe("stop_thread", ended.append)
    serve(lambda: str(known.number))
    numbers = {int(live("/")[1]) for _ in range(10)}
    cherrypy.engine.exit()
    cherrypy.engine.unsubscribe("start_thread", begin)
    cherrypy.engine.unsubscribe("stop_thread", ended.append)

    assert numbers <= set(begun)
    assert len(begun) == len(set(begun))
    assert sorted(ended) == sorted(begun)


@pytest.mark.parametrize("name", ["on_start_thread_list", "on_stop_thread_list"])
def test_O_03_old_lists(name):
    """What is appended to the lists of old subscribes."""
    channel = {"on_start_thread_list": "start_thread", "on_stop_thread_list": "stop_thread"}[name]
    said = []
    with pytest.warns(LegacyWarning, match=channel):
        getattr(cherrypy.engine, name).append(said.append)
    cherrypy.engine.publish(channel, 5)
    cherrypy.engine.unsubscribe(channel, said.append)

    assert said == [5]


def test_O_04_tree(client):
    """What is mounted where; more can be mounted and grafted, and any path asked for its mount point."""

    def wsgi(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"guest"]

    cherrypy.tree.mount(HelloWorld(), "/blog")
    cherrypy.tree.graft(wsgi, "/guest")

    assert set(cherrypy.tree.apps) == {"/blog", "/guest"}
    assert [cherrypy.tree.script_name(path) for path in ("/blog/x", "/guest", "/")] == ["/blog", "/guest", None]
    assert [client.get(path).text for path in ("/blog/", "/guest")] == ["Hi", "guest"]


def test_O_06_engine(live):
    """It is started, refreshed, stopped, started again, and ended; restart() and exit() are seen by block()."""
    states, refreshed = cherrypy.engine.states, []
    seen = [cherrypy.engine.state]
    cherrypy.engine.subscribe("graceful", lambda: refreshed.append(True))
    for change in ("start", "graceful", "stop", "start", "exit"):
        getattr(cherrypy.engine, change)()
        seen.append(cherrypy.engine.state)
    cherrypy.engine.block()
    cherrypy.engine.restart()

    started, stopped = states.STARTED, states.STOPPED
    assert seen == [seen[0], started, started, stopped, started, states.EXITING]
    assert refreshed == [True]
    assert cherrypy.engine.execv
    cherrypy.engine.execv = False


def test_O_07_server_by_hand(live, caplog):
    """It can be left out of the engine and started by hand; started twice, it says that it serves already."""
    cherrypy.server.unsubscribe()
    serve(lambda: "hello")
    before = cherrypy.server.httpserver
    cherrypy.server.start()
    cherrypy.server.start()
    body = live("/")[1]
    cherrypy.server.stop()
    cherrypy.server.subscribe()

    assert (before, body) == (None, "hello")
    assert "Already serving on" in caplog.text
