"""Section 2 of the acceptance list: applications, mounting, starting."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import os
import signal
import threading
import types

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.programs import ASK_ITSELF, run_program
from tests.acceptance.sites import HelloRegression, HelloWorld, mounted
from tests.acceptance.ways import OWN, only

ENGINE = only(OWN, why="engine and server of the process are what it is about")
PROCESS = only(OWN, why="it is about a whole process with its server")
FOREIGN = only(OWN, why="a server of others is handed to ours, and serves nothing")


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


def test_M_03_mounted_twice(client):
    """What is mounted last at a path takes it."""
    cherrypy.tree.mount(HelloWorld(), "/")
    cherrypy.tree.mount(HelloRegression(), "/")

    assert client.get("/").text == "regression"


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


@ENGINE
def test_M_07_start_in_the_background(live):
    """It returns at once, and says that this goes without saying."""
    mounted(lambda: "page")
    with pytest.warns(LegacyWarning, match=r"engine\.start\(blocking=…\) is an old name; write engine\.start\(\), and"):
        cherrypy.engine.start(blocking=False)

    assert cherrypy.engine.state.name == "STARTED"
    assert live("/page")[1] == "page"


@ENGINE
@pytest.mark.usefixtures("alone")
def test_M_08_blocking_start(live):
    """It serves until somebody stops it, and returns then."""
    mounted(lambda: "page")
    got = []
    asking = threading.Thread(target=lambda: (got.append(live("/page")[1]), cherrypy.engine.exit()))
    cherrypy.engine.subscribe("start", asking.start, 95)
    with pytest.warns(LegacyWarning, match=r"engine\.start\(blocking=…\) is an old name; write engine\.start\(\), and"):
        cherrypy.engine.start(blocking=True)
    cherrypy.engine.unsubscribe("start", asking.start)

    assert (got, cherrypy.engine.state.name) == (["page"], "EXITING")


@ENGINE
def test_M_09_server_quickstart(live):
    """After the engine it has nothing to do but to say so; before it, it starts the server."""
    mounted(lambda: "page")
    with pytest.warns(LegacyWarning, match=r"server\.quickstart\(…\) is an old name; write engine\.start\(\)"):
        cherrypy.server.quickstart()
    assert live("/page")[0].status == 503
    cherrypy.engine.start()
    cherrypy.server.quickstart()

    assert live("/page")[1] == "page"


@PROCESS
@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT"])
def test_M_09_pair_of_lines(end):
    """Engine and server as of old: the process stays when its program has ended, and goes with status 0."""
    script = """
cherrypy.tree.mount(Root())
cherrypy.engine.start(blocking=False)
cherrypy.server.quickstart()
"""
    line, status = run_program(ASK_ITSELF + script, getattr(signal, end))

    assert (line[:6], status) == ("200 Hi", 0)


@PROCESS
def test_M_09_port():
    """8080, unless config says otherwise."""
    assert cherrypy.server.bind_addr == ("127.0.0.1", 8080)


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


@FOREIGN
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


@FOREIGN
def test_M_10_server_that_fails():
    """What a server raises before it is ready, its start raises."""

    class Failing(OtherServer):
        def start(self):
            raise OSError("no port")

    with pytest.warns(LegacyWarning), pytest.raises(OSError, match="no port"):
        cherrypy.server.quickstart(Failing())


@ENGINE
def test_M_11_start_returns(live):
    """What follows engine.start() runs at once; it may mount more."""
    cherrypy.engine.start()
    cherrypy.tree.mount(HelloWorld())

    assert live("/")[1] == "Hi"


@PROCESS
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
