from __future__ import annotations

import re

import pytest

import kirsch
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect
from kirsch.app.hooks import Hook
from kirsch.stores.memory import MemoryStore
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication
from tests.toolbox.sessionpages import FailingStore, visitor

SHOW = "{'a': 1}"
HEX = re.compile(r"[0-9a-f]{40}")


# -- what a request costs --------------------------------------------------------------------------------------------


def test_a_page_that_uses_no_session_pays_for_none():
    """Neither the store is asked, nor a cookie set, though the client has one; nor does the answer vary."""
    store = FailingStore()
    guest = visitor(store)
    guest.puts(a=1)
    store.calls.clear()
    answer = guest.visit(lambda _: "nothing")

    assert (store.calls, "Set-Cookie" in answer.headers, "Vary" in answer.headers) == ([], False, False)


def test_who_only_looks_gets_no_session():
    """An empty session that is looked at is neither stored nor announced by a cookie."""
    store = FailingStore()
    answer = visitor(store).visit()

    assert (answer.text, store.calls, "Set-Cookie" in answer.headers) == ("{}", [], False)
    assert answer.headers["Vary"] == "Cookie"


def test_reading_writes_nothing():
    """A page that only reads asks for the entry once, under the lock, and the cookie is not sent again."""
    store = FailingStore()
    guest = visitor(store)
    guest.puts(a=1)
    store.calls.clear()
    answer = guest.visit()

    assert (answer.text, store.calls, "Set-Cookie" in answer.headers) == (SHOW, ["lock", "get"], False)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda session: session.update(b=2), "{'a': [1], 'b': 2}"),
        (lambda session: session["a"].append(2), "{'a': [1, 2]}"),
        (lambda session: session.pop("a"), "{}"),
        (lambda session: session.clear(), "{}"),
        (lambda session: session.setdefault("b", 3), "{'a': [1], 'b': 3}"),
    ],
)
def test_any_change_is_stored(change, text):
    """Also one deep inside a value."""
    guest = visitor(FailingStore())
    guest.puts(a=[1])
    guest.visit(lambda session: str(change(session)))

    assert guest.visit().text == text


def test_it_is_a_dict():
    """With all that belongs to one; its length is the number of its entries."""
    guest = visitor()
    guest.puts(b=2, a=1)

    def page(session):
        assert (len(session), list(session), "a" in session, session.get("c", 3)) == (2, ["b", "a"], True, 3)
        assert (list(session.items()), list(session.values()), session == {"a": 1, "b": 2}) == (
            [("b", 2), ("a", 1)],
            [2, 1],
            True,
        )
        assert (session.popitem(), bool(session), repr(session)) == (("b", 2), True, "<Session of 1 entries>")
        with pytest.raises(KeyError):
            session["c"]
        return "fine"

    assert guest.strict.visit(page).text == "fine"


# -- ids -------------------------------------------------------------------------------------------------------------


def test_visitors_are_apart():
    """Each has entries of its own, under an id that nobody can guess."""
    one = visitor()
    two = type(one)(one.application)
    one.puts(a=1)
    two.puts(a=2)

    assert (one.visit().text, two.visit().text) == ("{'a': 1}", "{'a': 2}")
    assert HEX.fullmatch(one.session_id)
    assert one.session_id != two.session_id


@pytest.mark.parametrize("sent", ["f" * 40, "0123456789abcdef", "../../etc/passwd", "x", "", "a" * 200, "a b" * 20])
def test_an_id_that_nobody_gave_out_is_not_taken_over(sent):
    """It gets another one as soon as there is something to store; what cannot be an id is not even looked for."""
    store = FailingStore()
    guest = visitor(store)
    guest.cookies["session_id"] = sent
    answer = guest.visit(lambda session: f"{session.missing} {session.id == sent}")

    assert answer.text == "True False"
    assert ("get" in store.calls) == (sent in ("f" * 40, "0123456789abcdef"))
    guest.puts(a=1)
    assert guest.session_id != sent
    assert guest.visit().text == SHOW


def test_regenerate_gives_another_id():
    """The entries stay, also if they had not been used before; the old id is worth nothing; the cookie is as ever."""
    guest = visitor(persistent=False, samesite="Strict", path="/page")
    guest.puts(a=1)
    old = guest.session_id
    line = guest.visit(lambda session: session.regenerate() or f"{session.regenerated}").headers["Set-Cookie"]

    assert guest.session_id != old
    assert line == f"session_id={guest.session_id}; HttpOnly; Path=/page; SameSite=Strict"
    assert guest.visit().text == SHOW
    assert guest.visit(headers={"Cookie": f"session_id={old}"}).text == "{}"


def test_regenerate_by_the_tool():
    """`tools.sessions.regenerate()` is the same for the request being answered."""
    guest = visitor()
    guest.puts(a=1)
    old = guest.session_id
    guest.visit(lambda _: kirsch.tools.sessions.regenerate() or "")

    assert guest.session_id != old


def test_delete_is_final():
    """The entries are gone, here and for whoever kept the cookie; what is put in afterwards is not stored."""
    guest = visitor(store := FailingStore())
    guest.puts(a=1)
    old = guest.session_id
    answer = guest.visit(lambda session: session.delete() or session.update(b=2) or f"{dict(session)}")

    assert (answer.text, guest.session_id, store.count()) == ("{'b': 2}", None, 0)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert guest.visit(headers={"Cookie": f"session_id={old}"}).text == "{}"


def test_invalidate_begins_anew():
    """The old entries are gone, what is put in afterwards lasts, under another id."""
    guest = visitor(store := FailingStore())
    guest.puts(a=1)
    old = guest.session_id
    guest.visit(lambda session: session.invalidate() or session.update(b=2) or "")

    assert guest.session_id not in (None, old)
    assert (guest.visit().text, store.count()) == ("{'b': 2}", 1)


def test_names_of_the_id():
    """What the client called it, what it is called, and whether that was known."""
    guest = visitor()
    guest.puts(a=1)
    seen = []
    text = guest.visit(
        lambda session: (
            session.id_observers.append(seen.append)
            or f"{session.originalid == session.id} {session.missing} {session.regenerated} {session.regenerate()}"
        )
    ).text

    assert text == "True False False None"
    assert seen == [guest.session_id]


# -- how a request may end -------------------------------------------------------------------------------------------


def fail(error):
    """A page that puts something in and raises."""

    def page(session):
        session["a"] = 2
        raise error

    return page


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (HTTPError(403), 403, "{'a': 2}"),
        (HTTPRedirect("/"), 303, "{'a': 2}"),
        (InternalRedirect("/inner"), 200, "{'a': 2, 'inner': 'inside'}"),
        (ValueError("no"), 500, "{'a': 1}"),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.parametrize("store", [None, FailingStore])
def test_what_was_meant_is_stored_and_an_accident_is_not(store, error, status, text):
    """One rule for all stores."""
    guest = visitor(store() if store else None)
    guest.puts(a=1)

    assert guest.visit(fail(error)).status == status
    assert guest.visit().text == text


def test_a_session_goes_on_through_a_page_that_does_not_use_it():
    """Redirected inside twice: the one in the middle has none to hand on."""
    guest = visitor()
    text = guest.visit(fail(InternalRedirect("/between"))).text

    assert text == "{'a': 2, 'inner': 'inside'}"
    assert guest.visit().text == text


class Late:
    """A page that leaves its session alone, and one that shows it."""

    @kirsch.expose
    def nothing(self):
        return ""

    @kirsch.expose
    def shown(self):
        return repr(kirsch.serving.session.get("n"))


def test_who_asks_late():
    """A hook that is the first to use the session, when it would have been stored already: it is, with a cookie."""

    def count():
        kirsch.session["n"] = kirsch.session.get("n", 0) + 1

    app = LonelyApplication(
        Late(), "", {"/": {"tools.sessions.on": True, "hooks.before_finalize": Hook(count, priority=90)}}
    )
    client = Client(app)
    client.get("/nothing")
    client.get("/nothing")

    assert client.get("/shown").text == "2"


@pytest.mark.parametrize("error", [HTTPError(403), HTTPRedirect("/"), InternalRedirect("/inner")], ids=repr)
def test_a_session_may_begin_in_a_page_that_is_not_shown(error):
    """Its cookie is in the answer that takes its place."""
    guest = visitor()
    guest.visit(fail(error))

    assert guest.session_id
    assert "'a': 2" in guest.visit().text


def test_no_cookie_for_what_was_not_stored():
    """A session that began in a page that failed has no cookie, and a new id was not given out."""
    guest = visitor(store := FailingStore())
    answer = guest.visit(fail(ValueError("no")))

    assert ("Set-Cookie" in answer.headers, guest.session_id, store.count()) == (False, None, 0)
    guest.puts(a=1)
    old = guest.session_id
    guest.visit(lambda session: session.regenerate() or fail(ValueError("no"))(session))
    assert guest.session_id == old
    assert guest.visit().text == SHOW


def test_a_redirect_inside_takes_the_session_along():
    """Whatever became of it: another id, or its end."""
    guest = visitor(store := FailingStore())
    guest.puts(a=1)

    def page(session, then):
        then(session)
        raise InternalRedirect("/inner")

    assert guest.visit(lambda session: page(session, lambda it: it.regenerate())).text == "{'a': 1, 'inner': 'inside'}"
    assert guest.visit().text == "{'a': 1, 'inner': 'inside'}"
    assert guest.visit(lambda session: page(session, lambda it: it.delete())).text == "{'inner': 'inside'}"
    assert (guest.visit().text, store.count()) == ("{'inner': 'inside'}", 1)


def pieces(session):
    """A page that is made while it is sent."""
    session["a"] = 1
    yield "one "
    session["b"] = len(session)
    yield "two"


@pytest.mark.parametrize("streamed", [False, True])
def test_a_page_in_pieces_may_use_it(streamed):
    """From its first piece on, for the first time, too; what it stored is there when the last byte has come."""
    guest = visitor()

    def page(session):
        kirsch.response.stream = streamed
        return pieces(session)

    assert guest.visit(page).text == "one two"
    assert guest.visit().text == "{'a': 1, 'b': 1}"


def test_a_session_cannot_begin_behind_the_head():
    """The cookie would come too late: this is an error of the page, which breaks off."""
    guest = visitor(store := FailingStore())

    def page(session):
        yield "one"
        session["a"] = 1

    def streamed(session):
        kirsch.response.stream = True
        return page(session)

    answer = guest.visit(streamed)

    assert (answer.text, answer.broken) == ("one", True)
    assert "a session cannot begin any more" in str(answer.error)
    assert store.count() == 0


def test_head_is_as_get():
    """The session is used and its cookie sent."""
    guest = visitor()
    guest.application.root.do = lambda session: session.update(a=1) or ""

    assert "session_id=" in guest.head("/page").headers["Set-Cookie"]
    assert guest.visit().text == SHOW


def test_outside_of_sessions():
    """Where they are off, the message says how to turn them on; outside of a request, that there is none."""
    guest = visitor()

    with pytest.raises(AttributeError, match=r"^/off has no session: .*tools\.sessions\.on = True"):
        guest.strict.get("/off")
    with pytest.raises(AttributeError, match="belongs to a request"):
        len(kirsch.session)


def test_debug_tells_what_becomes_of_it(caplog):
    """In the error log, and without the ids, which are secrets."""
    caplog.set_level("INFO", "kirsch.error")
    guest = visitor(debug=True)
    guest.puts(a=1)
    guest.puts(a=2)
    guest.visit(lambda session: session.delete() or "")
    told = [each.getMessage() for each in caplog.records if each.getMessage().startswith("TOOLS.SESSIONS ")]

    assert [line.split()[-1] for line in told] == ["stored", "locked", "fetched", "stored", "free", "deleted"]
    assert {len(line.split()[1]) for line in told} == {7}


def test_objects_in_memory():
    """In the memory of this process any object may be kept, and it stays the same one."""
    guest, thing = visitor(MemoryStore()), object()
    guest.puts(thing=thing)

    assert guest.visit(lambda session: str(session["thing"] is thing)).text == "True"


def test_what_cannot_be_stored_is_an_error_that_names_it():
    """In a store that others see, too; nothing of that page is stored."""
    guest = visitor(FailingStore())
    guest.puts(a=1)

    with pytest.raises(TypeError, match=r"session\['thing'\] cannot be stored: a builtins.object is none"):
        guest.strict.puts(b=2, thing=object())
    assert guest.visit().text == SHOW
