"""A cookbook: everybody reads, members write."""

import sqlite3
from contextlib import closing
from pathlib import Path

import kirsch

HERE = Path(__file__).parent


def run(sql, *values):
    """One statement, all or nothing, on a connection of its own."""
    path = kirsch.config.get("database", HERE / "cookbook.sqlite3")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(sql, values).fetchall()


@kirsch.engine.subscribe("start")
def make_tables():
    """Before the first request."""
    run("CREATE TABLE IF NOT EXISTS members (name TEXT PRIMARY KEY, password TEXT NOT NULL)")
    run("CREATE TABLE IF NOT EXISTS recipes (id INTEGER PRIMARY KEY, title TEXT, text TEXT, owner TEXT)")


def wrong(username, password):
    """What to tell people if the two do not belong together. A member that does not exist takes as long as any."""
    known = run("SELECT password FROM members WHERE name = ?", username)
    if kirsch.passwords.verify(password, known[0]["password"] if known else None):
        return None
    return "There is no such member with this password."


class Kitchen:
    """Where members write."""

    @kirsch.expose
    @kirsch.tools.jinja2(template="kitchen.html")
    def index(self):
        return {}

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def add(self, title, text):
        if not (isinstance(title, str) and isinstance(text, str) and 0 < len(title) <= 80):
            raise kirsch.HTTPError(400, "One title of 80 letters at most, and one text, please.")
        [row] = run(
            "INSERT INTO recipes (title, text, owner) VALUES (?, ?, ?) RETURNING id", title, text, kirsch.request.login
        )
        raise kirsch.HTTPRedirect(f"/recipe/{row['id']}")


class Cookbook:
    """What everybody may read."""

    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))
    kitchen = Kitchen()

    @kirsch.expose
    @kirsch.tools.jinja2(template="index.html")
    def index(self):
        return {"recipes": run("SELECT id, title, owner FROM recipes ORDER BY title")}

    @kirsch.expose
    @kirsch.tools.params()
    @kirsch.tools.jinja2(template="recipe.html")
    def recipe(self, number: int):
        for row in run("SELECT * FROM recipes WHERE id = ?", number):
            return {"recipe": row}
        raise kirsch.NotFound


def error_page(status, message, traceback, version):
    """In the look of the site. What comes is escaped already."""
    return kirsch.tools.jinja2.render("error.html", {"status": status, "message": message})


CONFIG = {
    "/": {
        "tools.jinja2.dir": str(HERE / "templates"),
        "tools.jinja2.globals": {"csrf_token": kirsch.csrf_token},
        "tools.sessions.on": True,
        "tools.csrf.on": True,
        "error_page.400": error_page,
        "error_page.404": error_page,
        "request.body.maxbytes": 100_000,
    },
    "/kitchen": {
        "tools.session_auth.on": True,
        "tools.session_auth.check_username_and_password": wrong,
        "tools.session_auth.attempts": "10/minute",
    },
}

app = kirsch.Application(Cookbook(), config=CONFIG)
