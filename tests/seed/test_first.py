"""The acceptance list: what the oldest notes promise of applications, servers, paths, requests, answers and cookies.

A test for each row, named by its number, in the old spelling; see test_every_row.py.
"""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import types
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import kirsch as cherrypy
from kirsch.testing.client import Client
from tests.house import ROOT
from tests.seed.sites import mounted


class HelloWorld:
    @cherrypy.expose
    def index(self):
        return "Hi"


class HelloRegression:
    @cherrypy.expose
    def index(self):
        return "regression"


class Users:
    @cherrypy.expose
    def index(self):
        return "index"

    @cherrypy.expose
    def users(self, *args, **kwargs):
        return f"{args!r}, {kwargs!r}"

    @cherrypy.expose
    def blog(self, year, *args):
        return f"{year!r}, {args!r}"

    @cherrypy.expose
    def need(self, a):
        return a

    @cherrypy.expose
    def greet(self, name):
        return f"Hello {name}"

    sub = HelloRegression()


@pytest.fixture
def users(client):
    """A client of the page that tells its arguments."""
    cherrypy.tree.mount(Users(), "/")
    return client


def run_program(script):
    """The output and exit status of a program that is told by SIGTERM to end as soon as it has printed a line."""
    script = f"import kirsch as cherrypy\n{script}"
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", script]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=quiet, text=True) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        return line, program.wait(10)


ASK_ITSELF = """
class Root:
    @cherrypy.expose
    def index(self):
        return "Hi"

def ask():
    import urllib.request
    with urllib.request.urlopen(cherrypy.server.base() + "/", timeout=5) as answer:
        print(answer.status, answer.read().decode(), answer.headers["Content-Type"], flush=True)

def ask_soon():
    import threading
    threading.Thread(target=ask).start()

cherrypy.config.update({"server.socket_port": 0, "log.screen": False})
cherrypy.engine.subscribe("start", ask_soon, 95)
"""


# -- 1. architecture -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_A_01_stand_alone_server():
    """One call serves an object; the answer is HTML in UTF-8."""
    line, status = run_program(f"{ASK_ITSELF}\ncherrypy.quickstart(Root())")

    assert (line, status) == ("200 Hi text/html;charset=utf-8\n", 0)


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


def test_A_02_wsgi_slave():
    """An Application runs under a foreign WSGI server, with neither engine nor server of its own started."""
    assert asked_by_wsgi(cherrypy.Application(HelloWorld(), "")) == ("200 OK", b"Hi")


def test_A_03_server_and_engine_are_apart(live):
    """The server can be left out: then the engine starts without it."""
    cherrypy.server.unsubscribe()
    try:
        cherrypy.engine.start()

        assert cherrypy.engine.state is cherrypy.engine.states.STARTED
        assert cherrypy.server.httpserver is None
    finally:
        cherrypy.server.subscribe()


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


def test_A_06_splits_come_back_in_config():
    """Keys of the process in the config of an application are reported, with the section they belong in."""
    with pytest.raises(ValueError, match=r"\[/\] server.socket_port.*\[global\]"):
        cherrypy.tree.mount(HelloWorld(), "/", {"/": {"server.socket_port": 1}})


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


def test_A_12_host_of_foreign_applications(client):
    """A WSGI application of others is served; tools do not apply to it."""
    cherrypy.config.update({"tools.trailing_slash.extra": True})
    cherrypy.tree.mount(HelloWorld())
    cherrypy.tree.graft(wsgi_app("django"), "/dj")

    assert (client.get("/dj/x/").text, client.get("/").text) == ("django /dj /x/", "Hi")


def test_A_13_lean():
    """What acts on every page by default is the slash at the end, and nothing else."""
    assert [key for key in cherrypy.config if key.startswith("tools.")] == ["tools.trailing_slash.on"]


# -- 2. applications -------------------------------------------------------------------------------------------------


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


# -- 3. exposing -----------------------------------------------------------------------------------------------------


class Exposing:
    @cherrypy.expose
    def foo(self):
        return "foo"

    def bar(self):
        return "bar"

    bar.exposed = True

    def secret(self):
        return "secret"

    @cherrypy.expose(["one.txt", "two"])
    def aliased(self):
        return "aliased"


@pytest.fixture
def exposing(client):
    """A client of pages that are exposed in all ways."""
    cherrypy.tree.mount(Exposing())
    return client


def test_E_01_decorator(exposing):
    """`@cherrypy.expose` makes a page of a method; with aliases it has several names."""
    assert exposing.get("/foo").text == "foo"
    assert {exposing.get(path).text for path in ("/aliased", "/one.txt", "/two")} == {"aliased"}


def test_E_02_member(exposing):
    """`bar.exposed = True` does the same."""
    assert exposing.get("/bar").text == "bar"


@pytest.mark.parametrize("path", ["/secret", "/__class__", "/foo/__func__", "/__init__"])
def test_E_03_not_exposed(exposing, path):
    """What is not exposed is not there."""
    assert exposing.get(path).status == 404


def test_E_04_callables(client):
    """Any callable object will do."""

    class Handler:
        exposed = True

        def __call__(self, x="1"):
            return f"called {x}"

    root = HelloWorld()
    root.h = Handler()
    cherrypy.tree.mount(root)

    assert [client.get(path).text for path in ("/h", "/h/2", "/h?x=3")] == ["called 1", "called 2", "called 3"]


# -- 4. the default dispatcher ---------------------------------------------------------------------------------------


def test_D_01_slashes_are_members(client):
    """`/admin/user?login=foo` is `root.admin.user(login='foo')`."""

    class Admin:
        @cherrypy.expose
        def user(self, login):
            return login

    root = HelloWorld()
    root.admin = Admin()
    cherrypy.tree.mount(root)

    assert client.get("/admin/user?login=foo").text == "foo"


def test_D_03_config_at_each_level(client):
    """What a section says holds below it, unless one further down says otherwise."""

    class Page:
        @cherrypy.expose
        def default(self, *args):
            return cherrypy.request.config["mine"]

    cherrypy.tree.mount(Page(), "/", {"/": {"mine": "on"}, "/a/b": {"mine": "off"}})

    assert [client.get(path).text for path in ("/a/x", "/a/b/c", "/a/b")] == ["on", "off", "off"]


def test_D_04_config_is_applied_before_the_call():
    """A handler can read what holds for it."""
    client = mounted(lambda: cherrypy.request.config["mine"], {"/page": {"mine": "here"}})

    assert client.get("/page").text == "here"


def test_D_05_hooks_may_stop_resolution():
    """A hook answers in place of the handler by setting it to None; else the handler is called, with the rest."""

    def answer_some():
        if cherrypy.request.path_info.endswith(".txt"):
            cherrypy.response.body = "a file"
            cherrypy.request.handler = None

    client = mounted(lambda *args: repr(args), {"/sd": {"hooks.before_handler": answer_some}}, "sd")

    assert [client.get(path).text for path in ("/sd/x.txt", "/sd/x/y")] == ["a file", "('x', 'y')"]


def test_D_06_partial_match(users):
    """A segment that starts with a digit is no member; it and what follows are arguments."""
    assert users.get("/blog/2007/11/02").text == "'2007', ('11', '02')"


def test_D_07_exact_match(users):
    """No arguments, with a slash and without."""
    assert [users.get(path).text for path in ("/users", "/users/")] == ["(), {}"] * 2


def test_D_08_one_segment(users):
    """One argument."""
    assert users.get("/users/foo").text == "('foo',), {}"


def test_D_09_segments_and_query(users):
    """Arguments by position and by name."""
    text = users.get("/users/foo/bar?kitten=blue&button").text

    assert text == "('foo', 'bar'), {'kitten': 'blue', 'button': ''}"


def test_D_10_dot_in_a_segment(users):
    """A dot stays in the argument; a member with `_` in its place would win."""
    before = users.get("/users/file.txt?foo").text
    Users.users.file_txt = cherrypy.expose(lambda **_: "member")
    try:
        assert (before, users.get("/users/file.txt?foo").text) == ("('file.txt',), {'foo': ''}", "member")
    finally:
        del Users.users.file_txt


def test_D_11_keyless_parameter(users):
    """A name without a value has the empty one."""
    assert [users.get(f"/users?{query}").text for query in ("foo", "foo=")] == ["(), {'foo': ''}"] * 2


def test_D_12_index_is_just_a_word(users):
    """Where there is no index, the word is an argument like any other."""
    paths = ("/users/foo/index", "/users/index")

    assert [users.get(path).text for path in paths] == ["('foo', 'index'), {}", "('index',), {}"]


def test_D_13_query_becomes_keyword_arguments(users):
    """By name."""
    assert users.get("/need?a=1").text == "1"


def test_D_14_missing_part_of_the_path(users):
    """404; which parameter is missing is told in development alone."""
    assert (users.get("/blog").status, "year" in users.get("/blog").text) == (404, False)

    cherrypy.config.update({"request.show_mismatched_params": True})

    assert "Missing parameters: year" in users.get("/blog").text


def test_D_15_index_literally(users):
    """`/index` is the index page, without a redirect."""
    assert [users.get(path).text for path in ("/index", "/sub/index")] == ["index", "regression"]


def test_D_16_index_matches_a_slash(users):
    """A path that ends in a slash asks for the index."""
    assert users.get("/sub/").text == "regression"


def test_D_17_missing_slash(users):
    """It is added by a redirect, query and all, unless that is switched off."""
    answer = users.get("/sub?x=1")

    assert (answer.status, answer.headers["Location"]) == (301, "http://localhost/sub/?x=1")

    cherrypy.config.update({"tools.trailing_slash.on": False})

    assert users.get("/sub").text == "regression"


@pytest.mark.parametrize("path", ["/nonexistent", "/index/x", "/sub/x"])
def test_D_18_index_takes_no_rest(users, path):
    """An index is no page for paths below it."""
    assert users.get(path).status == 404


def test_D_18_index_with_arguments(client):
    """Asked for by its name, an index that takes arguments gets them."""

    class Root:
        @cherrypy.expose
        def index(self, *args):
            return repr(args)

    cherrypy.tree.mount(Root())

    assert (client.get("/index/x").text, client.get("/x").status) == ("('x',)", 404)


def test_D_19_unknown_path(users):
    """404, with the path."""
    answer = users.get("/nope")

    assert answer.status == 404
    assert "The path '/nope' was not found." in answer.text


# -- 5. request data -------------------------------------------------------------------------------------------------


def test_Q_01_headers():
    """A dict whose keys know no case, and are shown in Title-Case."""

    def page():
        headers = cherrypy.request.headers
        return repr((headers["user-agent"], headers.get("X-None"), "x-one" in headers, sorted(headers)))

    text = mounted(page).get("/page", headers={"User-Agent": "me", "X-ONE": "1"}).text

    assert text == "('me', None, True, ['Host', 'User-Agent', 'X-One'])"


def test_Q_02_form_fields_are_arguments(users):
    """By the name of the field, as text."""
    assert users.post("/greet", data={"name": "Zoë"}).text == "Hello Zoë"


def test_Q_03_get_or_post(users):
    """It makes no difference how a field is sent."""
    assert users.post("/greet", data={"name": "x"}).text == users.get("/greet?name=x").text == "Hello x"


@pytest.mark.parametrize(
    ("query", "data", "status"),
    [("", None, 404), ("", {"b": "1"}, 404), ("?a=1&b=2", None, 404), ("", {"a": "1", "b": "2"}, 400)],
)
def test_Q_04_missing_and_unexpected(users, query, data, status):
    """Missing: 404; unexpected: 404 in a query, 400 in a body; never an internal error."""
    answer = users.get(f"/need{query}") if data is None else users.post(f"/need{query}", data=data)

    assert answer.status == status


def test_Q_05_whatever_was_sent():
    """`**kwargs` takes any field."""
    assert mounted(lambda **kw: repr(kw)).post("/page?x=1", data={"y": "2"}).text == "{'x': '1', 'y': '2'}"


def test_Q_06_checkboxes():
    """Unticked: not there; several: a list."""
    client = mounted(lambda **kw: repr(kw))

    assert [client.get(f"/page{query}").text for query in ("", "?b=1&b=2")] == ["{}", "{'b': ['1', '2']}"]


def test_Q_07_request():
    """Method, request line, the client's address, headers, cookies."""

    def page(**_):
        request = cherrypy.request
        return repr((request.method, request.request_line, request.remote.ip, request.remote.port, request.remote.name))

    assert mounted(page).get("/page?y").text == repr(("GET", "GET /page?y HTTP/1.1", "127.0.0.1", 50000, "127.0.0.1"))


def test_Q_08_lifetime():
    """A new object for each request; outside of any there is a dummy."""
    seen = []
    client = mounted(lambda: seen.append(cherrypy.serving.request))
    client.get("/page")
    client.get("/page")
    elsewhere = []
    thread = threading.Thread(target=lambda: elsewhere.append((cherrypy.request.app, cherrypy.request.path_info)))
    thread.start()
    thread.join()

    assert seen[0] is not seen[1]
    assert seen[0].closed
    assert elsewhere == [(None, "/")]
    assert cherrypy.request.app is None


# -- 7. redirects, errors, statuses ----------------------------------------------------------------------------------


def raised(error):
    """The answer of a page that raises this."""

    def page():
        raise error

    return mounted(page).get("/page")


def test_N_01_http_error():
    """An error page with that status."""
    assert raised(cherrypy.HTTPError(404)).status == 404


def test_N_02_not_found():
    """404 that names the path."""
    assert (raised(cherrypy.NotFound()).status, "'/page'" in raised(cherrypy.NotFound()).text) == (404, True)


def test_N_03_redirect():
    """External, possibly relative: 303, or 302 for HTTP/1.0."""

    def redir():
        raise cherrypy.HTTPRedirect("can/be/relative")

    client = mounted(redir, path="redir")
    answer = client.get("/redir")

    assert (answer.status, answer.headers["Location"]) == (303, "http://localhost/can/be/relative")
    assert client.get("/redir", version=(1, 0)).status == 302


def test_N_04_internal_redirect(users):
    """The page of another path, under the address that was asked for; by GET, without the body; never in a circle."""

    class Inside:
        @cherrypy.expose
        def default(self, *args, **kwargs):
            raise cherrypy.InternalRedirect("/users/a?x=1" if args == ("go",) else cherrypy.request.path_info)

    Users.inside = Inside()
    try:
        assert users.post("/inside/go", data={"y": "2"}).text == "('a',), {'x': '1'}"
        assert users.get("/inside/circle").status == 500
    finally:
        del Users.inside


@pytest.mark.parametrize("status", [304, "304", "304 Not Modified"])
def test_N_05_any_status(status):
    """By hand: 304 has neither body nor length."""

    def page():
        cherrypy.response.status = status
        return "anything"

    answer = mounted(page).get("/page")

    assert (answer.status, answer.body, "Content-Length" in answer.headers) == (304, b"", False)


# -- 8. responses ----------------------------------------------------------------------------------------------------


def test_R_01_response():
    """Body, headers, cookies and status appear in the answer."""

    def page():
        cherrypy.response.status = 201
        cherrypy.response.headers["X-One"] = "1"
        cherrypy.response.cookie["n"] = "v"
        cherrypy.response.body = b"body"
        return cherrypy.response.body

    answer = mounted(page).get("/page")

    assert (answer.status, answer.body) == (201, b"body")
    assert (answer.headers["X-One"], answer.headers["Set-Cookie"]) == ("1", "n=v")


def test_R_02_header():
    """What is set is sent, and the text is encoded."""

    def page():
        cherrypy.response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return "<é/>"

    answer = mounted(page).get("/page")

    assert (answer.headers["Content-Type"], answer.body) == ("text/xml; charset=utf-8", "<é/>".encode())


@pytest.mark.parametrize("body", ["ab", b"ab", ["a", "b"], io.BytesIO(b"ab")], ids=lambda body: type(body).__name__)
def test_R_03_whole_page(body):
    """str, bytes, list or file: with its length."""
    answer = mounted(lambda: body).get("/page")

    assert (answer.body, answer.headers["Content-Length"]) == (b"ab", "2")


def two_pieces():
    """A page that yields."""
    yield "a"
    yield "b"


def test_R_04_yield():
    """Buffered, unless said otherwise."""
    answer = mounted(two_pieces).get("/page")

    assert (answer.body, answer.headers["Content-Length"]) == (b"ab", "2")


@pytest.mark.parametrize(
    ("version", "field", "pieces"),
    [
        ("1.1", b"Transfer-Encoding: chunked", (b"1\r\na\r\n", b"1\r\nb\r\n0\r\n\r\n")),
        ("1.0", b"Connection: close", (b"a", b"b")),
    ],
)
def test_R_05_streaming(live, version, field, pieces):
    """Pieces arrive one by one: chunked in HTTP/1.1, up to the end of the connection in 1.0."""
    arrived = threading.Event()

    def page():
        yield "a"
        arrived.wait(5)
        yield "b"

    mounted(page, {"/page": {"response.stream": True}})
    cherrypy.engine.start()
    with socket.create_connection(cherrypy.server.bind_addr, timeout=5) as client:
        client.sendall(f"GET /page HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
        got = b""
        while not got.endswith(pieces[0]):
            got += client.recv(1000)
        assert field in got.partition(b"\r\n\r\n")[0]
        arrived.set()
        got = b""
        while not got.endswith(pieces[1]):
            got += client.recv(1000)


def test_R_06_error_after_the_first_yield(caplog):
    """The status stays, what was yielded arrives, the connection is cut, the error is in the log."""

    def page():
        yield "a"
        raise ValueError("too late")

    answer = mounted(page, {"/page": {"response.stream": True}}).get("/page")

    assert (answer.status, answer.body, answer.broken) == (200, b"a", True)
    assert "too late" in caplog.text


# -- 9. cookies ------------------------------------------------------------------------------------------------------


def test_C_01_cookies_of_the_browser():
    """By name, with their values."""

    def page():
        cookie = cherrypy.request.cookie
        return repr({name: cookie[name].value for name in cookie.keys()})  # noqa: SIM118

    assert mounted(page).get("/page", headers={"Cookie": "a=1; b=2"}).text == "{'a': '1', 'b': '2'}"


def set_cookie(**attributes):
    """The Set-Cookie line of a cookie with these attributes."""

    def page():
        cookie = cherrypy.response.cookie
        cookie["n"] = "value"
        for name, value in attributes.items():
            cookie["n"][name.replace("_", "-")] = value

    return mounted(page).get("/page").headers["Set-Cookie"]


def test_C_02_set():
    """By name."""
    assert set_cookie() == "n=value"


def test_C_03_attributes():
    """As items of the cookie."""
    assert set_cookie(path="/", max_age=3600, version=1) == "n=value; Max-Age=3600; Path=/; Version=1"


def test_C_04_copy():
    """Only what is set in the response is sent."""

    def page():
        cherrypy.response.cookie["a"] = cherrypy.request.cookie["a"].value

    answer = mounted(page).get("/page", headers={"Cookie": "a=1; b=2"})

    assert answer.headers.getall("Set-Cookie") == ["a=1"]


def test_C_05_expire():
    """0 sends the browser a date in the past, and Max-Age=0; it does not send the cookie again."""
    line = set_cookie(expires=0)

    assert line == "n=value; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"

    client = Client(cherrypy.tree)
    client.cookies["n"] = "x"
    client.get("/page")

    assert client.cookies == {}
