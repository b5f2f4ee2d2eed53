"""Files: an upload is an argument that can be read; a download is what serve_file() gives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import kirsch as cherrypy
from kirsch.app.errorpage import escape
from kirsch.compat.cherrypy_tutorial import CONFIG

if TYPE_CHECKING:
    from kirsch.app.body import Upload


class FileDemo:
    """The site."""

    @cherrypy.expose
    def index(self) -> str:
        """A form for an upload, and a link for a download."""
        return """
            <h2>Upload</h2>
            <form action="upload" method="post" enctype="multipart/form-data">
            File: <input type="file" name="myFile"> <input type="submit">
            </form>
            <h2>Download</h2>
            <a href="download">This program</a>
        """

    @cherrypy.expose
    def upload(self, myFile: Upload) -> str:
        """What has come. It is read in pieces, as it may be large."""
        size = sum(len(piece) for piece in iter(lambda: myFile.read(8192), b""))
        return f"{escape(myFile.filename or '')}, {escape(str(myFile.content_type))}: {size} bytes"

    @cherrypy.expose
    def download(self) -> Any:
        """A file to be kept under its name."""
        return cherrypy.serve_file(os.path.abspath(__file__), "application/x-download", "attachment", "files.py")


if __name__ == "__main__":
    cherrypy.quickstart(FileDemo(), config=CONFIG)
