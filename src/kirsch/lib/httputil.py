"""`cherrypy.lib.httputil`: what HTTP's words mean, under the old names. What they do stands in `kirsch.http`."""

from __future__ import annotations

import re
import time
from collections import UserDict
from typing import TYPE_CHECKING, Any, Final, Self

from kirsch.app.errors import HTTPError, standard_message
from kirsch.app.host import Host
from kirsch.http.codes import REASONS, parse_status
from kirsch.http.dates import http_date
from kirsch.http.elements import Element, parse_elements, parse_quality
from kirsch.http.forms import parse_query
from kirsch.http.headers import Headers, encode_line
from kirsch.http.media import parse_media_type
from kirsch.http.ranges import parse_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from http import HTTPStatus

__all__ = [
    "AcceptElement", "CaseInsensitiveDict", "HTTPDate", "HeaderElement", "HeaderMap", "Host", "SanitizedHost",
    "decode_TEXT", "decode_TEXT_maybe", "get_ranges", "header_elements", "parse_query_string", "protocol_from_http",
    "response_codes", "urljoin", "urljoin_bytes", "valid_status",
]  # fmt: skip

response_codes: Final = {code: (phrase, standard_message(code)) for code, phrase in REASONS.items()}
"""By code, its phrase and what an error page says of it."""

RE_HEADER_SPLIT: Final = re.compile(r',(?=(?:[^"]*+"[^"]*+")*+[^"]*+\Z)')
q_separator: Final = re.compile(r"; *q *=")
image_map_pattern: Final = re.compile(r"[0-9]+,[0-9]+")
header_translate_table: Final = bytes(range(256))
header_translate_deletechars: Final = bytes(range(32)) + b"\x7f"

_HTTP: Final = re.compile(r"HTTP/([0-9])\.([0-9])")
_BREAKS: Final = re.compile(r"[\r\n]")


def HTTPDate(timeval: float | None = None) -> str:
    """The time, by default the present, as headers give it: `Sun, 06 Nov 1994 08:49:37 GMT`."""
    return http_date(time.time() if timeval is None else timeval)


def urljoin(*atoms: str) -> str:
    """The parts that are not empty, with one slash between each two; never empty."""
    return re.sub("/{2,}", "/", "/".join(filter(None, atoms))) or "/"


def urljoin_bytes(*atoms: bytes) -> bytes:
    """As urljoin(), of bytes."""
    return re.sub(b"/{2,}", b"/", b"/".join(filter(None, atoms))) or b"/"


def protocol_from_http(protocol_str: str) -> tuple[int, int]:
    """`(1, 1)` of `HTTP/1.1`. ValueError for anything of another form."""
    match = _HTTP.fullmatch(protocol_str)
    if match is None:
        raise ValueError(f"{protocol_str[:80]!r} is no version of HTTP: such as HTTP/1.1")
    return int(match[1]), int(match[2])


def get_ranges(headervalue: str | None, content_length: int) -> list[tuple[int, int]] | None:
    """Start and stop of each part that a Range asks for; None for everything, none at all for a 416."""
    found = parse_ranges(headervalue or "", content_length)
    return None if found is None else [(each.start, each.stop) for each in found]


def valid_status(status: int | str | HTTPStatus | None) -> tuple[int, str, str]:
    """Code, reason and message of what a handler calls a status. ValueError if it is none."""
    code, reason = parse_status(status or None)
    return code, "" if code not in REASONS and reason.startswith("Unknown ") else reason, standard_message(code)


def parse_query_string(query_string: str, keep_blank_values: bool = True, encoding: str = "utf-8") -> dict[str, Any]:
    """The parameters of a query string. ValueError for what cannot be read."""
    found = parse_query(query_string, encoding)
    return found if keep_blank_values else {name: value for name, value in found.items() if value != ""}


def decode_TEXT(value: str) -> str:
    """The text of a field that has words of RFC 2047 in it, such as `=?utf-8?q?f=C3=BCr?=`; unreadable ones stay."""
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):  # a charset that nobody knows, or bytes that do not fit it
        return value


def decode_TEXT_maybe(value: str) -> str:
    """As decode_TEXT(), where there is anything to decode."""
    return decode_TEXT(value) if "=?" in value else value


# -- elements --------------------------------------------------------------------------------------------------------


class HeaderElement(Element):
    """An element of a list in a field: its value, and its parameters. Elements are ordered by their values."""

    @staticmethod
    def parse(elementstr: str) -> tuple[str, dict[str, str]]:
        """Value and parameters; the names of these in lower case."""
        return elementstr.partition(";")[0].strip(), parse_media_type(elementstr)[1]

    @classmethod
    def from_str(cls, elementstr: str) -> Self:
        """As written in a field."""
        return cls(*cls.parse(elementstr))

    def _rank(self) -> tuple[Any, ...]:
        return (self.value,)

    def __lt__(self, other: HeaderElement) -> bool:
        return self._rank() < other._rank()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HeaderElement) and self._rank() == other._rank()

    def __hash__(self) -> int:
        return hash(self._rank())


class AcceptElement(HeaderElement):
    """An element of Accept and its like. It is ordered by its quality first. HTTPError 400 for a q that is none."""

    def __init__(self, value: str, params: dict[str, str] | None = None) -> None:
        super().__init__(value, params)
        quality = parse_quality(self.params.get("q", "1"))
        if quality is None:
            raise HTTPError(400, f"the q of {value[:80]!r} is no number from 0 to 1")
        self.qvalue = quality

    def _rank(self) -> tuple[Any, ...]:
        return (self.qvalue, str(self))


def header_elements(fieldname: str, fieldvalue: str | None) -> list[HeaderElement]:
    """The elements of a field in the order sent; of Accept and its like, the most wanted first."""
    found = parse_elements(fieldname, fieldvalue or "")
    if not fieldname.lower().startswith(("accept", "te")):
        return [HeaderElement(each.value, each.params) for each in found]
    elements: list[HeaderElement] = []
    for each in found:
        params = each.params if each.qvalue == 1 else each.params | {"q": f"{each.qvalue:g}"}
        elements.append(AcceptElement(each.value, params))
    return elements


# -- maps ------------------------------------------------------------------------------------------------------------


class CaseInsensitiveDict(UserDict[str, Any]):
    """A dict whose keys are in Title-Case, however they are given."""

    def __getitem__(self, key: str) -> Any:
        return self.data[str(key).title()]

    def __setitem__(self, key: str, value: Any) -> None:
        self.data[str(key).title()] = value

    def __delitem__(self, key: str) -> None:
        del self.data[str(key).title()]

    def __contains__(self, key: object) -> bool:
        return str(key).title() in self.data


class HeaderMap(Headers):
    """Header fields; what `request.headers` and `response.headers` are, and the old names of how they are encoded."""

    protocol = (1, 1)
    encodings: Final = ("ISO-8859-1",)
    use_rfc_2047 = True

    @classmethod
    def encode(cls, v: str) -> bytes:
        """A value as bytes."""
        return encode_line("Value", v)[1]

    @classmethod
    def encode_header_item(cls, item: str | bytes) -> bytes:
        """A name or a value as bytes, without control characters."""
        data = item if isinstance(item, bytes) else item.encode("utf-8")
        return data.translate(header_translate_table, header_translate_deletechars)

    @classmethod
    def encode_header_items(cls, header_items: Iterable[tuple[str, str]]) -> Iterator[tuple[bytes, bytes]]:
        """Names and values as bytes. ValueError for what cannot be sent."""
        return (encode_line(name, value) for name, value in header_items)


class SanitizedHost(str):
    """A Host without line breaks. raw: as it came. What has none is a plain str."""

    raw: str

    __slots__ = ("raw",)

    def __new__(cls, raw: str) -> Any:
        """The text without them."""
        clean = _BREAKS.sub("", raw)
        if clean == raw:
            return raw
        host = super().__new__(cls, clean)
        host.raw = raw
        return host
