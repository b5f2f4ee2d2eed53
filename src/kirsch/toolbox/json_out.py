"""What a handler returns, sent as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import present
from kirsch.app.errorpage import PROBLEM
from kirsch.app.response import lacks_charset, lasting
from kirsch.http.headers import encode_line
from kirsch.options import FUNCTION, Option, Options, between
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.app.request import Request
    from kirsch.app.response import Response

_LONGEST_PATH: Final = 100
"""Steps into a value that are followed to find what has no form in JSON."""


class JSONOutSettings(Options):
    """How it is written."""

    content_type = Option("application/json", "The Content-Type; None sets none.", (str, type(None)))
    handler: Option[Any] = Option(
        None, "What makes the page instead of us, by calling `request._json_inner_handler()`.", object, FUNCTION
    )
    default: Option[Any] = Option(
        None, "Makes of an object that JSON does not know one that it does.", object, FUNCTION
    )
    indent = Option(
        0, "Blanks by which each level is indented, for people; 0 writes all in one line.", int, between(0, 16)
    )
    debug = Option(False, "Accepted, as there is nothing to tell.")


class Writer:
    """Writes JSON as the settings of one page say."""

    def __init__(self, settings: JSONOutSettings) -> None:
        import msgspec

        self.content_type = settings.content_type
        self.lines: list[tuple[bytes, bytes]] | None = None
        if settings.content_type and not lacks_charset(settings.content_type):
            self.lines = lasting([encode_line("Content-Type", settings.content_type)])
        self.handler = settings.handler or self.page
        self._default = settings.default
        self._indent = settings.indent
        self._encode = msgspec.json.Encoder(enc_hook=self._known).encode
        self._format = msgspec.json.format

    def page(self, *args: Any, **kwargs: Any) -> bytes:
        """The page: what the handler returns, as JSON."""
        request = present()
        handler: Any = vars(request).pop("_json_inner_handler")  # the request and its own method name each other
        return self.write(handler(*args, **kwargs))

    def write(self, value: Any) -> bytes:
        """A value as JSON. TypeError names what has no form in it, and where it is."""
        if isinstance(value, (bytes, bytearray)):
            raise TypeError("a page under tools.json_out returned bytes; it returns what is to be written as JSON")
        try:
            data: bytes = self._encode(value)
        except TypeError as error:
            path, culprit = self._find(value)
            raise TypeError(
                f"a page under tools.json_out returned what has no form in JSON: {culprit} at {path} ({error})"
            ) from error
        return self._format(data, indent=self._indent) if self._indent else data

    def _known(self, value: Any) -> Any:
        """Something like it that JSON knows: dicts and lists of what can be iterated over."""
        if value is None or isinstance(value, bool):  # it is the key of a dict
            return "null" if value is None else str(value).lower()
        if self._default is not None:
            return self._default(value)
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, Iterable) and not isinstance(value, (tuple, frozenset)):  # these come as keys only
            return list(value)
        raise TypeError(f"{type(value).__qualname__} is unknown to JSON")

    def _find(self, value: Any) -> tuple[str, str]:
        """Path and type of the first thing in a value that cannot be written."""
        path = "$"
        for _ in range(_LONGEST_PATH):
            step = next((each for each in _parts(value) if not self._writes(each[1])), None)
            if step is None:
                break
            path, value = path + step[0], step[1]
        return path, type(value).__qualname__

    def _writes(self, value: Any) -> bool:
        try:
            self._encode(value)
        except (TypeError, RecursionError):
            return False
        return True


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What a value consists of, with the step that leads there."""
    names = getattr(value, "__struct_fields__", None) or (
        [field.name for field in fields(value)] if is_dataclass(value) else []
    )
    if names:
        yield from ((f".{name}", getattr(value, name, None)) for name in names)
    elif isinstance(value, Mapping):
        yield from ((f".{key}" if isinstance(key, str) else f"[{key!r}]", each) for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"[{place}]", each) for place, each in enumerate(value))
    elif isinstance(value, (set, frozenset)):
        yield from (("[…]", each) for each in value)


class JSONOut(PreparedTool):
    """Writes what the handler returns. Errors are told in JSON, too, unless the client asks for something else."""

    priority = 30
    choices = JSONOutSettings

    def __init__(self) -> None:
        super().__init__()
        self.callable = self._write_now

    def _write_now(self, **settings: Any) -> None:
        """Do it for the request being answered."""
        request = present()
        self.before_handler(request, request.response, self.plan(settings))

    def prepare(self, settings: Any) -> Writer:
        """What writes it, made once."""
        return Writer(settings)

    def on_start_resource(self, request: Request, response: Response, plan: Writer) -> None:
        """Whoever expects JSON is told in JSON what went wrong."""
        request.error_type = PROBLEM

    def before_handler(self, request: Request, response: Response, plan: Writer) -> None:
        """Put ourselves around the handler, if there is one to be called."""
        handler = request.handler if request.handler_replaced else request.call
        if handler is None:
            return
        vars(request)["_json_inner_handler"] = handler
        request.handler = plan.handler
        if plan.lines and response.blank:
            response.fields = plan.lines  # PERF: a third of what setting the header costs
        elif plan.content_type is not None:
            response.headers["Content-Type"] = plan.content_type
