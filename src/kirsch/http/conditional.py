"""Conditional requests (RFC 9110 §13): is the client's copy still good, and may it change ours?

Reading never raises. A tag that cannot be read fits nothing, a date that cannot be read counts as not sent. Dates are
compared as dates, in whole seconds, as HTTP writes them.

A representation in a content coding has other bytes, and so a strong tag of its own: that of the plain one with the
coding behind it, `"a--gzip"`. To know one is to know the others, as they are made from the same.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kirsch.http.codings import IDENTITY, accepts
from kirsch.http.dates import parse_http_date
from kirsch.http.media import LONGEST

if TYPE_CHECKING:
    from kirsch.http.headers import Headers

MOST: Final = 100
"""Tags of one field that are looked at."""

_TAG = r'(W/)?("[^"]*+"|[^",\s]++)'
"""As in §8.8.3, but blanks may stand in the quotes, and the quotes may be missing: see ETag."""

_ONE = re.compile(_TAG)
_CODED = re.compile(r'(.+)--(zstd|br|gzip)("?)', re.DOTALL)
_ELEMENTS = re.compile(rf"[ \t,]*+(?:{_TAG}[ \t]*+(?=,|\Z)|[^,]*+)")
_WITHOUT_CONDITIONS: Final = frozenset({"CONNECT", "OPTIONS", "TRACE"})


class ETag(NamedTuple):
    """A validator. tag: with its quotes. weak: what it stands for is as good as the same, but not byte by byte.

    An application that forgets the quotes gets its tag back without them: such a one is equal to itself alone.
    """

    tag: str
    weak: bool = False

    def is_same(self, other: ETag) -> bool:
        """The strong comparison of §8.8.3.2, for ranges and for changes."""
        return self.tag == other.tag and not self.weak and not other.weak

    def is_as_good(self, other: ETag) -> bool:
        """The weak comparison, for whoever has a copy."""
        return self.tag == other.tag

    def coded(self, coding: str) -> ETag:
        """The tag of the same in a content coding. A weak one stays: it does not speak of bytes."""
        if self.weak:
            return self
        start, quote = (self.tag[:-1], '"') if self.tag.endswith('"') else (self.tag, "")
        return ETag(f"{start}--{coding}{quote}")

    def uncoded(self) -> tuple[ETag, str]:
        """The tag of the plain representation, and the coding that this one is in."""
        match = _CODED.fullmatch(self.tag)
        return (ETag(match[1] + match[3], self.weak), match[2]) if match else (self, IDENTITY)

    def __str__(self) -> str:
        return f"W/{self.tag}" if self.weak else self.tag


class Current(NamedTuple):
    """What the request is about, as it is now.

    etag: the value of its ETag field. modified: when, in seconds since 1970. exists: False for what is not there yet,
    as before the first PUT.
    """

    etag: str | None = None
    modified: float | None = None
    exists: bool = True


def parse_etag(value: str | None) -> ETag | None:
    """The one tag that is all of the value, or None."""
    match = _ONE.fullmatch(value or "")
    return ETag(match[2], match[1] is not None) if match else None


def parse_etags(value: str) -> list[ETag]:
    """The tags of a list; what is none is left out."""
    elements = islice(_ELEMENTS.finditer(value[:LONGEST]), MOST)
    return [ETag(match[2], match[1] is not None) for match in elements if match[2]]


def decide(method: str, headers: Headers, current: Current) -> Literal[304, 412] | None:
    """What to answer instead of going on; None to go on. In the order of §13.2.2, up to its fourth step.

    To be asked before anything is changed, and only where the answer would otherwise be a 2xx (§13.2.1).
    """
    if method in _WITHOUT_CONDITIONS:
        return None
    reading = method in ("GET", "HEAD")
    expected = headers.get("If-Match")
    if expected is not None:
        if not _is_among(expected, current):
            return 412
    elif _unchanged_since(headers.get("If-Unmodified-Since"), current) is False:
        return 412
    known = headers.get("If-None-Match")
    if known is not None:
        if current.exists if _is_any(known) else copy_known(headers, current.etag):
            return 304 if reading else 412
    elif reading and _unchanged_since(headers.get("If-Modified-Since"), current):
        return 304
    return None


def copy_known(headers: Headers, etag: str | None) -> ETag | None:
    """The tag of a copy that the client has (If-None-Match) and that is as good as what has this tag; None without one.

    It may be in another coding, if that is one which the client would take now. A 304 names it (see tag_of_304), so
    that whoever has several copies knows which one is meant.
    """
    ours = parse_etag(etag)
    if ours is None:
        return None
    plain, _ = ours.uncoded()
    for theirs in parse_etags(headers.get("If-None-Match", "")):
        same, coding = theirs.uncoded()
        if plain.is_as_good(same) and (theirs.tag == ours.tag or accepts(coding, headers.get("Accept-Encoding"))):
            return ours if theirs.tag == ours.tag else theirs
    return None


def tag_of_304(headers: Headers, etag: str | None) -> str | None:
    """The ETag of a 304 to a request with these headers, for a page with this one: that of the copy which is good."""
    copy = copy_known(headers, etag)
    return etag if copy is None else str(copy)


def _is_any(value: str) -> bool:
    return value.strip(" \t") == "*"


def _is_among(value: str, current: Current) -> bool:
    if _is_any(value):
        return current.exists
    etag = parse_etag(current.etag)
    if etag is None:
        return False
    plain, _ = etag.uncoded()
    return any(plain.is_same(other.uncoded()[0]) for other in parse_etags(value))


def _unchanged_since(value: str | None, current: Current) -> bool | None:
    """None where there is no condition: without a date on either side (§13.1.3, §13.1.4)."""
    if value is None or current.modified is None:
        return None
    date = parse_http_date(value)
    return None if date is None else current.modified < date + 1
