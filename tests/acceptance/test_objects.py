"""Section 15 of the acceptance list: helpful objects. O-05 and O-08 only point to other rows."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from kirsch.app.legacynames import ENGINE_LISTS, SERVER_LISTS
from tests.acceptance.sites import HelloWorld
from tests.acceptance.ways import MEMORY, OWN, only

PROCESS = only(OWN, why="engine, server and threads of the process are what it is about")


def serve(page):
    """Serve a site of one page."""

    class Root:
        index = staticmethod(cherrypy.expose(page))

    cherrypy.tree.mount(Root(), "/")
    cherrypy.engine.start()


@PROCESS
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


@PROCESS
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


@PROCESS
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
    assert sorted(set(begun) & set(ended)) == sorted(begun)  # of earlier engines, threads may still be ending


@only(MEMORY, why="nothing is asked")
@pytest.mark.parametrize(
    ("owner", "name", "channel"),
    [
        *(("engine", name, channel) for name, channel in ENGINE_LISTS.items()),
        *(("server", name, channel) for name, channel in SERVER_LISTS.items()),
    ],
)
def test_O_03_old_lists(owner, name, channel):
    """What is appended to the lists of old subscribes."""
    said = []

    def listen(*given):
        said.append(given)

    with pytest.warns(LegacyWarning, match=rf"{owner}\.{name} is an old name; write engine\.subscribe\('{channel}'"):
        getattr(getattr(cherrypy, owner), name).append(listen)

    assert listen in cherrypy.engine.listeners[channel]
    cherrypy.engine.unsubscribe(channel, listen)


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


@PROCESS
@pytest.mark.usefixtures("alone")
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


@PROCESS
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


@PROCESS
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("arguments", [{"init_only": True}, {"initOnly": True}, {"init_only": False}], ids=str)
def test_O_07_start_of_old(live, arguments):
    """With the arguments of CherryPy 2 it starts engine and server, and waits for their end unless told not to."""
    cherrypy.tree.mount(HelloWorld())
    got = []
    asking = threading.Thread(target=lambda: (got.append(live("/")[1]), cherrypy.engine.exit()))
    cherrypy.engine.subscribe("start", asking.start, 95)
    with pytest.warns(LegacyWarning, match=r"server\.start\(init_only=…, server_class=…\) is an old name; write eng"):
        cherrypy.server.start(**arguments)
    asking.join(5)
    cherrypy.engine.unsubscribe("start", asking.start)

    assert got == ["Hi"]


class Counted:
    """A server of others."""

    bind_addr = ("127.0.0.1", 8081)
    ready = False

    def start(self):
        self.ready = True
        made.append(self)

    def stop(self):
        made.remove(self)


made: list[Counted] = []


@PROCESS
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(("server_class", "serving"), [(Counted, 1), (None, 0)])
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_O_07_server_class(server_class, serving):
    """A server of others takes the place of ours; with None there is the engine alone."""
    cherrypy.server.start(True, server_class)
    try:
        assert (cherrypy.engine.state.name, len(made)) == ("STARTED", serving)
        assert isinstance(cherrypy.server.httpserver, server_class or type(None))
    finally:
        cherrypy.engine.exit()
        cherrypy.server.subscribe()


@only(MEMORY, why="nothing is asked")
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_O_07_unknown_argument():
    """It is named, with the one that may be meant."""
    with pytest.raises(TypeError, match=r"no argument init_onli.*init_only"):
        cherrypy.server.start(init_onli=True)
