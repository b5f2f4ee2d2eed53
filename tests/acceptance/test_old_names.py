"""Section 18 of the acceptance list: old names that belong to no row of their own."""

from __future__ import annotations

from operator import attrgetter

import pytest

import kirsch as cherrypy
from kirsch.app.keys import Keys
from kirsch.app.legacy import LegacyWarning
from kirsch.app.legacykeys import FILTERS, KEYS, modern_key, modern_settings
from kirsch.app.legacynames import REQUEST_NAMES, RESPONSE_NAMES
from kirsch.app.place import Place
from tests.acceptance.sites import Users, mounted, told
from tests.acceptance.ways import MEMORY, only
from tests.house import ROOT


def wsgi_server(applications):
    """Makes a server, which does not run."""
    from kirsch.compat.cheroot_wsgi import Server

    Server(("127.0.0.1", 0), applications)


CALLS = [
    ("engine.start(blocking=…)", "engine.start()", lambda: cherrypy.engine.start(blocking=False)),
    ("server.quickstart(…)", "engine.start()", cherrypy.server.quickstart),
    ("server.start(init_only=…, server_class=…)", "engine.start()", lambda: cherrypy.server.start(init_only=True)),
    ("kirsch.root = …", "kirsch.tree.mount(…)", lambda: setattr(cherrypy, "root", Users())),
    ("config.getAll(key)", "request.config", lambda: cherrypy.config.getAll("mine")),
    ("config.get(key, default, return_section, path)", "request.config", lambda: cherrypy.config.get("x", 1, True)),
    (
        "config.update(file=…, updateMap=…)",
        "config.update(name",
        lambda: cherrypy.config.update(updateMap={}, baseurl=""),
    ),
    ("kirsch.threadData", "kirsch.thread_data", lambda: cherrypy.threadData),
    (
        "InternalRedirect(path, params)",
        "InternalRedirect(path, 'x=1')",
        lambda: cherrypy.InternalRedirect("/", {"x": 1}),
    ),
    ("the hook point before_main", "before_handler", lambda: cherrypy.Tool("before_main", print)),
    ("a list of applications", "WSGIPathInfoDispatcher", lambda: wsgi_server([("/", cherrypy.tree)])),
]
"""Old call, what it is now, and one that makes it."""


@only(MEMORY, why="nothing is asked")
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(("old", "new", "call"), CALLS, ids=[old for old, *_ in CALLS])
def test_old_calls(old, new, call):
    """What they do is tested with their rows; both spellings are named, once, and the line that calls."""
    with told(f"{old} is an old name; write {new}") as texts:
        call()
        call()

    assert texts[0].startswith(f"{__file__}, line ")


@pytest.mark.parametrize(("old", "new"), REQUEST_NAMES.items())
def test_old_names_of_a_request(old, new):
    """They are the attributes of today, and say once which, and where."""
    seen = []

    def page(x):
        seen.append((getattr(cherrypy.request, old), attrgetter(new)(cherrypy.request)))

    client = mounted(page)
    with told(f"request.{old} is an old name; write request.{new}") as texts:
        for _ in range(2):
            client.get("/page?x=1", headers={"Cookie": "a=b"})

    assert [was == now for was, now in seen] == [True, True]
    assert texts[0].startswith(f"{__file__}, line ")


def test_old_names_of_a_response(client):
    """They are the attributes of today, and say once which, and where."""

    def page():
        response = cherrypy.response
        response.headerMap["X-Old"] = "yes"
        response.simpleCookie["a"] = "b"
        return response.simple_cookie["a"].value

    mounted(page)
    with told(
        *(f"response.{old} is an old name; write response.{new}" for old, new in RESPONSE_NAMES.items())
    ) as texts:
        answer = client.get("/page")

    assert (answer.text, answer.headers["X-Old"], answer.headers["Set-Cookie"]) == ("b", "yes", "a=b")
    assert all(text.startswith(f"{__file__}, line ") for text in texts)


@only(MEMORY, why="nothing is asked")
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
        ("hooks.before_mainly", "hooks.before_mainly"),
        ("server.default_content_type", "response.headers.Content-Type"),
        ("decoding_filter.default_encoding", "tools.decode.default_encoding"),
        ("response_headers_filter.headers", "tools.response_headers.headers"),
        ("gzip_filters.on", "gzip_filters.on"),
        ("server.socket_port", "server.socket_port"),
        ("mine", "mine"),
    ],
)
def test_old_keys(old, new):
    """Each has one that holds today; any other key is left as it is."""
    assert modern_key(old) == new


@only(MEMORY, why="nothing is asked")
def test_old_keys_in_a_file(tmp_path):
    """They have their effect, and the warning says where they stand."""
    path = tmp_path / "old.conf"
    path.write_text("[global]\n\nserver.show_tracebacks = True\n")
    with pytest.warns(
        LegacyWarning, match=r"old.conf, line 3: \[global\]: server.show_tracebacks is an old name; write req"
    ):
        cherrypy.config.update(str(path))

    assert cherrypy.config["request.show_tracebacks"] is True


def modern(**settings):
    """These settings by the names of today."""
    given = {name.replace("__", "."): value for name, value in settings.items()}
    return {key: value for _, key, value in modern_settings(given, (), Place)}


@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
@pytest.mark.parametrize(
    ("given", "now"),
    [
        (
            {"static_filter__on": True, "static_filter__file": "a"},
            {"tools.staticfile.on": True, "tools.staticfile.filename": "a"},
        ),
        (
            {"static_filter__on": True, "static_filter__dir": "a"},
            {"tools.staticdir.on": True, "tools.staticdir.dir": "a"},
        ),
        ({"static_filter__root": "/a"}, {"tools.staticdir.root": "/a", "tools.staticfile.root": "/a"}),
        ({"base_url_filter__use_x_forwarded_host": False}, {"tools.proxy.local": ""}),
        ({"base_url_filter__use_x_forwarded_host": True}, {"tools.proxy.local": "X-Forwarded-Host"}),
        ({"virtual_host_filter__on": False, "virtual_host_filter__a": "/a"}, {}),
    ],
)
def test_old_keys_that_need_more(given, now):
    """Some are two now, or have another value."""
    assert modern(**given) == now


def test_virtual_host_filter(client):
    """Hosts by key are a dispatcher, and it is said which."""
    pages = {name: cherrypy.expose(lambda self, name=name: name) for name in ("index", "other")}
    root = type("Root", (), {"index": pages["index"], "a": type("Root", (), {"index": pages["other"]})()})()
    hosts = {"virtual_host_filter.on": True, "virtual_host_filter.a.example:8080": "/a"}
    with pytest.warns(
        LegacyWarning, match=r"virtual_host_filter is an old name; .* kirsch.dispatch.VirtualHost"
    ) as said:
        cherrypy.tree.mount(root, "/", {"/": hosts})

    assert [client.get("/", headers={"Host": host}).text for host in ("a.example:8080", "b")] == ["other", "index"]
    assert len(said) == 1


def test_default_content_type():
    """The media type of pages that name none."""
    with pytest.warns(LegacyWarning, match=r"response\.headers\.Content-Type"):
        cherrypy.config.update({"server.default_content_type": "text/plain"})

    assert mounted(lambda: "page").get("/page").headers["Content-Type"] == "text/plain;charset=utf-8"


def test_old_keys_on_a_node(client):
    """In `_cp_config`, too; a page is made ready anew without another word."""

    class Root:
        _cp_config = {"server.default_content_type": "text/css"}  # noqa: RUF012 - as applications have it

        @cherrypy.expose
        def index(self):
            return "page"

    cherrypy.tree.mount(Root())
    with pytest.warns(LegacyWarning, match=r"_cp_config of .*Root: server\.default_content_type") as said:
        answer = client.get("/")
    cherrypy.config.update({"mine": 1})

    assert [each.headers["Content-Type"] for each in (answer, client.get("/"))] == ["text/css;charset=utf-8"] * 2
    assert len(said) == 1


@only(MEMORY, why="nothing is asked")
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_old_keys_of_unknown_tools(tmp_path):
    """They are wrong as their names of today would be, and the place is that of the old one."""
    path = tmp_path / "old.conf"
    path.write_text("[/]\nnone = 1\n\nresponse_headers_filter.headerz = 1\n")
    with pytest.raises(ValueError, match=r"old.conf, line 4: \[/\].*response_headers"):
        cherrypy.tree.mount(None, "", str(path))


@only(MEMORY, why="nothing is asked")
def test_reading_by_old_keys():
    """What is set by either name is read by both."""
    cherrypy.config.update({"request.throw_errors": True})
    with pytest.warns(LegacyWarning, match=r"test_old_names.py, line \d+: server.throw_errors is .* request.throw_err"):
        assert cherrypy.config["server.throw_errors"] is True

    assert cherrypy.config.get("server.throw_errors") is True
    assert cherrypy.config.get("server.log_file", "none") == "none"
    with pytest.raises(KeyError):
        cherrypy.config["none"]


@only(MEMORY, why="nothing is asked")
def test_words_of_an_application_are_left_alone():
    """A namespace of its own may be called like a filter of old."""
    keys = Keys()
    keys.own.add("cache_filter")

    assert keys.check({"cache_filter.on": 1}, "site", Place) == {"cache_filter.on": 1}


@only(MEMORY, why="nothing is asked")
def test_said_once_and_in_the_log(caplog):
    """A name is said once, as a warning and in the error log, with the line that uses it."""
    with pytest.warns(LegacyWarning) as said:
        got = [cherrypy.threadData for _ in range(3)]

    assert got == [cherrypy.thread_data] * 3
    assert (len(said), said[0].filename) == (1, __file__)
    assert f"{__file__}, line {said[0].lineno}: kirsch.threadData is an old name" in caplog.text
    assert [record.name for record in caplog.records if "is an old name" in record.message] == ["kirsch.error"]


def test_browser_url():
    """The whole address, as the client knows it."""
    with pytest.warns(LegacyWarning, match=r"kirsch\.url"):
        text = mounted(lambda **_: cherrypy.request.browser_url).get("/page?x=1").text

    assert text == "http://localhost/page?x=1"


@only(MEMORY, why="nothing is asked")
def test_page_of_old_names():
    """What the tables of the code hold stands on the page, too."""
    page = (ROOT / "docs" / "reference" / "old-names.md").read_text("utf-8")
    names = [
        *KEYS,
        *FILTERS,
        *(f"request.{name}" for name in REQUEST_NAMES),
        *(f"response.{x}" for x in RESPONSE_NAMES),
    ]

    assert [name for name in names if f"`{name}" not in page] == []
