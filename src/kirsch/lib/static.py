"""`cherrypy.lib.static`: files as answers, under the old names and with the old arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kirsch
from kirsch.http.filetypes import TYPES

if TYPE_CHECKING:
    import os

__all__ = ["serve_download", "serve_file", "serve_fileobj", "staticdir", "staticfile"]

serve_download = kirsch.serve_download

types_map = {f".{end}": kind for end, kind in TYPES.items()}


def serve_file(
    path: str | os.PathLike[str],
    content_type: str | None = None,
    disposition: str | None = None,
    name: str | None = None,
    debug: bool = False,
) -> Any:
    """As kirsch.serve_file()."""
    del debug  # it means nothing any more
    return kirsch.serve_file(path, content_type, disposition, name)


def serve_fileobj(
    fileobj: Any,
    content_type: str | None = None,
    disposition: str | None = None,
    name: str | None = None,
    debug: bool = False,
) -> Any:
    """As kirsch.serve_fileobj()."""
    del debug
    return kirsch.serve_fileobj(fileobj, content_type, disposition, name)


def staticdir(section: str, dir: str, root: str = "", match: str = "", **settings: Any) -> bool:
    """Answer the request of this thread with a file of a directory, if there is one; whether there is."""
    return bool(kirsch.tools.staticdir.callable(section, dir, root, match, **settings))


def staticfile(filename: str, root: str | None = None, match: str = "", **settings: Any) -> bool:
    """As staticdir(), with one file."""
    return bool(kirsch.tools.staticfile.callable(filename, root, match, **settings))
