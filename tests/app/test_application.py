from __future__ import annotations

from typing import ClassVar

import pytest

from kirsch.app.application import MOST_REDIRECTS
from kirsch.app.config import ConfigError
from kirsch.app.context import current, present
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, NotFound
from kirsch.app.request import Request
from kirsch.app.response import Response
from kirsch.dispatch.expose import config, expose, popargs
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication, page, site


class Sub:
    hidden = "not a page"

    @expose
    def index(self):
        return f"sub index {present().is_index}"

    @expose
    def leaf(self, *a, **k):
        return f"leaf {a} {k} {present().is_index}"


class Root:
    sub = Sub()

    @expose
    def index(self, *a):
        return f"index {a}"

    @expose
    def default(self, *a, **k):
        return f"default {a} {k}"

    @expose
    def pos(self, a, b=2):
        return f"pos {a} {b}"


@pytest.fixture
def client():
    """A client of the tree that the table of the old engine's behaviour speaks of."""
    return site(Root())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "index ()"),
        ("", "index ()"),
        ("//", "index ()"),
        ("/index", "index ()"),
        ("/index/", "index ()"),
        ("/index/x", "index ('x',)"),
        ("/sub/", "sub index True"),
        ("/sub/index", "sub index False"),
        ("/sub/leaf", "leaf () {} False"),
        ("/sub//leaf", "leaf () {} False"),
        ("/sub/leaf/", "leaf () {} False"),
        ("/sub/leaf/a/b", "leaf ('a', 'b') {} False"),
        ("/sub/hidden", "default ('sub', 'hidden') {}"),
        ("/default/x", "default ('x',) {}"),
        ("/a%2Fb", "default ('a/b',) {}"),
        ("/caf%C3%A9", "default ('café',) {}"),
        ("/x?a=1&a=2&b", "default ('x',) {'a': ['1', '2'], 'b': ''}"),
        ("/x?12,34", "default ('x',) {'x': 12, 'y': 34}"),
        ("/x?12,34&a=1", "default ('x',) {'12,34': '', 'a': '1'}"),
        ("/pos/1", "pos 1 2"),
        ("/pos/1/2", "pos 1 2"),
        ("/pos/1?b=3", "pos 1 3"),
        ("/pos?a=1&a=2", "pos ['1', '2'] 2"),
    ],
)
def test_paths_lead_to_pages(client, path, text):
    """The conformance table: which page answers for a path, with which arguments."""
    answer = client.get(path)

    assert (answer.status, answer.text) == (200, text)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_index_without_slash_redirects(client, method):
    """An index without its slash is redirected for good, with the query; its page is not run."""
    answer = client.request(method, "/sub?x=1&y=%20")

    assert (answer.status, answer.headers["Location"]) == (301, "http://localhost/sub/?x=1&y=%20")


def test_post_to_index_without_slash_keeps_its_method(client):
    """A POST is redirected by 308, with which browsers send the body again; 301 would lose it."""
    answer = client.post("/sub", data={"a": "1"})

    assert (answer.status, answer.headers["Location"]) == (308, "http://localhost/sub/")


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/pos/1/2/3", {}, 404),
        ("GET", "/pos", {}, 404),
        ("GET", "/pos/1?a=3", {}, 404),
        ("GET", "/pos?a=1&c=2", {}, 404),
        ("POST", "/pos", {"data": {"a": "1", "zz": "1"}}, 400),
        ("POST", "/pos/1", {"data": {"a": "1"}}, 400),
        ("POST", "/pos", {"data": {"b": "1"}}, 404),
        ("POST", "/pos", {"headers": {"Content-Length": None}}, 411),
        ("GET", "/x?x=%ff", {}, 404),
        ("GET", "/pos?12,34&a=1", {}, 404),
        ("GET", "/x%00", {}, 400),
        ("GET", "/x%zz", {}, 400),
    ],
)
def test_mistakes_of_clients_get_their_status(client, method, path, options, status):
    """The conformance table: what a client does wrong is its own fault, never a 500."""
    assert client.request(method, path, **options).status == status


def test_head_has_the_length_of_the_page(client):
    """HEAD runs the page and sends what GET would send, without the body."""
    answer = client.request("HEAD", "/pos/1")

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "7")


# -- errors on the way to the page -----------------------------------------------------------------------------------


class Broken:
    error: Exception = ValueError("in the walk")

    def _cp_dispatch(self, vpath):
        raise self.error


def test_error_in_dispatch_is_logged(caplog):
    """C2: what fails before a page is found is a 500 in the log, as any other."""
    answer = site(Broken()).get("/x/y")

    assert answer.status == 500
    assert "ValueError: in the walk" in caplog.text


def test_error_in_dispatch_is_shown_as_config_says():
    """Error pages and tracebacks of the root hold where no page, and so no config of its own, was found."""
    pages = {"error_page.500": lambda traceback, **_: f"ours: {traceback}", "request.show_tracebacks": True}

    answer = site(Broken(), {"/": pages}).get("/x/y")

    assert answer.text.startswith("ours: Traceback")


def test_http_error_in_dispatch_is_answered():
    """A `_cp_dispatch` may raise what a page may raise."""
    root = Broken()
    root.error = NotFound()

    answer = site(root, {"/": {"error_page.404": lambda **_: "ours"}}).get("/x/y")

    assert (answer.status, answer.text) == (404, "ours")


def test_throw_errors_lets_them_out():
    """With `request.throw_errors` an unexpected error comes out, after all cleanups have run."""
    ended = []
    client = page(lambda: 1 / 0, {"request.throw_errors": True, "hooks.on_end_request": lambda: ended.append(1)})

    with pytest.raises(ZeroDivisionError):
        client.get("/")
    assert ended == [1]


def test_throw_errors_leaves_http_errors_alone():
    """What is raised on purpose is answered all the same."""
    assert page(HTTPError(418), {"request.throw_errors": True}).get("/").status == 418


def test_type_error_of_the_page_is_a_500(caplog):
    """C4: nobody takes a TypeError of the page for wrong parameters of the client."""

    def handler(a="1"):
        return a + 1

    assert page(handler).get("/?a=2").status == 500
    assert "TypeError" in caplog.text


def test_nothing_escapes_from_a_failing_end(caplog):
    """A hook that fails at the very end is logged; the answer is out by then."""
    answer = page(lambda: "fine", {"hooks.on_end_request": lambda: 1 / 0}).get("/")

    assert (answer.status, answer.text) == (200, "fine")
    assert "ZeroDivisionError" in caplog.text


# -- internal redirects ----------------------------------------------------------------------------------------------


class Inner:
    @expose
    def target(self, *a, **k):
        request = present()
        return f"{a} {k} {request.method} {request.path_info} {request.query_string}"

    @expose
    def go(self, to="/target", **_):
        raise InternalRedirect(to)

    @expose
    def prev(self):
        before = present().prev
        return f"{before.path_info}?{before.query_string}" if before is not None else "none"

    @expose
    def circle(self, **_):
        raise InternalRedirect("/circle")

    @expose
    def endless(self, n):
        raise InternalRedirect(f"/endless?n={int(n) + 1}")


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("/target", "() {} GET /target "),
        ("/target/a?x=1%262", "('a',) {'x': '1&2'} GET /target/a x=1%262"),
        ("target", "() {} GET /target "),
        ("/prev", "/go?to=%2Fprev"),
    ],
)
def test_internal_redirect_goes_on_elsewhere(to, text):
    """The client sees the other page under the address that it asked for; parameters of the first are gone."""
    answer = site(Inner()).get(f"/go?to={to.replace('%', '%25').replace('/', '%2F').replace('&', '%26')}")

    assert (answer.status, answer.text) == (200, text)


def test_internal_redirect_of_a_post_becomes_get():
    """Method and body of the first request are not those of the second."""
    assert site(Inner()).post("/go", data={"x": "1"}).text == "() {} GET /target "


@pytest.mark.parametrize("path", ["/circle", "/endless?n=1"])
def test_internal_redirects_end(path, caplog):
    """Circles, and chains without end, are a 500 that says so in the log."""
    assert site(Inner()).get(path).status == 500
    assert "internal redirects" in caplog.text


def test_number_of_internal_redirects_is_bounded():
    """As many as are allowed still arrive."""

    class Root:
        @expose
        def index(self, n="0"):
            if int(n) < MOST_REDIRECTS:
                raise InternalRedirect(f"/?n={int(n) + 1}")
            return n

    assert site(Root()).get("/").text == str(MOST_REDIRECTS)


def test_internal_redirect_starts_with_a_clean_response():
    """Nothing that the first page has set is left, and both requests are ended."""
    ended = []

    class Root:
        @expose
        def index(self):
            present().response.headers["X-First"] = "1"
            present().response.status = 418
            raise InternalRedirect("/two")

        @expose
        def two(self):
            return "two"

    answer = site(Root(), {"/": {"hooks.on_end_request": lambda: ended.append(present().path_info)}}).get("/")

    assert (answer.status, answer.text, "X-First" in answer.headers) == (200, "two", False)
    assert ended == ["/", "/two"]


@pytest.mark.parametrize("point", ["on_start_resource", "before_handler", "before_finalize", "on_end_resource"])
def test_internal_redirect_from_a_hook(point):
    """It may come from anywhere; the request that it ends is ended properly."""
    ended = []

    def away():
        if present().path_info == "/go":
            raise InternalRedirect("/target")

    hooks = {f"hooks.{point}": away, "hooks.on_end_request": lambda: ended.append(present().path_info)}

    class Root:
        go = target = staticmethod(expose(lambda: present().path_info))

    assert site(Root(), {"/": hooks}).get("/go").text == "/target"
    assert ended == ["/go", "/target"]


@pytest.mark.parametrize("point", ["before_error_response", "after_error_response"])
def test_internal_redirect_instead_of_an_error(point):
    """An application may show another page in place of a failure."""
    ended = []

    def away():
        raise InternalRedirect("/fine")

    class Root:
        index = staticmethod(expose(lambda: 1 / 0))
        fine = staticmethod(expose(lambda: "fine"))

    hooks = {f"hooks.{point}": away, "hooks.on_end_request": lambda: ended.append(present().path_info)}

    assert site(Root(), {"/": hooks}).get("/").text == "fine"
    assert ended == ["/", "/fine"]


def test_request_ends_in_the_thread():
    """Afterwards no request is left in the thread, however it ended."""
    current.set(None)
    page(HTTPRedirect("/x")).get("/")

    assert current.get() is None


# -- path parameters -------------------------------------------------------------------------------------------------


@popargs("year")
class Blog:
    @expose
    def index(self, year="none", **_):
        return repr(year)


@pytest.mark.parametrize("options", [{}, {"data": {"year": "1999"}}, {"data": {"year": ["1", "2"]}}])
def test_parameters_of_the_path_win(options):
    """S4: neither query nor body can replace, or add to, what the path says."""
    answer = site(Blog()).request("POST" if options else "GET", "/2007/?year=1999", **options)

    assert answer.text == "'2007'"


def test_query_and_body_of_one_name_make_one_list():
    """C3: values of the same name stand side by side, those of the query first."""
    answer = page(lambda **k: repr(k)).post("/?a=q", data={"a": ["1", "2"], "b": "3"})

    assert answer.text == "{'a': ['q', '1', '2'], 'b': '3'}"


# -- config ----------------------------------------------------------------------------------------------------------


class FooNode:
    _cp_config: ClassVar = {"foo": "this2", "baz": "that2"}

    @expose
    def index(self):
        return repr({key: present().config.get(key) for key in ("foo", "bar", "baz", "bax")})

    @expose
    @config(foo="this3", bax="this4")
    def bar(self):
        return self.index()


class FooRoot(FooNode):
    _cp_config: ClassVar = {"foo": "this", "bar": "that"}
    foo = FooNode()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", {"foo": "this", "bar": "that", "baz": None, "bax": None}),
        ("/foo/", {"foo": "this2", "bar": "that", "baz": "that2", "bax": None}),
        ("/foo/bar", {"foo": "this3", "bar": "that", "baz": "that2", "bax": "this4"}),
    ],
)
def test_config_is_merged_along_the_path(path, found):
    """Nodes further down win; what they do not speak of stays (27.4)."""
    assert site(FooRoot()).get(path).text == repr(found)


def test_config_precedence():
    """The process, then for each node downwards what it says itself, then the section of its path."""
    sections = {"/": {"bar": "section /"}, "/foo": {"baz": "section /foo"}, "/foo/bar": {"bax": "section /foo/bar"}}
    client = site(FooRoot(), sections, foo="process", bar="process", only="process")

    assert client.get("/foo/bar").text == repr(
        {"foo": "this3", "bar": "section /", "baz": "section /foo", "bax": "section /foo/bar"}
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("site.conf", "[/]\nfoo: 'file'\n[/foo]\nbar = 1 + 1\n"),
        ("site.toml", '["/"]\nfoo = "file"\n["/foo"]\nbar = 2\n'),
    ],
)
def test_config_from_files(tmp_path, name, text):
    """INI with Python values and TOML say the same as a dict."""
    (tmp_path / name).write_text(text)

    class Root:
        foo = staticmethod(expose(lambda: repr((present().config["foo"], present().config["bar"]))))

    assert site(Root(), str(tmp_path / name)).get("/foo").text == "('file', 2)"


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("tools.trailing_slash.extr", "tools.trailing_slash.extra"),
        ("tools.trailing_slas.on", "trailing_slash"),
        ("request.show_traceback", "request.show_tracebacks"),
        ("hooks.before_handlers", "before_handler"),
        ("respons.stream", "response.stream"),
        ("error_page.302", "400 to 599"),
    ],
)
def test_wrong_keys_are_refused_with_a_hint(key, hint):
    """A key that would do nothing is refused, with the section and what was probably meant."""
    with pytest.raises(ConfigError) as error:
        LonelyApplication(Root(), "", {"/sub": {key: True}}).config.check_tools()
    assert hint in str(error.value)
    assert "[/sub]" in str(error.value)


def test_config_change_holds_from_the_next_request():
    """What was prepared for a page is made anew when any config changes, of the process or the application."""
    application = LonelyApplication(FooRoot())
    client = Client(application)
    client.get("/")
    application.site_config.update({"bax": "process"})
    application.merge({"/": {"baz": "late"}})

    assert client.get("/").text == repr({"foo": "this", "bar": "that", "baz": "late", "bax": "process"})


def test_section_cannot_be_got_around_by_spelling():
    """S1: whatever reaches the node gets its section."""

    class Root:
        my_admin = staticmethod(expose(lambda *_: repr(present().config.get("secret"))))

    client = site(Root(), {"/my_admin": {"secret": True}})

    assert {client.get(path).text for path in ("/my_admin", "/my-admin/x", "/my.admin", "/my%5Fadmin")} == {"True"}


def test_tree_may_change_while_it_runs():
    """A page that is replaced is not answered by what was prepared for the old one."""
    root = Root()
    client = site(root)
    before = client.get("/page").text
    root.page = expose(lambda: "new")

    assert (before, client.get("/page").text) == ("default ('page',) {}", "new")


# -- where it is mounted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "path", "seen"),
    [
        ("", "/blog/x", "/blog /x"),
        ("", "/blog", "/blog "),
        ("", "/blog/", "/blog /"),
        ("/blog", "/x", "/blog /x"),
        ("/blog", "/blog/x", "/blog /blog/x"),
        ("/outer", "/blog/x", "/outer/blog /x"),
        ("/outer/blog", "/x", "/outer/blog /x"),
    ],
)
def test_script_name(prefix, path, seen):
    """Its own part of the path may still be there, or be taken off by the outer server; all of it is script_name."""

    class Root:
        default = index = staticmethod(expose(lambda *_: f"{present().script_name} {present().path_info}"))

    application = LonelyApplication(Root(), "/blog", {"/": {"tools.trailing_slash.on": False}})

    def outer(exchange):
        exchange.prefix = prefix
        application.handle(exchange)

    assert Client(outer).get(path).text == seen


@pytest.mark.parametrize("path", ["/", "/blogs", "/other/x"])
def test_paths_beside_the_mount_point(path):
    """An application that is asked by itself has nothing outside of its mount point."""
    assert Client(LonelyApplication(Root(), "/blog")).get(path).status == 404


def test_own_classes():
    """request_class and response_class may be replaced."""

    class OwnRequest(Request):
        mark = "mine"

    class OwnResponse(Response):
        charset = "latin-1"

    class Own(LonelyApplication):
        request_class = OwnRequest
        response_class = OwnResponse

    class Pages:
        index = staticmethod(expose(lambda: f"é {present().mark}"))

    answer = Client(Own(Pages())).get("/")

    assert (answer.body, answer.headers["Content-Type"]) == (b"\xe9 mine", "text/html;charset=latin-1")


def test_find_config():
    """The nearest section at or above a path that has the key."""
    application = LonelyApplication(Root(), "", {"/": {"a": 1, "b": 1}, "/x": {"a": 2}})

    found = [application.find_config("/x/y", key, "none") for key in ("a", "b", "c")]

    assert found == [2, 1, "none"]


def test_slow_pages_step_aside():
    """A page known to be slow makes room for others before it is called, a quick one does not."""
    aside = []

    class Root:
        @expose
        def index(self):
            return str(len(aside))

        index._kirsch_slow = True

    application = LonelyApplication(Root())

    def watched(exchange):
        exchange.step_aside = lambda: aside.append(1)
        application.handle(exchange)

    assert Client(watched).get("/").text == "1"


def test_log_knows_the_page_that_failed(caplog):
    """An unexpected error is logged with the request line and the id that stands on its page."""
    answer = page(lambda **_: 1 / 0).get("/?y=1")

    assert "GET /?y=1 HTTP/1.1 failed" in caplog.text
    assert answer.text.splitlines()[-1].removeprefix("Request ") in caplog.text
