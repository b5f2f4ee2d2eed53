"""The page that a developer sees when a page handler fails."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kirsch.app.debugfacts import Facts, Setting
from kirsch.app.debugpage import Room, debug_page
from tests.app.failing import chain_of, dig, divide, lookup, ping, raised

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 512 * 1024
VOID = {"meta", "br"}
FACTS = Facts(
    "POST",
    "/price?token=x",
    "shop.price",
    "shop.py:7",
    query={"n": "3"},
    cookies={"theme": "dark"},
    config=[Setting("tools.gzip.on", True, "shop.ini, line 3")],
    versions={"Python": "3.13", "Kirsch": "1"},
)


class Outline(HTMLParser):
    """Reads a page: its elements must be closed in order; ids, links and headings are kept."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        names = dict(attrs)
        self.ids += [names["id"]] if "id" in names else []
        self.links += [names["href"]] if "href" in names else []
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(call: Callable[[], Any], facts: Facts | None = None) -> str:
    """The page for what a call raises."""
    made = debug_page(raised(call), facts)
    assert len(made) < MOST
    return made.decode()


def test_page() -> None:
    """What happened, what was asked, where it failed, and with which values."""
    made = page(lambda: divide(3), FACTS)
    assert "<title>ZeroDivisionError: division by zero</title>" in made
    assert '<p class="request"><b>POST</b> /price?token=[redacted]</p>\n<h1>ZeroDivisionError</h1>' in made
    assert '<dd>shop.price <span class="soft">shop.py:7</span></dd>' in made
    assert "<mark>amount / 0</mark>" in made
    assert '<th scope="row">amount</th><td>3</td>' in made
    assert "<td>True<small>shop.ini, line 3</small></td>" in made
    assert "<footer>Python 3.13 · Kirsch 1\n" in made


def test_secrets() -> None:
    """They stand neither among the values nor in the source."""
    assert divide.__defaults__ == ("hunter2",)
    assert "hunter2" not in debug_page(raised(lookup)).decode()


def test_without_facts() -> None:
    """Every section is optional."""
    made = page(lambda: divide(3))
    Outline(made)
    assert "<summary><h3>Headers" not in made


def test_outline() -> None:
    """It is well-formed, ids are unique, links lead somewhere, and headings skip no level."""

    def fail() -> None:
        raise ExceptionGroup("two", [raised(lookup), ExceptionGroup("more", [ValueError()])])

    outline = Outline(page(fail, FACTS))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert outline.headings[:3] == ["h1", "h2", "h3"]
    assert outline.headings.count("h1") == 1


def test_order() -> None:
    """The latest call comes first; those of the application are open, others are folded."""
    made = page(lambda: json.loads("{"))
    decoder, here = made.index("json/decoder.py"), made.index("tests/app/test_debugpage.py</span>")
    assert decoder < here
    assert '<details class="others"><summary>3 calls in json</summary>' in made
    assert made.count('<details class="frame" open>') == 2
    assert made.count('<details class="variables" open>') <= 1


def test_causes() -> None:
    """What it came from is named at the top, with a link to its traceback."""
    made = page(lookup)
    assert '<li>because of <a href="#error-1">ZeroDivisionError</a> division by zero</li>' in made
    assert 'It was raised because of this one:</span><span class="type">ZeroDivisionError</span>' in made
    error = raised(lookup)
    error.__cause__, error.__suppress_context__ = None, False
    assert '<li>while handling <a href="#error-1">' in debug_page(error).decode()


def test_group() -> None:
    """So are the members of a group; how many there is no room for is said."""
    made = debug_page(ExceptionGroup("many", [ValueError("first"), *[OSError() for _ in range(9)]])).decode()
    assert '<li><a href="#error-0-1-0">ValueError</a> first</li>' in made
    assert '<p class="gap">… and 2 more</p>' in made


def test_what_belongs_to_the_message() -> None:
    """Notes, and the module of the type."""

    def fail() -> None:
        error = json.JSONDecodeError("bad", "", 0)
        error.add_note("a <note>")
        raise error

    made = page(fail)
    assert '<h1><span class="module">json.decoder.</span>JSONDecodeError</h1>' in made
    assert '<ul class="notes"><li>a &lt;note&gt;</li></ul>' in made


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 tells it to the terminal only")
def test_hint() -> None:
    """What Python thinks was meant stands below the message."""
    assert '<p class="hint">Did you mean: &#x27;upper&#x27;?</p>' in page(lambda: "".uper)


@pytest.mark.parametrize(("length", "size"), [(10, ""), (200, " long"), (1000, " very long")])
def test_size_of_message(length: int, size: str) -> None:
    """The longer it is, the smaller it stands."""
    assert f'<p class="message{size}">x' in debug_page(ValueError("x" * length)).decode()


def test_recursion() -> None:
    """Frames that repeat are counted."""
    assert "It called itself 49 more times." in page(lambda: dig(50))
    assert "The 2 calls below came 49 more times, round and round." in page(lambda: ping(50))


def test_frames_left_out() -> None:
    """So are those of a very long traceback."""
    assert "calls are left out." in page(chain_of(90))


def test_never_raised() -> None:
    """Without a traceback, that is said."""
    assert "It has no traceback" in debug_page(ValueError()).decode()


def test_text() -> None:
    """The text for copying is on the page, and the button is hidden until there is a script."""
    made = page(lookup, FACTS)
    assert re.search(
        r"<textarea[^>]* readonly[^>]*>\nRequest: POST /price.*KeyError: &#x27;pear&#x27;\n</te", made, re.DOTALL
    )
    assert '<button id="copy" type="button" hidden>' in made


# -- whatever is raised ----------------------------------------------------------------------------------------------


@given(st.text(alphabet="<>&\"'\x00\x1b\x7f\ud800\u202eä\n", min_size=1))
def test_escaped(text: str) -> None:
    """Whatever is said stays text, and shows what would be hidden."""
    error = ValueError(text)
    error.add_note(text)
    facts = Facts(text, text, text, text, text, text, [(text, text)], {text: text}, cookies={text: text})
    made = debug_page(error, facts).decode()
    Outline(made)
    assert not re.search("[\x00\x1b\x7f\ud800\u202e]", made)
    assert made.count("<b>") == 1


NASTY = "<&\"'" * 3000


def large(depth: int, again: Callable[..., Any]) -> list[Any]:
    """Call on, with much to be shown."""
    values = [{NASTY: NASTY} for _ in range(100)]
    exec(
        "\n".join(f"v{number} = '''{NASTY}'''" for number in range(40)) + "\n" + "f(d - 1, f)", {"f": again, "d": depth}
    )
    return values


def test_bounded() -> None:
    """However much there is to be said, the page is bounded, well-formed, and has the error and the text."""

    def deeper(depth: int, again: Any) -> Any:
        return large(depth, again) if depth else divide(3)

    errors = [raised(lambda: deeper(40, deeper)) for _ in range(6)]
    group = ExceptionGroup(NASTY, errors)
    group.add_note(NASTY)
    group.__cause__ = type("A" * 100_000, (Exception,), {"__module__": NASTY})(NASTY)
    facts = Facts(*[NASTY] * 6, [(NASTY, NASTY)] * 1000, *[{f"{NASTY}{n}": NASTY for n in range(999)}] * 3)
    made = debug_page(group, facts)
    assert len(made) < MOST
    Outline(made.decode())
    assert b'<textarea id="text"' in made


def test_room() -> None:
    """What does not fit is said in fewer words, or not at all."""
    room = Room(10)
    assert room.take("much too long", "ä" * 4) == "ä" * 4
    assert room.take("abc") == ""
    assert room.take("ab", "a") == "ab"


class Sleepy:
    def __repr__(self) -> str:
        until = monotonic() + 0.04
        while monotonic() < until:
            pass
        return "slept"


@pytest.mark.slow
def test_time() -> None:
    """Objects that take their time are asked until it is over."""
    objects = [Sleepy() for _ in range(1000)]

    def fail(*objects: Any) -> None:
        exec("\n".join(f"v{number} = objects[{number}]" for number in range(29)) + "\n1 / 0", {"objects": objects})

    error = ExceptionGroup("", [raised(lambda: fail(*objects)) for _ in range(8)])
    began = monotonic()
    made = debug_page(error).decode()
    assert monotonic() - began < 3
    assert "slept" in made
    assert "not asked, the time is up" in made


class Odd:
    """Fails in any way it is asked to."""

    def __init__(self, failing: set[str]) -> None:
        self._failing = failing

    def _answer(self, name: str) -> Any:
        if name in self._failing:
            raise SystemExit(name)
        return 5 if name == "repr" else True

    def __repr__(self) -> str:
        return self._answer("repr")

    def __bool__(self) -> bool:
        return self._answer("bool")

    def __eq__(self, other: object) -> bool:
        return self._answer("eq")

    def __len__(self) -> int:
        return self._answer("len")

    __hash__ = object.__hash__


class OddError(Exception):
    def __str__(self) -> str:
        value: str = self.args[0]
        return value


odd = st.builds(Odd, st.sets(st.sampled_from(["repr", "bool", "eq", "len"])))
anything = st.recursive(
    st.none() | st.text() | st.binary() | st.integers() | odd,
    lambda each: st.lists(each) | st.dictionaries(st.text(), each) | st.tuples(each, each),
    max_leaves=4,
)
errors = st.recursive(
    st.builds(OddError, anything)
    | st.builds(ValueError, anything)
    | st.builds(SyntaxError, anything, st.tuples(*[anything] * 4)),
    lambda each: st.builds(ExceptionGroup, st.text(), st.lists(each, min_size=1)),
    max_leaves=3,
)
known = st.dictionaries(st.sampled_from(Facts._fields), anything, max_size=3).map(lambda values: Facts(**values))


@settings(deadline=None)
@given(errors, anything, st.none() | errors, known | anything)
def test_anything(error: BaseException, notes: Any, cause: BaseException | None, facts: Any) -> None:
    """Whatever the exception is, and whatever is said to be known of the request, there is a page."""

    def fail(value: Any) -> None:
        raise error from cause

    error.__notes__ = notes
    made = debug_page(raised(lambda: fail(notes)), facts)
    assert len(made) < MOST
    Outline(made.decode())


def test_no_exception() -> None:
    """Even for what is no exception there is one."""
    made = debug_page(5, 5).decode()
    Outline(made)
    assert "<h1>int</h1>" in made
