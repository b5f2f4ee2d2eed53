"""Section 4 of the acceptance list: dispatchers."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

from xmlrpc.client import dumps, loads

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import HelloWorld, Users, mounted


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


def test_D_02_root(client):
    """Setting the root of the site mounts it."""

    class Root:
        @cherrypy.expose
        def index(self):
            return "root"

    with pytest.warns(LegacyWarning, match=r"kirsch\.root = … is an old name; write kirsch\.tree\.mount"):
        cherrypy.root = Root()

    assert client.get("/").text == "root"


def test_D_03_config_at_each_level(client):
    """What a section says holds below it, unless one further down says otherwise."""

    class Page:
        @cherrypy.expose
        def default(self, *args):
            return "page" * 1000

    class Root(Page):
        on_the_way = type("OnTheWay", (Page,), {"_cp_config": {"tools.gzip.on": False}})()

    cherrypy.tree.mount(Root(), "/", {"/": {"tools.gzip.on": True}, "/a/b": {"tools.gzip.on": False}})
    paths = ("/a/x", "/a/b/c", "/a/b", "/on_the_way/x")
    answers = [client.get(path, headers={"Accept-Encoding": "gzip"}) for path in paths]

    assert ["Content-Encoding" in answer.headers for answer in answers] == [True, False, False, False]


def test_D_04_config_is_applied_before_the_call():
    """A handler can read what holds for it."""

    def page():
        return " ".join(cherrypy.request.config[key] for key in ("mine", "above", "site"))

    cherrypy.config.update({"site": "all", "mine": "all"})
    client = mounted(page, {"/": {"mine": "root", "above": "root"}, "/page": {"mine": "here"}})

    assert client.get("/page").text == "here root all"


def test_D_05_files_before_handlers(tmp_path):
    """A file that is there is sent; else the handler of the same path is called, with the rest."""
    (tmp_path / "x.txt").write_text("a file")
    config = {"/sd": {"tools.staticdir.on": True, "tools.staticdir.dir": str(tmp_path)}}
    client = mounted(lambda *args: repr(args), config, "sd")

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


class Service(cherrypy.XMLRPCController):
    @cherrypy.expose
    def add(self, a, b):
        return a + b


@pytest.mark.parametrize(("section", "path"), [("/svc", "/svc/"), ("/", "/svc/"), ("/", "/RPC2/svc/")])
def test_D_20_xmlrpc(client, section, path):
    """Exposed methods are called by name; what cannot be is a fault with status 200."""
    root = type("Root", (), {"svc": Service()})()
    config = {"request.dispatch": cherrypy.dispatch.XMLRPCDispatcher(), "tools.xmlrpc.on": True}
    cherrypy.tree.mount(root, "/", {section: config})
    right, *wrong = (
        client.post(path, body=dumps(args, name), headers={"Content-Type": "text/xml"})
        for name, args in (("add", (2, 3)), ("add", (1,)), ("none", ()))
    )

    assert loads(right.body)[0] == (5,)
    assert {(answer.status, answer.headers["Content-Type"][:8]) for answer in (right, *wrong)} == {(200, "text/xml")}
    assert [answer.body.count(b"<int>1</int>") for answer in wrong] == [1, 1]


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
