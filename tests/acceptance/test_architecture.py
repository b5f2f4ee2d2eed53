"""Section 1 of the acceptance list: server, engine, and applications that stand alone."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import os
import subprocess
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from kirsch.compat.cherrypy_tutorial import CONFIG as CONFIG_OF_TUTORIAL
from kirsch.testing.client import Client
from kirsch.testing.wire import WireCourier
from tests.acceptance.programs import ASK_ITSELF, run_program
from tests.acceptance.sites import HelloWorld, mounted
from tests.acceptance.ways import MEMORY, OWN, WSGI, only
from tests.house import ROOT

PROCESS = only(OWN, why="engine and server of the process are what it is about")
CONFIG = only(MEMORY, why="nothing is asked")


@PROCESS
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_A_01_stand_alone_server():
    """One call serves an object; the answer is HTML in UTF-8."""
    line, status = run_program(f"{ASK_ITSELF}\ncherrypy.quickstart(Root())")

    assert (line, status) == ("200 Hi text/html;charset=utf-8\n", 0)


@PROCESS
def test_A_01_several_requests_at_once(live):
    """Pages run at the same time, each in a thread of the pool."""
    both = threading.Barrier(2, timeout=5)

    class Root:
        @cherrypy.expose
        def index(self):
            both.wait()
            return "Hi"

    cherrypy.tree.mount(Root())
    cherrypy.engine.start()
    got = []
    threads = [threading.Thread(target=lambda: got.append(live("/")[1])) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert got == ["Hi", "Hi"]


def asked_by_wsgi(app, path="/"):
    """Status line and body from a WSGI application that is watched for breaking the rules."""
    environ = {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    said, written = [], []
    answer = validator(app)(environ, lambda status, headers, exc_info=None: said.append(status) or written.append)
    body = b"".join([*answer])
    answer.close()
    return said[0], b"".join(written) + body


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@only(WSGI, why="it is about servers that know only WSGI: here that of the standard library")
def test_A_02_wsgi_slave():
    """An Application runs under a foreign WSGI server, with neither engine nor server of its own started."""
    app = cherrypy.Application(HelloWorld(), "")
    with make_server("127.0.0.1", 0, app, handler_class=Silent) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        answer = Client(WireCourier(server.server_address, app.handle)).get("/")

    assert (answer.status, answer.text) == (200, "Hi")
    assert cherrypy.engine.state is not cherrypy.engine.states.STARTED
    assert cherrypy.server.httpserver is None


@PROCESS
def test_A_03_server_and_engine_are_apart(live):
    """The server can be left out: then the engine starts without it."""
    cherrypy.server.unsubscribe()
    try:
        cherrypy.engine.start()

        assert cherrypy.engine.state is cherrypy.engine.states.STARTED
        assert cherrypy.server.httpserver is None
    finally:
        cherrypy.server.subscribe()


@PROCESS
def test_A_04_engine_not_started(live, caplog):
    """The server alone says that the engine has not been started, and how to; afterwards the same request is served."""
    cherrypy.tree.mount(HelloWorld())
    cherrypy.server.start()
    answer, text = live("/")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "engine.start()" in text
    assert len([record for record in caplog.records if "engine has not been started" in record.getMessage()]) == 1

    cherrypy.engine.start()

    assert live("/")[0].status == 200


def test_A_04_elsewhere(client):
    """In memory, and under servers of others, nobody asks for an engine."""
    cherrypy.tree.mount(HelloWorld())

    assert client.get("/").status == 200
    assert cherrypy.engine.state is not cherrypy.engine.states.STARTED


def test_A_05_unrelated_applications(client, caplog):
    """Each answers under its path with its own config and log."""

    class Root:
        @cherrypy.expose
        def index(self):
            cherrypy.log("a word")
            return cherrypy.request.config["whose"]

    apps = [cherrypy.tree.mount(Root(), path, {"/": {"whose": path}}) for path in ("/a", "/b")]

    assert [client.get("/a/").text, client.get("/b/").text] == ["/a", "/b"]
    names = [record.name for record in caplog.records if "a word" in record.getMessage()]
    assert names == [app.log.error_log.name for app in apps]


@CONFIG
@pytest.mark.parametrize("key", ["server.socket_port", "engine.autoreload.on"])
def test_A_06_splits_come_back_in_config(key):
    """Keys of the process in the config of an application are reported, with the section they belong in."""
    with pytest.raises(ValueError, match=rf"\[/\] {key}.*\[global\]"):
        cherrypy.tree.mount(HelloWorld(), "/", {"/": {key: 1}})


@only(MEMORY, why="the request is driven by hand")
def test_A_07_call_chain():
    """A request can be driven by hand; the old way to get one says what it is now."""
    mounted(lambda x: f"{cherrypy.request.method} {x}")
    app = cherrypy.tree.apps[""]
    request, response = app.get_serving(("127.0.0.1", 80), ("127.0.0.1", 1111), "http", "HTTP/1.1")
    answer = request.run("GET", "/page", "x=1", "HTTP/1.1", [("Host", "a")], None)
    app.release_serving()

    assert (answer is response, answer.output_status, b"".join(answer.body)) == (True, b"200 OK", b"GET 1")
    assert (b"Content-Type", b"text/html;charset=utf-8") in answer.header_list
    with pytest.warns(LegacyWarning, match="get_serving"):
        request = cherrypy.engine.request(("127.0.0.1", 80), ("127.0.0.1", 1))
    app.release_serving()
    assert request.app == app


@only(OWN, why="it is about serving without WSGI")
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_A_08_no_wsgi():
    """A page is served without anything of WSGI: what speaks it is not even loaded."""
    script = """
import sys
class Root:
    @cherrypy.expose
    def index(self):
        return str([name for name in sys.modules if "wsgi" in name and "gateway" in name or name == "wsgiref"])
"""
    line, status = run_program(f"{ASK_ITSELF}{script}\ncherrypy.quickstart(Root())")

    assert (line[:7], status) == ("200 [] ", 0)


BY_ITS_NAME = """
import kirsch.compat
kirsch.compat.install()
import cherrypy
from cherrypy._cpnative_server import CPHTTPServer

class Root:
    @cherrypy.expose
    def index(self):
        return "Hi"

def ask():
    import http.client
    for path in ("/", "/wsgi/page"):
        connection = http.client.HTTPConnection("127.0.0.1", cherrypy.server.httpserver.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.status, answer.read().decode(), end=" ")
    print(flush=True)

cherrypy.config.update({"server.socket_port": 0, "log.screen": False})
cherrypy.server.httpserver = CPHTTPServer(cherrypy.server)
cherrypy.tree.graft(lambda environ, start_response: [], "/wsgi")
cherrypy.engine.subscribe("started", ask)
cherrypy.quickstart(Root())
"""


@only(OWN, why="it is about serving without WSGI")
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_A_08_by_its_name():
    """With CPHTTPServer pages work, and a grafted WSGI application is refused, which is said."""
    line, status = run_program(BY_ITS_NAME)

    assert (line[:11], "/wsgi is a WSGI application, and CPHTTPServer" in line, status) == ("200 Hi 501 ", True, 0)


TUTORIAL = """
import os
os.environ["KIRSCH_SERVER__SOCKET_PORT"] = "0"
from kirsch.compat.__main__ import main
main(["-m", "cherrypy.tutorial.tut01_helloworld"])
"""


@only(OWN, why="it is about a program")
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_A_14_tutorial():
    """Its first part is a program that serves a page; of itself on port 8080."""
    line, status = run_program(f"{ASK_ITSELF}{TUTORIAL}")

    assert (line, status) == ("200 Hello world! text/html;charset=utf-8\n", 0)
    assert CONFIG_OF_TUTORIAL["global"]["server.socket_port"] == 8080


@only(WSGI, why="it is about WSGI: here by the checker of the standard library")
def test_A_09_application_is_a_wsgi_application():
    """`app(environ, start_response)` keeps to PEP 3333, also for what is streamed, empty, or an error."""

    class Root(HelloWorld):
        @cherrypy.expose
        def stream(self):
            cherrypy.response.stream = True
            return iter(["a", "b"])

    app = cherrypy.Application(Root())

    assert [asked_by_wsgi(app, path) for path in ("/", "/stream")] == [("200 OK", b"Hi"), ("200 OK", b"ab")]
    assert asked_by_wsgi(app, "/nope")[0] == "404 Not Found"


def wsgi_app(name):
    """A WSGI application that tells its name and what part of the path is whose."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name} {environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()]

    return app


@pytest.mark.parametrize(
    ("path", "text"), [("/a/b/x", "app2 /a/b /x"), ("/a/bx", "app1 /a /bx"), ("/a", "app1 /a "), ("/a/", "app1 /a /")]
)
def test_A_10_tree_dispatches_to_wsgi_apps(client, path, text):
    """The longest mount point wins; the application sees the rest of the path."""
    cherrypy.tree.graft(wsgi_app("app1"), "/a")
    cherrypy.tree.graft(wsgi_app("app2"), "/a/b")

    assert client.get(path).text == text
    assert [client.get(other).status for other in ("/", "/ab", "/x/a")] == [404] * 3
    assert asked_by_wsgi(cherrypy.tree, path)[0] == "200 OK"


def test_A_11_chain_of_wsgi_applications(client):
    """Middleware sees every request of its application."""
    seen = []

    def middleware(nextapp, arg):
        return lambda environ, start: seen.append((arg, environ["PATH_INFO"])) or nextapp(environ, start)

    mounted(lambda: "page", {"/": {"wsgi.pipeline": [("mw", middleware)], "wsgi.mw.arg": 1}})

    assert client.get("/page").text == "page"
    assert seen == [(1, "/page")]


def test_A_12_host_of_foreign_applications(client):
    """A WSGI application of others is served; tools do not apply to it."""
    cherrypy.config.update({"tools.trailing_slash.extra": True})
    cherrypy.tree.mount(HelloWorld())
    cherrypy.tree.graft(wsgi_app("django"), "/dj")

    assert (client.get("/dj/x/").text, client.get("/").text) == ("django /dj /x/", "Hi")


@CONFIG
def test_A_13_lean():
    """What acts on every page by default is the slash at the end; the others wait for failures or Accept-Charset."""
    on = {key for key in cherrypy.config if key.startswith("tools.")} - {
        "tools.encode.on",
        "tools.log_headers.on",
        "tools.log_tracebacks.on",
    }

    assert on == {"tools.trailing_slash.on"}


@CONFIG
def test_A_13_no_more_than_needed():
    """Neither databases nor templates are loaded with it."""
    script = "import sys, kirsch; print(sorted({'sqlite3', 'jinja2', 'mako', 'redis', 'psycopg'} & set(sys.modules)))"
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
