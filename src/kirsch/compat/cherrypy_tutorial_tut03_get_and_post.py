"""Parameters: what stands behind the `?` of an address, and what a form sends, are the arguments of the page."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.app.errorpage import escape
from kirsch.compat.cherrypy_tutorial import CONFIG


class WelcomePage:
    """The site."""

    @cherrypy.expose
    def index(self) -> str:
        """A form."""
        return """
            <form action="greetUser" method="post">
            What is your name? <input name="name"> <input type="submit" value="That is it">
            </form>
        """

    @cherrypy.expose
    def greetUser(self, name: str | None = None) -> str:
        """Where the form leads. Text from outside is escaped before it is shown."""
        if name:
            return f"Hello {escape(name)}, how are you?"
        if name is None:
            return 'Say your name <a href="./">here</a> first.'
        return 'A name has a letter at least: <a href="./">try again</a>.'


if __name__ == "__main__":
    cherrypy.quickstart(WelcomePage(), config=CONFIG)
