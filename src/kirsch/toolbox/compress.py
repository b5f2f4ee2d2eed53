"""Answers in a content coding: zstd, br or gzip, whichever the client takes and the server likes best.

What is compressed has a tag of its own (see http/conditional.py), says so in Vary, and is no longer byte by byte what
the page made. A stream is flushed with each of its pieces, so that a page that lives goes on living.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from kirsch.app.conditions import READING
from kirsch.app.errors import HTTPError
from kirsch.app.response import Pieces
from kirsch.http.codes import parse_status
from kirsch.http.codings import IDENTITY, LEVELS, USUAL_LEVELS, accepts, choose, encode, encoded, installed, need
from kirsch.http.conditional import parse_etag
from kirsch.http.media import parse_media_type
from kirsch.http.vary import add_vary
from kirsch.options import Check, Option, Options, between, did_you_mean
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request
    from kirsch.app.response import Response
    from kirsch.http.headers import Headers

TYPES: Final = (
    "text/*", "application/json", "application/*+json", "application/x-ndjson", "application/javascript",
    "application/xml", "application/*+xml", "application/wasm", "image/svg+xml", "image/bmp", "font/otf", "font/ttf",
)  # fmt: skip
"""What gets smaller by it. Pictures, films, archives and most fonts are compressed already."""

MOST_KEPT: Final = 8 * 1024 * 1024
"""Bytes of compressed answers that are kept, and of the largest one."""
LARGEST_KEPT: Final = 1024 * 1024
WHOLE: Final = (str, bytes, bytearray, memoryview, NoneType)
WITHOUT_BODY: Final = (204, 205)

OF_BYTES: Final = ("Content-Length", "Accept-Ranges", "Content-MD5", "Content-Digest", "Repr-Digest")
"""Headers that speak of the very bytes."""


class Plan(NamedTuple):
    """levels: by coding, the best first. types: patterns of media types. min_size: of a whole body."""

    levels: Mapping[str, int]
    types: tuple[str, ...]
    min_size: int
    debug: bool


class Kept:
    """Answers that were compressed before, by what went in: those that last are the same for many clients.

    The bytes themselves are the key, by their hash, so that nobody is ever sent what was made of other bytes. The
    oldest go when there are more than MOST_KEPT bytes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, int, bytes], bytes] = OrderedDict()
        self._size = 0

    def encode(self, coding: str, data: bytes, level: int) -> bytes:
        """The data in a coding, made now or before."""
        from hashlib import blake2b

        key = coding, level, blake2b(data, digest_size=20).digest()
        with self._lock:
            known = self._found.get(key)
            if known is not None:
                self._found.move_to_end(key)
                return known
        coded = encode(coding, data, level)
        if len(coded) <= LARGEST_KEPT:
            with self._lock:
                self._size += len(coded) - len(self._found.pop(key, b""))
                self._found[key] = coded
                while self._size > MOST_KEPT:
                    self._size -= len(self._found.popitem(last=False)[1])
        return coded


def _is_pattern(kind: Any) -> bool:
    return isinstance(kind, str) and kind.count("/") == 1 and not kind.startswith(("*", "/")) and not kind.endswith("/")


PATTERNS: Final = Check(
    "of media types, as text/html, text/* or application/*+json", lambda kinds: all(map(_is_pattern, kinds))
)


class CompressSettings(Options):
    """What config says of the tool."""

    codings: Option[Any] = Option(
        None, "Codings, the best first, or a dict with their levels; None: all that are there.", (list, tuple, dict)
    )
    mime_types: Option[Any] = Option(TYPES, "The types that are compressed.", (list, tuple), PATTERNS)
    min_size = Option(500, "Bytes below which a whole body is left as it is.", check=between(0))
    debug = Option(False, "Say in the log what was done with a page, and why.")


class Compress(PreparedTool):
    """Compresses pages."""

    priority = 80
    choices: ClassVar[type[Options]] = CompressSettings

    def __init__(self) -> None:
        super().__init__()
        self.kept = Kept()

    def prepare(self, settings: Any) -> Plan:
        """The plan. ValueError for a coding that there is not, or a level that it has not."""
        codings = installed() if settings.codings is None else settings.codings
        levels = dict(codings) if isinstance(codings, dict) else {name: USUAL_LEVELS.get(name, 0) for name in codings}
        for name, level in levels.items():
            if name not in LEVELS:
                raise ValueError(f"there is no coding {name!r}{did_you_mean(str(name), LEVELS)}")
            least, most = LEVELS[name]
            if not (type(level) is int and least <= level <= most):
                raise ValueError(f"{name} has levels from {least} to {most}, not {level!r}")
            need(name)
        return Plan(levels, tuple(settings.mime_types), settings.min_size, settings.debug)

    def before_finalize(self, request: Request, response: Response, plan: Plan) -> None:
        """Compress the page, if it is worth it. HTTPError 406 for a client that takes it in no way at all."""
        done = self._act(request, response, plan)
        if plan.debug and request.log is not None:
            request.log(f"{request.path_info}: {done}", f"TOOLS.{self.name.upper()}")

    def _act(self, request: Request, response: Response, plan: Plan) -> str:
        """Do it, and say in a few words what was done."""
        if getattr(request, "cached", False):
            return "a copy, which was compressed when it was made, or not"
        begin(response)
        headers = response.headers
        status = parse_status(response.status)[0]
        if status in (206, 304):  # it must say what the page would (RFC 9110 §15.3.7, §15.4.5)
            add_vary(headers, "Accept-Encoding")
            return "not modified, or not a whole page"
        if status in WITHOUT_BODY or "Content-Encoding" in headers or "Content-Range" in headers:
            return "coded already, or not a whole page"
        accept = request.headers.get("Accept-Encoding")
        plainly = accepts(IDENTITY, accept)
        if plainly and not fits(headers.get("Content-Type", ""), plan.types):
            return "a type that is not compressed"
        if "no-transform" in headers.get("Cache-Control", "").lower():
            return "not to be transformed"
        add_vary(headers, "Accept-Encoding")
        coding = choose(tuple(plan.levels), accept)
        if coding is None and status < 400:
            raise HTTPError(406, f"There are {', '.join(plan.levels)}; your client sent Accept-Encoding: {accept}.")
        if coding is None or coding == IDENTITY:
            return "the client takes none of the codings"
        if comes_in_pieces(response):
            response.stream = True
            page = response.body
            response.page = Pieces(encoded(coding, page, plan.levels[coding]), page)
        else:
            data = response.collapse_body()
            if not data or (plainly and len(data) < plan.min_size):
                return "too small"
            lasting = request.method in READING and ("ETag" in headers or "Last-Modified" in headers)
            response.page = (self.kept.encode if lasting else encode)(coding, data, plan.levels[coding])
        _declare(headers, coding)
        return coding


def begin(response: Response) -> None:
    """Have a generator come to its first piece, or to its end: until then it may set status and headers."""
    page = response.page
    if isinstance(page, (*WHOLE, list, tuple, dict)) or response.is_file:
        return
    if response.stream:
        pieces = response.body
        first = next((piece for piece in pieces if piece), b"")
        response.page = Pieces(chain((first,), pieces), pieces)
    else:
        response.collapse_body()


def comes_in_pieces(response: Response) -> bool:
    """Whether the page is a stream; or a file that may be large, as it must not be in memory as a whole."""
    if response.is_file:
        length = str(getattr(response.page, "length", response.headers.get("Content-Length", "")))
        return response.stream or not length.isdigit() or int(length) > LARGEST_KEPT
    return response.stream and not isinstance(response.page, WHOLE)


@lru_cache(256)  # PERF: a site has few media types
def fits(content_type: str, patterns: tuple[str, ...]) -> bool:
    """Whether a type is one of the patterns: `text/html`, `text/*`, `application/*+json`."""
    kind, _ = parse_media_type(content_type)
    return any(_fits(kind, pattern.lower()) for pattern in patterns)


def _fits(kind: str, pattern: str) -> bool:
    start, star, end = pattern.partition("*")
    if not star:
        return kind == start
    return kind.startswith(start) and kind.endswith(end) and len(kind) > len(start + end)


def _declare(headers: Headers, coding: str) -> None:
    """Say that the body is coded, and nothing that held for the plain one only."""
    headers["Content-Encoding"] = coding
    for name in OF_BYTES:
        headers.pop(name, None)
    etag = parse_etag(headers.get("ETag"))
    if etag is not None:
        headers["ETag"] = str(etag.coded(coding))
