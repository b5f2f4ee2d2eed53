"""What the client would like best: lists with q-values (RFC 9110 §12.4, §12.5.1).

Reading never raises. An element that cannot be read, or with a q-value that is none, counts as not sent: it neither
asks for nor excludes anything. At most MOST elements are read, in linear time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kirsch.http.media import LONGEST, TOKEN, parse_media_type, parse_parameters, split_quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 100
LATIN: Final = "iso-8859-1"

_RANGE = re.compile(f"{TOKEN}(?:/{TOKEN})?+")
_QUALITY = re.compile(r"[0-9]{0,9}\.?[0-9]{0,30}")


def parse_accept(value: str) -> list[tuple[str, float]]:
    """The elements with their qualities, best first: by quality, then the more specific, then as they were sent.

    For every field of this kind: media ranges, codings, languages, charsets. An element is in lower case, with its
    parameters (`text/html;level=1`); a quality is 0 (not acceptable) to 1, and more than 1 is 1.
    """
    return list(_parse(value[:LONGEST]))


@lru_cache(256)  # PERF: a look-up instead of 10 µs; browsers send the same few values all the time
def _parse(value: str) -> tuple[tuple[str, float], ...]:
    found = []
    for element in split_quoted(value, ",", MOST):
        name, *rest = split_quoted(element, ";") if ";" in element else (element,)
        if not _RANGE.fullmatch(name):
            continue
        quality = 1.0
        specific = _specific(name)
        for place, parameter in enumerate(rest):
            if parameter[:1] in ("q", "Q") and parameter[1:].lstrip(" \t")[:1] == "=":
                quality = _quality(parameter.partition("=")[2].strip(" \t"))
                rest = rest[:place]
                break
        if quality >= 0:
            parameters = parse_parameters(rest)
            text = ";".join([name.lower(), *(f"{key}={value}" for key, value in parameters.items())])
            found.append((-quality, -specific - len(parameters), text))
    found.sort(key=lambda entry: entry[:2])
    return tuple((text, -quality) for quality, _, text in found)


def _quality(text: str) -> float:
    """0 to 1; -1 for what is no number."""
    if not text or text == "." or not _QUALITY.fullmatch(text):
        return -1.0
    return min(float(text), 1.0)


def _specific(name: str) -> int:
    """How much a range says: 0 for anything, 1 for `text/*`, 2 for one with a name."""
    return 0 if name in ("*", "*/*") else 1 if name.endswith("/*") else 2


def best_match(offers: Sequence[str], accept: str | None) -> str | None:
    """The media type to send of those on offer, or None if the client excludes them all (406).

    For each offer the most specific range that fits it decides its quality. At equal quality, what was named more
    exactly goes first, then what stands first in `offers`. Without a preference it is the first offer.
    """
    if not offers:
        return None
    return _best(tuple(offers), (accept or "")[:LONGEST])


@lru_cache(256)  # PERF: as above
def _best(offers: tuple[str, ...], accept: str) -> str | None:
    ranges = [(parse_media_type(text), quality) for text, quality in _parse(accept)]
    if not ranges:
        return offers[0]
    ranked = [(_rank(offer, ranges), -place) for place, offer in enumerate(offers)]
    (quality, _), place = max(ranked)
    return offers[-place] if quality > 0 else None


def charsets(accept: str, default: str, only: bool = False) -> list[str] | None:
    """The charsets to try in turn, in lower case; None if the client has no wish. Empty if it excludes what there is.

    `*` stands for the default. only: there is nothing but the default. RFC 9110 knows no more of it than of any
    Accept field, but clients that take no `*` have always been offered ISO-8859-1, too, if they do not name it.
    """
    listed = parse_accept(accept)
    if not listed:
        return None
    wanted = [default.lower() if name == "*" else name for name, quality in listed if quality > 0]
    if only:
        return [default.lower()] if default.lower() in wanted else []
    if not {"*", LATIN} & {name for name, _ in listed}:
        wanted.append(LATIN)
    return list(dict.fromkeys(wanted))


def _rank(offer: str, ranges: list[tuple[tuple[str, dict[str, str]], float]]) -> tuple[float, int]:
    """Quality of an offer, and how specific the range is that decides it."""
    kind, parameters = parse_media_type(offer)
    closest, decided = -1, 0.0
    for (wanted, conditions), quality in ranges:
        specific = _specific(wanted) + len(conditions)
        if specific > closest and _fits(kind, wanted) and conditions.items() <= parameters.items():
            closest, decided = specific, quality
    return decided, closest


def _fits(kind: str, wanted: str) -> bool:
    return wanted in (kind, "*/*", "*") or (wanted.endswith("/*") and kind.startswith(wanted[:-1]))
