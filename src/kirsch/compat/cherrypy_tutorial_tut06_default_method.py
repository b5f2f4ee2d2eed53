"""A page for addresses that nobody knows beforehand: `default` gets the rest of the path as its arguments."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.app.errorpage import escape
from kirsch.compat.cherrypy_tutorial import CONFIG


class UsersPage:
    """The site."""

    @cherrypy.expose
    def index(self) -> str:
        """Links to some users."""
        return '<a href="ada">Ada</a> <a href="grace">Grace</a> <a href="somebody">Somebody</a>'

    @cherrypy.expose
    def default(self, user: str) -> str:
        """At `/ada`, `user` is `ada`."""
        known = {"ada": "Ada wrote the first program.", "grace": "Grace wrote the first compiler."}
        said = known.get(user, f"Nobody here knows {user}.")
        return f'{escape(said)} (<a href="./">back</a>)'


if __name__ == "__main__":
    cherrypy.quickstart(UsersPage(), config=CONFIG)
