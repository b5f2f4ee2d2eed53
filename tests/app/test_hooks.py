from __future__ import annotations

import sys
import types

import pytest

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, NotFound
from kirsch.app.hooks import FOR_ALL, POINTS, Hook, HookMap, Points, run_hooks
from kirsch.dispatch.expose import expose
from kirsch.toolbox.tool import Tool
from tests.app.pages import page, site

LETTERS = dict(
    zip(
        "SBHFEXba",
        (
            "on_start_resource", "before_request_body", "before_handler", "before_finalize", "on_end_resource",
            "on_end_request", "before_error_response", "after_error_response",
        ),
        strict=True,
    )
)  # fmt: skip
"""A letter for each point; `*` is the handler."""


def watched(raises, path="/"):
    """The places that were passed, and the answer, when `raises` happens: what to raise, by letter of the place."""
    order = []

    def passing(letter):
        def hook():
            order.append(letter)
            if letter in raises:
                raise raises[letter]

        return hook

    def handler():
        passing("*")()
        if "!" in raises:
            present().response.status = "no status"
        return "fine"

    class Root:
        index = staticmethod(expose(handler))

    answer = site(Root(), {"/": {f"hooks.{point}": passing(letter) for letter, point in LETTERS.items()}}).get(path)
    return "".join(order), answer


ERROR, REDIRECT, ACCIDENT = HTTPError(418), HTTPRedirect("/x"), ValueError("accident")


@pytest.mark.parametrize(
    ("raises", "order", "status"),
    [
        ({}, "SBH*FEX", 200),
        # An error that was meant, or a redirect: before_finalize and on_end_resource run once, whatever was before.
        ({"S": ERROR}, "SFEX", 418),
        ({"B": ERROR}, "SBFEX", 418),
        ({"H": ERROR}, "SBHFEX", 418),
        ({"*": ERROR}, "SBH*FEX", 418),
        ({"F": ERROR}, "SBH*FEX", 418),
        ({"E": ERROR}, "SBH*FEX", 418),
        ({"X": ERROR}, "SBH*FEX", 200),
        ({"S": REDIRECT}, "SFEX", 303),
        ({"B": REDIRECT}, "SBFEX", 303),
        ({"H": REDIRECT}, "SBHFEX", 303),
        ({"*": REDIRECT}, "SBH*FEX", 303),
        ({"F": REDIRECT}, "SBH*FEX", 303),
        ({"E": REDIRECT}, "SBH*FEX", 303),
        ({"X": REDIRECT}, "SBH*FEX", 200),
        # An accident: the error hooks run, before_finalize only if it was reached.
        ({"S": ACCIDENT}, "SEbaX", 500),
        ({"B": ACCIDENT}, "SBEbaX", 500),
        ({"H": ACCIDENT}, "SBHEbaX", 500),
        ({"*": ACCIDENT}, "SBH*EbaX", 500),
        ({"F": ACCIDENT}, "SBH*FEbaX", 500),
        ({"!": ACCIDENT}, "SBH*FEbaX", 500),
        ({"E": ACCIDENT}, "SBH*FEbaX", 500),
        ({"X": ACCIDENT}, "SBH*FEX", 200),
        # Two of them: the later one counts.
        ({"*": ERROR, "F": REDIRECT}, "SBH*FEX", 303),
        ({"*": ERROR, "F": ACCIDENT}, "SBH*FEbaX", 500),
        ({"*": ERROR, "E": REDIRECT}, "SBH*FEX", 303),
        ({"*": ERROR, "F": REDIRECT, "E": HTTPError(410)}, "SBH*FEX", 410),
        ({"*": ACCIDENT, "E": ERROR}, "SBH*EX", 418),
        ({"F": ACCIDENT, "E": KeyError()}, "SBH*FEbaX", 500),
        # Within the error hooks only redirects are honoured.
        ({"*": ACCIDENT, "b": ERROR}, "SBH*EbX", 500),
        ({"*": ACCIDENT, "b": ACCIDENT}, "SBH*EbX", 500),
        ({"*": ACCIDENT, "b": REDIRECT}, "SBH*EbX", 303),
        ({"*": ACCIDENT, "a": ERROR}, "SBH*EbaX", 500),
        ({"*": ACCIDENT, "a": ACCIDENT}, "SBH*EbaX", 500),
        ({"*": ACCIDENT, "a": REDIRECT}, "SBH*EbaX", 303),
        ({"*": ACCIDENT, "a": REDIRECT, "X": ACCIDENT}, "SBH*EbaX", 303),
    ],
    ids=repr,
)
def test_matrix(raises, order, status):
    """Which hooks run, in which order, for each kind of raise at each stage: each point once (8.2 with C1 mended)."""
    passed, answer = watched(raises)

    assert (passed, answer.status) == (order, status)


def test_missing_page_has_hooks():
    """Where no page is, all hooks of the place run; there is just nothing to call."""
    order, answer = watched({}, "/nope")

    assert (order, answer.status) == ("SBHFEX", 404)


@pytest.mark.parametrize("letter", "SBHFE*ba")
def test_unexpected_errors_are_logged(letter, caplog):
    """The core logs them, from wherever they come, with the id that the page shows (C2)."""
    raises = {letter: ACCIDENT} if letter not in "ba" else {"*": KeyError(), letter: ACCIDENT}
    watched(raises)

    assert "ValueError: accident" in caplog.text


@pytest.mark.parametrize("error", [ERROR, REDIRECT, InternalRedirect("/nope")], ids=repr)
def test_accident_behind_an_answer_is_logged(error, caplog):
    """A hook that answers in another way after an accident does not hide it."""
    watched({"*": ACCIDENT, "E": error} if not isinstance(error, InternalRedirect) else {"*": ACCIDENT, "b": error})

    assert "ValueError: accident" in caplog.text


@pytest.mark.parametrize("letter", "SBHFE*")
@pytest.mark.parametrize("error", [ERROR, REDIRECT], ids=repr)
def test_what_is_meant_is_not_logged(letter, error, caplog):
    """Errors and redirects that a hook raises are answers, not failures."""
    watched({letter: error})

    assert "ERROR" not in caplog.text


# -- what a hook is --------------------------------------------------------------------------------------------------


def run(*hooks):
    """What comes of running these hooks: what each has appended, and what was raised in the end."""
    done = []
    try:
        run_hooks(Points({"before_handler": [hook(done) for hook in hooks]}).before_handler, None, None)
    except Exception as error:
        return done, error
    return done, None


def hook(name, error=None, **given):
    """A maker of a Hook that appends its name and raises this."""

    def make(done):
        def call():
            done.append(name)
            if error is not None:
                raise error

        return Hook(call, **given)

    return make


@pytest.mark.parametrize(
    ("hooks", "names"),
    [
        ([hook("a"), hook("b")], ["a", "b"]),
        ([hook("a", priority=60), hook("b"), hook("c", priority=49.5)], ["c", "b", "a"]),
        ([hook("a", ACCIDENT), hook("b"), hook("c", failsafe=True)], ["a", "c"]),
        ([hook("a", ACCIDENT, priority=90), hook("b", priority=10)], ["b", "a"]),
        ([hook("a", ERROR), hook("b", KeyError(), failsafe=True), hook("c", failsafe=True)], ["a", "b", "c"]),
    ],
)
def test_order(hooks, names):
    """By priority, equal ones as attached; after a failure only what is failsafe."""
    assert run(*hooks)[0] == names


def test_last_failure_wins():
    """Of several failures the last is the one that is answered."""
    last = KeyError()

    assert run(hook("a", ERROR), hook("b", last, failsafe=True))[1] is last


def test_system_exit_stops_everything():
    """What ends the process is no failure of a hook: nothing else runs."""
    done = []
    hooks = [hook("a", SystemExit())(done), hook("b", failsafe=True)(done)]

    with pytest.raises(SystemExit):
        run_hooks(hooks, None, None)
    assert done == ["a"]


def test_attributes_of_the_callback():
    """A callback says by attributes how it likes to run; who attaches it has the last word."""

    def callback():
        pass

    callback.failsafe, callback.priority = True, 30

    assert (Hook(callback).failsafe, Hook(callback).priority) == (True, 30)
    assert (Hook(callback, False, 70).failsafe, Hook(callback, False, 70).priority) == (False, 70)


def test_hooks_get_what_they_ask_for():
    """`request` and `response` come first if its first two parameters are called so; arguments of its own follow."""
    given = []

    def both(request, response, more=0):
        given.append((request.path_info, response.status, more))

    def neither(more=0):
        given.append(more)

    config = {"hooks.before_handler": both, "hooks.before_handler.2": Hook(neither, more=2)}

    assert page(lambda: "x", config).get("/").text == "x"
    assert given == [("/", None, 0), 2]


def spoken():
    """Named in a config by its dotted name."""
    present().response.headers["X-Spoken"] = "1"


def test_hook_by_its_dotted_name():
    """A file of config can name a function."""
    sys.modules["spoken_of"] = types.SimpleNamespace(spoken=spoken)
    try:
        assert page(lambda: "x", {"hooks.before_finalize": "spoken_of.spoken"}).get("/").headers["X-Spoken"] == "1"
    finally:
        del sys.modules["spoken_of"]


def test_calling_a_hook():
    """A Hook may be called, with its own arguments only."""
    assert Hook(lambda **named: named, a=1)() == {"a": 1}


def test_a_coroutine_is_no_hook():
    """Nobody would wait for it: said where it is made, and where config names it."""

    async def hook():
        """Do nothing."""

    for make in (lambda: Hook(hook), lambda: Tool("before_handler", hook)):
        with pytest.raises(TypeError, match="nobody would wait for an `async def`"):
            make()


# -- hooks of one request --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["on_start_resource", "before_handler", "handler", "before_finalize"])
@pytest.mark.parametrize("point", ["before_finalize", "on_end_resource", "on_end_request"])
def test_attach(where, point):
    """A hook or a page may attach more, to points that are still to come; they are of this request alone."""
    done = []

    def attach():
        if present().query_string:
            present().hooks.attach(point, lambda: done.append(point))
        return "x"

    client = page(lambda **_: attach() if where == "handler" else "x")
    if where != "handler":
        client = page(lambda **_: "x", {f"hooks.{where}": attach})
    client.get("/?now")
    client.get("/")

    assert done == ([point] if where != point else [])


def test_attach_with_priority_and_arguments():
    """What is attached is sorted among what is there."""
    done = []
    hooks = HookMap(Points({"before_handler": [Hook(lambda: done.append("there"))]}))
    hooks.attach("before_handler", lambda name: done.append(f"{name}!"), priority=10, name="first")
    run_hooks(hooks.before_handler, None, None)

    assert done == ["first!", "there"]


def test_attach_nowhere():
    """A point that there is not is a KeyError that names those there are."""
    with pytest.raises(KeyError, match="before_handler"):
        HookMap().attach("at_noon", print)


def test_points():
    """Those that the old documentation lists, in the order in which a request passes them."""
    assert set(POINTS) == set(LETTERS.values())
    assert not any(getattr(Points({}), point) for point in POINTS)


@pytest.mark.parametrize("error", [NotFound(), InternalRedirect("/y")], ids=repr)
def test_failsafe_runs_whatever_is_raised(error):
    """A hook that must run does run after a redirect, too."""
    done, raised = run(hook("a", error), hook("b", failsafe=True))

    assert (done, raised) == (["a", "b"], error)


def test_hooks_of_all_requests():
    """What is attached outside of any request, as plugins do at the start, holds for places asked for afterwards."""
    called = []
    present().hooks.attach("on_end_request", lambda: called.append(1))
    try:
        assert page(lambda: "text").get("/").text == "text"
    finally:
        FOR_ALL["on_end_request"].clear()
    assert called == [1]
