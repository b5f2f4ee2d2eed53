"""The tools for static files, in config, as decorators and as pages."""

from __future__ import annotations

import os
import re

import pytest

from kirsch.app.context import present
from kirsch.app.place import ConfigError
from kirsch.dispatch.expose import expose
from kirsch.http.siblings import SIBLINGS
from kirsch.run.checker import check_config
from kirsch.toolbox.standard import standard_tools
from kirsch.toolbox.static import FINGERPRINT
from tests.app.pages import LonelyApplication, site

OLD = 1_000_000_000
FILES = {
    "static/index.html": "home",
    "static/a.css": "a",
    "static/sub/index.html": "sub",
    "static/sub/b.txt": "b",
    "static/bare/c.xyz": "c",
    "static/.git/config": "hidden",
    "static/.well-known/x": "known",
    "static/app.3f2a9c1b.js": "js",
    "static/a b.txt": "blank",
    "static-secret/x": "secret",
    "secret": "secret",
}
tools = standard_tools()


@pytest.fixture
def place(tmp_path):
    """A folder to be served, and what must not be."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (OLD, OLD))
    return tmp_path


class Root:
    @expose
    def index(self):
        return "index"

    @expose
    def static(self, *rest):
        return f"page {rest!r}"


def client(place, pages=None, **settings):
    """A client of a site with files at a path."""
    settings = {"on": True, "dir": str(place / "static"), **settings}
    return site(pages or Root(), {"/static": {f"tools.staticdir.{key}": value for key, value in settings.items()}})


def shown(answer):
    """Status and body, or where it leads."""
    return f"{answer.status} {answer.headers.get('Location', '').removeprefix('http://localhost') or answer.text}"


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("/static/a.css", "200 a"),
        ("/static/sub/b.txt", "200 b"),
        ("/static//sub///b.txt", "200 b"),
        ("//static/a.css", "200 a"),
        ("/static/sub/../a.css", "200 a"),
        ("/static/a%20b.txt", "200 blank"),
        ("/static/.well-known/x", "200 known"),
        ("/static", "301 /static/"),
        ("/static/", "200 home"),
        ("/static/sub", "301 /static/sub/"),
        ("/static/sub?x=1", "301 /static/sub/?x=1"),
        ("/static/sub/", "200 sub"),
        ("/static/bare", "200 page ('bare',)"),
        ("/static/bare/", "200 page ('bare',)"),
        ("/static/x/y", "200 page ('x', 'y')"),
        ("/static/a.css/", "200 page ('a.css',)"),
        ("/static/.git/config", "200 page ('.git', 'config')"),
        ("/", "200 index"),
    ],
)
def test_files_and_pages(place, target, answer):
    """A file that is there is sent, a folder answers by its index and with a slash, the rest is for the page."""
    assert shown(client(place, index="index.html").get(target)) == answer


ATTACKS = [
    "..", "../", "../secret", "../static-secret/x", "..//secret", "%2e%2e/secret", "%2e%2e%2fsecret", "..%2fsecret",
    "..%2Fstatic-secret%2Fx", "%252e%252e%252fsecret", "%2e%2e%5csecret", "..\\secret", "..%5csecret",
    "....//secret", "sub/../../secret", "sub/../../static-secret/x", "./../secret", "/../secret", "//etc/passwd",
    "%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "C:/windows/win.ini", "c:%5cwindows%5cwin.ini", "..;/secret",
    "sub/%2e%2e/%2e%2e/secret", "%c0%ae%c0%ae/secret", "..%c0%afsecret", "%ef%bc%8e%ef%bc%8e/secret",
    "a.css%2f..%2f..%2fsecret", ".git/config", "%2egit/config", "out", "out-dir/x", "out-dir/../secret",
    "a.css::$DATA", "sub/.%2e/.%2e/secret", "static-secret/x", "..%u002fsecret", "\\..\\secret", "~/secret",
    "~root/.profile", "proc/self/environ",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_else_is_given(place, attack):
    """Whatever way out is tried: a refusal, or nothing found."""
    (place / "static" / "out").symlink_to(place / "secret")
    (place / "static" / "out-dir").symlink_to(place / "static-secret")
    answer = client(place, object()).get(f"/static/{attack}")

    assert answer.status in (400, 403, 404)
    assert "secret" not in re.sub(r"/static/\S*|The path.*", "", answer.text)


@pytest.mark.parametrize(("target", "status"), [("../secret", 403), ("sub/../../x", 403), ("..%2fsecret", 404)])
def test_the_way_out_is_refused(place, target, status):
    """403 for what climbs out."""
    assert client(place, object()).get(f"/static/{target}").status == status


@pytest.mark.parametrize(
    ("settings", "target", "answer"),
    [
        ({"match": r"\.css$"}, "/static/a.css", "200 a"),
        ({"match": r"\.css$"}, "/static/sub/b.txt", "200 page ('sub', 'b.txt')"),
        ({"match": re.compile("(?i)B")}, "/static/sub/b.txt", "200 b"),
        ({"dotfiles": True}, "/static/.git/config", "200 hidden"),
        ({"symlinks": False}, "/static/link", "200 page ('link',)"),
        ({}, "/static/link", "200 a"),
        ({}, "/static", "200 page ()"),
        ({"dir": "static", "root": "ROOT"}, "/static/a.css", "200 a"),
    ],
)
def test_settings_that_choose(place, settings, target, answer):
    """Which files are given."""
    (place / "static" / "link").symlink_to("a.css")
    settings = {key: str(place) if value == "ROOT" else value for key, value in settings.items()}

    assert shown(client(place, **settings).get(target)) == answer


@pytest.mark.parametrize(
    ("settings", "name", "fields"),
    [
        ({}, "a.css", {"Content-Type": "text/css;charset=utf-8", "Cache-Control": None, "Vary": None}),
        ({}, "bare/c.xyz", {"Content-Type": "application/octet-stream"}),
        ({"content_types": {"xyz": "text/x"}}, "bare/c.xyz", {"Content-Type": "text/x;charset=utf-8"}),
        ({"content_types": {".CSS": "text/y"}}, "a.css", {"Content-Type": "text/y;charset=utf-8"}),
        ({"cache_control": "max-age=60"}, "a.css", {"Cache-Control": "max-age=60"}),
        ({"etag": False}, "a.css", {"ETag": None, "Last-Modified": "Sun, 09 Sep 2001 01:46:40 GMT"}),
        ({"immutable": True}, "app.3f2a9c1b.js", {"Cache-Control": "public, max-age=31536000, immutable"}),
        ({"immutable": True, "cache_control": "no-cache"}, "a.css", {"Cache-Control": "no-cache"}),
        ({"immutable": r"\.css$"}, "a.css", {"Cache-Control": "public, max-age=31536000, immutable"}),
    ],
)
def test_settings_that_say_how(place, settings, name, fields):
    """With which fields files are given; twice the same, though the second comes from memory."""
    it = client(place, **settings)

    for _ in range(2):
        answer = it.get(f"/static/{name}")
        assert {key: answer.headers.get(key) for key in fields} == fields


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("app.3f2a9c1b.js", True),
        ("app-BqJ2x0aD.css", True),
        ("assets/main.8d41f9c2ab34.js.map", True),
        ("app.js", False),
        ("bootstrap.bundle.min.js", False),
        ("jquery-3.7.1.min.js", False),
        ("my-longname.js", False),
        ("report-20240101.pdf", True),
        ("3f2a9c1b.js", False),
    ],
)
def test_fingerprints(name, known):
    """Eight letters and digits or more before the ending, among them a digit."""
    assert bool(re.search(FINGERPRINT, name)) == known


def test_what_others_have_said_goes_first(place):
    """Config and hooks that have set Cache-Control or ETag keep them; the type is that of the file."""
    config = {
        "tools.staticdir.on": True,
        "tools.staticdir.dir": str(place / "static"),
        "tools.staticdir.cache_control": "no-cache",
        "response.headers.Cache-Control": "private",
        "response.headers.Content-Type": "text/plain",
    }
    it = site(Root(), {"/static": config})

    assert it.get("/static/a.css").headers["Cache-Control"] == "private"
    assert it.get("/static/a.css").headers["Content-Type"] == "text/css;charset=utf-8"
    assert it.get("/static/bare/c.xyz").headers["Content-Type"] == "text/plain;charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_for_the_page(place, method):
    """Files are read only."""
    assert client(place).request(method, "/static/a.css").text == "page ('a.css',)"


def test_conditions_and_ranges(place):
    """As of any file; also from memory."""
    it = client(place)
    for _ in range(2):
        answer = it.get("/static/app.3f2a9c1b.js")
        etag = answer.headers["ETag"]
        assert it.get("/static/app.3f2a9c1b.js", headers={"If-None-Match": etag}).status == 304
        part = it.get("/static/app.3f2a9c1b.js", headers={"Range": "bytes=1-", "If-Range": etag})
        assert (part.status, part.text) == (206, "s")
        head = it.head("/static/app.3f2a9c1b.js")
        assert (head.body, dict(head.headers)) == (b"", dict(answer.headers))


# -- precompressed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def packed(place):
    """Siblings of a.css; that of the style for gzip is older than it."""
    for end in SIBLINGS.values():
        (place / f"static/a.css{end}").write_text(f"packed{end}")
    os.utime(place / "static/a.css.gz", (OLD - 10, OLD - 10))
    return place


@pytest.mark.parametrize(
    ("accept", "precompressed", "text", "coding"),
    [
        ("gzip, br, zstd", True, "packed.br", "br"),
        ("gzip, br;q=0.1, zstd", True, "packed.zst", "zstd"),
        ("gzip, br, zstd", ["zstd"], "packed.zst", "zstd"),
        ("gzip", True, "a", None),
        ("", True, "a", None),
        ("br", False, "a", None),
    ],
)
def test_siblings(packed, accept, precompressed, text, coding):
    """The best that the client takes and that is no older than the file; its type is that of the file."""
    it = client(packed, precompressed=precompressed)
    for _ in range(2):
        answer = it.get("/static/a.css", headers={"Accept-Encoding": accept})
        assert (answer.body.decode(), answer.headers.get("Content-Encoding")) == (text, coding)
        assert answer.headers["Content-Type"] == "text/css;charset=utf-8"
        assert answer.headers.get("Vary") == ("Accept-Encoding" if precompressed else None)


def test_each_coding_has_its_etag(packed):
    """A 304 and the rest of a download are of the same coding as what the client has."""
    it = client(packed, precompressed=True)
    plain = it.get("/static/a.css").headers["ETag"]
    answer = it.get("/static/a.css", headers={"Accept-Encoding": "br"})

    assert answer.headers["ETag"] != plain
    assert answer.headers["ETag"].endswith('-br"')
    again = {"Accept-Encoding": "br", "If-None-Match": answer.headers["ETag"]}
    assert it.get("/static/a.css", headers=again).status == 304
    assert it.get("/static/a.css", headers=again | {"Accept-Encoding": ""}).status == 200


def test_a_sibling_by_its_own_name(packed):
    """Is a file like others."""
    it = client(packed, precompressed=True)
    it.get("/static/a.css", headers={"Accept-Encoding": "br"})
    answer = it.get("/static/a.css.gz")

    assert (answer.headers["Content-Type"], "Content-Encoding" in answer.headers) == ("application/x-gzip", False)


# -- one file, pages, decorators -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({"filename": "FILE"}, "200 a"),
        ({"filename": "static/a.css", "root": "ROOT"}, "200 a"),
        ({"filename": "FILE", "match": "x"}, "200 page ()"),
        ({"filename": "FILE.gone"}, "200 page ()"),
    ],
)
def test_one_file(place, settings, answer):
    """Config gives a path a file; if that is not there, the page is asked."""
    words = {"FILE": str(place / "static/a.css"), "ROOT": str(place)}
    said = {
        f"tools.staticfile.{key}": re.sub("FILE|ROOT", lambda match: words[match[0]], value)
        for key, value in settings.items()
    }

    assert shown(site(Root(), {"/static": {"tools.staticfile.on": True} | said}).get("/static")) == answer


def pages(place):
    """A root with pages that are files."""

    class Pages:
        icon = tools.staticfile.handler(filename=str(place / "static/a.css"), cache_control="max-age=1")
        positional = tools.staticfile.handler(str(place / "static/a.css"))
        files = tools.staticdir.handler(section="/files", dir="static", root=str(place), index="index.html")

        @expose
        @tools.staticdir(dir=str(place / "static"))
        def decorated(self, *rest):
            return f"page {rest!r}"

        @expose
        def by_hand(self, *_):
            served = tools.staticdir.callable(section="/by_hand", dir=str(place / "static"))
            return present().response.page if served else "no file"

    return Pages()


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("/icon", "200 a"),
        ("/positional", "200 a"),
        ("/files/a.css", "200 a"),
        ("/files/sub/", "200 sub"),
        ("/files", "301 /files/"),
        ("/decorated/a.css", "200 a"),
        ("/decorated/x", "200 page ('x',)"),
        ("/by_hand/a.css", "200 a"),
        ("/by_hand/x", "200 no file"),
    ],
)
def test_pages(place, target, answer):
    """A page of its own, a decorator, a call by hand."""
    assert shown(site(pages(place)).get(target)) == answer


def test_pages_find_nothing(place):
    """404, also for other methods."""
    it = site(pages(place))

    assert (it.get("/files/x").status, it.get("/files/bare/").status, it.post("/icon").status) == (404, 404, 404)


def test_config_of_a_page_goes_first(place):
    """What config says of its path is over the arguments."""
    it = site(pages(place), {"/icon": {"tools.staticfile.filename": str(place / "static/sub/b.txt")}})

    assert it.get("/icon").text == "b"


def test_a_section_below_a_mount_point(place):
    """Paths are those of the application."""
    application = LonelyApplication(
        Root(),
        "/app",
        {
            "/": {
                "tools.staticdir.on": True,
                "tools.staticdir.dir": str(place / "static"),
                "tools.staticdir.index": "index.html",
            }
        },
    )
    it = site(Root())
    it.courier.handler = application.handle

    assert shown(it.get("/app/a.css")) == "200 a"
    assert shown(it.get("/app")) == "301 /app/"
    assert shown(it.get("/app/sub")) == "301 /app/sub/"


def test_without_trailing_slashes(place):
    """Who has turned off that slashes are added gets the index of a folder at either address."""
    config = {
        "/": {"tools.trailing_slash.on": False},
        "/static": {
            "tools.staticdir.on": True,
            "tools.staticdir.dir": str(place / "static"),
            "tools.staticdir.index": "index.html",
        },
    }

    assert [shown(site(Root(), config).get(path)) for path in ("/static", "/static/sub")] == ["200 home", "200 sub"]


# -- what developers get wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"staticdir.file": "x"}, "there is no such argument; use tools.staticfile.filename"),
        ({"staticdir.dri": "x"}, r"did you mean 'tools\.staticdir\.dir'"),
        ({"staticdir.on": True}, r"tools\.staticdir\.dir is missing"),
        (
            {"staticdir.on": True, "staticdir.dir": "x"},
            r"tools\.staticdir\.dir is relative \('x'\), so .*\.root must be",
        ),
        ({"staticdir.on": True, "staticdir.dir": "x", "staticdir.root": "y"}, "is relative"),
        ({"staticdir.dir": 5}, "expected a str"),
        ({"staticdir.match": "("}, "a regular expression"),
        ({"staticdir.content_types": {"x": "y"}}, "media types by endings"),
        ({"staticdir.precompressed": ["lzma"]}, "br, zstd, gzip"),
        ({"staticdir.cache_control": "a\r\nb"}, "without line breaks"),
        ({"staticfile.on": True}, r"tools\.staticfile\.filename is missing"),
        ({"staticfile.on": True, "staticfile.filename": "x"}, r"tools\.staticfile\.filename is relative"),
    ],
)
def test_wrong_settings(settings, problem):
    """Are named where config is read, or at the first request; at the start of the engine, see the tests of `run`."""
    with pytest.raises(ConfigError, match=problem):
        check_config(
            LonelyApplication(object(), "", {"/x": {f"tools.{key}": value for key, value in settings.items()}})
        )
