from __future__ import annotations

import pytest

import kirsch
from kirsch.app.dispatchers import Dispatcher, MethodDispatcher, RoutesDispatcher, VirtualHost, XMLRPCDispatcher
from kirsch.app.errors import NotFound
from kirsch.dispatch.expose import config, expose
from tests.app.pages import site


@expose
class Book:
    NAME = "a constant"

    def GET(self, *args):  # noqa: N802
        return f"get {args}"

    @config(**{"response.headers.X-Own": "yes"})
    def PUT(self):  # noqa: N802
        return "put"


@expose
class Empty:
    def __len__(self):
        return 0

    def HEAD(self):  # noqa: N802
        return None

    def OPTIONS(self):  # noqa: N802
        return "own options"


class Shelf:
    book = Book()
    empty = Empty()


@pytest.fixture
def shelf():
    """A client of a site whose pages are resources."""
    return site(Shelf(), {"/": {"request.dispatch": MethodDispatcher()}})


@pytest.mark.parametrize(
    ("method", "path", "status", "text", "allow"),
    [
        ("GET", "/book", 200, "get ()", "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/book/a/b", 200, "get ('a', 'b')", "GET, HEAD, OPTIONS, PUT"),
        ("HEAD", "/book", 200, "", "GET, HEAD, OPTIONS, PUT"),
        ("PUT", "/book", 200, "put", "GET, HEAD, OPTIONS, PUT"),
        ("DELETE", "/book", 405, None, "GET, HEAD, OPTIONS, PUT"),
        ("NAME", "/book", 405, None, "GET, HEAD, OPTIONS, PUT"),
        ("OPTIONS", "/book", 204, "", "GET, HEAD, OPTIONS, PUT"),
        ("OPTIONS", "/empty", 200, "own options", "HEAD, OPTIONS"),
        ("GET", "/empty", 405, None, "HEAD, OPTIONS"),
        ("GET", "/nothing", 404, None, None),
    ],
)
def test_methods(shelf, method, path, status, text, allow):
    """A resource answers by its methods; GET serves HEAD, OPTIONS says what there is, the rest is 405."""
    for _ in range(2):
        answer = shelf.request(method, path)

        assert (answer.status, answer.headers.get("Allow")) == (status, allow)
        assert text is None or answer.text == text


def test_a_method_has_config_of_its_own(shelf):
    """What is said of PUT does not hold for GET."""
    assert shelf.request("PUT", "/book").headers["X-Own"] == "yes"
    assert "X-Own" not in shelf.get("/book").headers


def test_dispatchers_per_path():
    """A section's dispatcher serves its part of the tree, the usual one the rest."""

    class Root:
        api = Shelf()

        @expose
        def index(self):
            return "index"

    client = site(Root(), {"/api": {"request.dispatch": MethodDispatcher()}})

    assert client.get("/").text == "index"
    assert client.get("/api/book").text == "get ()"


class HostedBlog:
    @expose
    def index(self):
        return f"blog {kirsch.request.path_info} {kirsch.url('page')} {kirsch.request.config.get('who')}"

    @expose
    def page(self, *args):
        return f"page {args}"


class Hosts:
    blog = HostedBlog()

    @expose
    def index(self):
        return f"main {kirsch.url('/x')}"


@pytest.fixture
def hosts():
    """A client of a site with a part for two more hosts."""
    dispatcher = VirtualHost(**{"blog.example": "/blog", "www.example:8080": "/blog"})
    return site(Hosts(), {"/": {"request.dispatch": dispatcher, "who": "root"}, "/blog": {"who": "blog"}})


@pytest.mark.parametrize(
    ("host", "forwarded", "path", "text"),
    [
        ("localhost", None, "/", "main http://localhost/x"),
        ("blog.example", None, "/", "blog / http://blog.example/page blog"),
        ("BLOG.example", None, "/page/1", "page ('1',)"),
        ("www.example:8080", None, "/page", "page ()"),
        ("www.example", None, "/", "main http://www.example/x"),
        ("localhost", "blog.example, proxy", "/page", "page ()"),
    ],
)
def test_virtual_hosts(hosts, host, forwarded, path, text):
    """A host has a part of the tree; the request and its links keep the client's path."""
    answer = hosts.get(path, headers={"Host": host, "X-Forwarded-Host": forwarded})

    assert answer.text == text


def test_a_stranger_cannot_name_the_host():
    """X-Forwarded-Host counts from trusted proxies alone."""
    settings = {"request.dispatch": VirtualHost(**{"blog.example": "/blog"}), "request.trusted_proxies": ["10.0.0.0/8"]}
    client = site(Hosts(), {"/": settings})

    assert client.get("/", headers={"X-Forwarded-Host": "blog.example"}).text.startswith("main")


@pytest.mark.parametrize(
    ("forwarded_for", "text"), [("6.6.6.6, 7.7.7.7", "main"), ("7.7.7.7, 127.0.0.1", "blog"), ("x", "main")]
)
def test_a_client_cannot_put_a_host_in_front(hosts, forwarded_for, text):
    """Where a proxy adds to the list, what counts is what it has added for the client that it names."""
    told = {"X-Forwarded-Host": "blog.example, localhost", "X-Forwarded-For": forwarded_for}

    assert hosts.get("/", headers=told).text.startswith(text)


@pytest.mark.parametrize("path", ["/RPC2", "/RPC2/", "/", "/svc", "/RPC2/svc/", "/svc/"])
def test_xmlrpc_paths(path):
    """What XML-RPC clients put in front is dropped, and no slash is asked for at the end."""

    class Service:
        @expose
        def index(self):
            return "svc"

    class Root:
        svc = Service()

        @expose
        def index(self):
            return "root"

    client = site(Root(), {"/": {"request.dispatch": XMLRPCDispatcher(), "tools.trailing_slash.on": False}})

    assert client.get(path).text == ("svc" if "svc" in path else "root")


class Pages:
    @expose
    def page(self, *args):
        return f"page {args}"


class LowerCase(Dispatcher):
    def __call__(self, path_info):
        return super().__call__(path_info.lower())


def lower(path_info):
    """A guest that hands on what another one finds, and says nothing itself."""
    Dispatcher()(path_info.lower())


def by_hand(path_info):
    """A guest of the old kind."""
    kirsch.request.handler = (lambda: f"by hand {path_info}") if path_info != "/no" else NotFound()
    kirsch.request.config = {"response.headers.X-Hand": "yes"}


@pytest.mark.parametrize(
    ("dispatcher", "path", "status", "text"),
    [
        (LowerCase(), "/PAGE/X", 200, "page ('x',)"),
        (lower, "/PAGE/X", 200, "page ('x',)"),
        (by_hand, "/any", 200, "by hand /any"),
        (by_hand, "/no", 404, None),
    ],
)
def test_guests(dispatcher, path, status, text):
    """Any callable of a path finds pages: through one of ours, or by setting handler and config."""
    client = site(Pages(), {"/": {"request.dispatch": dispatcher}})
    answer = client.get(path)

    assert answer.status == status
    assert text is None or answer.text == text
    assert (dispatcher is by_hand) == ("X-Hand" in answer.headers)


class Blog:
    def show(self, year, slug):
        return f"{year} {slug} {sorted(kirsch.request.params)}"

    def __call__(self):
        return "the blog"


@pytest.fixture
def routes():
    """A client of a site whose pages are found by patterns."""
    table = RoutesDispatcher()
    table.connect("archive", "/archive/{year}/{slug}", Blog(), action="show")
    table.connect("class", "/made/{year}/{slug}", Blog, action="show")
    table.connect("post", "/post", Blog(), action="show", conditions={"method": ["POST"]})
    sections = {"/": {"request.dispatch": table}, "/archive": {"response.headers.X-Part": "archive"}}
    return site(None, sections)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/archive/2026/hello", 200, "2026 hello ['slug', 'year']"),
        ("/made/2026/hello", 200, "2026 hello ['slug', 'year']"),
        ("/archive/2026", 404, None),
        ("/post", 404, None),
    ],
)
def test_routes(routes, path, status, text):
    """A pattern names the controller, which need not be exposed; its variables are parameters."""
    answer = routes.get(path)

    assert answer.status == status
    assert text is None or answer.text == text
    assert (answer.headers.get("X-Part") == "archive") is path.startswith("/archive")


def test_links_by_routes(routes):
    """`routes.url_for` knows the patterns of the request's dispatcher."""
    import routes as library

    assert routes.get("/archive/2026/hello").status == 200
    assert library.url_for("archive", year="1", slug="x") == "/archive/1/x"


class Around(Dispatcher):
    """Goes on from what the usual one has found."""

    def __call__(self, path_info):
        found = super().__call__(path_info)
        request = kirsch.request
        inner = request.handler
        request.handler = lambda: f"{request.config['our.word']} {inner()}"
        request.hooks.attach("before_finalize", marked)
        return found


def marked():
    """A hook of a dispatcher."""
    kirsch.response.headers["X-Dispatched"] = "yes"


class Late:
    @expose
    @config(**{"response.headers.X-Own": "yes"})
    def page(self):
        return "page"


def test_a_dispatcher_can_change_what_it_has_found():
    """Handler, config and hooks of the request are those of the page; what is changed lasts."""
    client = site(Late(), {"/": {"request.dispatch": Around(), "our.word": "around", "response.headers.X-All": "yes"}})
    for _ in range(2):  # found anew, and as it was kept
        answer = client.get("/page")
        assert answer.text == "around page"
        assert [answer.headers.get(name) for name in ("X-Dispatched", "X-Own", "X-All")] == ["yes"] * 3
    assert client.get("/nothing").status == 404


@pytest.mark.parametrize(
    ("path", "text"), [("/old/x", "page ('x',)"), ("/own/a", "own ('a', 'more')"), ("/none", "404")]
)
def test_a_dispatcher_that_overrides_find_handler(path, text):
    """It may ask for another path, answer itself, or find nothing."""

    class Finding(Dispatcher):
        def find_handler(self, path):
            if path == "/own/a":
                return (lambda *args: f"own {args}"), ["a", "more"]
            return super().find_handler(path.replace("old", "page"))

    class Root:
        page = staticmethod(expose(lambda *args: f"page {args}"))

    assert text in site(Root(), {"/": {"request.dispatch": Finding()}}).get(path).text
