"""The notes and where they are kept: in one SQLite file.

Every thread of the server has a connection of its own. The engine says when a thread starts and stops, which is the
time to open and to close it; `kirsch.thread_data` is where the thread keeps it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import kirsch
from draft import media_type
from samples import samples

if TYPE_CHECKING:
    from pathlib import Path

    from draft import Draft

TABLE = """
    CREATE TABLE IF NOT EXISTS notes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, colour TEXT NOT NULL,
        owner TEXT NOT NULL, created REAL NOT NULL, media TEXT NOT NULL, picture BLOB NOT NULL
    )"""
VIEW = """
    CREATE VIEW IF NOT EXISTS shown AS
    SELECT number, title, text, author, colour, owner, created, media FROM notes"""  # as in Note: all but the picture


@dataclass(frozen=True)
class Note:
    """A note on the board. owner: the key of the browser that it came from. media: type of its picture, if any."""

    number: int
    title: str
    text: str
    author: str
    colour: str
    owner: str
    created: float
    media: str


class Notes:
    """All notes, newest first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "notes.sqlite3"
        self.connections: dict[int, sqlite3.Connection] = {}
        self.news = threading.Condition()  # guards the two below
        self.latest = 0
        self.closed = False

    # The life of the process

    def subscribe(self) -> None:
        """Live with the engine."""
        kirsch.engine.subscribe("start", self.begin)
        kirsch.engine.subscribe("start_thread", self.connect)
        kirsch.engine.subscribe("stop_thread", self.disconnect)
        kirsch.engine.subscribe("stop", self.close, priority=20)  # the server, at 25, waits for those who wait for us

    def begin(self) -> None:
        """Make the table if there is none, with a few notes to begin with."""
        self.connect(0)
        new = not self.run("SELECT 1 FROM sqlite_master WHERE name = 'notes'")
        self.run("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
        self.run(TABLE)
        self.run(VIEW)
        if new:
            for draft, age in samples():
                self.add(draft, created=time.time() - age)
        self.latest = self.run("SELECT coalesce(max(number), 0) FROM notes")[0][0]
        self.closed = False
        self.disconnect(0)

    def connect(self, thread: int) -> None:
        """A thread starts: open its connection. Threads are told to stop from outside, hence check_same_thread."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.connections[thread] = kirsch.thread_data.connection = connection

    def disconnect(self, thread: int) -> None:
        """A thread stops."""
        self.connections.pop(thread).close()

    def close(self) -> None:
        """Let those go who wait for news."""
        with self.news:
            self.closed = True
            self.news.notify_all()

    # What pages ask for

    def run(self, sql: str, *values: object) -> list[tuple]:
        """Run one statement on the connection of this thread."""
        return kirsch.thread_data.connection.execute(sql, values).fetchall()

    def count(self) -> int:
        """How many there are."""
        return self.run("SELECT count(*) FROM notes")[0][0]

    def page(self, size: int, skip: int = 0) -> list[Note]:
        """Some of them, newest first."""
        rows = self.run("SELECT * FROM shown ORDER BY number DESC LIMIT ? OFFSET ?", size, skip)
        return [Note(*row) for row in rows]

    def get(self, number: int) -> Note | None:
        """One of them."""
        rows = self.run("SELECT * FROM shown WHERE number = ?", number)
        return Note(*rows[0]) if rows else None

    def picture(self, number: int) -> tuple[str, bytes]:
        """The picture of a note, its media type first; both are empty if there is none."""
        rows = self.run("SELECT media, picture FROM notes WHERE number = ?", number)
        return rows[0] if rows else ("", b"")

    def add(self, draft: Draft, owner: str = "", created: float | None = None) -> int:
        """Pin a note that was checked; its number."""
        rows = self.run(
            "INSERT INTO notes (title, text, author, colour, owner, created, media, picture)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            draft.title,
            draft.text,
            draft.author or "somebody",
            draft.colour,
            owner,
            created or time.time(),
            media_type(draft.picture),
            draft.picture,
        )
        number = rows[0][0]
        with self.news:
            self.latest = max(self.latest, number)
            self.news.notify_all()
        return number

    def remove(self, number: int) -> None:
        """Take a note down."""
        self.run("DELETE FROM notes WHERE number = ?", number)

    def after(self, number: int, patience: float) -> tuple[int, list[Note]]:
        """The latest number, and what was pinned after that one, oldest first. Waits so many seconds for something."""
        with self.news:
            self.news.wait_for(lambda: self.latest > number or self.closed, patience)
            latest = self.latest
        rows = self.run("SELECT * FROM shown WHERE number > ? AND number <= ? ORDER BY number", number, latest)
        return latest, [Note(*row) for row in rows]
