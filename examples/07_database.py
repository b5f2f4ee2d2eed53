"""A shopping list in a SQLite database: read, add, change, remove. Needs  pip install 'kirsch[templates]'"""

import sqlite3
from contextlib import closing
from pathlib import Path

import kirsch

HERE = Path(__file__).parent
DATABASE = HERE / "07_database.sqlite3"


def run(sql, *values):
    """One statement, all or nothing. Each has a connection of its own, which takes a tenth of a millisecond."""
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(sql, values).fetchall()


@kirsch.engine.subscribe("start")
def make_table():
    """Before the first request."""
    run("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bought INTEGER DEFAULT 0)")


class ShoppingList:
    """The list, and three forms. A form is answered by the way back, so that reloading does not send it again."""

    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))

    @kirsch.expose
    @kirsch.tools.jinja2(template="shopping.html")
    def index(self):
        return {"items": run("SELECT * FROM items ORDER BY bought, id DESC LIMIT 500")}

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def add(self, name):
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 80:
            raise kirsch.HTTPError(400, "One thing, please, of 80 letters at most.")
        run("INSERT INTO items (name) VALUES (?)", name.strip())
        raise kirsch.HTTPRedirect("/")

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def turn(self, number):
        run("UPDATE items SET bought = 1 - bought WHERE id = ?", str(number))  # values never stand in the SQL itself
        raise kirsch.HTTPRedirect("/")

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def remove(self, number):
        run("DELETE FROM items WHERE id = ?", str(number))
        raise kirsch.HTTPRedirect("/")


CONFIG = {"/": {"tools.jinja2.dir": str(HERE / "templates"), "tools.csrf.on": True, "request.body.maxbytes": 10_000}}

if __name__ == "__main__":
    kirsch.quickstart(ShoppingList(), config=CONFIG)
