from __future__ import annotations

import pytest

from kirsch.app.context import present
from kirsch.app.errors import HTTPError
from kirsch.app.site import Site
from kirsch.dispatch.expose import expose
from kirsch.run.wsgi import Tree
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication


class Root:
    def __init__(self, name="root"):
        self.name = name

    @expose
    def default(self, *args):
        request = present()
        return f"{self.name} {request.script_name} {request.path_info} {request.config.get('mine')}"


class LonelySite(Site):
    application_class = LonelyApplication


@pytest.fixture
def site():
    """Three applications, one inside of the other's path."""
    site = LonelySite()
    site.mount(Root("root"), "", {"/": {"mine": "r"}})
    site.mount(Root("a"), "/a/", {"/": {"mine": "a"}})
    site.mount(Root("ab"), "/a/b")
    return site


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "root  / r"),
        ("/x", "root  /x r"),
        ("/ab", "root  /ab r"),
        ("/a", "a /a  a"),
        ("/a/", "a /a / a"),
        ("/a/x", "a /a /x a"),
        ("/a/bx", "a /a /bx a"),
        ("/a/b/x", "ab /a/b /x None"),
        ("/a%2Fb/x", "root  /a%2Fb/x r"),
        ("/%61/x", "a /a /x a"),
        ("//a/x", "root  //a/x r"),
        ("/A/x", "root  /A/x r"),
    ],
)
def test_longest_mount_point_wins(site, path, text):
    """On borders of segments; config does not leak from one application to another (27.4)."""
    assert Client(site).get(path).text == text


def test_isolation():
    """What an application does not have is not looked for in another one."""
    site = LonelySite()
    site.mount(Root())
    site.mount(None, "/empty")

    assert [Client(site).get(path).status for path in ("/empty/x", "/empty", "/x")] == [404, 404, 200]


@pytest.mark.parametrize("path", ["/", "/b", "/ab", "/a\u00e9"])
def test_nothing_mounted(path):
    """404, in plain words."""
    site = LonelySite()
    site.mount(Root(), "/a")
    answer = Client(site).get(path)

    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/plain;charset=utf-8")
    assert path in answer.text


@pytest.mark.parametrize("target", ["/%", "/%zz", "/a%00"])
def test_malformed_paths(site, target):
    """They are the client's fault."""
    assert Client(site).get(target).status == 400


@pytest.mark.parametrize("name", ["", "/"])
def test_root_of_the_site(name):
    """`/` is the empty mount point."""
    site = LonelySite()
    application = site.mount(Root(), name)

    assert (site.apps, application.script_name) == ({"": application}, "")


def test_mounting_again_replaces(site):
    """The last one counts."""
    site.mount(Root("new"), "/a")

    assert Client(site).get("/a/x").text == "new /a /x None"


def test_remove(site):
    """What is removed is gone; what is above it takes over."""
    site.remove("/a/")

    assert Client(site).get("/a/x").text == "root  /a/x r"
    with pytest.raises(KeyError):
        site.remove("/a")


def test_mounting_an_application():
    """It knows where it belongs; config is added to its own."""
    application = LonelyApplication(Root(), "/own", {"/": {"mine": 1}})
    site = LonelySite()

    assert site.mount(application, config={"/x": {"mine": 2}}) is application
    assert [Client(site).get(path).text for path in ("/own/", "/own/x")] == ["root /own / 1", "root /own /x 2"]
    assert site.mount(application, "/own/") is application


@pytest.mark.parametrize(
    ("root", "name", "error", "words"),
    [
        (Root(), None, TypeError, "script_name"),
        (Root(), "blog", ValueError, "/blog"),
        (LonelyApplication(Root(), "/own"), "/other", ValueError, "'/own'"),
    ],
)
def test_mount_errors(root, name, error, words):
    """They say what would be right, and nothing is mounted."""
    site = LonelySite()

    with pytest.raises(error, match=words):
        site.mount(root, name)
    assert site.apps == {}


def test_wrong_config_is_not_mounted():
    """An application whose config is wrong is not there at all."""
    site = LonelySite()

    with pytest.raises(ValueError, match="show_tracebacks"):
        site.mount(Root(), "/x", {"/": {"request.show_traceback": True}})
    assert site.apps == {}


def test_any_handler():
    """A handler of exchanges may stand at a path; it sees the whole of it."""
    site = LonelySite()

    def handler(exchange):
        exchange.start(200, [])
        exchange.finish(exchange.head.target)

    site.put(handler, "/raw")

    assert (Client(site).get("/raw/x?y").text, site.apps) == ("/raw/x?y", {"/raw": handler})


# -- with WSGI applications ------------------------------------------------------------------------------------------


def wsgi(environ, start_response):
    """Tells where it is, and what of the path is left."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Wsgi", "1")])
    return [f"{environ['SCRIPT_NAME']} {environ['PATH_INFO']} {environ['QUERY_STRING']}".encode()]


def test_graft():
    """A WSGI application of others, at the longest mount point."""
    tree = Tree()
    tree.mount(Root("root"))
    tree.graft(wsgi, "/w/")

    assert [Client(tree).get(path).text for path in ("/w", "/w/x%20y?z=1")] == ["/w  ", "/w /x y z=1"]
    assert tree.apps["/w"] is wsgi


def test_graft_of_our_own():
    """An Application of ours takes no way round by WSGI."""
    tree = Tree()
    application = tree.application_class(Root("own"), "/own")
    tree.graft(application, "/own")

    assert Client(tree).get("/own/x").text == "own /own /x None"


def test_script_name_of_a_path():
    """Which mount point a path belongs to; without one, the path that is being answered."""
    tree = Tree()
    found = []

    class Asking:
        @expose
        def index(self):
            found.append(tree.script_name())

    tree.mount(Asking(), "/a")
    Client(tree).get("/a/")

    assert found + [tree.script_name(path) for path in ("/a", "/a/b", "/ab", "/")] == ["/a", "/a", "/a", None, None]


def test_error_stays_in_its_application(site, caplog):
    """A failing page is answered by its own application."""

    class Bad:
        @expose
        def index(self):
            raise HTTPError(418)

    site.mount(Bad(), "/bad", {"/": {"error_page.418": lambda **_: "bad's own"}})

    assert [Client(site).get(path).text for path in ("/bad/", "/x")] == ["bad's own", "root  /x r"]


@pytest.mark.parametrize("take", [lambda apps: apps.pop("/a"), lambda apps: apps.__delitem__("/a")])
def test_what_is_taken_out_of_apps_is_not_mounted_any_more(site, take):
    """The mount point above it answers, if there is one."""
    client = Client(site)
    take(site.apps)
    assert client.get("/a/x").text.startswith("root ")
    assert client.get("/a/b").text.startswith("ab ")
    site.apps.clear()
    assert client.get("/").status == 404
