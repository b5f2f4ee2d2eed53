"""The page that a developer sees when a page handler fails: what happened, where, and with which values.

It is one file without anything to load, bounded in size, with everything escaped and secrets left out. Who may see it
is said in debugaccess.py, how it looks in debugstyle.py; what it shows is read by debugframes.py and debugfacts.py.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from kirsch.app.debugfacts import VERSIONS, Facts, Row, Table
from kirsch.app.debugframes import CAUSE, CONTEXT, Failure, Frame, Gap, read
from kirsch.app.debugsource import APPLICATION
from kirsch.app.debugstyle import SCRIPT, STYLE
from kirsch.app.debugtext import summary_and_tables, text_of
from kirsch.app.debugvalues import class_name, guarded, shortened
from kirsch.app.errorpage import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kirsch.app.debugsource import Line

MOST_OF_FAILURES: Final = 256 * 1024
MOST_OF_FACTS: Final = 96 * 1024
MOST_OF_TEXT: Final = 96 * 1024
"""Bytes for the three parts of the page; with all that is around them it stays below 512 KiB."""

LONG_MESSAGE: Final = 120
VERY_LONG_MESSAGE: Final = 600

_WHY: Final = {
    CAUSE: "It was raised because of this one:",
    CONTEXT: "It was raised while this one was being handled:",
}
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Characters that would hide, turn round or break what stands beside them."""


class Room:
    """How many bytes are left. What does not fit is left out, or said in fewer words."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, *forms: str) -> str:
        """The first form that fits; nothing if none does."""
        for form in forms:
            size = len(form.encode("utf-8", "replace"))
            if size <= self.left:
                self.left -= size
                return form
        return ""


def debug_page(error: BaseException, facts: Facts | None = None) -> bytes:
    """The page as UTF-8. It never fails, whatever it is handed; see debugvalues.py for how long it may take."""
    page = guarded(
        lambda: _page(read(error), Facts() if facts is None else facts), lambda failure: _bare_page(error, failure)
    )
    return page.encode("utf-8", "replace")


def _page(failures: Sequence[Failure], facts: Facts) -> str:
    summary, *tables = summary_and_tables(facts)
    text = text_of(failures, [summary, *tables])
    room = Room(MOST_OF_FAILURES)
    top = _top(failures, summary, room)
    chain = "".join([_failure(failure, room, number) for number, failure in enumerate(failures)])
    room = Room(MOST_OF_FACTS)
    known = "".join([_facts(table, room) for table in tables if table.title != VERSIONS])
    title = f"{failures[0].type}: {shortened(failures[0].message, 80)}"
    return (
        f"{_head(title)}<main>\n{top}{chain}<section>\n<h2>The request</h2>\n"
        f'<div class="known">{known}{_text(text)}</div>\n</section>\n{_footer(tables)}</main>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _head(title: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{_html(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _footer(tables: Sequence[Table]) -> str:
    versions = [f"{row.name} {row.value}" for table in tables if table.title == VERSIONS for row in table.rows]
    return (
        f"<footer>{_html(' · '.join(versions))}\n<p>For developers on this machine; "
        f"<code>request.show_tracebacks = False</code> shows the plain error page.</p></footer>\n"
    )


def _bare_page(error: BaseException, failure: str) -> str:
    """The page when not even the page can be made."""
    words = f"<h1>{_html(class_name(type(error)))}</h1>\n<p>It cannot be shown: {_html(failure)}. See the log.</p>\n"
    return f"{_head(class_name(type(error)))}<main>\n{words}</main>\n</body>\n</html>\n"


def _html(text: str) -> str:
    return escape(_UNSEEN.sub(_code_of, text))


def _code_of(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


# -- what happened ---------------------------------------------------------------------------------------------------


def _top(failures: Sequence[Failure], summary: Table, room: Room) -> str:
    first = failures[0]
    rows = {row.name: row for row in summary.rows}
    asked = _html(rows.pop("Request", Row("", "")).value)
    method, _, url = asked.partition(" ")
    return (
        '<header>\n<button id="copy" type="button" hidden>Copy as text</button>\n'
        f'<p class="request"><b>{method}</b> {url}</p>\n'
        f"<h1>{_type(first)}</h1>\n{_said(first, 'p', room)}{_origins(failures, room)}"
        f'<dl class="summary">{"".join(map(_summary_row, rows.values()))}</dl>\n</header>\n'
    )


def _type(failure: Failure) -> str:
    module = f'<span class="module">{_html(failure.module)}.</span>' if failure.module else ""
    return f"{module}{_html(failure.type)}"


def _said(failure: Failure, element: str, room: Room) -> str:
    """The message, as large as its length allows, with what belongs to it."""
    length = len(failure.message)
    size = " very long" if length > VERY_LONG_MESSAGE else " long" if length > LONG_MESSAGE else ""
    message = f'<{element} class="message{size}">{_html(failure.message)}</{element}>\n' if failure.message else ""
    notes = "".join([f"<li>{_html(note)}</li>" for note in failure.notes])
    return (
        room.take(message)
        + (room.take(f'<p class="hint">{_html(failure.hint)}</p>\n') if failure.hint else "")
        + (room.take(f'<ul class="notes">{notes}</ul>\n') if notes else "")
    )


def _origins(failures: Sequence[Failure], room: Room) -> str:
    """What is in it and what led to it, to be seen without scrolling."""
    items = [_mention("", chain[0], f"error-0-{number}-0") for number, chain in enumerate(failures[0].members, 1)]
    for number, failure in enumerate(failures[1:], 1):
        link = "because of " if failure.link == CAUSE else "while handling "
        items.append(_mention(link, failure, f"error-{number}"))
    return room.take(f'<ol class="chain">{"".join(items)}</ol>\n') if items else ""


def _mention(link: str, failure: Failure, name: str) -> str:
    return f'<li>{link}<a href="#{name}">{_html(failure.type)}</a> {_html(shortened(failure.message, 160))}</li>'


def _summary_row(row: Row) -> str:
    remark = f' <span class="soft">{_html(row.remark)}</span>' if row.remark else ""
    return f"<div><dt>{_html(row.name)}</dt><dd>{_html(row.value)}{remark}</dd></div>"


def _failure(failure: Failure, room: Room, number: int, prefix: str = "error") -> str:
    """One exception: its head, unless that stands at the top, its frames, and its members."""
    name = f"{prefix}-{number}"
    if number == 0 and prefix == "error":
        title = '<h2>Where it happened <span class="soft module">(latest call first)</span></h2>\n'
    else:
        why = f'<span class="why">{_WHY[failure.link]}</span>' if failure.link else ""
        kind = f'<span class="type">{_type(failure)}</span>'
        title = room.take(f"<h2>{why}{kind}{_said(failure, 'span', room)}</h2>\n")
    frames = _frames(failure, room) if failure.frames else _nowhere(failure)
    members = "".join([_member(chain, room, f"{name}-{place}") for place, chain in enumerate(failure.members, 1)])
    more = f'<p class="gap">… and {failure.omitted} more</p>\n' if failure.omitted else ""
    first = ' class="first"' if number == 0 else ""
    return f'<section id="{name}"{first}>\n{title}{frames}{members}{room.take(more)}</section>\n'


def _nowhere(failure: Failure) -> str:
    return "" if failure.members else '<p class="soft">It has no traceback: it was made, but not raised.</p>\n'


def _member(chain: Sequence[Failure], room: Room, name: str) -> str:
    inner = "".join([_failure(each, room, place, name) for place, each in enumerate(chain)])
    return f'<div class="member">{inner}</div>\n'


# -- frames ----------------------------------------------------------------------------------------------------------


def _frames(failure: Failure, room: Room) -> str:
    """The latest call first; what lies between the frames of the application is folded."""
    parts = []
    place = failure.place
    for is_open, run in groupby(reversed(failure.frames), lambda frame: _is_open(frame, place)):
        frames = list(run)
        if is_open or len(frames) == 1:
            parts += [_frame(frame, room, is_open, frame is place) for frame in frames]
        else:
            parts.append(_others(frames, room))
    return "".join(parts)


def _is_open(frame: Frame | Gap, place: Frame | None) -> bool:
    return isinstance(frame, Gap) or frame is place or frame.origin == APPLICATION


def _others(frames: Sequence[Frame | Gap], room: Room) -> str:
    packages = list(dict.fromkeys([frame.package for frame in frames if isinstance(frame, Frame)]))
    names = ", ".join(packages[:5])
    inner = "".join([_frame(frame, room, is_open=False, is_place=False) for frame in frames])
    return f'<details class="others"><summary>{len(frames)} calls in {_html(names)}</summary>\n{inner}</details>\n'


def _frame(frame: Frame | Gap, room: Room, is_open: bool, is_place: bool) -> str:
    if isinstance(frame, Gap):
        return room.take(f'<p class="gap">{_gap(frame)}</p>\n')
    title = f"<h3>{_frame_title(frame)}</h3>"
    source = _source(frame.source) if frame.source else ""
    variables = _variables(frame.variables, is_place) if frame.variables else ""
    start = (
        f'<details class="frame"{" open" if is_open else ""}><summary title="{_html(frame.path)}">{title}</summary>\n'
    )
    return room.take(
        f"{start}{source}{variables}</details>\n", f"{start}{source}</details>\n", f'<p class="gap">{title}</p>\n'
    )


def _frame_title(frame: Frame) -> str:
    where = f' <span class="soft">in</span> <code>{_html(frame.function)}</code>' if frame.function else ""
    return f'<span class="file">{_html(frame.file)}</span><span class="soft">, line</span> {frame.line}{where}'


def _gap(gap: Gap) -> str:
    if not gap.rounds:
        return f"Here {gap.frames:,} calls are left out."
    if gap.frames == 1:
        return f"It called itself {gap.rounds:,} more times."
    return f"The {gap.frames} calls below came {gap.rounds:,} more times, round and round."


def _source(lines: Sequence[Line]) -> str:
    rows = "".join([_row(line) for line in lines])
    return f'<pre class="source" tabindex="0">{rows}</pre>\n'


def _row(line: Line) -> str:
    hit = ' class="hit"' if line.marked else ""
    code = "".join(_spans(line))
    return f'<span data-line="{line.number}"{hit}>{code or " "}\n</span>'


def _spans(line: Line) -> Iterator[str]:
    for failing, run in groupby(line.pieces, lambda piece: piece.failing):
        text = "".join([f'<span class="{kind}">{_html(text)}</span>' if kind else _html(text) for text, kind, _ in run])
        yield f"<mark>{text}</mark>" if failing else text


def _variables(variables: Sequence[tuple[str, str]], is_open: bool) -> str:
    rows = "".join([f'<tr><th scope="row">{_html(name)}</th><td>{_html(value)}</td></tr>' for name, value in variables])
    word = "1 variable" if len(variables) == 1 else f"{len(variables)} variables"
    opened = " open" if is_open else ""
    return f'<details class="variables"{opened}><summary>{word}</summary><table>{rows}</table></details>\n'


# -- what was asked --------------------------------------------------------------------------------------------------


def _facts(table: Table, room: Room) -> str:
    rows = "".join([room.take(_fact(row)) for row in table.rows])
    more = f'<tr><td colspan="2">… and {table.omitted} more</td></tr>' if table.omitted else ""
    opened = " open" if table.title.startswith("Parameters") else ""
    return (
        f'<details class="facts"{opened}><summary><h3>{table.title}</h3> <span class="soft">{len(table.rows)}</span>'
        f"</summary><table>{rows}{more}</table></details>\n"
    )


def _fact(row: Row) -> str:
    remark = f"<small>{_html(row.remark)}</small>" if row.remark else ""
    return f'<tr><th scope="row">{_html(row.name)}</th><td>{_html(row.value)}{remark}</td></tr>'


def _text(text: str) -> str:
    """The text, cut at its beginning if escaping has made it too long: the error stands at its end."""
    shown = _html(text)
    while len(shown.encode("utf-8", "replace")) > MOST_OF_TEXT:
        text = f"…{text[len(text) // 4 :]}"
        shown = _html(text)
    return (
        '<details class="facts"><summary><h3>All of it as text</h3></summary>\n'
        '<textarea id="text" readonly spellcheck="false" aria-label="All of it as text">\n'
        f"{shown}</textarea></details>\n"
    )
