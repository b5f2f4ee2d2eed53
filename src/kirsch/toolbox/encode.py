"""Text in a charset that the client takes.

Text is encoded where a response is finalized, in UTF-8 unless `response.charset` says otherwise. This tool says
otherwise by its settings, and by Accept-Charset, which hardly any client sends any more (RFC 9110 §12.5.2).
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.errors import HTTPError
from kirsch.app.response import close, lacks_charset
from kirsch.http.accept import charsets
from kirsch.http.media import charset_name
from kirsch.http.vary import add_vary
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool
from kirsch.toolbox.tool import OWN_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kirsch.app.hooks import Hook
    from kirsch.app.request import Request
    from kirsch.app.response import Response

MOST_TRIED: Final = 10
"""Charsets that a body is tried in: a large one times a hundred names would keep a thread busy."""


def _is_handler(name: str) -> bool:
    try:
        codecs.lookup_error(name)
    except LookupError:
        return False
    return True


CHARSET: Final = Check("that Python knows", lambda name: charset_name(name) is not None)
HANDLER: Final = Check("that str.encode() knows, such as strict, replace, xmlcharrefreplace", _is_handler)


class EncodeSettings(Options):
    """What config says of the tool."""

    encoding: Option[str | None] = Option(None, "The only charset there is; 406 for clients without it.", str, CHARSET)
    default_encoding: Option[str | None] = Option(
        None, "The charset for clients that do not say; None: `response.charset`, which is UTF-8.", str, CHARSET
    )
    errors = Option("strict", "What becomes of characters that the charset lacks.", check=HANDLER)
    text_only = Option(True, "Declare the charset of no other type than text/*.")
    add_charset = Option(True, "Declare it at all; False also leaves out the choice.")
    debug = Option(False, "Say in the log what was chosen.")


class Encode(PreparedTool):
    """Chooses `response.charset`, in which text is encoded. What is bytes already is never touched."""

    priority = 70
    choices: ClassVar = EncodeSettings

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Without settings of its own it waits for clients that say what they take."""
        for point, hook in super().hooks(settings):
            if settings.keys() <= set(OWN_SETTINGS):
                hook.waits_for = b"accept-charset"
            yield point, hook

    def before_handler(self, request: Request, response: Response, plan: EncodeSettings) -> None:
        """Say how the page is to be encoded, or have it tried once it is there."""
        response.errors, response.text_only = plan.errors, plan.text_only
        default = plan.encoding or plan.default_encoding or response.charset
        response.charset = default if plan.add_charset else None
        if response.charset is None:
            return
        accept = request.headers.get("Accept-Charset", "")
        wanted = charsets(accept, response.charset, plan.encoding is not None)
        handler = request.handler
        if wanted is None or handler is None:
            return

        def choosing(*args: Any, **kwargs: Any) -> Any:
            page = handler(*args, **kwargs)
            if response.charset is not default or not _is_text(response):
                return page
            add_vary(response.headers, "Accept-Charset")
            page = _chosen(response, page, wanted, accept)
            if plan.debug and request.log is not None:
                request.log(f"Accept-Charset: {accept}; text is sent in {response.charset}", "TOOLS.ENCODE")
            return page

        request.handler = choosing


def _is_text(response: Response) -> bool:
    """Whether a charset is to be declared for the page, and it has not done so itself."""
    kind = response.headers.get("Content-Type")
    return kind is not None and lacks_charset(kind, response.text_only)


def _chosen(response: Response, page: Any, wanted: list[str], accept: str) -> Any:
    """The page in the first charset that has all of its characters; a stream in the first there is. HTTPError 406."""
    known = [(name, codec) for name in wanted if (codec := charset_name(name))][:MOST_TRIED]
    if isinstance(page, str):
        pieces = [page]
    elif isinstance(page, (list, tuple)):
        pieces = list(page)
    elif _is_whole(page):
        return page
    elif response.stream:
        if not known:
            raise _unacceptable(accept, known)
        response.charset = known[0][0]
        return page
    else:
        pieces = _all_of(page)
    if not all(isinstance(piece, str) for piece in pieces):
        return pieces
    text = "".join(pieces)
    for name, codec in known:
        try:
            data = text.encode(codec, response.errors)
        except UnicodeEncodeError:
            continue
        response.charset = name
        return data
    raise _unacceptable(accept, known)


def _is_whole(page: Any) -> bool:
    """Whether it has no pieces of text: bytes, a file, nothing; and what is no body at all."""
    whole = isinstance(page, (bytes, bytearray, memoryview, dict))
    return whole or hasattr(page, "read") or not hasattr(page, "__iter__")


def _all_of(pieces: Any) -> list[Any]:
    try:
        return list(pieces)
    finally:
        close(pieces)


def _unacceptable(accept: str, tried: list[tuple[str, str]]) -> HTTPError:
    names = ", ".join(sorted(name for name, _ in tried)) or "none"
    return HTTPError(406, f"Your client sent this Accept-Charset header: {accept}. Tried: {names}.")
