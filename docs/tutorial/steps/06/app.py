"""A cookbook."""

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
    run("CREATE TABLE IF NOT EXISTS recipes (id INTEGER PRIMARY KEY, title TEXT, text TEXT)")


class Cookbook:
    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))

    @kirsch.expose
    @kirsch.tools.jinja2(template="index.html")
    def index(self):
        return {"recipes": run("SELECT id, title FROM recipes ORDER BY title")}

    @kirsch.expose
    @kirsch.tools.params()
    @kirsch.tools.jinja2(template="recipe.html")
    def recipe(self, number: int):
        for row in run("SELECT * FROM recipes WHERE id = ?", number):
            return {"recipe": row}
        raise kirsch.NotFound

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def add(self, title, text):
        if not (isinstance(title, str) and isinstance(text, str) and 0 < len(title) <= 80):
            raise kirsch.HTTPError(400, "One title of 80 letters at most, and one text, please.")
        [row] = run("INSERT INTO recipes (title, text) VALUES (?, ?) RETURNING id", title, text)
        raise kirsch.HTTPRedirect(f"/recipe/{row['id']}")


def error_page(status, message, traceback, version):
    """In the look of the site. What comes is escaped already."""
    return kirsch.tools.jinja2.render("error.html", {"status": status, "message": message})


CONFIG = {
    "/": {
        "tools.jinja2.dir": str(HERE / "templates"),
        "error_page.400": error_page,
        "error_page.404": error_page,
        "request.body.maxbytes": 100_000,
    },
}

app = kirsch.Application(Cookbook(), config=CONFIG)
