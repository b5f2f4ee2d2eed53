"""The cache together with the other tools that make an answer what it is."""

from __future__ import annotations

import gzip

import pytest

import kirsch
from tests.toolbox.cached import Site

ON = {"tools.gzip.on": True, "tools.etags.on": True, "tools.etags.autotags": True}


def test_compressed_copies():
    """One for each coding, each with its own tag; none is compressed twice."""
    site = Site(lambda _: "page " * 500, **ON)
    answers = [site.get(Accept_Encoding=coding) for coding in ("gzip", "identity") * 2]

    assert site.made == 2
    assert [answer.headers.get("Content-Encoding") for answer in answers] == ["gzip", None] * 2
    assert [answer.headers["ETag"] for answer in answers[:2]] == [answer.headers["ETag"] for answer in answers[2:]]
    assert {gzip.decompress(answer.body) for answer in answers[::2]} == {answers[1].body}


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_tags_of_copies(coding):
    """What a client has is compared with the copy, in its own coding or another that it takes; so is the first one."""
    site = Site(lambda _: "page " * 500, **ON)
    tag = site.get(Accept_Encoding=coding).headers["ETag"]
    first = [site.get(Accept_Encoding="gzip", If_None_Match=tag) for _ in "12"]
    site.tools.caching.clear()
    first += [site.get(Accept_Encoding="gzip", If_None_Match=tag) for _ in "12"]

    assert [(answer.status, answer.headers["ETag"]) for answer in first] == [(304, tag)] * 4


def test_expires():
    """What the tool says of an answer holds for the copy, too."""
    site = Site(headers={"ETag": '"1"'}, **{"tools.expires.on": True, "tools.expires.secs": 60})
    site.get()
    site.now += 59
    old = site.get()
    site.now += 2

    assert (old.text, site.get().text) == ("page 1", "page 2")
    assert "Expires" in old.headers


def test_expires_at_once():
    """What must not be used again is not kept."""
    site = Site(headers={"ETag": '"1"'}, **{"tools.expires.on": True})

    assert [site.get().text for _ in "12"] == ["page 1", "page 2"]


def test_json():
    """What a tool around the handler makes is kept, and not made of it again (CherryPy 1237)."""
    made = iter("12")
    site = Site(lambda _: {"made": int(next(made))}, **{"tools.json_out.on": True})

    assert [site.get().json() for _ in "12"] == [{"made": 1}] * 2


def test_sessions():
    """A page that uses the session is for its visitor alone; one that does not is for all."""

    def make(request):
        if request.path_info == "/mine":
            kirsch.session["visits"] = kirsch.session.get("visits", 0) + 1
            return str(kirsch.session["visits"])
        return f"page {site.made}"

    site = Site(make, **{"tools.sessions.on": True})
    assert [site.get("/mine").text for _ in "123"] == ["1", "2", "3"]
    assert len({site.get("/all").text for _ in "12"}) == 1


def test_autovary_with_sessions():
    """They get on (C16)."""
    site = Site(lambda _: "page", **{"tools.sessions.on": True, "tools.autovary.on": True})

    assert site.get().status == 200


@pytest.mark.parametrize("stream", [False, True])
def test_large_files(tmp_path, stream):
    """A large file is sent as it lies on the disk, and nobody waits for it; conditions and ranges are its own."""
    (tmp_path / "a.txt").write_text("text " * 100_000)
    site = Site(lambda _: kirsch.lib.static.serve_file(str(tmp_path / "a.txt")), **{"response.stream": stream})
    first = site.get()
    dated = site.get(If_Modified_Since=first.headers["Last-Modified"])
    part = site.get(Range="bytes=0-3")

    assert (len(first.text), dated.status, part.status, part.text) == (500_000, 304, 206, "text")
    assert (site.made, len(site.cache)) == (3, 0)


def test_small_files(tmp_path):
    """A small one is a page like others."""
    (tmp_path / "a.txt").write_text("text of a file")
    site = Site(lambda _: kirsch.lib.static.serve_file(str(tmp_path / "a.txt")))
    answers = [site.get(), site.get(Range="bytes=0-3"), site.get()]

    assert ([answer.text for answer in answers], site.made) == (["text of a file", "text", "text of a file"], 1)


def test_static_directories(tmp_path):
    """What a tool has found before is not the cache's business."""
    (tmp_path / "a.txt").write_text("file")
    site = Site(**{"tools.staticdir.on": True, "tools.staticdir.dir": str(tmp_path)})

    assert [site.get("/a.txt").text for _ in "12"] == ["file"] * 2
    assert "Age" not in site.get("/a.txt").headers
    assert site.get("/other").text == "page 1"


def test_redirected_slashes():
    """A redirect to the address with a slash comes from before the cache."""

    class Root:
        @kirsch.expose
        def index(self):
            return "index"

    site = Site()
    site.sub = Root()

    assert [site.get("/sub").status for _ in "12"] == [301, 301]
    assert [site.get("/sub/").text for _ in "12"] == ["index"] * 2
