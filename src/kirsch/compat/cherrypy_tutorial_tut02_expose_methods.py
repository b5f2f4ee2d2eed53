"""Several pages: each exposed method answers at the address of its name."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


class HelloWorld:
    """The site."""

    @cherrypy.expose
    def index(self) -> str:
        """A page with a link to the other."""
        return 'Is there anything <a href="show_msg">to be said</a>?'

    @cherrypy.expose
    def show_msg(self) -> str:
        """At `/show_msg`."""
        return "Hello world!"


if __name__ == "__main__":
    cherrypy.quickstart(HelloWorld(), config=CONFIG)
