"""Forms with files as a browser sends them (RFC 7578): the writing side of `http/multipart`.

A file is its content alone (bytes, text or an open file), or `(filename, content)`, where a content type and a mapping
of further headers may follow. Several files of one field stand in a list.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from kirsch.http.headers import encode_line

BOUNDARY: Final = "kirsch-testing-0fb2c1d94e"
"""Always the same, so that a request can be compared with one that was seen before."""

_ESCAPES: Final = {ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"}
"""What browsers write in names of fields and files for what would end them."""


class _Part(NamedTuple):
    """disposition: what stands behind `form-data`. lines: the other headers of the part, ready."""

    disposition: str
    lines: bytes
    content: bytes


def encode_form(data: Any, files: Any) -> tuple[bytes, str]:
    """The body of a form with files, and its Content-Type. Raises TypeError for what is neither text nor file."""
    parts = [_field(name, each) for name, value in _pairs(data) for each in _several(value)]
    parts += [_file(name, each) for name, given in _pairs(files) for each in _several(given)]
    boundary = BOUNDARY
    while any(boundary.encode() in part.content for part in parts):
        boundary += "x"
    start = f"--{boundary}\r\nContent-Disposition: form-data; "
    body = [f"{start}{part.disposition}\r\n".encode() + part.lines + b"\r\n" + part.content + b"\r\n" for part in parts]
    return b"".join([*body, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def _pairs(given: Any) -> Iterable[tuple[str, Any]]:
    return given.items() if isinstance(given, Mapping) else given


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _field(name: str, value: Any) -> _Part:
    return _Part(_named("name", name), b"", value if isinstance(value, bytes) else str(value).encode())


def _file(name: str, given: Any) -> _Part:
    if not isinstance(given, tuple):
        given = (os.path.basename(str(getattr(given, "name", name))), given)
    if not 2 <= len(given) <= 4:
        raise TypeError(f"the file in field {name!r} is (filename, content), a type and headers may follow: {given!r}")
    filename, content, kind, headers = (*given, None, None)[:4]
    if kind is None:
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    lines = [("Content-Type", kind)] if kind else []
    lines += dict(headers or {}).items()
    encoded = [encode_line(each, value) for each, value in lines]
    return _Part(
        f"{_named('name', name)}; {_named('filename', filename)}",
        b"".join([b"%b: %b\r\n" % line for line in encoded]),
        _bytes(name, content),
    )


def _named(what: str, value: str) -> str:
    return f'{what}="{value.translate(_ESCAPES)}"'


def _bytes(name: str, content: Any) -> bytes:
    if hasattr(content, "read"):
        content = content.read()
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise TypeError(f"the file in field {name!r} is {type(content).__name__}; it may be bytes, str or an open file")
