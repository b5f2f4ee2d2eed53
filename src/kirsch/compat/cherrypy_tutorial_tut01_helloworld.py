"""The smallest site: an object, and a method of it that is a page."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


class HelloWorld:
    """The site. A method is a page once it is exposed; `index` is that of the address `/`."""

    @cherrypy.expose
    def index(self) -> str:
        """What is returned is what the browser shows."""
        return "Hello world!"


if __name__ == "__main__":
    cherrypy.quickstart(HelloWorld(), config=CONFIG)
