"""The entity of a request: limits, parsing by media type, uploads kept on disk; the bytes come from the Exchange.

Urlencoded and multipart bodies become parameters before the handler is called; any other type is left for it to read.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, Self

from kirsch.app.errors import HTTPError
from kirsch.app.lazy import lazy
from kirsch.app.legacy import warn
from kirsch.exchange import ClientError, ClientGone, Exchange
from kirsch.http.codings import IDENTITY, CodingError, coding_name, decoded
from kirsch.http.forms import FormError, combine, parse_form
from kirsch.http.headers import Headers
from kirsch.http.media import charset_name, parse_media_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kirsch.http.multipart import Part, PartLimits

IN_MEMORY: Final = 256 * 1024
"""Bytes of an upload that are kept in memory; a larger one goes to a temporary file."""
BLOCK: Final = 64 * 1024
ALWAYS_WITH_BODY: Final = ("POST", "PUT", "PATCH")
"""Methods whose requests must say how long their body is; with others, saying nothing means none."""
MOST_FORM_BYTES: Final = 4 * 1024 * 1024
"""Bytes of an urlencoded form, which is held in memory as a whole."""


class MediaType(str):
    """A Content-Type as sent. value: the type alone, in lower case. params: its parameters."""

    value: str
    params: dict[str, str]

    __slots__ = ("params", "value")

    def __new__(cls, text: str) -> Self:
        """Parse it."""
        self = super().__new__(cls, text)
        self.value, self.params = parse_media_type(text)
        return self


@lru_cache(256)
def _media_type(value: bytes) -> MediaType:
    return MediaType(value.decode("latin-1"))


class Upload:
    """A file that came in a form. Falsy, and `file` None, if the field was sent without one.

    name: of the field. filename: as the client calls it, so no path to be trusted. file: open for reading, at its
    beginning; removed by itself when the request ends. headers, content_type: of the part. length, parts, params: what
    an entity of CherryPy has beside, and a part of a form has not.
    """

    length: int | None = None
    maxrambytes: int = IN_MEMORY

    def __init__(self, part: Part) -> None:
        self.part = part
        self.name = part.name
        self.filename = part.filename
        self.headers: Headers = part.headers
        self.content_type = MediaType(part.content_type or "text/plain")
        self.file: IO[bytes] | None = None
        self.parts: list[Upload] = []
        self.params: dict[str, Any] = {}

    def make_file(self) -> IO[bytes]:
        """Where it is kept: memory, and from some size on a temporary file. May be overridden, see `part_class`."""
        return _spool(self.maxrambytes)

    @property
    def disposition(self) -> MediaType:
        """Its Content-Disposition, parsed: `form-data`, with `name` and `filename` as they were sent."""
        return MediaType(self.headers.get("Content-Disposition", ""))

    @property
    def type(self) -> str:
        """The media type, by the name that `cgi.FieldStorage` had for it."""
        warn("the `type` of an upload", "`content_type`")
        return self.content_type.value

    @property
    def value(self) -> bytes:
        """All of its bytes, read anew each time."""
        if self.file is None:
            return b""
        position = self.file.tell()
        self.file.seek(0)
        data = self.file.read()
        self.file.seek(position)
        return data

    def fullvalue(self) -> str:
        """All of it as text, in the charset of the part or UTF-8. HTTPError(400) if it is not."""
        charset = charset_name(self.content_type.params.get("charset", "")) or "utf-8"
        try:
            return self.value.decode(charset)
        except UnicodeDecodeError:
            raise HTTPError(400, f"the file {self.filename!r} is not text in {charset}") from None

    def read(self, size: int = -1) -> bytes:
        """Read on in the file."""
        return self.file.read(size) if self.file is not None else b""

    def readline(self, size: int = -1) -> bytes:
        """One line more of it."""
        return self.file.readline(size) if self.file is not None else b""

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.file) if self.file is not None else iter(())

    def __bool__(self) -> bool:
        return bool(self.filename)

    def __repr__(self) -> str:
        return f"<Upload {self.filename!r} in field {self.name!r}>"


class RequestBody:
    """See the module. Config sets its attributes for a path as `request.body.<name>`.

    maxbytes: of the whole body, 413 beyond; None: what the server allows. attempt_charsets: tried in turn for forms.
    processors: by media type (or its first half), each called with this object. default_proc: called, without anything,
    where there is none for the type (HTTPError(415), say). limits: of a multipart body, if not the usual ones.
    part_class: what a file of a form is made of. name, filename: of a part of a form, which it is not.
    params: fields of a form. parts: those without a name.
    """

    maxbytes: int | None = None
    default_proc: Callable[..., Any] | None = None
    part_class: type[Upload] = Upload
    limits: PartLimits | None = None
    name: str | None = None
    filename: str | None = None

    def __init__(self, exchange: Exchange, settings: Mapping[str, Any]) -> None:
        self.params: dict[str, Any] = {}
        self.parts: list[Upload] = []
        self.bytes_read = 0
        self._uploads: list[Upload] = []
        self._exchange = exchange
        self._ahead = b""
        self._start = 0
        self._decoded: Iterator[bytes] | None = None
        for name, value in settings.items():
            setattr(self, name, list(value) if isinstance(value, tuple) else value)

    # PERF: most bodies are read by their handlers, and ask for none of these.

    @lazy
    def headers(self) -> Headers:
        """The fields of the request, as entities have fields of their own."""
        return Headers.from_wire(self._exchange.head.fields)

    @lazy
    def content_type(self) -> MediaType:
        """The media type that the client says it is of."""
        return _media_type(self._exchange.head.get(b"content-type") or b"")

    @lazy
    def attempt_charsets(self) -> list[str]:
        """As said of the class."""
        return ["utf-8"]

    @lazy
    def processors(self) -> dict[str, Callable[[Any], None]]:
        """As said of the class."""
        return {"application/x-www-form-urlencoded": RequestBody.read_form, "multipart": RequestBody.read_multipart}

    @property
    def coding(self) -> str:
        """The content coding that it still has, `gzip` for one; `identity` without one."""
        value = self._exchange.head.get(b"content-encoding") if self._decoded is None else None
        return IDENTITY if value is None else coding_name(value.decode("latin-1"))

    @property
    def length(self) -> int | None:
        """What the client said it would send; None if it did not say, or what it sends is decoded."""
        value = self._exchange.head.get(b"content-length") if self._decoded is None else None
        return int(value) if value is not None and value.isdigit() else None

    @lazy
    def charset(self) -> str | None:
        """What the client says it is written in, as it says it, if we know it: tried before `attempt_charsets`."""
        named = self.content_type.params.get("charset", "")
        return named if charset_name(named) else None

    # -- parsing -------------------------------------------------------------------------------------------------

    def process(self) -> None:
        """Make parameters of it if its type is a known one. HTTPError 411, 413 or 400."""
        head = self._exchange.head
        if head.get(b"content-length") is None and head.get(b"transfer-encoding") is None:
            if head.method in ALWAYS_WITH_BODY:
                raise HTTPError(411)
            return
        if self.maxbytes and (self.length or 0) > self.maxbytes:
            raise HTTPError(413, f"the body is larger than {self.maxbytes} bytes")
        kind = self.content_type.value
        processor = self.processors.get(kind) or self.processors.get(kind.partition("/")[0])
        if processor is not None and self.coding != IDENTITY:
            raise HTTPError(415, f"a body in {self.coding} is not read here", headers={"Accept-Encoding": IDENTITY})
        try:
            if processor is not None:
                processor(self)
            elif self.default_proc is not None:
                self.default_proc()
        except FormError as error:
            raise HTTPError(error.status, str(error)) from None

    def read_form(self) -> None:
        """An urlencoded form."""
        data = self.read(MOST_FORM_BYTES + 1)
        if len(data) > MOST_FORM_BYTES:
            raise HTTPError(413, f"the form is larger than {MOST_FORM_BYTES} bytes")
        first = [self.charset] if self.charset else []
        self.params, _ = parse_form(data, [*first, *self.attempt_charsets])

    def read_multipart(self) -> None:
        """A form with files: fields become text, files Uploads."""
        from kirsch.http.multipart import Part, parse_boundary, read_parts

        part: Part | None = None
        pieces: list[bytes] = []
        upload: Upload | None = None
        for event in read_parts(self._piece, parse_boundary(self.content_type), self.limits):
            if isinstance(event, Part):
                self._keep(part, upload, pieces)
                part, pieces = event, []
                upload = self.part_class(event) if event.filename is not None or event.name is None else None
                if upload is not None and event.filename != "":
                    upload.file = upload.make_file()
                    self._uploads.append(upload)
            elif upload is not None and upload.file is not None:
                upload.file.write(event)
            else:
                pieces.append(event)
        self._keep(part, upload, pieces)

    def _keep(self, part: Part | None, upload: Upload | None, pieces: list[bytes]) -> None:
        """A part is complete."""
        if upload is not None and upload.file is not None:
            upload.file.seek(0)
        if part is not None and part.name is None and upload is not None:
            self.parts.append(upload)
        if part is None or part.name is None:
            return
        value: Any = upload
        if upload is None:
            charset = charset_name(parse_media_type(part.content_type)[1].get("charset", ""))
            value = _text(part.name, b"".join(pieces), [charset] if charset else self.attempt_charsets)
        combine(self.params, {part.name: value})

    def fullvalue(self) -> str:
        """All of it as text, in its charset or one of attempt_charsets. HTTPError(400) if it is in none."""
        return _text("body", self.read(), [self.charset] if self.charset else self.attempt_charsets)

    def decode(self, most: int) -> None:
        """Read on out of its coding, in pieces. HTTPError 413 beyond `most` bytes or maxbytes, 400 if it is broken."""
        self.maxbytes = min(self.maxbytes or most, most)
        self._decoded = decoded(self.coding, self._receive)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, size: int | None = None, fp_out: IO[bytes] | None = None) -> bytes:
        """`size` bytes, fewer only at the end; all that is left without a size. With fp_out they go there instead."""
        pieces = []
        left = -1 if size is None or size < 0 else size
        while left and (piece := self._piece(left)):
            if fp_out is None:
                pieces.append(piece)
            else:
                fp_out.write(piece)
            if left > 0:
                left -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int = -1) -> bytes:
        """Whatever is there next; b"" at the end."""
        size = BLOCK if size < 0 else size
        if self._ahead:
            data = self._ahead[self._start : self._start + size]
            self._advance(len(data))
            return data
        data = self._receive(size) if self._decoded is None else self._next_decoded(size)
        self.bytes_read += len(data)
        if self.maxbytes and self.bytes_read > self.maxbytes:
            raise HTTPError(413, f"the body is larger than {self.maxbytes} bytes")
        return data

    def _next_decoded(self, size: int) -> bytes:
        assert self._decoded is not None
        try:
            data = next(self._decoded, b"")
        except CodingError as error:
            raise HTTPError(400, str(error)) from None
        if len(data) > size:
            self._ahead, self._start = data, size
            self.bytes_read += len(data) - size
            data = data[:size]
        return data

    def _receive(self, size: int) -> bytes:
        try:
            return self._exchange.read(size)
        except ClientGone:
            raise
        except ClientError as error:
            raise HTTPError(error.status, str(error)) from None

    def _advance(self, count: int) -> None:
        self._start += count
        if self._start >= len(self._ahead):
            self._ahead, self._start = b"", 0

    def read_into_file(self, fp_out: IO[bytes] | None = None) -> IO[bytes]:
        """Read all of it into a file, by default a temporary one, and give that, at its end."""
        file = self.make_file() if fp_out is None else fp_out
        self.read(fp_out=file)
        return file

    def make_file(self) -> IO[bytes]:
        """A temporary file, which goes when it is closed. May be overridden."""
        return _spool(IN_MEMORY)

    def readline(self, size: int | None = None) -> bytes:
        """Up to the next line feed, which is included; at most `size` bytes."""
        pieces = []
        left = size if size is not None and size >= 0 else sys.maxsize
        while left > 0:
            if not self._ahead:
                self._ahead = self._piece()
            stop = min(self._start + left, len(self._ahead))
            end = self._ahead.find(b"\n", self._start, stop) + 1
            piece = self._ahead[self._start : end or stop]
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
            self._advance(len(piece))
            if end:
                break
        return b"".join(pieces)

    def readlines(self, sizehint: int | None = None) -> list[bytes]:
        """Lines, at least `sizehint` bytes of them."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if sizehint and total >= sizehint:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    @property
    def fp(self) -> RequestBody:
        """The stream of bytes, which is this object."""
        return self

    @property
    def rfile(self) -> Any:
        """The connection below, as a file: see Exchange.rfile."""
        return self._exchange.rfile

    def close(self) -> None:
        """Remove what was spooled. A file that a handler has closed or taken elsewhere is no matter."""
        for upload in self._uploads:
            if upload.file is not None:
                upload.file.close()


def _text(name: str, data: bytes, charsets: Iterable[str]) -> str:
    """A field of a form, in the first charset that it is in. HTTPError(400) if it is in none."""
    for charset in charsets:
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    raise HTTPError(400, f"the form field {name!r} is not text in {' or '.join(charsets)}")


def _spool(most: int) -> IO[bytes]:
    import tempfile

    return tempfile.SpooledTemporaryFile(max_size=most)
