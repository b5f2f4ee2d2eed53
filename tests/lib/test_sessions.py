from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

import kirsch as cherrypy
from kirsch.lib import sessions
from tests.toolbox.sessionpages import Visitor, visitor


class ListSession(sessions.Session):
    """As applications write them: all verbs, over whatever they have. A class of its own for each test."""

    rows: ClassVar[dict[str, tuple[dict[str, object], datetime]]]
    calls: ClassVar[list[str]]
    locks: ClassVar[dict[str, threading.RLock]]

    def __init__(self, id=None, **kwargs):
        super().__init__(id, **kwargs)
        self.made = True

    @classmethod
    def setup(cls, **kwargs):
        for name, value in kwargs.items():
            setattr(cls, name, value)

    def _exists(self):
        self.calls.append("exists")
        return self.id in self.rows

    def _load(self):
        self.calls.append("load")
        data, expiration_time = self.rows.get(self.id, ({}, None))
        return (dict(data), expiration_time) if expiration_time is not None else None

    def _save(self, expiration_time):
        self.calls.append("save")
        self.rows[self.id] = (dict(self._data), expiration_time)

    def _delete(self):
        self.calls.append("delete")
        self.rows.pop(self.id, None)

    def acquire_lock(self):
        self.calls.append("lock")
        self.locks.setdefault(self.id, threading.RLock()).acquire()
        self.locked = True

    def release_lock(self):
        self.calls.append("unlock")
        self.locks[self.id].release()
        self.locked = False


@pytest.fixture
def kind():
    """The class of this test."""
    return type("Own", (ListSession,), {"rows": {}, "calls": [], "locks": {}})


def test_a_storage_class_of_ones_own(kind):
    """It is asked as it was by CherryPy: is there one, lock, load, save, unlock."""
    guest = visitor(storage_class=kind, dsn="here")
    guest.puts(a=1)
    kind.calls.clear()

    assert (
        guest.visit(lambda session: f"{session['a']} {session.made} {session.dsn} {session.locked}").text
        == "1 True here True"
    )
    assert kind.calls == ["exists", "lock", "load", "save", "unlock"]
    assert list(kind.rows) == [guest.session_id]


def test_reading_counts_as_use(kind):
    """It is stored, and its cookie sent, whenever it is used, if only to look."""
    guest = visitor(storage_class=kind)

    assert "Set-Cookie" in guest.visit().headers
    assert "Set-Cookie" in guest.visit().headers
    ((data, expiration_time),) = kind.rows.values()
    assert data == {}
    assert abs(expiration_time - datetime.now() - timedelta(minutes=60)) < timedelta(seconds=30)  # noqa: DTZ005 - as of old


def test_what_has_expired_is_empty(kind):
    """By the time that `_load` gives; the id stays, as there is something by it."""
    guest = visitor(storage_class=kind)
    guest.puts(a=1)
    old = guest.session_id
    kind.rows[old] = ({"a": 1}, datetime(2020, 1, 1))  # noqa: DTZ001 - as of old

    assert guest.visit(lambda session: f"{dict(session)} {session.missing}").text == "{} False"
    assert guest.session_id == old


def test_an_id_that_is_not_known_is_not_taken_over(kind):
    """As of any."""
    guest = visitor(storage_class=kind)
    guest.cookies["session_id"] = "f" * 40
    guest.puts(a=1)

    assert list(kind.rows) == [guest.session_id] != ["f" * 40]


@pytest.mark.parametrize(
    ("do", "kept"),
    [
        (lambda session: session.regenerate() or session.update(b=2), [{"a": 1, "b": 2}]),
        (lambda session: session.delete(), []),
        (lambda session: session.invalidate() or session.update(b=2), [{"b": 2}]),
        (lambda session: session.update(a=2) or 1 / 0, [{"a": 1}]),
    ],
)
def test_what_becomes_of_it(kind, do, kept):
    """Another id, the end, and nothing stored of a page that fails; no lock is left."""
    guest = visitor(storage_class=kind)
    guest.puts(a=1)
    guest.visit(lambda session: do(session) or "")

    assert [data for data, _ in kind.rows.values()] == kept
    assert kind.calls.count("lock") == kind.calls.count("unlock")


def test_only_some_verbs_of_ones_own():
    """The others are those of the class it is made of."""
    saved = []

    class Own(sessions.RamSession):
        def _save(self, expiration_time):
            saved.append(dict(self._data))
            super()._save(expiration_time)

    guest = visitor(storage_class=Own)
    guest.puts(a=1)

    assert guest.visit().text == "{'a': 1}"
    assert saved == [{"a": 1}, {"a": 1}]


def test_ids_of_ones_own_are_not_given_out_twice():
    """If somebody has one already, another one is made."""
    ids = iter(["first-of-all-ids", "first-of-all-ids", "second-of-all-ids"])

    class Own(sessions.RamSession):
        def generate_id(self):
            return next(ids)

    one = visitor(storage_class=Own, store=f"memory:{Own.__qualname__}")
    two = Visitor(one.application)
    one.puts(a=1)
    two.puts(a=2)

    assert (one.session_id, two.session_id) == ("first-of-all-ids", "second-of-all-ids")
    assert one.visit().text == "{'a': 1}"


def test_by_name():
    """Also by the name that CherryPy's has."""
    guest = visitor(storage_class="cherrypy.lib.sessions.RamSession")
    guest.puts(a=1)

    assert guest.visit(lambda session: type(session).__name__).text == "RamSession"


class ByHand:
    """Hooks as applications attach them."""

    _cp_config = {  # noqa: RUF012 - as every application writes it
        "hooks.before_request_body.0": lambda: sessions.init(None, "/here", name="own", httponly=False),
        "hooks.before_finalize.0": sessions.save,
        "hooks.on_end_request.0": sessions.close,
    }

    @cherrypy.expose
    def page(self, what="{}"):
        session = cherrypy.session
        session["n"] = session.get("n", 0) + 1
        if what == "expire":
            sessions.expire()
        elif what == "cookie":
            sessions.set_response_cookie(name="other", timeout=1)
        return str(session.get("n"))


@pytest.fixture
def by_hand():
    """A visitor of such an application."""
    return Visitor(cherrypy.Application(ByHand()))


def test_hooks_by_hand(by_hand):
    """init, save and close do what the tool does."""
    line = by_hand.get("/page").headers["Set-Cookie"]

    assert line.startswith("own=")
    assert line.endswith("Path=/here; SameSite=Lax")
    assert by_hand.get("/page", headers={"Cookie": line.partition(";")[0]}).text == "2"


def test_expire(by_hand):
    """The session ends, here and at the client."""
    line = by_hand.get("/page").headers["Set-Cookie"].partition(";")[0]

    assert "Max-Age=0" in by_hand.get("/page?what=expire", headers={"Cookie": line}).headers["Set-Cookie"]
    assert by_hand.get("/page", headers={"Cookie": line}).text == "1"


def test_set_response_cookie(by_hand):
    """With other attributes than config says."""
    lines = by_hand.get("/page?what=cookie").headers.getall("Set-Cookie")

    assert [line.partition("=")[0] for line in lines] == ["other", "own"]
    assert "Max-Age=60" in lines[0]
