"""Classes for what pages have in common: head and foot stand in one place, and each page derives from it."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


class Page:
    """What all pages have."""

    title = "Untitled"

    def header(self) -> str:
        """The beginning."""
        return f"<!DOCTYPE html><title>{self.title}</title><h2>{self.title}</h2>"

    def footer(self) -> str:
        """The end."""
        return "<hr><p>Made of objects</p>"


class HomePage(Page):
    """The root."""

    title = "Home"

    def __init__(self) -> None:
        self.another = AnotherPage()

    @cherrypy.expose
    def index(self) -> str:
        """A page between head and foot, which are not exposed, and so are no pages."""
        return f'{self.header()}<p>There is <a href="another/">another page</a>.</p>{self.footer()}'


class AnotherPage(Page):
    """Another one."""

    title = "Another page"

    @cherrypy.expose
    def index(self) -> str:
        """The same head and foot."""
        return f'{self.header()}<p>It looks <a href="../">alike</a>.</p>{self.footer()}'


if __name__ == "__main__":
    cherrypy.quickstart(HomePage(), config=CONFIG)
