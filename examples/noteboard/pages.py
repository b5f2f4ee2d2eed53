"""The pages: functions from notes to HTML. Whatever somebody has typed goes through escape() on its way."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from assets import ICON, STYLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notes import Note

PLACES = {"/": "Board", "/live": "Live", "/about": "About"}
BEGINNING = 220  # characters of a note that are shown on the board

BOTTOM = """</main>
<footer class="site">The same notes for programs: <a href="/api/notes">/api/notes</a></footer>
</body>
</html>
"""


def top(title: str, here: str = "") -> str:
    """How every page begins. here: its path, if it is one of the PLACES."""
    links = "".join(
        f'<li><a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a></li>'
        for path, name in PLACES.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Noteboard</title>
<link rel="stylesheet" href="{STYLE.url}">
<link rel="icon" href="{ICON.url}" type="image/svg+xml">
</head>
<body>
<header class="site">
<a class="brand" href="/"><img src="{ICON.url}" alt="" width="32" height="32">Noteboard</a>
<nav aria-label="Site"><ul>{links}</ul></nav>
<a class="button" href="/new">Pin a note</a>
</header>
<main>
"""


def page(title: str, main: str, here: str = "") -> str:
    """A whole page."""
    return top(title, here) + main + BOTTOM


# The board


def board(notes: Sequence[Note], count: int, number: int, pages: int) -> str:
    """One page of the board, of several."""
    if not count:
        return page("The board", EMPTY, "/")
    cards = "\n".join(card(note) for note in notes)
    head = f"<h1>The board</h1>\n<p class=lead>{count} {'note' if count == 1 else 'notes'}, the newest first</p>"
    return page("The board", f'{head}\n<div class="board">\n{cards}\n</div>\n{pager(number, pages)}', "/")


EMPTY = f"""<section class="message">
<img src="{ICON.url}" alt="" width="96" height="96">
<h1>Nothing here yet</h1>
<p>An empty board is full of possibilities. Yours could be the first note on it.</p>
<p><a class="button" href="/new">Pin the first note</a></p>
</section>
"""


def card(note: Note) -> str:
    """A note on the board: its beginning, and the way to all of it."""
    text = note.text if len(note.text) <= BEGINNING else f"{note.text[:BEGINNING].rsplit(None, 1)[0]} …"
    picture = f'<img src="/notes/{note.number}/picture" alt="" loading="lazy">\n' if note.media else ""
    return f"""<article class="note {note.colour}">
{picture}<h2><a href="/notes/{note.number}/">{escape(note.title)}</a></h2>
<p class="text">{escape(text)}</p>
{signature(note)}
</article>"""


def signature(note: Note) -> str:
    """Who pinned it, and when."""
    when = datetime.fromtimestamp(note.created, UTC)
    full = f"{when:%d %B %Y, %H:%M} UTC"
    stamp = f'<time datetime="{when.isoformat()}" title="{full}">{ago(note)}</time>'
    return f'<p class="by">{escape(note.author)}, {stamp}</p>'


def ago(note: Note) -> str:
    """How long it has been there, in words."""
    seconds = time.time() - note.created
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            amount = int(seconds / size)
            return f"{amount} {name}{'s' if amount > 1 else ''} ago"
    return "just now"


def pager(number: int, pages: int) -> str:
    """Links to the pages beside this one, if there are several."""
    if pages == 1:
        return ""
    newer = f'<a rel="prev" href="/?page={number - 1}">← Newer</a>' if number > 1 else "<span></span>"
    older = f'<a rel="next" href="/?page={number + 1}">Older →</a>' if number < pages else "<span></span>"
    return f'<nav class="pager" aria-label="Pages">{newer}<span>{number} of {pages}</span>{older}</nav>\n'


# One note


def note(note: Note, own: bool) -> str:
    """A note with nothing left out. own: whoever looks at it has pinned it."""
    picture = f'<img src="/notes/{note.number}/picture" alt="Picture: {escape(note.title)}">\n' if note.media else ""
    return page(
        note.title,
        f"""<article class="note whole {note.colour}">
{picture}<h1>{escape(note.title)}</h1>
<p class="text">{escape(note.text)}</p>
{signature(note)}
</article>
<div class="below"><a href="/">← Back to the board</a>{remover(note) if own else ""}</div>
""",
    )


def remover(note: Note) -> str:
    """A button that takes it down. A link would not do: links are followed by programs that look for pages."""
    return f"""<form method="post" action="/notes/{note.number}/remove">
<button class="quiet">Take it down</button>
</form>"""


# The others

LIVE = """<h1>Live</h1>
<p class="lead">This page never quite ends: the server goes on writing it, and a note appears the moment it is pinned.
Open <a href="/new" target="_blank">another window</a> and try.</p>
<div class="board live" aria-live="polite">
<p class="waiting">Waiting for the next one …</p>
"""
LIVE_END = """</div>
<p class="lead">That was all for now. <a href="/live">Go on watching</a></p>
"""

ABOUT = """<h1>About this board</h1>
<p class="lead">It is an example for <em>Kirsch</em>: one object tree, one SQLite file, no JavaScript.</p>
<p>Every address is an attribute of the object above it, and ends in a method that is exposed:</p>
<div class="scroll"><table>
<tr><th scope="col">Address<th scope="col">Answered by<th scope="col">Shows how to
<tr><td><a href="/">/</a><td><code>Root.index</code><td>show a page, with parameters from the query string
<tr><td><a href="/new">/new</a><td><code>Root.new</code><td>take a form with a file, redirect, remember by cookie
<tr><td>/notes/<i>number</i>/<td><code>NotePages.index</code><td>take arguments out of the path
<tr><td>/notes/<i>number</i>/picture<td><code>NotePages.picture</code><td>send bytes that browsers may keep
<tr><td>/notes/<i>number</i>/remove<td><code>NotePages.remove</code><td>say no: 403, 404, 405
<tr><td><a href="/live">/live</a><td><code>Root.live</code><td>send a page while it is being made
<tr><td><a href="/api/notes">/api/notes</a><td><code>Api.notes</code><td>speak JSON in both directions
<tr><td><a href="/style.css">/style.css</a><td><code>Root.style_css</code><td>let an object answer instead of a method
<tr><td><a href="/lost">/lost</a><td>nothing<td>have error pages of one's own
<tr><td><a href="/oops">/oops</a><td><code>Root.oops</code><td>fail, and tell nobody why but the log
</table></div>
"""


def message(title: str, text: str, small: str = "") -> str:
    """A page with little to say. The texts are HTML."""
    small = f"<p><small>{small}</small></p>\n" if small else ""
    return page(
        title,
        f"""<section class="message">
<img src="{ICON.url}" alt="" width="96" height="96">
<h1>{title}</h1>
<p>{text}</p>
<p><a class="button" href="/">To the board</a></p>
{small}</section>
""",
    )
