"""What must be true of whatever a parser makes of client data: bounds, and that it is the same when it is sent again.

An input is bytes, as from the wire. Text is read as latin-1, as header values are; where a parser needs more than one
thing, such as a range a length, the input holds all of them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import msgspec

from kirsch.http.accept import MOST as MOST_ELEMENTS
from kirsch.http.accept import best_match, parse_accept
from kirsch.http.conditional import MOST as MOST_ETAGS
from kirsch.http.conditional import Current, decide, parse_etags
from kirsch.http.cookies import MOST as MOST_COOKIES
from kirsch.http.cookies import parse_cookies, set_cookie_lines
from kirsch.http.dates import http_date, parse_http_date
from kirsch.http.forms import MOST_FIELDS, encode_query, parse_form, parse_query
from kirsch.http.forwarded import MOST as MOST_HOPS
from kirsch.http.forwarded import Hop, Node, parse_node
from kirsch.http.headers import Headers
from kirsch.http.jsontext import depth
from kirsch.http.media import (
    LONGEST,
    MOST_PARAMETERS,
    TOKEN,
    charset_name,
    decode_extended,
    parse_media_type,
    split_quoted,
)
from kirsch.http.multipart import Part, PartLimits, parse_boundary, read_parts
from kirsch.http.ranges import MOST as MOST_RANGES
from kirsch.http.ranges import parse_ranges, range_parts, requested_ranges
from kirsch.http.urls import join, normalize_path, quote_path, split_host, split_target, valid_host
from kirsch.protocol.proxyline import MOST_V2, Preamble, parse_preamble
from kirsch.toolbox.json_in import JSONInSettings, Reader

HOSTLIKE = re.compile(r"/[\t\n\r]*[/\\]")
READER = Reader(JSONInSettings())
OFFERS = ["text/html", "application/json", "text/html;level=1", "image/*"]
LENGTHS = (0, 1, 10, 1000, 10**15)
NAME = re.compile(TOKEN.encode())
LIMITS = PartLimits(parts=20, part_headers=4, header_line=256, headers=1024, fields=4096)
PAGES = (Current('"a"', 784111777.5), Current('W/"a"'), Current(), Current(exists=False))


def text(data: bytes) -> str:
    """As a header value comes."""
    return data.decode("latin-1")


# -- parameters ------------------------------------------------------------------------------------------------------


def check_params(data: bytes, params: dict[str, Any]) -> None:
    """Text, not more than there may be, and the same again when it is written and read."""
    values = [value if isinstance(value, list) else [value] for value in params.values()]
    if any(type(single) is int for value in values for single in value):
        assert list(params) == ["x", "y"]
        return
    assert sum(map(len, values)) <= min(MOST_FIELDS, data.count(b"&") + data.count(b";") + 1)
    assert all(type(single) is str for value in values for single in value)
    assert all(len(value) > 1 for value in params.values() if isinstance(value, list))
    assert parse_query(encode_query(params)) == params


def read_form(data: bytes) -> tuple[dict[str, Any], str]:
    """A body in the charset that its first line claims."""
    claimed, _, body = data.partition(b"\n")
    return parse_form(body, [text(claimed), "utf-8"])


def check_form(data: bytes, result: tuple[dict[str, Any], str]) -> None:
    """As check_params, and the charset is one of the two."""
    params, charset = result
    assert charset in (text(data.partition(b"\n")[0]), "utf-8")
    assert charset_name(charset)
    check_params(data, params)


Parts = list[tuple[str | None, str | None, list[tuple[str, str]], bytes]]


def read_multipart(data: bytes, size: int = 65536) -> Parts:
    """Of a body after its Content-Type, all parts; it comes in pieces of some size."""
    content_type, _, body = data.partition(b"\n")
    pieces = iter([body[at : at + size] for at in range(0, len(body), size)])
    found: list[tuple[Part, list[bytes]]] = []
    for event in read_parts(lambda _: next(pieces, b""), parse_boundary(text(content_type)), LIMITS):
        if isinstance(event, Part):
            found.append((event, []))
        else:
            found[-1][1].append(event)
    return [(part.name, part.filename, part.headers.lines(), b"".join(content)) for part, content in found]


def read_multipart_in_pieces(data: bytes) -> Parts:
    """In small ones, unless there is much."""
    return read_multipart(data, 1 + len(data) % 7 if len(data) < 2000 else 1000)


def check_multipart(data: bytes, parts: Parts) -> None:
    """Within the limits, and the same however it comes."""
    assert len(parts) <= LIMITS.parts
    assert sum(len(content) for *_, content in parts) <= len(data)
    assert sum(len(content) for _, filename, _, content in parts if filename is None) <= LIMITS.fields
    assert read_multipart(data) == parts == read_multipart_in_pieces(data)


# -- header fields ---------------------------------------------------------------------------------------------------


def check_cookies(data: bytes, cookies: Any) -> None:
    """Not too many, made of what was sent, and the same when they are sent again or back."""
    assert len(cookies) <= MOST_COOKIES
    assert all(cookie.coded_value in text(data) for cookie in cookies.values())
    sent = "; ".join([f"{name}={cookie.coded_value}" for name, cookie in cookies.items()])
    again = parse_cookies(sent)
    assert {name: cookie.value for name, cookie in again.items()} == {
        name: cookie.value for name, cookie in cookies.items()
    }
    assert len(set_cookie_lines(cookies)) == len(cookies)


def check_accept(data: bytes, found: list[tuple[str, float]]) -> None:
    """Qualities from 0 to 1, best first, not too many, and the same when they are sent again."""
    qualities = [quality for _, quality in found]
    assert qualities == sorted(qualities, reverse=True)
    assert all(0 <= quality <= 1 for quality in qualities)
    assert len(found) <= MOST_ELEMENTS
    if b'"' not in data:
        sent = ", ".join([f"{element};q={quality:.30f}" for element, quality in found])
        assert len(sent) > LONGEST or parse_accept(sent) == found


def check_forwarded(data: bytes, hops: list[Hop]) -> None:
    """Not too many, something said in each, and all of it was sent."""
    assert len(hops) <= MOST_HOPS
    assert all(any(hop) or b'""' in data or b"=" in data for hop in hops)
    assert sum(len(value) for hop in hops for value in hop) <= len(data)


def check_preamble(data: bytes, preamble: Preamble | None) -> None:
    """The same without what follows it; what is not complete is not long."""
    if preamble is None:
        assert len(data) < MOST_V2
    else:
        assert parse_preamble(data[: preamble.size]) == preamble
        assert (preamble.client is None) is (preamble.server is None)


def check_node(data: bytes, node: Node) -> None:
    """It reads again as the same, also in the brackets that a port wants."""
    assert 0 <= node.port <= 65535
    assert parse_node(node.address) == Node(node.address)
    if ":" in node.address:
        assert parse_node(f"[{node.address}]:{node.port}") == node


def check_choice(data: bytes, chosen: str | None) -> None:
    """One of the offers; none only if something was asked for; the same again, at the end of a list, too."""
    assert chosen in OFFERS or (chosen is None and parse_accept(text(data)))
    assert best_match([*OFFERS, "x/not-wanted;at=all"], text(data)) in {chosen, "x/not-wanted;at=all"}


def check_media(_: bytes, result: tuple[str, dict[str, str]]) -> None:
    """In lower case, not too many, and the same when it is sent again; a charset of it is a codec."""
    kind, parameters = result
    assert len(parameters) < MOST_PARAMETERS
    assert all(name == name.lower() and name for name in (*parameters, kind or "-"))
    escaped = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in parameters.items()}
    sent = "".join([kind, *(f'; {name}="{value}"' for name, value in escaped.items())])
    assert len(sent) > LONGEST or parse_media_type(sent) == result
    codec = charset_name(parameters.get("charset", ""))
    assert codec is None or isinstance(b"a".decode(codec, "replace"), str)
    for value in parameters.values():
        decode_extended(value)
    assert len(split_quoted(sent, ",", 10)) <= 10


def check_date(_: bytes, seconds: float | None) -> None:
    """The same when it is sent again, in the first form."""
    if seconds is not None and 0 <= seconds <= 253402300799:
        assert parse_http_date(http_date(seconds)) == seconds


def read_ranges(data: bytes) -> list[Any] | None:
    """Of things of several lengths. What has no unit is given the usual one."""
    value = text(data) if b"=" in data else f"bytes={text(data)}"
    found = [parse_ranges(value, length) for length in LENGTHS]
    return found if any(found) else None


def check_ranges(_: bytes, found: list[Any] | None) -> None:
    """In order, apart from each other, the same when they are asked for again, and fit for an answer."""
    for ranges, length in zip(found or (), LENGTHS, strict=False):
        assert len(ranges or ()) <= MOST_RANGES
        for start, stop in ranges or ():
            assert 0 <= start < stop <= length
        if ranges:
            assert all(one.stop < other.start for one, other in pairwise(sorted(ranges)))
            specs = ",".join([f"{start}-{stop - 1}" for start, stop in ranges])
            assert parse_ranges(f"bytes={specs}", length) == ranges
            assert range_parts(ranges, length, "a/b", "c").length > sum(stop - start for start, stop in ranges)


def fields(data: bytes) -> Headers:
    """Header fields, one a line; the names are tokens, as the protocol has seen to."""
    lines = [line.partition(b":")[::2] for line in data.split(b"\n")]
    return Headers.from_wire([(name.lower(), value.strip(b" \t")) for name, value in lines if NAME.fullmatch(name)])


def read_conditions(data: bytes) -> list[tuple[str, Current, Any, Any]]:
    """Decided for each method and page."""
    headers = fields(data)
    return [
        (method, page, decide(method, headers, page), requested_ranges(method, headers, page, 10))
        for method in ("GET", "HEAD", "PUT")
        for page in PAGES
    ]


def check_conditions(data: bytes, decided: list[tuple[str, Current, Any, Any]]) -> None:
    """No 304 for a change, nothing without a condition, ranges for GET alone and if nothing has changed."""
    headers = fields(data)
    for method, _, outcome, ranges in decided:
        assert outcome in ((None, 412) if method == "PUT" else (None, 304, 412))
        assert outcome is None or any(name.startswith("If-") for name in headers)
        assert ranges is None or (method == "GET" and "Range" in headers)


def check_etags(_: bytes, etags: Any) -> None:
    """Not too many, and the same when they are sent again."""
    sent = ", ".join(map(str, etags))
    assert len(etags) <= MOST_ETAGS
    assert len(sent) > LONGEST or parse_etags(sent) == etags


def check_headers(_: bytes, headers: Headers) -> None:
    """The same when they are written and read, if they may be written at all."""
    try:
        lines = headers.to_wire()
    except ValueError:
        return
    assert Headers.from_wire([(name.lower(), value) for name, value in lines]) == headers
    assert len(headers.copy().lines()) == len(lines)


# -- hosts, targets, bodies ------------------------------------------------------------------------------------------


def read_host(data: bytes) -> tuple[str, int | None]:
    """Both functions for hosts say the same."""
    try:
        host = split_host(data)
    except ValueError:
        assert not valid_host(data)
        raise
    assert valid_host(data)
    return host


def check_host(_: bytes, result: tuple[str, int | None]) -> None:
    """In lower case, a port that there is, and the same when it is written again."""
    name, port = result
    assert name == name.lower()
    assert port is None or 0 <= port <= 65535
    assert split_host(name if port is None else f"{name}:{port}") == result


def check_target(_: bytes, result: tuple[str, str]) -> None:
    """The same when it is written again; without dots it has none any more, and no host in it."""
    path, query = result
    assert "\0" not in path
    assert split_target(f"{quote_path(path)}?{query}".encode("latin-1")) == result
    plain = normalize_path(path)
    assert normalize_path(plain) == plain
    assert not HOSTLIKE.match(plain)
    assert ".." not in plain.split("/")


def read_reference(data: bytes) -> str:
    """On a page without a host."""
    return join("/a/b?x", text(data))


def check_reference(data: bytes, url: str) -> None:
    """It has a host, or a scheme, only if it was given one."""
    given = text(data)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:|//", given):
        assert url.startswith("/")
        assert not HOSTLIKE.match(url)


def read_array(data: bytes) -> Any:
    """JSON values, in the brackets of an array."""
    return READER.read(b"[%b]" % data)


def check_json(data: bytes, value: Any) -> None:
    """Not too deep, and the same when it is written and read."""
    assert depth(data) < JSONInSettings().depth
    assert msgspec.json.decode(msgspec.json.encode(value)) == value
