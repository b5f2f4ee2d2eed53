"""The board for programs: JSON in both directions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

import kirsch
from browser import allow, number_of
from draft import Draft

if TYPE_CHECKING:
    from notes import Note, Notes

ON_A_PAGE = 100


class Api:
    """/api: the board for programs."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    @kirsch.expose
    def notes(self, number=None, *, page="1"):
        """GET them or one of them, or POST another one."""
        if number is not None:
            allow("GET")
            note = self._notes.get(number_of(number))
            if note is None:
                raise kirsch.NotFound
            return as_json(plain(note))
        allow("GET", "POST")
        if kirsch.request.method == "POST":
            return self._pin()
        skip = ON_A_PAGE * (max(1, number_of(page)) - 1)
        notes = [plain(note) for note in self._notes.page(ON_A_PAGE, skip)]
        return as_json({"count": self._notes.count(), "notes": notes})

    def _pin(self) -> bytes:
        try:
            given = msgspec.json.decode(kirsch.request.body.read(), type=dict[str, str])
        except msgspec.MsgspecError as error:
            raise kirsch.HTTPError(400, f"This is not an object of texts in JSON: {error}") from None
        draft = Draft(**{name: given.get(name, "") for name in ("title", "text", "author")})
        draft.colour = given.get("colour", draft.colour)
        if not draft.check():
            raise kirsch.HTTPError(422, " ".join(f"{name}: {problem}" for name, problem in draft.problems.items()))
        note = self._notes.get(self._notes.add(draft))
        kirsch.response.status = 201
        kirsch.response.headers["Location"] = kirsch.url(f"/api/notes/{note.number}")
        return as_json(plain(note))


def plain(note: Note) -> dict:
    """A note as programs see it."""
    address = kirsch.url(f"/notes/{note.number}/")
    return {
        "number": note.number,
        "title": note.title,
        "text": note.text,
        "author": note.author,
        "colour": note.colour,
        "created": datetime.fromtimestamp(note.created, UTC).isoformat(timespec="seconds"),
        "url": address,
        "picture": f"{address}picture" if note.media else None,
    }


def as_json(value: object) -> bytes:
    """Answer in JSON."""
    kirsch.response.headers["Content-Type"] = "application/json"
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
