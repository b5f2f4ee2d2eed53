"""Pages in pieces: what a page yields is sent one after another, and a loop needs no list to collect in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator


class GeneratorDemo:
    """The site."""

    def header(self) -> str:
        """The beginning."""
        return "<html><body><h2>Generators</h2>"

    def footer(self) -> str:
        """The end."""
        return "</body></html>"

    @cherrypy.expose
    def index(self) -> Iterator[str]:
        """A list of users, piece by piece."""
        yield self.header()
        yield "<ul>"
        for user in ("Ada", "Grace", "Katherine", "Margaret"):
            yield f"<li>{user}</li>"
        yield "</ul>"
        yield self.footer()


if __name__ == "__main__":
    cherrypy.quickstart(GeneratorDemo(), config=CONFIG)
