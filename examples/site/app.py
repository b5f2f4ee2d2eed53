"""A wall of pictures, for who has logged in. In this folder:  kirsch dev    Needs  pip install 'kirsch[templates]'"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import kirsch
from kirsch.process.plugins import Feed

HERE = Path(__file__).parent
KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
news = Feed(kirsch.engine).subscribe()


def run(sql, *values):
    """One statement, on a connection of its own."""
    with closing(sqlite3.connect(HERE / "wall.sqlite3")) as connection, connection:
        return connection.execute(sql, values).fetchall()


run("CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY CHECK (length(name) < 40), password TEXT)")
run("CREATE TABLE IF NOT EXISTS pictures (id INTEGER PRIMARY KEY, owner TEXT, title TEXT, kind TEXT, data BLOB)")


def wrong(name, password):
    """Whether the two do not belong together. A name belongs to whoever has come with it first."""
    with suppress(ValueError):  # no password at all, or a book
        if not run("SELECT 1 FROM users WHERE name = ?", name):
            run("INSERT OR IGNORE INTO users VALUES (?, ?)", name, kirsch.passwords.hash(password))
    known = run("SELECT password FROM users WHERE name = ?", name)
    return not kirsch.passwords.verify(password, known[0][0] if known else None)


@kirsch.tools.session_auth(check_username_and_password=wrong, attempts="10/minute")
class Root:
    """The wall. What is a setting, and no program, stands in kirsch.toml."""

    style_css = kirsch.tools.staticfile.handler(filename=str(HERE.parent / "style.css"))

    @kirsch.expose
    @kirsch.tools.jinja2(template="wall.html", dir=str(HERE))
    def index(self, *, title="", file=None):
        data = getattr(file, "value", b"")
        for kind in [kind for start, kind in KINDS.items() if data.startswith(start)]:
            run("INSERT INTO pictures VALUES (NULL, ?, ?, ?, ?)", kirsch.request.login, str(title)[:80], kind, data)
            news.send("There is one more.")
            raise kirsch.HTTPRedirect("/")
        return {"pictures": run("SELECT id, owner, title FROM pictures ORDER BY id DESC LIMIT 100")}

    @kirsch.expose
    def picture(self, number):
        for kind, data in run("SELECT kind, data FROM pictures WHERE id = ?", number):
            kirsch.response.headers["Content-Type"] = kind
            return data
        raise kirsch.NotFound

    @kirsch.expose
    @kirsch.tools.sse()
    def live(self):
        return news
