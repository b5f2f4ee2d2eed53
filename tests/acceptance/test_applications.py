"""Section 2 of the acceptance list: applications, mounting, starting."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import os
import threading
import types

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.programs import ASK_ITSELF, run_program
from tests.acceptance.sites import HelloRegression, HelloWorld, mounted


def test_M_01_class_with_handlers(client):
    """An application is a plain class."""
    cherrypy.tree.mount(HelloWorld())

    assert client.get("/").text == "Hi"


def test_M_02_mount_at_the_root_and_below(client):
    """`/` is the same as the empty mount point; a mount point without its slash is redirected to it."""
    cherrypy.tree.mount(HelloWorld(), "/")
    cherrypy.tree.mount(HelloRegression(), "/tests")

    assert [client.get("/").text, client.get("/tests/").text] == ["Hi", "regression"]
    assert (client.get("/tests").status, client.get("/tests").headers["Location"]) == (301, "http://localhost/tests/")


def test_M_03_base_path(client):
    """The mount point is script_name, the rest path_info; the longest mount point wins."""

    class Root:
        @cherrypy.expose
        def default(self, *args):
            return f"{cherrypy.request.script_name} {cherrypy.request.path_info}"

    for path in ("", "/blog", "/blog/more"):
        cherrypy.tree.mount(Root(), path)

    assert [client.get(path).text for path in ("/x", "/blog/x", "/blog/more/x", "/blogs")] == [
        " /x",
        "/blog /x",
        "/blog/more /x",
        " /blogs",
    ]


def test_M_04_children_are_subdirectories(client):
    """An object that is an attribute answers below the name of it."""
    helloworld = HelloWorld()
    helloworld.tests = HelloRegression()
    cherrypy.tree.mount(helloworld, "/")

    assert [client.get(path).text for path in ("/", "/tests/")] == ["Hi", "regression"]


def test_M_05_several_instances(client):
    """Instances of one class have their own state."""

    class Counter:
        count = 0

        @cherrypy.expose
        def index(self):
            self.count += 1
            return str(self.count)

    cherrypy.tree.mount(Counter(), "/a")
    cherrypy.tree.mount(Counter(), "/b")

    assert [client.get(path).text for path in ("/a/", "/a/", "/b/")] == ["1", "2", "1"]


def test_M_06_handlers_outside_of_classes(client):
    """Functions may be children, modules roots."""

    def hello():
        return "x"

    hello.exposed = True
    root = HelloWorld()
    root.hello = hello
    module = types.ModuleType("pages")
    module.hello = hello
    cherrypy.tree.mount(root, "/")
    cherrypy.tree.mount(module, "/module")

    assert [client.get(path).text for path in ("/hello", "/module/hello")] == ["x", "x"]


@pytest.mark.parametrize(("blocking", "state"), [(False, "STARTED")])
def test_M_07_start_in_the_background(live, blocking, state):
    """It returns at once, and says that this goes without saying."""
    mounted(lambda: "page")
    with pytest.warns(LegacyWarning, match=r"engine\.block\(\)"):
        cherrypy.engine.start(blocking=blocking)

    assert cherrypy.engine.state.name == state
    assert live("/page")[1] == "page"


def test_M_08_blocking_start(monkeypatch):
    """It waits for the end."""
    waited = []
    monkeypatch.setattr(cherrypy.engine, "block", lambda: waited.append("block"))
    cherrypy.config.update({"server.socket_port": 0})
    with pytest.warns(LegacyWarning, match="old name"):
        cherrypy.engine.start(blocking=True)

    assert waited == ["block"]


def test_M_09_server_quickstart(live):
    """After the engine it has nothing to do but to say so; before it, it starts the server."""
    mounted(lambda: "page")
    with pytest.warns(LegacyWarning, match=r"engine\.start"):
        cherrypy.server.quickstart()
    assert live("/page")[0].status == 503
    cherrypy.engine.start()
    cherrypy.server.quickstart()

    assert live("/page")[1] == "page"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_M_09_pair_of_lines():
    """Engine and server as of old: the process stays when its program has ended, and goes with status 0."""
    script = """
cherrypy.tree.mount(Root())
cherrypy.engine.start(blocking=False)
cherrypy.server.quickstart()
"""
    line, status = run_program(ASK_ITSELF + script)

    assert (line[:6], status) == ("200 Hi", 0)


class OtherServer:
    """Serves nothing until it is stopped."""

    def __init__(self, adapter=None):
        self.adapter = adapter
        self.ready = False
        self.bind_addr = ("127.0.0.1", 8081)
        self.stopped = threading.Event()

    def start(self):
        self.ready = True
        self.stopped.wait(5)

    def stop(self):
        self.stopped.set()


@pytest.mark.parametrize("given", [OtherServer(), f"{__name__}.OtherServer"], ids=["server", "name"])
def test_M_10_quickstart_of_a_server(given):
    """A server of others, or its name, takes the place of ours; it ends with the engine."""
    with pytest.warns(LegacyWarning, match="server.quickstart"):
        cherrypy.server.quickstart(given)
    cherrypy.engine.start()
    server = cherrypy.server.httpserver

    assert isinstance(server, OtherServer)
    assert (server.ready, cherrypy.server.base()) == (True, "http://127.0.0.1:8081")
    cherrypy.engine.exit()
    assert (server.stopped.is_set(), cherrypy.server.httpserver) == (True, None)


def test_M_10_server_that_fails():
    """What a server raises before it is ready, its start raises."""

    class Failing(OtherServer):
        def start(self):
            raise OSError("no port")

    with pytest.warns(LegacyWarning), pytest.raises(OSError, match="no port"):
        cherrypy.server.quickstart(Failing())


def test_M_11_start_returns(live):
    """What follows engine.start() runs at once; it may mount more."""
    cherrypy.engine.start()
    cherrypy.tree.mount(HelloWorld())

    assert live("/")[1] == "Hi"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_M_12_signals():
    """With the signals subscribed, SIGTERM ends the process with status 0."""
    script = """
cherrypy.tree.mount(Root())
cherrypy.engine.signals.subscribe()
cherrypy.engine.start()
cherrypy.engine.block()
"""
    line, status = run_program(ASK_ITSELF + script)

    assert (line[:6], status) == ("200 Hi", 0)
