"""Rows of the acceptance list that are about old names, and about what came with the whole engine."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

from xmlrpc.client import dumps, loads

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning, modern_key
from tests.seed.sites import mounted


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


def test_A_11_chain_of_wsgi_applications(client):
    """Middleware sees every request of its application."""
    seen = []

    def middleware(nextapp, arg):
        return lambda environ, start: seen.append((arg, environ["PATH_INFO"])) or nextapp(environ, start)

    mounted(lambda: "page", {"/": {"wsgi.pipeline": [("mw", middleware)], "wsgi.mw.arg": 1}})

    assert client.get("/page").text == "page"
    assert seen == [(1, "/page")]


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


def test_D_02_root(client):
    """Setting the root of the site mounts it."""

    class Root:
        @cherrypy.expose
        def index(self):
            return "root"

    with pytest.warns(LegacyWarning, match=r"kirsch\.tree\.mount"):
        cherrypy.root = Root()

    assert client.get("/").text == "root"


class Service(cherrypy.XMLRPCController):
    @cherrypy.expose
    def add(self, a, b):
        return a + b


@pytest.mark.parametrize("path", ["/svc/", "/RPC2/svc/"])
def test_D_20_xmlrpc(client, path):
    """Exposed methods are called by name; what cannot be is a fault with status 200."""

    class Root:
        svc = Service()

    cherrypy.tree.mount(Root(), "/", {"/": {"request.dispatch": cherrypy.dispatch.XMLRPCDispatcher()}})
    answers = [
        client.post(path, body=dumps(args, "add"), headers={"Content-Type": "text/xml"}) for args in ((2, 3), (1,))
    ]

    assert loads(answers[0].body)[0] == (5,)
    assert [(answer.status, answer.headers["Content-Type"][:8]) for answer in answers] == [(200, "text/xml")] * 2
    assert b"faultCode" in answers[1].body


def test_D_21_virtual_host(client):
    """A host name is a path; a proxy's word for it goes first."""
    dispatcher = cherrypy.dispatch.VirtualHost(**{"a.example:8080": "/app1"})

    class Root:
        app1 = type("App", (), {"index": cherrypy.expose(lambda self: "app1")})()

        @cherrypy.expose
        def index(self):
            return "main"

    cherrypy.tree.mount(Root(), "/", {"/": {"request.dispatch": dispatcher}})
    hosts = [{"Host": "a.example:8080"}, {"Host": "b.example"}, {"X-Forwarded-Host": "a.example:8080"}]

    assert [client.get("/", headers=host).text for host in hosts] == ["app1", "main", "app1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("remote_addr", "127.0.0.1"),
        ("remoteHost", "127.0.0.1"),
        ("requestLine", "GET /page?x=1 HTTP/1.1"),
        ("paramMap", {"x": "1"}),
        ("queryString", "x=1"),
    ],
)
def test_old_names_of_a_request(name, value):
    """They are the attributes of today, and say once which."""
    seen = []
    client = mounted(lambda x: seen.append(getattr(cherrypy.request, name)) or "")
    with pytest.warns(LegacyWarning, match=f"request.{name} is an old name"):
        client.get("/page?x=1")
    client.get("/page?x=1")

    assert seen == [value, value]


def test_old_names_of_a_response(client):
    """They are the attributes of today."""

    def page():
        cherrypy.response.headerMap["X-Old"] = "yes"
        cherrypy.response.simpleCookie["a"] = "b"
        return cherrypy.request.simple_cookie["c"].value

    mounted(page)
    with pytest.warns(LegacyWarning):
        answer = client.get("/page", headers={"Cookie": "c=d"})

    assert (answer.text, answer.headers["X-Old"], answer.headers["Set-Cookie"]) == ("d", "yes", "a=b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("server.log_to_screen", "log.screen"),
        ("server.log_file", "log.error_file"),
        ("server.show_tracebacks", "request.show_tracebacks"),
        ("autoreload.on", "engine.autoreload.on"),
        ("stream_response", "response.stream"),
        ("static_filter.file", "tools.staticfile.filename"),
        ("static_filter.dir", "tools.staticdir.dir"),
        ("gzip_filter.compresslevel", "tools.gzip.compress_level"),
        ("session_filter.cookie_name", "tools.sessions.name"),
        ("session_filter.timeout", "tools.sessions.timeout"),
        ("hooks.before_main.mine", "hooks.before_handler.mine"),
        ("server.socket_port", "server.socket_port"),
        ("mine", "mine"),
    ],
)
def test_old_keys(old, new):
    """Each has one that holds today; any other key is left as it is."""
    assert modern_key(old) == new


def test_old_keys_in_a_file(tmp_path):
    """They have their effect, and the warning says where they stand."""
    path = tmp_path / "old.conf"
    path.write_text("[global]\n\nserver.show_tracebacks = True\n")
    with pytest.warns(
        LegacyWarning, match=r"old.conf, line 3: \[global\]: server.show_tracebacks is an old name; write req"
    ):
        cherrypy.config.update(str(path))

    assert cherrypy.config["request.show_tracebacks"] is True
