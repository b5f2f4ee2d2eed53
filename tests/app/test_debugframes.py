"""An exception read into plain data."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.debugframes import (
    CAUSE,
    CONTEXT,
    FEWEST_FRAMES,
    MOST_CAUSES,
    MOST_FAILURES,
    MOST_FRAMES,
    MOST_FRAMES_IN_ALL,
    MOST_VARIABLES,
    Failure,
    Frame,
    Gap,
    read,
)
from kirsch.app.debugsource import APPLICATION, KIRSCH, LIBRARY, PYTHON
from tests.app.failing import chain_of, dig, divide, give_up, ping, raised

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def failure(call: Callable[[], Any]) -> Failure:
    """What a call raises, read."""
    return read(raised(call))[0]


def latest(call: Callable[[], Any]) -> Frame:
    """The frame where it failed."""
    frame = failure(call).frames[-1]
    assert isinstance(frame, Frame)
    return frame


def test_failure() -> None:
    """Its type with the module, what it says, its notes."""

    def fail() -> None:
        error = OSError("no\ndisk")
        error.add_note("a note")
        raise error

    read_failure = failure(fail)
    assert (read_failure.full_type, read_failure.message) == ("OSError", "no\ndisk")
    assert (read_failure.notes, read_failure.link, read_failure.hint) == (["a note"], "", "")
    assert failure(lambda: json.loads("")).full_type == "json.decoder.JSONDecodeError"


def test_frame() -> None:
    """File, line, function, and the columns that failed."""
    frame = latest(lambda: divide(1))
    assert (frame.file, frame.function, frame.origin) == ("tests/app/failing.py", "divide", APPLICATION)
    assert (frame.path, frame.line) == (divide.__code__.co_filename, divide.__code__.co_firstlineno + 2)
    assert frame.code == "    return amount / 0"
    marked = next(line for line in frame.source if line.marked)
    assert [piece.text for piece in marked.pieces if piece.failing] == ["amount / 0"]


def test_columns_are_characters() -> None:
    """Python counts bytes; an umlaut before the place moves nothing."""

    def fail() -> None:
        print("äöü", 1 / 0)

    marked = next(line for line in latest(fail).source if line.marked)
    assert [piece.text for piece in marked.pieces if piece.failing] == ["1 / 0"]


def test_variables() -> None:
    """Names and values in order, without what is secret by its name."""
    assert latest(lambda: divide(1)).variables == [("amount", "1"), ("password", "[redacted]")]


def test_variables_of_a_module() -> None:
    """Imports and definitions would hide the rest."""
    code = compile("import sys\ndef f(): pass\nclass C: pass\nlimit = 5\n1 / 0", "<made>", "exec")
    assert latest(lambda: exec(code, {})).variables == [("limit", "5")]


def test_many_variables() -> None:
    """There is an end to them."""
    code = compile("\n".join(f"a{number} = 0" for number in range(50)) + "\n1 / 0", "<made>", "exec")
    variables = latest(lambda: exec(code, {})).variables
    assert (len(variables), variables[-1]) == (MOST_VARIABLES + 1, ("…", "there are more"))


def test_broken_variables() -> None:
    """A mapping that fails leaves a word about it; names that are no text are left out."""

    class Namespace(dict[Any, Any]):
        def items(self) -> Any:
            raise KeyError

    code = compile("1 / 0", "<made>", "exec")
    assert latest(lambda: exec(code, {}, Namespace())).variables == [("", "cannot be read: KeyError")]
    odd: Any = {5: 5}
    assert latest(lambda: exec(code, {}, odd)).variables == []


def test_without_source() -> None:
    """Code that came out of no file has none."""
    frame = latest(lambda: exec(compile("1 / 0", "<made>", "exec"), {}))
    assert (frame.file, frame.line, frame.source, frame.code) == ("<made>", 1, [], "")


def test_source_that_has_changed(tmp_path: Path) -> None:
    """A file that is shorter by now has nothing to show at that line."""
    file = tmp_path / "a.py"
    file.write_text("\n\n\n1 / 0", "utf-8")
    code = compile(file.read_text("utf-8"), str(file), "exec")
    file.write_text("\n", "utf-8")
    assert latest(lambda: exec(code, {})).source == []


# -- where to look first ---------------------------------------------------------------------------------------------


def frame(origin: str) -> Frame:
    """A frame of this origin."""
    return Frame(f"{origin}/a.py", "", 1, "f", origin)


@pytest.mark.parametrize(
    ("origins", "place"),
    [
        ([KIRSCH, APPLICATION, APPLICATION, PYTHON, LIBRARY], 2),
        ([KIRSCH, LIBRARY, PYTHON, KIRSCH], 2),
        ([KIRSCH, KIRSCH], 1),
    ],
)
def test_place(origins: list[str], place: int) -> None:
    """The innermost of the application, or of a library, or of ours."""
    frames = [frame(origin) for origin in origins]
    frames[place] = frames[place]._replace(line=7)
    assert Failure("", "", "", (), "", "", frames).place == frames[place]


def test_no_place() -> None:
    """What was not raised was nowhere."""
    assert read(ValueError())[0].place is None
    assert frame("shop").package == "shop"
    assert Frame("shop.py", "", 1, "", LIBRARY).package == "shop"


# -- long tracebacks -------------------------------------------------------------------------------------------------


def test_recursion() -> None:
    """Frames that repeat are told once, and how often; the latest is always shown."""
    frames = failure(lambda: dig(50)).frames
    assert isinstance(frames[-1], Frame)
    assert frames[-2:-1] == [Gap(1, 49)]
    assert frames[-1].variables[0] == ("depth", "0")


def test_recursion_of_several() -> None:
    """So are those that call each other."""
    frames = failure(lambda: ping(100)).frames
    assert [each for each in frames if isinstance(each, Gap)] == [Gap(2, 99)]
    assert len(frames) < 12


def test_long_traceback() -> None:
    """Of many different frames, the first and the last are kept."""
    frames = failure(chain_of(200)).frames
    assert len(frames) == MOST_FRAMES + 1
    assert [each for each in frames if isinstance(each, Gap)] == [Gap(202 - MOST_FRAMES)]
    assert isinstance(frames[-1], Frame)
    assert frames[-1].function == "f200"


def test_frames_in_all() -> None:
    """Several long tracebacks share the room for frames."""
    error = ExceptionGroup("many", [raised(chain_of(80)) for _ in range(5)])
    frames = [each for chain in read(error)[0].members for each in chain[0].frames if isinstance(each, Frame)]
    assert len(frames) == MOST_FRAMES_IN_ALL + 2 * FEWEST_FRAMES


# -- causes and groups -----------------------------------------------------------------------------------------------


def test_causes() -> None:
    """What it came from follows, with how; what was hidden by `from None` does not."""
    error = raised(give_up)
    assert [(each.type, each.link) for each in read(error)] == [
        ("ValueError", ""), ("KeyError", CONTEXT), ("ZeroDivisionError", CAUSE)
    ]  # fmt: skip
    error.__suppress_context__ = True
    assert [each.type for each in read(error)] == ["ValueError"]


def test_circle_of_causes() -> None:
    """Exceptions that came from each other are told once."""
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    assert [each.type for each in read(one)] == ["ValueError", "KeyError"]


def test_many_causes() -> None:
    """There is an end to them, too, and it is said."""
    error = first = ValueError()
    for _ in range(50):
        error.__cause__ = error = ValueError()
    failures = read(first)
    assert len(failures) == MOST_CAUSES
    assert failures[-1].omitted == 1


def test_group() -> None:
    """Each member has its own traceback and causes."""
    cause = KeyError("x")
    member = raised(lambda: divide(1))
    member.__cause__ = cause
    group = read(ExceptionGroup("two", [member, OSError()]))[0]
    assert group.message == "two (2 sub-exceptions)"
    assert [[each.type for each in chain] for chain in group.members] == [
        ["ZeroDivisionError", "KeyError"],
        ["OSError"],
    ]
    assert group.omitted == 0


def count(failures: Any) -> int:
    """All that were read."""
    return sum(1 + sum(count(chain) for chain in each.members) for each in failures)


def test_large_groups() -> None:
    """Wide and deep ones are cut, and it is said how much is left out."""
    wide = ExceptionGroup("wide", [ValueError() for _ in range(100)])
    deep = ExceptionGroup("deep", [wide, ValueError()])
    for _ in range(20):
        deep = ExceptionGroup("deep", [deep])
    assert read(wide)[0].omitted == 92
    assert count(read(ExceptionGroup("both", [wide, deep]))) < MOST_FAILURES


def test_failures_in_all() -> None:
    """Groups of groups share the room for exceptions."""
    groups = [ExceptionGroup("", [ValueError() for _ in range(8)]) for _ in range(8)]
    failures = read(ExceptionGroup("", groups))
    assert count(failures) == MOST_FAILURES
    assert failures[0].omitted == 8 - len(failures[0].members)


def test_the_same_member_twice() -> None:
    """It is told once."""
    error = ValueError()
    assert read(ExceptionGroup("", [error, error]))[0].omitted == 1


# -- what Python knows -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 tells it to the terminal only")
def test_hint() -> None:
    """What Python thinks was meant is told apart from the message."""
    misspelt = failure(lambda: "".uper)
    assert "Did you mean" not in misspelt.message
    assert misspelt.hint == "Did you mean: 'upper'?"
    assert failure(lambda: "".nothing_like_it_at_all).hint == ""


def test_syntax_error(tmp_path: Path) -> None:
    """The place in the file that could not be read is the latest frame."""
    file = tmp_path / "broken.py"
    file.write_text("a = 1\nb = (2\n", "utf-8")
    error = failure(lambda: compile(file.read_text("utf-8"), str(file), "exec"))
    place = error.place
    assert place is not None
    assert (error.message, place.path, place.line, place.function) == ("'(' was never closed", str(file), 2, "")
    assert [[piece.text for piece in line.pieces if piece.failing] for line in place.source if line.marked] == [["("]]


def test_syntax_error_without_a_file() -> None:
    """The line that Python remembers stands for it."""
    place = failure(lambda: compile("\nx = = 1", "<made>", "exec")).place
    assert place is not None
    assert (place.line, place.code) == (2, "x = = 1")


@pytest.mark.parametrize("error", [SyntaxError(), SyntaxError("x", ("a", None, 1, "")), SyntaxError("x", (None,) * 4)])
def test_syntax_error_without_a_place(error: SyntaxError) -> None:
    """Made by hand, it may know of none."""
    assert read(error)[0].frames == []


# -- whatever is raised ----------------------------------------------------------------------------------------------


class Nasty(Exception):
    __cause__ = property(lambda self: 1 / 0)
    __traceback__ = property(lambda self: 1 / 0)
    __notes__ = property(lambda self: 1 / 0)

    def __str__(self) -> str:
        raise SystemExit


class Masked(Exception):
    __class__ = property(lambda self: 1 / 0)


class Elsewhere(Exception):
    __module__ = 5


def test_nasty_exceptions() -> None:
    """What a class of exceptions redefines does not get in the way."""
    nasty = failure(lambda: (_ for _ in ()).throw(Nasty()))
    assert (nasty.type, nasty.notes) == ("Nasty", [])
    assert "its __str__ raised SystemExit" in nasty.message
    assert nasty.frames
    assert read(Masked())[0].message == "(it cannot be read: ZeroDivisionError)"
    assert read(Elsewhere())[0].full_type == "Elsewhere"


@pytest.mark.parametrize("notes", [5, "text", [5], [], None, ["x" * 5000] * 50])
def test_notes(notes: Any) -> None:
    """Notes may be set to anything."""
    error = ValueError()
    error.__notes__ = notes
    assert sum(map(len, read(error)[0].notes)) <= 10_000


@pytest.mark.parametrize(("name", "failing"), [("page.html", []), ("page.py", ["1 / 0"]), ("page", ["1 / 0"])])
def test_columns_of_what_was_compiled(tmp_path: Path, name: str, failing: list[str]) -> None:
    """A template is shown with its line alone: the columns are those of the Python that was made of it."""
    path = tmp_path / name
    path.write_text("1 / 0 }}\n")
    frame = latest(lambda: exec(compile("1 / 0", str(path), "exec")))
    marked = next(line for line in frame.source if line.marked)

    assert [piece.text for piece in marked.pieces if piece.failing] == failing
