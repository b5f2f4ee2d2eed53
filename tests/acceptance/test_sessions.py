"""Section 10 of the acceptance list: sessions."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import re
import time

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from kirsch.stores.memory import MemoryStore
from kirsch.toolbox import session, storedsession
from tests.acceptance.sites import mounted
from tests.acceptance.ways import new_client


class Root:
    @cherrypy.expose
    def set(self, value="fieldvalue"):
        cherrypy.session["fieldname"] = value
        return cherrypy.session["fieldname"]

    @cherrypy.expose
    def get(self):
        return repr(cherrypy.session.get("fieldname"))

    @cherrypy.expose
    def item(self):
        try:
            return cherrypy.session["fieldname"]
        except KeyError:
            return "KeyError"


def visitor(**settings):
    """A client of a site with sessions."""
    config = {f"tools.sessions.{name}": value for name, value in {"on": True, **settings}.items()}
    for script_name in list(cherrypy.tree.apps):
        cherrypy.tree.remove(script_name)
    cherrypy.tree.mount(Root(), "/", {"/": config})
    return new_client()


def test_S_01_on():
    """A value is kept, for whoever has the cookie."""
    client = visitor()
    line = client.get("/set").headers["Set-Cookie"]

    assert re.match(r"session_id=[0-9a-f]{40}; ", line)
    assert {"Path=/", "Max-Age=3600"} <= set(line.split("; "))
    assert client.get("/get").text == "'fieldvalue'"


def test_S_02_only_the_id_is_in_the_cookie():
    """The data stays on the server."""
    client = visitor()
    line = client.get("/set?value=secret").headers["Set-Cookie"]

    assert "secret" not in line
    assert "fieldname" not in line


@pytest.mark.parametrize(("storage_type", "new"), [("file", "FileSession"), ("ram", "RamSession")])
def test_S_03_storage_type(storage_type, new, tmp_path):
    """It works, and says what to write instead."""
    client = visitor(storage_type=storage_type, storage_path=str(tmp_path))
    with pytest.warns(LegacyWarning, match=rf"storage_type = '{storage_type}' is an old name.*storage_class.*{new}"):
        client.get("/set")

    assert client.get("/get").text == "'fieldvalue'"


def test_S_03_memcached():
    """It is understood as well; whether anybody listens there is seen when a session is used."""
    client = visitor(storage_type="memcached", servers=["127.0.0.1:1"])
    with pytest.warns(LegacyWarning, match="MemcachedSession"):
        answer = client.get("/get")

    assert answer.text == "None"
    assert client.get("/set").status == 503


def test_S_04_storage_path(tmp_path):
    """A file for each session, in a folder that is made if it is missing; it survives a restart."""
    client = visitor(storage_class=cherrypy.lib.sessions.FileSession, storage_path=str(tmp_path / "new" / "folder"))
    client.get("/set")
    name = f"session-{client.cookies['session_id']}"

    assert [path.name for path in (tmp_path / "new" / "folder").glob("session-*")] == [name]
    again = visitor(storage_class=cherrypy.lib.sessions.FileSession, storage_path=str(tmp_path / "new/folder/"))
    again.cookies = client.cookies
    assert again.get("/get").text == "'fieldvalue'"


def test_S_05_timeout():
    """Minutes, of the cookie and of the data (see tests/toolbox/test_sessions_time.py)."""
    assert "Max-Age=3600" in visitor(timeout=60).get("/set").headers["Set-Cookie"]
    assert "Max-Age=300" in visitor(timeout=5).get("/set").headers["Set-Cookie"]


def test_S_05_data_expires(monkeypatch):
    """Who stays away for longer finds nothing; each visit counts anew."""
    begin = time.time()
    minutes = [0]
    store = MemoryStore()
    store._clock = lambda: begin + minutes[0] * 60
    for module in (session, storedsession):
        monkeypatch.setattr(module, "time", store._clock)
    client = visitor(timeout=60, store=store)
    client.get("/set")
    for minutes[0], text in ((59, "'fieldvalue'"), (118, "'fieldvalue'"), (179, "None")):
        assert client.get("/get").text == text


def test_S_06_get():
    """By get() it is None without one, as an item a KeyError."""
    client = visitor()

    assert (client.get("/get").text, client.get("/item").text) == ("None", "KeyError")
    client.get("/set?value=x")
    assert (client.get("/get").text, client.get("/item").text) == ("'x'", "x")


def test_S_07_set():
    """Later requests of this client see it, and of no other."""
    client = visitor()
    client.get("/set?value=mine")

    assert client.get("/get").text == "'mine'"
    assert new_client().get("/get").text == "None"


def test_S_08_off(caplog):
    """The error names what turns sessions on."""
    client = mounted(lambda: cherrypy.session["fieldname"], {"/": {"request.show_tracebacks": True}})

    assert client.get("/page").status == 500
    assert "/page has no session: turn sessions on by tools.sessions.on = True" in caplog.text
