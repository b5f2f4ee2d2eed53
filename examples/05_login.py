"""A page for members, with a login. Open http://127.0.0.1:8080/ and log in as ada, with the password lovelace."""

from html import escape
from pathlib import Path

import kirsch

# In earnest these stand in a file or database: kirsch.passwords.hash() makes them, once for each password.
USERS = {"ada": kirsch.passwords.hash("lovelace")}

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">
<title>The orchard</title>
<h1>The orchard</h1>
"""


def wrong(username, password):
    """What to tell people if the two do not belong together. A user that does not exist takes as long as any."""
    if kirsch.passwords.verify(password, USERS.get(username)):
        return None
    return "There is no such user with this password."


class Members:
    """Pages for those who have logged in."""

    # What a session holds is there again in the next request of the same browser. Logging out makes it forget.
    @kirsch.expose
    def index(self):
        visits = kirsch.session["visits"] = kirsch.session.get("visits", 0) + 1
        return f"""{PAGE}<p>Hello, {escape(kirsch.request.login)}! You have been here {visits} times.</p>
<form method="post" action="do_logout"><input type="hidden" name="from_page" value="/">
<button>Log out</button></form>"""


class Site:
    """A page for all."""

    style_css = kirsch.tools.staticfile.handler(filename=str(Path(__file__).with_name("style.css")))
    members = Members()

    @kirsch.expose
    def index(self):
        return f'{PAGE}<p>Everybody may read this. <a href="/members/">For members</a></p>'


# tools.csrf refuses what pages of other sites have a browser send; `attempts` makes guessing passwords slow.
LOGIN = {"on": True, "check_username_and_password": wrong, "attempts": "10/minute"}
CONFIG = {
    "/": {"tools.sessions.on": True, "tools.csrf.on": True},
    "/members": {f"tools.session_auth.{name}": value for name, value in LOGIN.items()},
}

if __name__ == "__main__":
    kirsch.quickstart(Site(), config=CONFIG)
