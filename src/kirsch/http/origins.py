"""Whose page sends a request, as browsers say it (Sec-Fetch-Site, Origin), and addresses that stay on this host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.http.urls import split_host

if TYPE_CHECKING:
    from collections.abc import Collection

SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
"""What a request by these asks for is only to be read (RFC 9110 §9.2.1)."""

_ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,30})://([^/?#@\\\s]{1,300})")
_PORTS: Final = {"http": 80, "https": 443}
_WITHIN = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path from the root that no browser takes for a host: these read backslashes as slashes, and skip controls."""


class Origin(NamedTuple):
    """Scheme and host in lower case, and port."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        port = "" if self.port == _PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def parse_origin(text: str) -> Origin | None:
    """The origin that `https://example.com:8443` is; None for `null`, and for anything with a path or user."""
    match = _ORIGIN.fullmatch(text)
    try:
        host, port = split_host(match[2]) if match else ("", None)
    except ValueError:
        return None
    if match is None:
        return None
    scheme = match[1].lower()
    return Origin(scheme, host, port or _PORTS.get(scheme))


def from_here(site: str | None, origin: str | None, base: str, trusted: Collection[Origin] = ()) -> bool | None:
    """Whether a request comes from a page of ours, or of nobody: a bookmark. None if the browser does not say.

    site, origin: the fields Sec-Fetch-Site and Origin. base: scheme and host as the client named them. trusted: others
    whose pages count as ours. A server need not know that a proxy before it speaks TLS: of a base with `http` only the
    host counts.
    """
    named = parse_origin(origin) if origin is not None else None
    if named is not None and named in trusted:
        return True
    if site is not None:  # no script can set it, and no proxy changes it
        return site.strip().lower() in ("same-origin", "none")
    if origin is None:
        return None
    own = parse_origin(base)
    return named is not None and own is not None and _same_host(named, own)


def _same_host(named: Origin, own: Origin) -> bool:
    if own.scheme == "https" and named.scheme != "https":
        return False
    return named.host == own.host and _told(named) == _told(own)


def _told(origin: Origin) -> int | None:
    """The port as it is told: not at all where it goes without saying."""
    return None if origin.port in _PORTS.values() else origin.port


def local_target(target: str, base: str) -> str | None:
    """Path and query of an address on this host; None for one that leads, or could lead a browser, anywhere else.

    target: from the root, or with the scheme and host of `base`.
    """
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]{0,30}://[^/?#\\\s]{1,300})(?=[/?#]|$)", target)
    if match:
        named, own = parse_origin(match[1]), parse_origin(base)
        if named is None or own is None or not _same_host(named, own):
            return None
        target = target[match.end() :]
        target = target if target.startswith("/") else f"/{target}"
    return target if _WITHIN.fullmatch(target) else None
