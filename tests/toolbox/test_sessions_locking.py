from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

import kirsch
from kirsch.app.errors import HTTPError, InternalRedirect
from kirsch.stores.memory import MemoryStore
from tests.toolbox.sessionpages import FailingStore, visitor

AT_USE = ("implicit", "early")


def is_free(guest):
    """Whether nobody holds the lock of the visitor's session."""
    store = guest.application.toolboxes["tools"].sessions.stores()[0]
    with store.lock(f"session-{guest.session_id}", 0):
        return True


@contextmanager
def waiting(guest, do):
    """A request of another window whose page runs until the `with` ends; then its answers have come: a list."""
    arrived, go, answers = threading.Event(), threading.Event(), []

    def page(session):
        text = do(session)
        arrived.set()
        assert go.wait(5)
        return text or ""

    def ask():
        answers.append(guest.another().visit(page))

    thread = threading.Thread(target=ask)
    thread.start()
    assert arrived.wait(5)
    try:
        yield answers
    finally:
        go.set()
        thread.join(5)


@pytest.mark.parametrize(
    ("locking", "locked"), [("implicit", True), ("early", True), ("explicit", False), ("optimistic", False)]
)
def test_who_holds_the_lock_while_a_page_is_made(locking, locked):
    """With implicit and early locking whoever uses the session; else nobody, unless the page asks for it."""
    guest = visitor(locking=locking)
    guest.puts(a=1)

    assert guest.visit(lambda session: f"{session['a']} {session.locked}").text == f"1 {locked}"
    assert guest.visit(lambda session: session.acquire_lock() or f"{session.locked}").text == "True"
    assert is_free(guest)


def test_early_holds_it_before_the_page():
    """Also where the page does not use the session."""
    guest = visitor(store := FailingStore(), locking="early")
    guest.puts(a=1)
    store.calls.clear()

    assert guest.visit(lambda session: f"{session.locked}").text == "True"
    assert store.calls == ["lock"]
    assert is_free(guest)


def test_a_page_waits_for_the_one_that_uses_the_session_already():
    """Two windows that read and write at once are one after the other; nothing is lost."""
    guest = visitor()
    guest.puts(a=1)

    def increase(session):
        session["a"] += 1
        return str(session["a"])

    second = threading.Thread(target=lambda: guest.another().visit(increase))
    with waiting(guest, increase) as answers:
        second.start()
        second.join(0.02)
        assert second.is_alive()
    second.join(5)

    assert (answers[0].text, guest.visit(lambda session: str(session["a"])).text) == ("2", "3")


def test_a_page_without_session_does_not_wait():
    """It is answered while another one holds the lock."""
    guest = visitor(lock_timeout=5)
    guest.puts(a=1)
    with waiting(guest, len):
        assert guest.another().get("/nowhere").status == 404


def test_who_waits_too_long_is_told_so():
    """503, and when to try again; the one that was in front is not disturbed."""
    guest = visitor(lock_timeout=0.01)
    guest.puts(a=1)
    with waiting(guest, lambda session: session.update(a=2)):
        answer = guest.another().visit()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "using the same session" in answer.text
    assert guest.visit().text == "{'a': 2}"


@pytest.mark.parametrize(
    "page",
    [
        lambda session: session["nothing"],
        lambda session: session.update(x=object()),
        lambda session: session.get("a") and _raise(HTTPError(403)),
        lambda session: session.get("a") and _raise(InternalRedirect("/nowhere")),
        lambda session: session.get("a") and _raise(SystemExit(0)),
        lambda session: session.delete(),
        lambda session: session.invalidate(),
        lambda session: session.regenerate() or _raise(ValueError()),
        lambda session: session.acquire_lock() or _raise(ValueError()),
        lambda session: session.get("a") and (1 for _ in range(2)),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_every_way_out_gives_the_lock_back(page, strict):
    """Also where errors are let out, as in tests."""
    guest = visitor(FailingStore())
    guest.puts(a=1)
    guest.application.site_config.update({"request.throw_errors": strict})
    with contextmanager(_forgiving)():
        guest.visit(page)
    guest.application.site_config.update({"request.throw_errors": False})

    assert not guest.application.toolboxes["tools"].sessions.stores()[0]._locks


def _forgiving():
    try:
        yield
    except (Exception, SystemExit):
        pass


def _raise(error):
    raise error


def test_a_stream_holds_it_only_if_it_uses_the_session():
    """What the page did before is stored before the first piece is sent."""
    guest = visitor()
    guest.puts(a=1)

    def page(session):
        kirsch.response.stream = True
        session["a"] = 2
        return stream(session)

    def stream(session):
        yield f"{session.locked} "
        session["a"] += 1
        yield f"{session.locked}"

    assert guest.visit(page).text == "False True"
    assert is_free(guest)
    assert guest.visit().text == "{'a': 3}"


def test_save_gives_it_back_and_what_comes_then_is_fetched_anew():
    """A page with long work may let others in before it."""
    guest = visitor()
    guest.puts(a=1)

    def page(session):
        session["b"] = 2
        session.save()
        guest.another().application.root.do = lambda inner: inner.update(c=3) or ""
        assert is_free(guest)
        guest.another().get("/page")
        return repr(dict(session))

    assert guest.visit(page).text == "{'a': 1, 'b': 2, 'c': 3}"


@pytest.mark.parametrize("locking", ["explicit", "optimistic"])
@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ({"b": 2}, {"c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": 2}, {"c": 3}, {"a": 2, "c": 3}),
        ({"a": 2}, {"a": 2}, {"a": 2}),
        ({"a": None}, {"c": 3}, {"c": 3}),
    ],
)
def test_without_a_lock_changes_are_merged(locking, mine, theirs, both):
    """Entry by entry, also those that were removed."""
    guest = visitor(FailingStore(), locking=locking)
    guest.puts(a=1)
    with waiting(guest, lambda session: change(session, mine)) as answers:
        guest.another().visit(lambda session: change(session, theirs))

    assert answers[0].status == 200
    assert guest.visit(lambda session: str(dict(session) == both)).text == "True"


def change(session, entries):
    """Set entries; None removes one."""
    for key, value in entries.items():
        session[key] = value
        if value is None:
            del session[key]
    return ""


@pytest.mark.parametrize(("locking", "status", "a"), [("explicit", 200, 2), ("optimistic", 409, 3)])
def test_the_same_entry_changed_twice(locking, status, a):
    """Optimistic: whoever is later is told so, and nothing of his is stored. Explicit: he wins, as ever."""
    guest = visitor(FailingStore(), locking=locking)
    guest.puts(a=1)
    with waiting(guest, lambda session: session.update(a=2, b=2)) as answers:
        guest.another().visit(lambda session: session.update(a=3))

    assert answers[0].status == status
    assert guest.visit(lambda session: str(session["a"])).text == str(a)
    assert guest.visit(lambda session: str("b" in session)).text == str(status == 200)


@pytest.mark.parametrize("locking", ["explicit", "optimistic"])
@pytest.mark.parametrize("end", ["delete", "regenerate"])
def test_what_has_ended_does_not_rise_again(locking, end):
    """A page that comes late with its changes does not undo a logout."""
    guest = visitor(store := FailingStore(), locking=locking)
    guest.puts(a=1)
    old = guest.session_id
    with waiting(guest, lambda session: session.update(a=2)):
        guest.another().visit(lambda session: getattr(session, end)() or "")

    assert store.get(f"session-{old}") is None


@pytest.mark.parametrize("locking", AT_USE)
def test_others_wait_for_one_that_gets_another_id(locking):
    """What they would put into the old one would be lost with it."""
    guest = visitor(FailingStore(), locking=locking, lock_timeout=0.02)
    guest.puts(a=1)
    with waiting(guest, lambda session: session.regenerate() or session.update(b=2)) as answers:
        assert guest.another().puts(c=3).status == 503
    late = guest.another().visit(lambda session: f"{dict(session)} {session.missing}")

    assert (answers[0].status, late.text) == (200, "{'a': 1, 'b': 2} False")
    assert is_free(guest)


@pytest.mark.parametrize("locking", AT_USE)
def test_a_logout_is_not_undone_by_another_id(locking):
    """A page that was giving the session another id, when it was ended in another window, has nothing to give it to."""
    guest = visitor(store := FailingStore(), locking=locking)
    guest.puts(a=1)

    def page(session):
        text = str(session["a"])
        store.delete(f"session-{guest.session_id}")  # as delete() does, which waits for nobody
        session.regenerate()
        return text

    answer = guest.visit(page)

    assert (answer.text, store.count("session-")) == ("1", 0)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_a_thousand_increments_by_four_threads():
    """None is lost, none doubled."""
    guest = visitor(MemoryStore())
    guest.puts(a=0)
    guest.application.root.do = lambda session: session.update(a=session["a"] + 1) or ""

    def increase():
        client = guest.another()
        for _ in range(250):
            assert client.get("/page").status == 200

    threads = [threading.Thread(target=increase) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert guest.visit(lambda session: str(session["a"])).text == "1000"
