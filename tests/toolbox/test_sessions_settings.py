from __future__ import annotations

import json
import re

import pytest

import kirsch
from kirsch.app.legacy import LegacyWarning, forget
from kirsch.app.place import ConfigError
from kirsch.lib.sessions import FileSession
from kirsch.stores.memory import MemoryStore
from kirsch.toolbox.session import Session
from tests.app.pages import LonelyApplication, start
from tests.toolbox.sessionpages import FailingStore, Site, Visitor, visitor

EXPIRES = re.compile(r"expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT; ")


def cookie(base="http://localhost", headers=None, **settings):
    """The line that sets the cookie, without its date."""
    guest = visitor(**settings)
    guest.base = base
    guest.application.root.do = lambda session: session.update(a=1) or session.id
    answer = guest.get("/page", headers=headers or {})
    return EXPIRES.sub("", answer.headers["Set-Cookie"]).replace(answer.text, "<id>")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "session_id=<id>; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax"),
        ({"base": "https://localhost"}, "session_id=<id>; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax; Secure"),
        ({"secure": True, "samesite": None, "httponly": False}, "session_id=<id>; Max-Age=3600; Path=/; Secure"),
        ({"secure": False, "base": "https://a"}, "session_id=<id>; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax"),
        (
            {"name": "own", "timeout": 5, "domain": "a.b", "path": "/x", "samesite": "Strict"},
            "own=<id>; Domain=a.b; HttpOnly; Max-Age=300; Path=/x; SameSite=Strict",
        ),
        ({"persistent": False}, "session_id=<id>; HttpOnly; Path=/; SameSite=Lax"),
        ({"path_header": "X-Path", "persistent": False}, "session_id=<id>; HttpOnly; Path=/; SameSite=Lax"),
        (
            {"path_header": "X-Path", "headers": {"X-Path": "/there"}, "persistent": False},
            "session_id=<id>; HttpOnly; Path=/there; SameSite=Lax",
        ),
        (
            {"host_prefix": True, "persistent": False},
            "__Host-session_id=<id>; HttpOnly; Path=/; SameSite=Lax; Secure",
        ),
        (
            {"samesite": "None", "partitioned": True, "persistent": False},
            "session_id=<id>; HttpOnly; Partitioned; Path=/; SameSite=None; Secure",
        ),
    ],
)
def test_the_cookie(settings, line):
    """As config says; safe by default."""
    assert cookie(**settings) == line


def test_a_cookie_with_a_prefix_is_found_again():
    """By its whole name."""
    guest = visitor(host_prefix=True)
    guest.base = "https://localhost"
    guest.puts(a=1)

    assert guest.visit().text == "{'a': 1}"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"time_out": 5}, "there is no setting 'time_out'; did you mean 'timeout'?"),
        ({"timeout": 0}, r"expected a number above 0, got 0"),
        ({"timeout": "60"}, "expected a number above 0, got '60'"),
        ({"locking": "never"}, "expected .* 'implicit' or 'early' or 'explicit' or 'optimistic'"),
        ({"samesite": "lax"}, "'Strict' or 'Lax' or 'None'"),
        ({"host_prefix": True, "domain": "a.b"}, "for this host and the path / alone"),
        ({"host_prefix": True, "secure": False}, "browsers insist on secure"),
        ({"storage_class": dict}, "a subclass of kirsch.lib.sessions.Session, and not <class 'dict'>"),
        ({"storage_class": "cherrypy.lib.sessions.SqlSession"}, "there is no storage_class cherrypy.lib.sessions.SqlS"),
        ({"storage_class": "nowhere.Session"}, "there is no storage_class nowhere.Session: "),
        ({"serializer": "yaml"}, "a serializer is 'msgpack', 'pickle'"),
        ({"fallback": "full"}, "'empty'"),
        ({"storage_type": "postgres"}, "out of ram, file, memcached"),
    ],
)
def test_wrong_settings_are_refused_at_the_start(settings, words):
    """With the place, and what is right."""
    with pytest.raises(ConfigError, match=rf"(?s)\[/\] tools\.sessions.*{words}"):
        start({"tools.sessions.on": True, **{f"tools.sessions.{name}": value for name, value in settings.items()}})


def test_files_need_a_folder():
    """The start says so, wherever the two settings stand."""
    with pytest.raises(ConfigError, match=r"sessions in files need a folder: tools\.sessions\.storage_path"):
        start({"tools.sessions.on": True, "tools.sessions.storage_class": FileSession})


def test_a_store_that_cannot_be_is_said_at_the_start():
    """What is wrong with its address, or which package is missing."""
    with pytest.raises(
        ConfigError, match=r"\[/\] tools\.sessions\.store: there is no kind of store 'reddis'; did you mean"
    ):
        start({"tools.sessions.on": True, "tools.sessions.store": "reddis://localhost"})


def test_what_is_for_a_kind_of_ones_own():
    """Settings that nobody knows become attributes of it; without such a kind they are refused."""

    class Own(Session):
        color = "white"

    guest = visitor(storage_class=Own, color="red", shape="round")
    assert (
        guest.visit(lambda session: f"{session.color} {session.shape} {type(session).__name__}").text == "red round Own"
    )
    with pytest.raises(
        ConfigError, match=r"\[/\].*: there is no setting tools\.sessions\.color, unless a storage_class"
    ):
        start({"tools.sessions.on": True, "tools.sessions.color": "red"})


def test_setup_of_a_kind_is_called_once_for_each_settings():
    """Not once for the process: another place may have other settings."""
    calls = []

    class Own(Session):
        @classmethod
        def setup(cls, **settings):
            calls.append(settings["timeout"])

    settings = {"tools.sessions.on": True, "tools.sessions.storage_class": Own}
    sections = {"/": settings, "/inner": {"tools.sessions.timeout": 5}}
    guest = Visitor(LonelyApplication(Site(), "", sections))
    for path in ("/page", "/inner", "/page", "/nowhere"):
        guest.get(path)

    assert calls == [60, 5]


def test_applications_share_sessions():
    """As they share the cookie: who is known to one is known to the other."""
    config = {"/": {"tools.sessions.on": True}}
    guest, there = (Visitor(LonelyApplication(Site(), "", config)) for _ in range(2))
    there.cookies = guest.cookies
    guest.puts(a=1)

    assert there.visit().text == "{'a': 1}"


def test_a_serializer_of_ones_own():
    """What has dumps() and loads(); what another one has written is not read."""
    guest = visitor(store := FailingStore(), serializer=json)
    guest.puts(a=(1, 2))

    assert guest.visit().text == "{'a': [1, 2]}"
    other = visitor(store)
    other.cookies = guest.cookies
    assert other.visit().text == "{}"


def test_storage_type_is_an_old_name():
    """It says what to write instead."""
    forget()
    with pytest.warns(LegacyWarning, match=r"storage_type = 'ram' is an old name; .*storage_class = .*RamSession"):
        visitor(storage_type="ram").visit()


def test_by_decorator():
    """As any tool."""

    class Root:
        @kirsch.expose
        @kirsch.tools.sessions(name="own")
        def page(self):
            kirsch.session["a"] = 1
            return ""

    guest = Visitor(LonelyApplication(Root()))

    assert guest.get("/page").headers["Set-Cookie"].startswith("own=")
    with pytest.raises(ConfigError, match=r"@tools\.sessions.*did you mean 'locking'"):
        kirsch.tools.sessions(lockin="early")


def test_a_store_may_be_given_itself():
    """Instead of its address."""
    guest = visitor(store := MemoryStore())
    guest.puts(a=1)

    assert store.count("session-") == 1
    assert guest.visit(lambda session: str(session.store is store)).text == "True"
