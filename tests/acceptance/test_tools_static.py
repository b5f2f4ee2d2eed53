"""Section 11 of the acceptance list, as far as it is about static files."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import pytest

import kirsch as cherrypy
from kirsch.process.channels import ChannelFailures
from kirsch.run.checker import Checker
from tests.acceptance.sites import Users, told
from tests.acceptance.ways import MEMORY, OWN, only

OLD_FILE = ("static_filter.on", "static_filter.file")


@pytest.fixture
def place(tmp_path):
    """A site's folder."""
    for name in ("style.css", "feed.rss", "a.atom", "static/js/my.js", "static/index.txt", "secret"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def get(client, config, path, **headers):
    """The answer of a site with this config."""
    cherrypy.tree.mount(Users(), "", config)
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("keys", [("tools.staticfile.on", "tools.staticfile.filename"), OLD_FILE], ids=str)
def test_T_04_one_file(client, place, keys):
    """200, with its type and time; 304 if it has not changed."""
    config = {"/style.css": dict(zip(keys, (True, str(place / "style.css")), strict=True))}
    old = [
        "[/style.css]: static_filter.file is an old name; write tools.staticfile.filename",
        "[/style.css]: static_filter.on is an old name; write tools.staticfile.on",
    ]
    with told(*old * (keys == OLD_FILE)):
        answer = get(client, config, "/style.css")
    assert (answer.status, answer.text) == (200, "style.css")
    assert answer.headers["Content-Type"].startswith("text/css")

    since = answer.headers["Last-Modified"]
    assert client.get("/style.css", headers={"If-Modified-Since": since}).status == 304


def test_T_05_root(client, place):
    """Is inherited by the sections below."""
    config = {
        "/": {"tools.staticdir.root": str(place)},
        "/static": {"tools.staticdir.on": True, "tools.staticdir.dir": "static"},
        "/scripts": {"tools.staticdir.on": True, "tools.staticdir.dir": "static/js"},
    }
    assert get(client, config, "/static/js/my.js").text == "static/js/my.js"
    assert client.get("/scripts/my.js").text == "static/js/my.js"


@pytest.mark.parametrize("word", ["tools.staticdir", "static_filter"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/js/my.js", 200), ("/static/../secret", 403), ("/static/%2e%2e/secret", 403),
        ("/static/js/", 404), ("/static/no", 404),
    ],
)  # fmt: skip
def test_T_06_a_folder(client, place, path, status, word):
    """Files below it; nothing outside; a folder without an index leads nowhere."""
    config = {"/static": {f"{word}.on": True, f"{word}.root": str(place), f"{word}.dir": "static"}}
    old = [
        f"[/static]: static_filter.{key} is an old name; write tools.staticdir.{key}" for key in ("on", "root", "dir")
    ]
    with told(*old * (word == "static_filter")):
        assert get(client, config, path).status == status


def test_T_06_handlers_behind_it(client, place):
    """What is no file is asked of the handlers, a folder without an index, too."""
    config = {"/users": {"tools.staticdir.on": True, "tools.staticdir.dir": str(place / "static")}}

    assert get(client, config, "/users/js/my.js").text == "static/js/my.js"
    assert [client.get(f"/users/{path}").text for path in ("js/", "no")] == ["('js',), {}", "('no',), {}"]


@only(MEMORY, why="nothing is asked")
def test_T_07_no_such_key():
    """`tools.staticdir.file` never was one: the right one is named when the config is read."""
    with pytest.raises(ValueError, match=r"use tools\.staticfile\.filename"):
        cherrypy.tree.mount(Users(), "", {"/x": {"tools.staticdir.on": True, "tools.staticdir.file": "/x"}})


@only(OWN, why="it is about the start of the engine")
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("key", ["staticdir.dir", "staticfile.filename"])
def test_T_08_relative_paths(key):
    """Without a root, the engine does not start, and says where it stands."""
    tool = key.partition(".")[0]
    cherrypy.tree.mount(Users(), "", {"/x": {f"tools.{tool}.on": True, f"tools.{key}": "static"}})

    with pytest.raises(ChannelFailures) as failures:
        cherrypy.engine.start()
    assert f"[/x] tools.{tool}: tools.{key} is relative ('static')" in str(failures.value.get_instances()[0])


@only(MEMORY, why="nothing is asked")
def test_T_08_missing_directory(place):
    """What is not there is said at the start."""
    config = {"tools.staticdir.on": True, "tools.staticdir.dir": str(place / "gone")}
    cherrypy.tree.mount(Users(), "", {"/x": config})

    assert Checker(cherrypy.config, cherrypy.tree.apps).findings() == [
        f"[/x] of the application at /: tools.staticdir.dir is {place / 'gone'}, which is not there"
    ]


def test_T_09_content_types(client, place):
    """Types by ending, with a dot or without; the others are known."""
    types = {"rss": "application/xml", ".atom": "application/atom+xml"}
    config = {
        "/files": {
            "tools.staticdir.on": True,
            "tools.staticdir.dir": str(place),
            "tools.staticdir.content_types": types,
        }
    }
    get(client, config, "/files/")
    found = [client.get(f"/files/{name}").headers["Content-Type"] for name in ("feed.rss", "a.atom", "style.css")]
    assert found == ["application/xml", "application/atom+xml", "text/css;charset=utf-8"]
