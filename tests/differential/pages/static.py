"""Files: by config, as pages, and by hand."""

from __future__ import annotations

import io
import os
from pathlib import Path

from tests.differential.pages.face import cherrypy

FILES = Path(__file__).parent / "files"
OLD = 1_000_000_000

for path in FILES.rglob("*"):
    os.utime(path, (OLD, OLD))


def served(name):
    """A page that serves one of the files."""
    return cherrypy.lib.static.serve_file(str(FILES / name))


class Unsized:
    """A file without a descriptor."""

    def __init__(self, data):
        self.read = io.BytesIO(data).read


class Static:
    """Pages about files; below `dir` and `one` config has some."""

    style = cherrypy.tools.staticfile.handler(filename=str(FILES / "style.css"))
    gone = cherrypy.tools.staticfile.handler(filename=str(FILES / "gone.css"))
    handled = cherrypy.tools.staticdir.handler(section="/static/handled", dir="files", root=str(FILES.parent))

    @cherrypy.expose
    def dir(self, *rest):
        return f"page {rest}"

    @cherrypy.expose
    def one(self, *rest):
        return f"page {rest}"

    @cherrypy.expose
    def file(self, name):
        return served(name)

    @cherrypy.expose
    def typed(self):
        return cherrypy.lib.static.serve_file(str(FILES / "plain.txt"), "application/x-own")

    @cherrypy.expose
    def download(self, name="plain.txt"):
        return cherrypy.lib.static.serve_download(str(FILES / "plain.txt"), name)

    @cherrypy.expose
    def inline(self):
        return cherrypy.lib.static.serve_file(str(FILES / "plain.txt"), disposition="inline")

    @cherrypy.expose
    def relative(self):
        return cherrypy.lib.static.serve_file("plain.txt")

    @cherrypy.expose
    def opened(self):
        return cherrypy.lib.static.serve_fileobj((FILES / "plain.txt").open("rb"), "text/x-own")

    @cherrypy.expose
    def memory(self):
        return cherrypy.lib.static.serve_fileobj(io.BytesIO(b"0123456789"), "text/x-own", "attachment", "ten.txt")

    @cherrypy.expose
    def unsized(self):
        return cherrypy.lib.static.serve_fileobj(Unsized(b"0123456789"), "text/x-own")

    @cherrypy.expose
    def made(self):
        cherrypy.response.status = 404
        return served("plain.txt")


SECTIONS = {
    "/static": {"tools.staticdir.root": str(FILES.parent)},
    "/static/dir": {
        "tools.staticdir.on": True,
        "tools.staticdir.dir": "files",
        "tools.staticdir.index": "index.html",
        "tools.staticdir.content_types": {"rss": "application/xml"},
    },
    "/static/matched": {
        "tools.staticdir.on": True,
        "tools.staticdir.dir": "files",
        "tools.staticdir.match": r"\.css$",
    },
    "/static/one": {"tools.staticfile.on": True, "tools.staticfile.filename": str(FILES / "style.css")},
}
