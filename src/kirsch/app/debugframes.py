"""An exception read into plain data: what it says, what it came from, and its frames with their source and variables.

Everything is bounded, in number and in length, and without secrets. Frames are in the order of the calls, so the last
one is where it failed.
"""

from __future__ import annotations

import os
import re
import traceback
from itertools import islice
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.debugsource import APPLICATION, KIRSCH, Line, Spot, excerpt, read_lines, whose
from kirsch.app.debugvalues import (
    MOST_OF_NAME,
    Patience,
    class_name,
    guarded,
    message_of,
    named,
    plainly,
    shortened,
)
from kirsch.app.redaction import redacted_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, FrameType, TracebackType

MOST_FRAMES: Final = 60
MOST_OUTER_FRAMES: Final = 15
"""Of them, how many are kept from the beginning; the rest are those next to the failure."""
MOST_FRAMES_IN_ALL: Final = 150
FEWEST_FRAMES: Final = 3
"""What any exception gets, however many frames others have used up."""
MOST_VARIABLES: Final = 30
MOST_CAUSES: Final = 8
MOST_MEMBERS: Final = 8
DEEPEST_GROUP: Final = 5
MOST_FAILURES: Final = 24
"""Exceptions on one page: in groups, and causes of each other."""
MOST_MESSAGE: Final = 4000
MOST_NOTES: Final = 10
MOST_NOTE: Final = 1000

LONGEST_LOOP: Final = 8
"""Frames that call each other round and round are told once, if there are no more of them than this."""
FEWEST_ROUNDS: Final = 4

PYTHON: Final = frozenset({".py", ".pyw", ""})
"""How names of files end that are what was compiled; other files, such as templates, were made into it."""

CAUSE: Final = "cause"
CONTEXT: Final = "context"

_UNSAID: Final = ("builtins", "__main__")
_HINT = re.compile(r"(Did you (?:mean|forget)[^\n]*)")


class Frame(NamedTuple):
    """One call. file: its name for people. path: as Python has it. origin: as `whose` says.

    function: "" where nothing was called, but something could not be read (SyntaxError).
    """

    file: str
    path: str
    line: int
    function: str
    origin: str
    source: Sequence[Line] = ()
    variables: Sequence[tuple[str, str]] = ()

    @property
    def package(self) -> str:
        """The first part of the file's name, without its ending."""
        return re.split(r"[\\/]", self.file)[0].removesuffix(".py")

    @property
    def code(self) -> str:
        """The failing lines, as far as they could be read."""
        return "\n".join([line.text for line in self.source if line.marked])


class Gap(NamedTuple):
    """Frames that are not shown: the `frames` before it, `rounds` times more; with 0, frames that are left out."""

    frames: int
    rounds: int = 0


class Failure(NamedTuple):
    """An exception. link: what it is for the one before it: CAUSE, CONTEXT, or "" for the first. hint: Python's.

    members: of a group, each with what it came from. omitted: members, or causes, that there was no room for.
    """

    type: str
    module: str
    message: str
    notes: Sequence[str]
    hint: str
    link: str
    frames: Sequence[Frame | Gap]
    members: Sequence[Sequence[Failure]] = ()
    omitted: int = 0

    @property
    def full_type(self) -> str:
        """With its module, unless it is Python's own or that of the script."""
        return f"{self.module}.{self.type}" if self.module else self.type

    @property
    def place(self) -> Frame | None:
        """The frame to look at first: the innermost of the application, or what comes closest to it."""
        frames = [frame for frame in reversed(self.frames) if isinstance(frame, Frame)]
        frames.sort(key=lambda frame: (frame.origin != APPLICATION, frame.origin == KIRSCH))
        return frames[0] if frames else None


def read(error: BaseException, seconds: float = 1.0) -> list[Failure]:
    """The exception and what it came from, the exception first. seconds: see Patience."""
    return _Reader(Patience(seconds)).chain(error, 0)


class _Reader:
    """Reads until there is enough. seen: ids of the exceptions, which may be tied to each other in circles."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.seen: set[int] = set()
        self.frames_left = MOST_FRAMES_IN_ALL

    def chain(self, error: BaseException | None, depth: int) -> list[Failure]:
        """An exception and what it came from."""
        failures: list[Failure] = []
        link = ""
        while error is not None and id(error) not in self.seen:
            if len(failures) == MOST_CAUSES or len(self.seen) == MOST_FAILURES:
                failures[-1:] = [last._replace(omitted=last.omitted + 1) for last in failures[-1:]]
                break
            self.seen.add(id(error))
            failures.append(self.tried(error, link, depth))
            error, link = _origin(error)
        return failures

    def tried(self, error: BaseException, link: str, depth: int) -> Failure:
        """An exception, however little can be read of it."""
        kind = class_name(type(error))
        return guarded(
            lambda: self.failure(error, link, depth),
            lambda failure: Failure(kind, "", f"(it cannot be read: {failure})", (), "", link, ()),
        )

    def failure(self, error: BaseException, link: str, depth: int) -> Failure:
        """One exception, with the members that it has if it is a group."""
        module = type.__dict__["__module__"].__get__(type(error))
        said = message_of(error, MOST_MESSAGE) if not isinstance(error, SyntaxError) else _said_of_syntax(error)
        members, omitted = guarded(lambda: self.members(error, depth), lambda _: ([], 0))
        frames: list[Frame | Gap] = guarded(lambda: self.frames(error), lambda _: [])
        return Failure(
            class_name(type(error)),
            shortened(module, MOST_OF_NAME) if isinstance(module, str) and module not in _UNSAID else "",
            said,
            guarded(lambda: self.notes(error), lambda _: []),
            guarded(lambda: _hint(error), lambda _: ""),
            link,
            frames,
            members,
            omitted,
        )

    def notes(self, error: BaseException) -> list[str]:
        """What was added to the exception on its way up."""
        notes = getattr(error, "__notes__", None)
        if not isinstance(notes, (list, tuple)):
            return []
        return [plainly(note, self.patience, MOST_NOTE) for note in notes[:MOST_NOTES]]

    def members(self, error: BaseException, depth: int) -> tuple[list[list[Failure]], int]:
        """What is in a group, and how many of them are left out."""
        if not isinstance(error, BaseExceptionGroup):
            return [], 0
        given = _own(error, "exceptions", BaseExceptionGroup)
        if depth == DEEPEST_GROUP:
            return [], len(given)
        chains = [self.chain(member, depth + 1) for member in given[:MOST_MEMBERS]]
        shown = [chain for chain in chains if chain]
        return shown, len(given) - len(shown)

    # -- frames ------------------------------------------------------------------------------------------------------

    def frames(self, error: BaseException) -> list[Frame | Gap]:
        """The calls that led to an exception; the latest are read first, while there is patience."""
        most = max(FEWEST_FRAMES, min(MOST_FRAMES, self.frames_left))
        steps = _bounded(_collapsed(_steps(_own(error, "__traceback__"))), most)
        self.frames_left -= min(most, len(steps))
        frames: list[Frame | Gap] = []
        if isinstance(error, SyntaxError):
            frames += guarded(lambda: _place_of(error), lambda _: [])
        for step in reversed(steps):
            frames.append(step if isinstance(step, Gap) else self.frame(step))
        return frames[::-1]

    def frame(self, step: tuple[FrameType, int, int]) -> Frame:
        """One call."""
        frame, instruction, line = step
        code = frame.f_code
        origin, file = whose(code.co_filename)
        lines = guarded(lambda: read_lines(code.co_filename, frame.f_globals), lambda _: [])
        source = guarded(lambda: excerpt(lines, _spot(code, instruction, line, lines)), lambda _: [])
        variables = guarded(lambda: self.variables(frame), lambda error: [("", f"cannot be read: {error}")])
        return Frame(file, code.co_filename, line, code.co_qualname, origin, source, variables)

    def variables(self, frame: FrameType) -> list[tuple[str, str]]:
        """The local variables; of a module, those that are neither imports nor what it defines."""
        shown: list[tuple[str, str]] = []
        at_top = frame.f_code.co_name == "<module>"
        for name, value in list(frame.f_locals.items()):
            if not isinstance(name, str) or name.startswith((".", "__")):
                continue
            if at_top and issubclass(type(value), (ModuleType, FunctionType, type)):
                continue
            if len(shown) == MOST_VARIABLES:
                shown.append(("…", "there are more"))
                break
            shown.append((name, named(name, value, self.patience)))
        return shown


def _own(error: BaseException, name: str, kind: type[BaseException] = BaseException) -> Any:
    """An attribute as Python sets it, whatever else the class of the exception calls so."""
    return kind.__dict__[name].__get__(error)


def _origin(error: BaseException) -> tuple[BaseException | None, str]:
    """What an exception was raised from, or while handling what."""
    cause = _own(error, "__cause__")
    if cause is not None:
        return cause, CAUSE
    return (None, "") if _own(error, "__suppress_context__") else (_own(error, "__context__"), CONTEXT)


def _said_of_syntax(error: SyntaxError) -> str:
    """What is wrong, without the place, which has a frame of its own."""
    return redacted_text(shortened(error.msg, MOST_MESSAGE)) if isinstance(error.msg, str) else ""


def _hint(error: BaseException) -> str:
    """What Python itself thinks was meant; 3.11 tells it to the terminal only."""
    if not isinstance(error, (AttributeError, ImportError, NameError)):
        return ""
    report = traceback.TracebackException(type(error), error, error.__traceback__, limit=0, compact=True)
    found = _HINT.search("".join(report.format_exception_only()))
    return redacted_text(found[1]) if found and found[1] not in str(error) else ""


def _steps(trace: TracebackType | None) -> Iterator[tuple[FrameType, int, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lasti, trace.tb_lineno or 0
        trace = trace.tb_next


def _collapsed(calls: Iterator[tuple[FrameType, int, int]]) -> list[Any]:
    """The calls, with a Gap instead of what goes round and round; the latest is shown in any case."""
    steps = list(calls)
    latest = steps[-1:]
    del steps[-1:]
    keys = [(id(frame.f_code), instruction) for frame, instruction, _ in steps]
    kept: list[Any] = []
    at = 0
    while at < len(steps):
        length, rounds = _loop(keys, at)
        kept += steps[at : at + length]
        if rounds > 1:
            kept.append(Gap(length, rounds - 1))
        at += length * rounds
    return kept + latest


def _loop(keys: list[tuple[int, int]], at: int) -> tuple[int, int]:
    """How many steps make one round of the loop that begins here, and how often it is run through."""
    for length in range(1, LONGEST_LOOP + 1):
        rounds, first = 1, keys[at : at + length]
        while keys[at + rounds * length : at + (rounds + 1) * length] == first:
            rounds += 1
        if rounds >= FEWEST_ROUNDS:
            return length, rounds
    return 1, 1


def _bounded(steps: list[Any], most: int) -> list[Any]:
    if len(steps) <= most:
        return steps
    outer = min(MOST_OUTER_FRAMES, most // 3)
    inner = most - outer
    return [*steps[:outer], Gap(len(steps) - most), *steps[len(steps) - inner :]]


def _spot(code: CodeType, instruction: int, line: int, lines: list[str]) -> Spot:
    """Where a call stands: on 3.11 and later Python knows the columns, unless it was told not to."""
    begin = max(1, code.co_firstlineno)
    if os.path.splitext(code.co_filename)[1] not in PYTHON:  # a template: the columns are those of what was made of it
        return Spot(line, line, begin=begin)
    found: Any = next(islice(code.co_positions(), max(0, instruction) // 2, None), (None,))
    if None in found or found[0] != line or not 1 <= line <= found[1] <= len(lines):
        return Spot(line, line, begin=begin)
    _, last, start, end = found
    return Spot(line, last, _characters(lines[line - 1], start), _characters(lines[last - 1], end), begin)


def _characters(line: str, offset: int) -> int:
    """A column in characters: Python counts the bytes of UTF-8."""
    return len(line.encode("utf-8", "replace")[:offset].decode("utf-8", "replace"))


def _place_of(error: SyntaxError) -> list[Frame | Gap]:
    """Where the code stands that could not be read, as if it had been called."""
    path, line = error.filename, error.lineno
    if not isinstance(path, str) or not isinstance(line, int):
        return []
    origin, file = whose(path)
    lines = read_lines(path) or ([""] * (line - 1) + [error.text] if isinstance(error.text, str) and line < 1e5 else [])
    start = max(0, (error.offset or 1) - 1)
    same_line = error.end_lineno in (None, line)
    end = (error.end_offset or 0) - 1 if same_line else 0
    return [Frame(file, path, line, "", origin, excerpt(lines, Spot(line, line, start, max(end, start + 1))))]
