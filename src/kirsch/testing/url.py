"""Where a request goes: from what a test writes to what can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kirsch.http.forms import encode_query
from kirsch.http.urls import split_host

Pairs = Mapping[str, Any] | Iterable[tuple[str, Any]]

_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")


class Url(NamedTuple):
    """host: as in the field Host, with the port. target: path and query as they are sent."""

    scheme: str
    host: str
    target: str

    @property
    def name(self) -> str:
        """The host without its port."""
        return split_host(self.host)[0]

    @property
    def port(self) -> int:
        """The port, also if it is the usual one."""
        return split_host(self.host)[1] or (443 if self.scheme == "https" else 80)

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"


def parse_url(text: str) -> Url:
    """The parts of a whole URL. A blank, and what is not ASCII, is percent-encoded. ValueError if it is none."""
    match = _URL.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:200]!r} is no URL: http:// or https://, a host and a path make one")
    split_host(match[2])  # raises ValueError
    target = _UNSENDABLE.sub(lambda octet: b"%%%02X" % ord(octet[0]), match[3].encode()).decode("ascii")
    return Url(match[1].lower(), match[2], target if target.startswith("/") else f"/{target}")


def url_of(base: str, path: str, params: Pairs = ()) -> Url:
    """Where a client of this base goes for a path, or for a whole URL. ValueError for what is neither."""
    origin = parse_url(base)
    if origin.target != "/" or base.endswith("/"):
        raise ValueError(f"the base of a client is scheme and host, such as 'http://localhost', and not {base!r}")
    if path == "*":
        return Url(origin.scheme, origin.host, path)
    if path[:1] not in ("", "/", "?", "#") and not _URL.fullmatch(path):
        raise ValueError(f"a path begins with a slash: {'/' + path[:200]!r} instead of {path[:200]!r}")
    path = path.partition("#")[0]
    query = encode_query(stated(params))
    if query:
        path = f"{path}{'&' if '?' in path else '?'}{query}"
    return parse_url(path if _URL.fullmatch(path) else f"{base}{path}")


def stated(given: Pairs) -> list[tuple[str, Any]]:
    """Names with values, but for those that are None. TypeError for what has none."""
    if isinstance(given, (str, bytes)) or hasattr(given, "read"):
        raise TypeError(
            "params= and data= take names with values, as a mapping or as pairs; a body that is ready goes to body="
        )
    pairs = given.items() if isinstance(given, Mapping) else given
    return [(name, value) for name, value in pairs if value is not None]
