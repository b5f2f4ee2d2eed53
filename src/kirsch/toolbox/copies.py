"""Copies of pages: made of an answer that may be kept, and turned into answers again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.errors import HTTPError
from kirsch.app.response import lasting
from kirsch.app.responseheaders import decoded
from kirsch.http.cachecontrol import HOP_BY_HOP, IN_304, vary_names
from kirsch.http.conditional import Current, decide, tag_of_304
from kirsch.http.dates import http_date, parse_http_date
from kirsch.http.ranges import content_range, range_parts, requested_ranges
from kirsch.http.vary import add_vary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kirsch.http.headers import Headers
    from kirsch.http.ranges import ByteRange

Field = tuple[bytes, bytes]

OVERHEAD: Final = 1000
"""Bytes that a copy costs beside its fields and body, about."""


class Facts(NamedTuple):
    """What is known of a copy beside its bytes. Seconds all.

    made: when, by the clock of the cache. lifetime: for how long it is fresh from then on. while_revalidate, if_error:
    for how much longer it may be used while it is made anew, and when that fails. public, strict: as of Terms.
    """

    made: float
    lifetime: float
    while_revalidate: float = 0
    if_error: float = 0
    public: bool = False
    strict: bool = False

    @property
    def useful(self) -> float:
        """For how long from `made` on it may be used for anything."""
        return self.lifetime + max(self.while_revalidate, self.if_error)


class Copy:
    """A page as it was sent. code, phrase, fields, body: of the answer. current: its validators."""

    __slots__ = ("_shown", "body", "code", "current", "facts", "fields", "lifetime", "made", "phrase", "size")

    def __init__(self, facts: Facts, code: int, phrase: bytes, fields: Sequence[Field], body: bytes) -> None:
        self.facts = facts
        self.made = facts.made
        self.lifetime = facts.lifetime
        self.code = code
        self.phrase = phrase
        self.fields = tuple(fields)
        self.body = body
        self.size = OVERHEAD + len(body) + sum(len(name) + len(value) for name, value in fields)
        self.current = validators(decoded(fields))
        self._shown: tuple[int, list[Field]] = (-1, [])

    def put(self, response: Any, age: float, more: Sequence[Field] = ()) -> None:
        """Have it sent. more: fields beside its own. PERF: all of its head changes once a second only."""
        second, fields = self._shown
        if second != int(age):
            second = int(age)
            fields = lasting([*self.fields, age_field(age)])
            self._shown = (second, fields)
        response.renew(self.code, self.phrase, [*fields, *more] if more else fields, self.body)

    def put_for(self, method: str, headers: Headers, response: Any, age: float, more: Sequence[Field] = ()) -> None:
        """As put(), but heeding conditions and ranges of the request, whose headers these are. HTTPError 416."""
        if 200 <= self.code < 300 and decide(method, headers, self._dated()) == 304:
            fields = [field for field in self.fields if field[0].lower().decode("latin-1") in IN_304]
            if (etag := self.current.etag) is not None:
                named = (tag_of_304(headers, etag) or etag).encode("latin-1")
                fields = [(name, named if name.lower() == b"etag" else value) for name, value in fields]
            response.renew(304, b"", [*fields, age_field(age), *more], b"")
            return
        # Without a validator nobody could tell whether two parts are of the same page.
        if self.code == 200 and self.current != _NOTHING and "Range" in headers:
            ranges = requested_ranges(method, headers, self.current, len(self.body))
            if ranges is not None:
                self._put_ranges(ranges, response, [age_field(age), *more])
                return
        self.put(response, age, more)

    def _dated(self) -> Current:
        """As for a client that asks by a date: that of the copy itself, where the page has none (RFC 9111 §4.3.2)."""
        if self.current.modified is not None:
            return self.current
        date = next((value for name, value in self.fields if name.lower() == b"date"), b"")
        return self.current._replace(modified=parse_http_date(date.decode("latin-1")))

    def conditions(self) -> dict[str, str]:
        """By what the page is asked whether it is good still; nothing where it has said nothing to be known by."""
        etag, modified = self.current.etag, self.current.modified
        said = {"If-None-Match": etag, "If-Modified-Since": None if modified is None else http_date(modified)}
        return {name: value for name, value in said.items() if value}

    def put_again(self, response: Any) -> None:
        """Have it sent in place of a 304 by which the page has found it good, whose fields go before its own.

        But for those of its content (RFC 9111 §3.2), and Vary, which a 304 may say of itself alone.
        """
        said = response.headers
        for name in vary_names(decoded(self.fields).get("Vary", "")) or ():
            add_vary(said, name)
        kept = [(name, value) for name, value in self.fields if _outlasts(name.decode("latin-1").lower(), said)]
        response.renew(self.code, self.phrase, kept, self.body)

    def _put_ranges(self, ranges: list[ByteRange], response: Any, more: Sequence[Field]) -> None:
        length = len(self.body)
        if not ranges:
            raise HTTPError(416, headers={"Content-Range": content_range(None, length)})
        fields = [field for field in self.fields if field[0].lower() not in (b"content-range", b"content-type")]
        kind = next((value for name, value in self.fields if name.lower() == b"content-type"), b"")
        if len(ranges) == 1:
            start, stop = ranges[0]
            body = self.body[start:stop]
            fields.append((b"Content-Range", content_range(ranges[0], length).encode()))
        else:
            parts = range_parts(ranges, length, kind.decode("latin-1"), secrets.token_hex(16))
            body = b"".join([head + self.body[start:stop] for head, (start, stop) in parts.heads]) + parts.end
            kind = parts.content_type.encode("latin-1")
        if kind:
            fields.insert(0, (b"Content-Type", kind))
        response.renew(206, b"", [*fields, *more], body)


_NOTHING: Final = Current()
_OF_CONTENT: Final = frozenset({"content-encoding", "content-type", "etag"})


def _outlasts(name: str, said: Headers) -> bool:
    """Whether a field of a copy stays when a 304 says these."""
    return name in _OF_CONTENT or not (name in said or name == "date")


class Fork:
    """Stands for a page that varies: the copies are kept by what requests say in these fields.

    mark: of these copies, so that they are forgotten all at once when the fork is.
    """

    __slots__ = ("mark", "names", "size")

    def __init__(self, names: tuple[str, ...], mark: str = "") -> None:
        self.names = names
        self.mark = mark or secrets.token_hex(8)
        self.size = OVERHEAD


def age_field(age: float) -> Field:
    """The field Age, in whole seconds."""
    return b"Age", b"%d" % max(0, age)


def validators(headers: Headers) -> Current:
    """What a page says of itself by ETag and Last-Modified."""
    modified = headers.get("Last-Modified")
    return Current(headers.get("ETag"), parse_http_date(modified) if modified else None)


def kept_fields(fields: Iterable[Field], around: frozenset[tuple[str, str]], now: float) -> list[Field]:
    """The fields of an answer that are kept, and when it was made. around: those that are set anew each time.

    Those of one connection are left out, as are those that Connection names.
    """
    fields = list(fields)
    dropped = set(HOP_BY_HOP)
    for name, value in fields:
        if name.lower() == b"connection":
            dropped.update(each.strip().lower() for each in value.decode("latin-1").split(","))
    kept = []
    dated = False
    for name, value in fields:
        line = (name.decode("latin-1").lower(), value.decode("latin-1"))
        if line[0] in dropped or line[0] == "age" or (line in around and line[0] != "content-type"):
            continue
        dated = dated or line[0] == "date"
        kept.append((name, value))
    return kept if dated else [*kept, (b"Date", http_date(now).encode())]
