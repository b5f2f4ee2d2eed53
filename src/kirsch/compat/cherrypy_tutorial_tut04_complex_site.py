"""A tree of objects: an attribute of the site is what stands below it, and its pages answer at `/its-name/…`."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


class HomePage:
    """The root."""

    @cherrypy.expose
    def index(self) -> str:
        """Links to what is below."""
        return '<ul><li><a href="joke/">A joke</a></li><li><a href="links/">Links</a></li></ul>'


class JokePage:
    """Below it, at `/joke/`."""

    @cherrypy.expose
    def index(self) -> str:
        """A joke."""
        return '<p>There are two hard things: names, caches, and counting.</p><p><a href="../">Back</a></p>'


class LinksPage:
    """At `/links/`; it has something below it itself."""

    def __init__(self) -> None:
        self.extra = ExtraLinksPage()

    @cherrypy.expose
    def index(self) -> str:
        """Links."""
        return '<p><a href="https://www.python.org/">Python</a>, and <a href="extra/">more</a></p>'


class ExtraLinksPage:
    """At `/links/extra/`."""

    @cherrypy.expose
    def index(self) -> str:
        """More of them."""
        return '<p><a href="https://pypi.org/">Packages</a></p><p><a href="../">Back</a></p>'


root = HomePage()
root.joke = JokePage()  # type: ignore[attr-defined]
root.links = LinksPage()  # type: ignore[attr-defined]

if __name__ == "__main__":
    cherrypy.quickstart(root, config=CONFIG)
