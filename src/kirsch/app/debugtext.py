"""A failure for terminals and for programs: in the form that Python itself prints, and as data.

The text ends with the error, where a terminal shows it.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.debugfacts import Facts, Row, Table, summary, tables
from kirsch.app.debugframes import CAUSE, Failure, Frame, Gap, read
from kirsch.app.debugvalues import Patience, class_name, guarded, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHARACTERS: Final = 48_000

_LINKS: Final = {
    CAUSE: "The above exception was the direct cause of the following one:",
    "context": "While the above exception was handled, another one was raised:",
}


def debug_text(error: BaseException, facts: Facts | None = None) -> str:
    """The failure in plain text. It never fails, whatever it is handed."""
    return guarded(
        lambda: text_of(read(error), summary_and_tables(Facts() if facts is None else facts)),
        lambda failure: f"{class_name(type(error))} (it cannot be shown: {failure})\n",
    )


def debug_json(error: BaseException) -> list[dict[str, Any]]:
    """The failure as data for JSON: the exception and what it came from, each with its frames. It never fails."""
    return guarded(lambda: [_as_data(failure) for failure in read(error)], lambda _: [])


def summary_and_tables(facts: Facts) -> list[Table]:
    """The facts, in short and in full, or what could be made of them."""
    return guarded(
        lambda: [Table("", summary(facts)), *tables(facts, Patience())],
        lambda error: [Table("", [Row("Request", f"(cannot be shown: {error})")])],
    )


def text_of(failures: Sequence[Failure], facts: Sequence[Table]) -> str:
    """The text of what was read: facts, variables, traceback. Its end is never cut off."""
    before = [line for table in facts for line in _table_lines(table)]
    before += [line for line in _variable_lines(failures) if failures]
    after = "\n".join(_chain_lines(failures))
    after = f"…{after[-MOST_CHARACTERS:]}" if len(after) > MOST_CHARACTERS else after
    start = shortened("\n".join(before), max(1000, MOST_CHARACTERS - len(after)))
    return f"{start}\n\n{after}\n".lstrip("\n")


def _table_lines(table: Table) -> list[str]:
    if not table.title:
        return [f"{row.name}: {row.value}{f' ({row.remark})' if row.remark else ''}" for row in table.rows]
    more = [f"  … and {table.omitted} more"] if table.omitted else []
    rows = [f"  {row.name}: {row.value}{f'  ({row.remark})' if row.remark else ''}" for row in table.rows]
    return ["", f"{table.title}:", *rows, *more]


def _variable_lines(failures: Sequence[Failure]) -> list[str]:
    place = failures[0].place if failures else None
    if place is None or not place.variables:
        return []
    return [
        "",
        f"Variables in {place.function} ({place.file}, line {place.line}):",
        *[f"  {name} = {value}" for name, value in place.variables],
    ]


def _chain_lines(failures: Sequence[Failure]) -> list[str]:
    """The first cause first, as in any traceback."""
    lines: list[str] = []
    link = ""
    for failure in reversed(failures):
        if link:
            lines += ["", _LINKS[link], ""]
        lines += _failure_lines(failure)
        link = failure.link
    return lines


def _failure_lines(failure: Failure) -> list[str]:
    lines = ["Traceback (most recent call last):"] if failure.frames else []
    for frame in failure.frames:
        lines += _gap_lines(frame) if isinstance(frame, Gap) else _frame_lines(frame)
    said = f"{failure.full_type}: {failure.message}" if failure.message else failure.full_type
    lines += [*said.split("\n"), *[line for note in failure.notes for line in note.split("\n")]]
    if failure.hint:
        lines.append(failure.hint)
    for number, chain in enumerate(failure.members, 1):
        lines += [f"  | {line}" for line in [f"---- {number} ----", *_chain_lines(chain)]]
    return [*lines, f"  … and {failure.omitted} more"] if failure.omitted else lines


def _frame_lines(frame: Frame) -> list[str]:
    where = f", in {frame.function}" if frame.function else ""
    marked = [line for line in frame.source if line.marked and line.text.strip()]
    code: list[str] = []
    for line in marked:
        code.append(line.text)
        carets = "".join([("^" if piece.failing else " ") * len(piece.text) for piece in line.pieces]).rstrip()
        code += [carets] if carets else []
    indented = textwrap.indent(textwrap.dedent("\n".join(code)), "    ").split("\n") if code else []
    return [f'  File "{frame.path}", line {frame.line}{where}', *indented]


def _gap_lines(gap: Gap) -> list[str]:
    if not gap.rounds:
        return [f"  [{gap.frames} frames left out]"]
    what = "Previous frame" if gap.frames == 1 else f"Previous {gap.frames} frames"
    return [f"  [{what} repeated {gap.rounds} more times]"]


# -- as data ---------------------------------------------------------------------------------------------------------


def _as_data(failure: Failure) -> dict[str, Any]:
    data: dict[str, Any] = {"type": failure.full_type, "message": failure.message}
    if failure.link:
        data["relation"] = failure.link
    if failure.notes:
        data["notes"] = list(failure.notes)
    if failure.hint:
        data["hint"] = failure.hint
    data["frames"] = [_frame_data(frame) for frame in failure.frames]
    if failure.members:
        data["exceptions"] = [[_as_data(each) for each in chain] for chain in failure.members]
    return data


def _frame_data(frame: Frame | Gap) -> dict[str, Any]:
    if isinstance(frame, Gap):
        return {"omitted": frame.frames * max(1, frame.rounds)}
    return {
        "file": frame.path, "line": frame.line, "function": frame.function, "origin": frame.origin, "code": frame.code
    }  # fmt: skip
