"""Cache-Control and what goes with it (RFC 9111, RFC 5861), as a cache that many clients share reads it.

Reading never raises. A number that is none counts as 0: what has a broken lifetime is stale, not fresh for good.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kirsch.http.dates import parse_http_date
from kirsch.http.media import split_quoted, unquote_string

MOST_SECONDS: Final = 2**31
"""What any larger number counts as (§1.2.2)."""

MOST_DIRECTIVES: Final = 100

KEEPABLE: Final = frozenset({200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451})
"""Statuses whose answers may be kept if they say for how long. Errors of the server are not among them, nor is what
depends on who asks (401), how often (429), or for what part (206)."""

UNASKED: Final = frozenset({200, 203})
"""Those that may be kept without saying so."""

HOP_BY_HOP: Final = frozenset(
    {
        "connection", "content-length", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Fields of one connection, which are not kept (§3.1); the length is told by whoever sends."""

IN_304: Final = frozenset({"cache-control", "content-location", "date", "etag", "expires", "vary"})
"""Fields of a page that a 304 has, too (RFC 9110 §15.4.5)."""


_FRESH: Final = frozenset({"immutable", "max-age", "public", "s-maxage", "stale-if-error", "stale-while-revalidate"})


def parse_directives(value: str) -> dict[str, str]:
    """The arguments of the directives by their lower-case names, "" for those without; the first of a name counts."""
    directives: dict[str, str] = {}
    for element in split_quoted(value, ",", MOST_DIRECTIVES):
        name, _, argument = element.partition("=")
        if name:
            directives.setdefault(name.strip().lower(), unquote_string(argument.strip()))
    return directives


def without_lifetime(value: str) -> str:
    """What is left of a Cache-Control for an answer that takes the place of the one it was meant for.

    Who may not keep the page may not keep that either; but how long the page is good says nothing of it.
    """
    elements = split_quoted(value, ",", MOST_DIRECTIVES)
    return ", ".join([each for each in elements if each.partition("=")[0].strip().lower() not in _FRESH])


def delta_seconds(text: str) -> int:
    """A number of seconds; 0 for what is none, MOST_SECONDS for what is too large (§1.2.2)."""
    if not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text), MOST_SECONDS) if len(text) < 11 else MOST_SECONDS


class Terms(NamedTuple):
    """What an answer says of being kept.

    keep: whether it may be, and be used without asking each time. lifetime: seconds for which it is fresh, if it says.
    public: it may be kept, and given to others, although the request was made in somebody's name. strict: it must not
    be used when it is stale, whoever asks. while_revalidate, if_error: seconds after its lifetime for which it may be
    used nevertheless: while it is made anew, and when that fails; None if it does not say.
    """

    keep: bool = True
    lifetime: int | None = None
    public: bool = False
    strict: bool = False
    while_revalidate: int | None = None
    if_error: int | None = None


def parse_terms(cache_control: str, expires: str | None = None, pragma: str = "", now: float = 0) -> Terms:
    """The terms of an answer, from its fields. now: when it was made, unless its Date says otherwise."""
    if not cache_control and expires is None and not pragma:
        return _SILENT
    said = parse_directives(cache_control)
    keep = not ({"private", "no-cache"} & said.keys() or ("no-store" in said and "must-understand" not in said))
    if "no-cache" in pragma.lower() and not cache_control:
        keep = False
    lifetime = None
    if "s-maxage" in said:
        lifetime = delta_seconds(said["s-maxage"])
    elif "max-age" in said:
        lifetime = delta_seconds(said["max-age"])
    elif expires is not None:
        date = parse_http_date(expires)
        lifetime = 0 if date is None else max(0, min(int(date - now), MOST_SECONDS))
    strict = bool({"must-revalidate", "proxy-revalidate"} & said.keys())
    while_revalidate, if_error = _seconds(said, "stale-while-revalidate"), _seconds(said, "stale-if-error")
    if strict:
        while_revalidate = if_error = 0
    elif "s-maxage" in said:  # §5.2.2.10: as strict, but for what the page allows in the same breath
        strict, while_revalidate, if_error = True, while_revalidate or 0, if_error or 0
    return Terms(
        keep,
        lifetime,
        bool({"public", "s-maxage", "must-revalidate"} & said.keys()),
        strict,
        while_revalidate,
        if_error,
    )


_SILENT: Final = Terms()


def _seconds(directives: dict[str, str], name: str) -> int | None:
    return delta_seconds(directives[name]) if name in directives else None


class Wishes(NamedTuple):
    """What a request says of being answered by a copy. Numbers are seconds; None where nothing is said.

    anew: not by any copy. no_store: nothing of it is to be kept. only_copy: by a copy or not at all.
    max_age: by none that is older. min_fresh: by one that stays fresh for so long. max_stale: by one that is stale for
    no longer.
    """

    anew: bool = False
    no_store: bool = False
    only_copy: bool = False
    max_age: int | None = None
    min_fresh: int = 0
    max_stale: int = 0

    def suits(self, age: float, lifetime: float, strict: bool = False) -> bool:
        """Whether a copy of this age will do. lifetime, strict: as of Terms."""
        if self.anew or (self.max_age is not None and age > self.max_age):
            return False
        left = lifetime - age
        return left > 0 and left >= self.min_fresh if strict or not self.max_stale else left > -self.max_stale


NO_WISHES: Final = Wishes()


def parse_wishes(cache_control: str, pragma: str = "") -> Wishes:
    """The wishes of a request. Pragma counts where there is no Cache-Control (§5.4)."""
    if not cache_control:
        return Wishes(anew=True) if "no-cache" in pragma.lower() else NO_WISHES
    said = parse_directives(cache_control)
    stale = said.get("max-stale")
    return Wishes(
        "no-cache" in said,
        "no-store" in said,
        "only-if-cached" in said,
        _seconds(said, "max-age"),
        _seconds(said, "min-fresh") or 0,
        0 if stale is None else delta_seconds(stale) if stale else MOST_SECONDS,
    )


def initial_age(age: str | None, date: str | None, now: float) -> int:
    """How old an answer is already when it comes, from its Age and Date (§4.2.3): our pages may be others' copies.

    Of several ages the first counts, and one that is no number is none (§5.1).
    """
    told = delta_seconds(age.partition(",")[0].strip(" \t")) if age else 0
    made = parse_http_date(date) if date else None
    return max(told, int(now - made)) if made is not None else told


def vary_names(value: str) -> tuple[str, ...] | None:
    """The names in Vary, in lower case, in their order and each once; None for `*`: no other request is alike."""
    names = dict.fromkeys(name.strip(" \t").lower() for name in value.split(",") if name.strip(" \t"))
    return None if "*" in names else tuple(names)
