"""JSON that a client sends, read before the handler is called and there as `request.json`.

Size is looked at first, then how deep it goes, and only then is it read. With a `type`, it is also what that says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import present
from kirsch.app.errorpage import PROBLEM
from kirsch.app.errors import HTTPError
from kirsch.http.jsontext import as_utf8, deeper_than, place
from kirsch.http.media import charset_name
from kirsch.options import FUNCTION, Option, Options, between
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from kirsch.app.body import RequestBody
    from kirsch.app.request import Request

_BYTE: Final = re.compile(r"(.*) \(byte ([0-9]+)\)", re.DOTALL)


class JSONInSettings(Options):
    """What is read, and how much of it."""

    content_type = Option(
        ("application/json", "text/javascript"), "Media types that are JSON, one or several.", (str, list, tuple)
    )
    force = Option(True, "Refuse bodies of any other type by 415; False leaves them to the handler.")
    processor: Option[Any] = Option(
        None, "What reads a body instead of us; called with `request.body`.", object, FUNCTION
    )
    type: Option[Any] = Option(None, "What it must be: a class of msgspec, a dataclass, list[int], …", object)
    error = Option(422, "Status of the answer to JSON that is not of that type.", check=between(400, 499))
    maxbytes = Option(4 * 1024 * 1024, "Bytes of a body, which is held in memory; 413 beyond.", check=between(1))
    depth = Option(100, "How deep arrays and objects may be nested; 400 beyond.", check=between(1, 1000))
    debug = Option(False, "Write to the error log what was refused.")


class Reader:
    """Reads JSON as the settings of one page say. ValueError for a type that nothing can be checked against."""

    def __init__(self, settings: JSONInSettings) -> None:
        import msgspec

        self._decode_error = msgspec.DecodeError
        self._validation_error = msgspec.ValidationError
        try:
            self._decode = msgspec.json.Decoder(Any if settings.type is None else settings.type).decode
        except TypeError as error:
            raise ValueError(f"type: {settings.type!r} cannot be read from JSON: {error}") from None
        self.kinds = [kind.lower() for kind in listed(settings.content_type)]
        self.force = settings.force
        self.processors = dict.fromkeys(self.kinds, settings.processor or self.read_into)
        self._error = settings.error if settings.type is not None else 400
        self._most = settings.maxbytes
        self._deepest = settings.depth

    def refuse(self) -> None:
        """HTTPError 415 names the types that are read."""
        listing = ", ".join(self.kinds)
        raise HTTPError(415, f"The body must be of the type {listing}.", headers={"Accept": listing})

    def read_into(self, body: RequestBody) -> None:
        """Set `request.json`. HTTPError 400, 413, or the status for what is of another type."""
        length = body.length
        if length is None or length > self._most:
            data = b"" if length else body.read(self._most + 1)
            if length or len(data) > self._most:
                raise HTTPError(413, f"The JSON is larger than {self._most} bytes.")
        else:
            data = body.read(length)
        parameters = body.content_type.params
        codec = charset_name(parameters["charset"]) if "charset" in parameters else None
        present().json = self.read(data, codec)

    def read(self, data: bytes, codec: str | None = None) -> Any:
        """What the bytes say. HTTPError as read_into(). codec: in which the client says they are written."""
        try:
            data = as_utf8(data, codec)
        except ValueError as error:
            raise HTTPError(400, f"The body is not JSON: {error}.") from None
        if not data:
            raise HTTPError(400, "The body is empty, and should be JSON.")
        if deeper_than(data, self._deepest):
            raise HTTPError(400, f"The JSON is nested more than {self._deepest} levels deep.")
        try:
            return self._decode(data)
        except self._validation_error as error:
            raise HTTPError(self._error, f"The JSON does not fit: {error}") from error
        except self._decode_error as error:
            raise HTTPError(400, f"The body is not JSON: {_where(str(error), data)}.") from None
        except UnicodeDecodeError:
            raise HTTPError(400, "The body is not JSON: there is text in it that is not UTF-8.") from None


def _where(problem: str, data: bytes) -> str:
    """The message of the parser, with line and column instead of a byte."""
    match = _BYTE.fullmatch(problem)
    if match is None:
        return "it ends too early" if "truncated" in problem else problem
    line, column = place(data, int(match[2]))
    return f"{match[1].removeprefix('JSON is malformed: ')} at line {line}, column {column}"


class JSONIn(PreparedTool):
    """Reads bodies that are JSON, and refuses others."""

    priority = 30
    choices = JSONInSettings

    def prepare(self, settings: Any) -> Reader:
        """What reads them, made once."""
        return Reader(settings)

    def before_request_body(self, request: Request, response: Any, plan: Reader) -> None:
        """Have the body read as JSON. Whoever speaks JSON is told in JSON what went wrong."""
        request.error_type = PROBLEM
        if request.method not in request.methods_with_bodies or not request.process_request_body:
            return
        body = request.body
        if plan.force:
            body.processors = plan.processors.copy()
            body.default_proc = plan.refuse
        else:
            body.processors = {**body.processors, **plan.processors}
