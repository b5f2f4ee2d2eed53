"""The tree: which object answers where. An address is a chain of attributes, and ends in what is exposed."""

from __future__ import annotations

import secrets
import threading
from time import monotonic
from typing import TYPE_CHECKING

import kirsch
import pages
from api import Api
from assets import ICON, STYLE, fingerprint, keepable
from browser import allow, attached, cookie, number_of, one, remember, visitor
from draft import COLOURS, Draft
from form import form

if TYPE_CHECKING:
    from notes import Note, Notes

ON_A_PAGE = 24
WATCHERS = 40  # each of them keeps a thread of the server for itself
WATCHING = 600.0  # seconds after which a watcher has to ask again
HEARTBEAT = 10.0  # seconds of silence after which we write something, to learn whether the watcher is still there


class Root:
    """/ and the pages beside it. The attributes without an underscore are what the site consists of.

    Behind a `*`, parameters come by name only; those before it are also filled from what is left of the path.
    """

    style_css = STYLE  # all punctuation in an address counts as "_", so this one is /style.css
    icon_svg = ICON

    def __init__(self, notes: Notes) -> None:
        self.notes = NotePages(notes)
        self.api = Api(notes)
        self._notes = notes
        self._seats = threading.BoundedSemaphore(WATCHERS)

    @kirsch.expose
    def index(self, *, page="1"):
        """The board."""
        number = number_of(page)
        count = self._notes.count()
        last = max(1, -(-count // ON_A_PAGE))
        if not 1 <= number <= last:
            raise kirsch.NotFound
        return pages.board(self._notes.page(ON_A_PAGE, ON_A_PAGE * (number - 1)), count, number, last)

    @kirsch.expose
    def new(self, *, title="", text="", author="", colour=COLOURS[0], picture=None):
        """The form, and what becomes of it."""
        allow("GET", "POST")
        if kirsch.request.method != "POST":
            return form(Draft(author=cookie("author")))
        draft = Draft(one(title), one(text), one(author), one(colour), attached(picture))
        if not draft.check():
            kirsch.response.status = 422
            return form(draft)
        key = visitor()
        remember("key", key)
        remember("author", draft.author)
        # Not the page itself, but the way to it: so that going back or reloading does not pin the note again.
        raise kirsch.HTTPRedirect(f"/notes/{self._notes.add(draft, key)}/")

    @kirsch.expose
    @kirsch.blocking
    @kirsch.config(**{"response.stream": True})
    def live(self):
        """Notes as they are pinned: what it yields is sent at once, and when the client has gone, it is closed."""
        if not self._seats.acquire(blocking=False):
            raise kirsch.HTTPError(503, "Too many are watching already.", headers={"Retry-After": "60"})
        try:
            yield pages.top("Live", "/live") + pages.LIVE
            latest = self._notes.latest
            end = monotonic() + WATCHING
            while not self._notes.closed and monotonic() < end:
                latest, news = self._notes.after(latest, HEARTBEAT)
                yield "\n".join(pages.card(note) for note in news) or "<!-- still here -->\n"
            yield pages.LIVE_END + pages.BOTTOM
        finally:
            self._seats.release()

    @kirsch.expose
    def about(self):
        """What there is to see here."""
        return pages.page("About", pages.ABOUT, "/about")

    @kirsch.expose
    def oops(self):
        """Fails."""
        raise RuntimeError("this is what you find in the log, and nowhere else")


@kirsch.popargs("number")
class NotePages:
    """/notes/<number>/ and what belongs to that note."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    @kirsch.expose
    def index(self, number=None):
        """The note."""
        if number is None:
            raise kirsch.HTTPRedirect("/")
        note = self._find(number)
        return pages.note(note, own=is_own(note))

    @kirsch.expose
    def picture(self, number):
        """Its picture."""
        media, data = self._notes.picture(number_of(number))
        if not data:
            raise kirsch.NotFound
        return keepable(data, media, fingerprint(data))

    @kirsch.expose
    def remove(self, number):
        """Take it down."""
        allow("POST")
        note = self._find(number)
        if not is_own(note):
            raise kirsch.HTTPError(403, "Only who has pinned a note can take it down.")
        self._notes.remove(note.number)
        raise kirsch.HTTPRedirect("/")

    def _find(self, number: str) -> Note:
        note = self._notes.get(number_of(number))
        if note is None:
            raise kirsch.NotFound
        return note


def is_own(note: Note) -> bool:
    """Whether the note came from this browser."""
    return bool(note.owner) and secrets.compare_digest(note.owner.encode(), cookie("key").encode())
