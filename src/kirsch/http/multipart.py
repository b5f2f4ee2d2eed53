"""Forms with files (RFC 7578), read part by part as they come in; the only file that knows the `multipart` library.

The library finds boundaries and part headers; here are the limits, which are sums over the whole body, and the one
kind of error: whatever is wrong with the bytes is a FormError. Nothing is kept but the part at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kirsch.http.forms import FormError, FormTooLarge, TooManyFields
from kirsch.http.headers import Headers
from kirsch.http.media import decode_extended, parse_media_type, split_quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # What we use of the library, which has no types of its own.
    class MultipartError(ValueError):
        """Something is wrong with the body."""

    class ParserLimitReached(MultipartError):
        """There is too much of it."""

    class MultipartSegment:
        """The head of a part."""

        name: str | None
        filename: str | None
        headerlist: list[tuple[str, str]]

        def __init__(self, headerlist: list[tuple[str, str]]) -> None: ...

    class PushMultipartParser:
        """Is given bytes and finds parts in them."""

        max_header_size: int

        def __init__(
            self, boundary: bytes, *, max_header_size: int, max_header_count: int, header_charset: str
        ) -> None: ...
        def parse(self, chunk: bytes) -> Iterator[MultipartSegment | bytes | None]:
            """For each part its head, data, and None at its end."""

        def close(self) -> None:
            """Say that there is no more."""

        def _on_segment_headerline(self, line: bytes) -> None: ...

else:
    from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

READ_SIZE: Final = 65536

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BOUNDARY = re.compile(r"[ -~]{0,199}[!-~]")
_HEADER_LINE = re.compile(rb"[!-9;-~]+:|[ \t]")
"""How a line of a part's head begins: with a name, or with a blank if it goes on with the one before."""


@dataclass(frozen=True, slots=True)
class PartLimits:
    """How much one body may ask of us. Sizes are bytes and sums over all parts; exceeding one is a 413."""

    parts: int = 1000
    part_headers: int = 16
    """Header lines of a single part."""
    header_line: int = 8192
    """Bytes of a single header line."""
    headers: int = 1024 * 1024
    fields: int = 4 * 1024 * 1024
    """Parts without a file name, which somebody will hold in memory."""


class Part:
    """The head of a part. Its data follow it.

    name, filename: decoded, None where not given; the file name is the client's word, and no path to be trusted.
    headers: all of them. content_type: the raw value, `''` without one.
    """

    __slots__ = ("content_type", "filename", "headers", "name")

    def __init__(self, name: str | None, filename: str | None, headers: Headers) -> None:
        self.name = name
        self.filename = filename
        self.headers = headers
        self.content_type = headers.get("Content-Type", "")

    def __repr__(self) -> str:
        return f"<Part {self.name!r}{f' of file {self.filename!r}' if self.filename is not None else ''}>"


class _Parser(PushMultipartParser):
    """Parts of any multipart body: one without a disposition or a name is a part all the same.

    Header lines are judged before the library sees them: it takes blanks and line feeds off a name, and would refuse a
    line or not depending on the pieces it comes in. For the same reason, max_header_size is one more than is allowed.
    """

    def _on_segment_headerline(self, line: bytes) -> None:
        if len(line) >= self.max_header_size:
            raise ParserLimitReached("Maximum segment header length exceeded")
        if not _HEADER_LINE.match(line):
            raise MultipartError("Malformed segment header")
        super()._on_segment_headerline(line)

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        return MultipartSegment(headerlist)


def parse_boundary(content_type: str) -> bytes:
    """The boundary in the Content-Type of a multipart body. Raises FormError if there is none that can be one."""
    kind, parameters = parse_media_type(content_type)
    if not kind.startswith("multipart/"):
        raise FormError(f"{kind[:80]!r} is not a multipart type")
    boundary = parameters.get("boundary")
    if boundary is None:
        raise FormError("the Content-Type of a multipart body has no boundary")
    if not _BOUNDARY.fullmatch(boundary):
        raise FormError("the boundary of the multipart body is invalid: 1 to 200 visible characters make one")
    return boundary.encode("ascii")


def read_parts(
    read: Callable[[int], bytes], boundary: bytes, limits: PartLimits | None = None
) -> Iterator[Part | bytes]:
    """For each part its Part, then its data in pieces. An empty body has no parts.

    read: gives up to so many bytes, b"" at the end; what it raises is passed on. It is called until the end, so that
    nothing of the body stays behind. Raises FormError (400), FormTooLarge, TooManyFields (413).
    """
    limits = limits or PartLimits()
    budget = _Budget(limits)
    parser = _Parser(
        boundary,
        max_header_size=limits.header_line + 1,
        max_header_count=limits.part_headers,
        header_charset="latin-1",
    )
    data = read(READ_SIZE)
    if not data:
        return
    try:
        for piece in _from_first_boundary(data, read, boundary):
            for event in parser.parse(piece):
                if isinstance(event, bytes):
                    yield budget.count(event)
                elif event is not None:
                    yield budget.open(event)
        parser.close()
    except ParserLimitReached as error:
        raise FormTooLarge(f"the multipart body exceeds a limit: {error}") from None
    except MultipartError as error:
        raise FormError(f"the multipart body is broken: {error.args[0]}") from None


def _from_first_boundary(data: bytes, read: Callable[[int], bytes], boundary: bytes) -> Iterator[bytes]:
    """The pieces of a body without what stands before its first boundary, which must begin a line.

    The library would look for it in each piece by itself, and take the start of a piece for the start of a line.
    """
    mark = b"--" + boundary
    if not data.startswith(mark):
        data = b"\r\n" + data
        while (start := data.find(mark)) < 0:
            piece = read(READ_SIZE)
            if not piece:
                return
            data = data[-len(mark) - 1 :] + piece
        if data[start - 2 : start] != b"\r\n":
            raise MultipartError("Unexpected byte in front of first boundary")
        data = data[start:]
    while data:
        yield data
        data = read(READ_SIZE)


class _Budget:
    """What is left of the limits of one body."""

    __slots__ = ("fields", "headers", "in_field", "limits", "parts")

    def __init__(self, limits: PartLimits) -> None:
        self.limits = limits
        self.parts = limits.parts
        self.headers = limits.headers
        self.fields = limits.fields
        self.in_field = False

    def open(self, segment: MultipartSegment) -> Part:
        """A part begins."""
        self.parts -= 1
        if self.parts < 0:
            raise TooManyFields(f"there are more than {self.limits.parts} parts in the multipart body")
        for name, value in segment.headerlist:
            self.headers -= len(name) + len(value)
            if self.headers < 0:
                raise FormTooLarge(f"the headers of all parts together are longer than {self.limits.headers} bytes")
            if _CONTROL.search(value):
                raise FormError(f"the multipart body is broken: The header {name} of a part has a control character")
        headers = Headers(segment.headerlist)
        filename = _extended_filename(headers) or _text(segment.filename)
        self.in_field = filename is None
        return Part(_text(segment.name), filename, headers)

    def count(self, data: bytes) -> bytes:
        """Data of the part that was opened last."""
        if self.in_field:
            self.fields -= len(data)
            if self.fields < 0:
                raise FormTooLarge(f"all fields together are longer than {self.limits.fields} bytes")
        return data


def _text(value: str | None) -> str | None:
    """What browsers send is UTF-8; what others sent is better read as latin-1 than refused."""
    if value is None or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _extended_filename(headers: Headers) -> str | None:
    """The name in `filename*` (RFC 8187), which some clients send although RFC 7578 forbids it."""
    disposition = headers.get("Content-Disposition", "")
    if "*" not in disposition:
        return None
    for element in split_quoted(disposition, ";")[1:]:
        name, _, value = element.partition("=")
        if name.strip(" \t").lower() == "filename*":
            return decode_extended(value.strip(" \t"))
    return None
