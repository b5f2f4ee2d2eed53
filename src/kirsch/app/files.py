"""A file as an answer: its media type, conditions, ranges, and the name to save it by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.contents import GivenFile, UnsizedError
from kirsch.app.context import present
from kirsch.app.errors import HTTPError, NotFound
from kirsch.app.folder import SMALL, Folder, open_file
from kirsch.app.response import DEFAULT_TYPE
from kirsch.http.codes import parse_status
from kirsch.http.conditional import Current, decide, tag_of_304
from kirsch.http.disposition import content_disposition
from kirsch.http.filepaths import OutsideError, file_name
from kirsch.http.filetypes import UNKNOWN, type_of
from kirsch.http.ranges import ByteRange, content_range, range_parts, requested_ranges

if TYPE_CHECKING:
    from kirsch.app.contents import Content
    from kirsch.app.request import Request
    from kirsch.app.response import Response
    from kirsch.exchange import FileBody

DOWNLOAD: Final = "application/x-download"

_CONDITIONS: Final = frozenset(
    {b"if-match", b"if-modified-since", b"if-none-match", b"if-range", b"if-unmodified-since", b"range"}
)
_OF_CONTENT: Final = ("Content-Type", "Content-Disposition", "Content-Encoding", "Accept-Ranges", "Last-Modified")
"""What a 304 leaves out (RFC 9110 §15.4.5)."""


def serve_file(
    path: str | os.PathLike[str],
    content_type: str | None = None,
    disposition: str | None = None,
    name: str | None = None,
    root: str | os.PathLike[str] | None = None,
) -> Any:
    """Answer with a file: return what this gives from a page. Raises NotFound, and ValueError for a relative path.

    content_type: by the name of the file, if not given. disposition: `attachment` to have it saved, `inline` to have it
    shown; by the `name`, or its own. root: a directory that the path is below of, which may come from a client then.
    """
    request = present()
    if root is not None:
        file, path = _below(os.fspath(root), path)
    else:
        path = os.fspath(path)
        if not os.path.isabs(path):
            raise ValueError(f"serve_file() takes an absolute path, not {path!r}: name its directory as `root`")
        file = open_file(path)
    if file is None or isinstance(file, str):
        raise NotFound
    response = request.response
    describe(response, content_type or type_of(path), disposition, os.path.basename(path) if name is None else name)
    return page_of(request, response, file)


def _below(root: str, path: Any) -> tuple[Content | str | None, str]:
    """What lies there in a directory, and its name. 403 for what leads out, as of tools.staticdir."""
    if not os.path.isabs(root):
        raise ValueError(f"serve_file() takes an absolute root, not {root!r}; os.path.abspath() makes one")
    if not isinstance(path, str):  # a field that came twice
        return None, ""
    try:
        name = file_name(path)
    except OutsideError:
        raise HTTPError(403) from None
    return Folder(root).find(name) if name else None, name or ""


def serve_download(
    path: str | os.PathLike[str], name: str | None = None, root: str | os.PathLike[str] | None = None
) -> Any:
    """Answer with a file to be saved, as serve_file() does."""
    return serve_file(path, DOWNLOAD, "attachment", name, root)


def serve_fileobj(
    fileobj: Any,
    content_type: str | None = None,
    disposition: str | None = None,
    name: str | None = None,
) -> Any:
    """Answer with what is in an open file, or in anything with read(), which is closed at the end.

    It is sent from where it stands: what has an end that is known with its length, and in ranges; the rest as it comes.
    See serve_file().
    """
    request = present()
    response = request.response
    describe(response, content_type or type_of(name or ""), disposition, name)
    try:
        content = GivenFile(fileobj)
    except UnsizedError:
        response.stream = True
        response.page = fileobj
        return fileobj
    return page_of(request, response, content)


def describe(
    response: Response, content_type: str | None, disposition: str | None = None, name: str | None = None
) -> None:
    """Say what a file is, and how it is called. A type that somebody has chosen holds where none is known."""
    headers = response.headers
    if content_type:
        headers["Content-Type"] = content_type
    elif headers.get("Content-Type") == DEFAULT_TYPE:  # which nobody has chosen for this file
        headers["Content-Type"] = UNKNOWN
    if disposition is not None:
        headers["Content-Disposition"] = content_disposition(disposition, name)


def page_of(request: Request, response: Response, content: Content) -> Any:
    """The page with what the request wants of a content; status and headers say what that is.

    An ETag that the response has already goes before the content's own. Raises HTTPError (412, 416).
    """
    headers = response.headers
    if content.etag is not None:
        headers.setdefault("ETag", content.etag)
    if content.last_modified is not None:
        headers["Last-Modified"] = content.last_modified
    headers["Accept-Ranges"] = "bytes"
    return chosen(request, response, content)


def chosen(request: Request, response: Response, content: Content) -> Any:
    """As page_of(), for a response that has its validators and Accept-Ranges already."""
    try:
        page = _chosen(request, response, content)
    except BaseException:
        content.close()
        raise
    response.page = page
    return page


def _chosen(request: Request, response: Response, content: Content) -> Any:
    status = 200 if response.status is None else parse_status(response.status)[0]
    if request.protocol < (1, 1) or status != 200:
        del response.headers["Accept-Ranges"]
    if 200 <= status < 300 and _has_conditions(request):
        current = Current(response.headers.get("ETag"), content.modified)
        decided = decide(request.method, request.headers, current)
        if decided == 412:
            raise HTTPError(412)
        if decided == 304:
            return _not_modified(request, response, content)
        if "Accept-Ranges" in response.headers:
            ranges = requested_ranges(request.method, request.headers, current, content.size)
            if ranges is not None:
                return _parts(response, content, ranges)
    if content.size <= SMALL and request.method != "HEAD":
        return content.read()
    return content.body([ByteRange(0, content.size)])


def wants_all(request: Request) -> bool:
    """Whether all of a file is to be sent, whatever it is like."""
    return request.method == "GET" and request.protocol >= (1, 1) and not _has_conditions(request)


def _has_conditions(request: Request) -> bool:
    """Whether the client wants a part, or has some already. PERF: most do not, and say so by the same fields again."""
    if "headers" in vars(request):  # somebody may have changed them
        return any(name.decode("ascii") in request.headers for name in _CONDITIONS)
    block = request.exchange.head.block
    known: bool | None = block.made.get("conditions")
    if known is None:
        known = block.made["conditions"] = any(name in _CONDITIONS for name, _ in block.pairs)
    return known


def _not_modified(request: Request, response: Response, content: Content) -> bytes:
    response.status = 304
    if (etag := response.headers.get("ETag")) is not None:
        response.headers["ETag"] = tag_of_304(request.headers, etag)
    for name in _OF_CONTENT:
        response.headers.pop(name, None)
    content.close()
    return b""


def _parts(response: Response, content: Content, ranges: list[ByteRange]) -> FileBody:
    """What a Range asks for."""
    headers = response.headers
    if not ranges:
        fields = {"Content-Range": content_range(None, content.size)}
        raise HTTPError(416, f"There are {content.size} bytes here, and none of those asked for.", headers=fields)
    response.status = 206
    if len(ranges) == 1:
        headers["Content-Range"] = content_range(ranges[0], content.size)
        return content.body(ranges)
    kind = response.declared(headers.get("Content-Type", ""))
    parts = range_parts(ranges, content.size, kind, os.urandom(16).hex())
    headers["Content-Type"] = parts.content_type
    pieces: list[bytes | ByteRange] = [piece for head_and_range in parts.heads for piece in head_and_range]
    return content.body([*pieces, parts.end])
