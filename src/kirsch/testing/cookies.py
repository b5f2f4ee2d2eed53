"""The cookies of a client, kept and sent as browsers do it (RFC 6265 §5): by name, domain and path, until they expire.

A page is never told that a browser has thrown its cookie away. Here `refused` says which, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from time import time
from typing import TYPE_CHECKING, Any, Final

from kirsch.http.cookies import Cookies, parse_cookies
from kirsch.http.dates import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.testing.url import Url

_SECONDS = re.compile(r"-?[0-9]{1,18}")
_NUMERIC = re.compile(r"[0-9.]+|\[.*\]")
_UNSENDABLE: Final = re.compile(r"[;\x00-\x1f\x7f]")


@dataclass
class Cookie:
    """value: as the page meant it. coded: as it is sent. domain: "" for any host. only_host: not for hosts below it.

    expires: seconds since 1970; None for the end of the session.
    """

    name: str
    value: str
    domain: str = ""
    path: str = "/"
    only_host: bool = True
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    expires: float | None = None
    coded: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.coded = self.coded or str(Cookies().value_encode(self.value)[1])
        if _UNSENDABLE.search(self.name + self.coded) or "=" in self.name:
            raise ValueError(f"this cannot be sent as a cookie: {self.name}={self.coded}")

    def fits(self, url: Url) -> bool:
        """Whether it is sent there (RFC 6265 §5.4)."""
        return (
            (not self.secure or url.scheme == "https")
            and (not self.domain or self.domain == url.name or (not self.only_host and _below(url.name, self.domain)))
            and (url.path == self.path or url.path.startswith(self.path.rstrip("/") + "/"))
        )


class CookieJar(MutableMapping[str, str]):
    """Values by name, as a dict would have them; `find` and `set` know of the rest.

    Of several cookies of one name, the value is that of the longest path. What is set here, and not by an answer, is
    for every path of any host, unless it is said otherwise. clock: another one moves time on.
    """

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self.clock = clock
        self.refused: list[str] = []
        self._kept: dict[tuple[str, str, str], Cookie] = {}

    # -- what a test asks ----------------------------------------------------------------------------------------

    def all(self) -> list[Cookie]:
        """Those that have not expired, the oldest first."""
        now = self.clock()
        return [cookie for cookie in list(self._kept.values()) if cookie.expires is None or cookie.expires > now]

    def find(self, name: str, domain: str | None = None, path: str | None = None) -> Cookie:
        """The cookie with its attributes; of several the one of the longest path. KeyError without any."""
        found = [
            cookie
            for cookie in self.all()
            if cookie.name == name and domain in (None, cookie.domain) and path in (None, cookie.path)
        ]
        if not found:
            refused = [text for text in self.refused if text.startswith(f"{name}=")]
            raise KeyError("; ".join([f"there is no cookie {name!r}", *refused]))
        return max(found, key=lambda cookie: len(cookie.path))

    def set(self, name: str, value: str, **attributes: Any) -> None:
        """Keep a cookie as if a page had set it. attributes: those of Cookie."""
        self._put(Cookie(name, value, **attributes))

    def __getitem__(self, name: str) -> str:
        return self.find(name).value

    def __setitem__(self, name: str, value: str) -> None:
        try:
            known = self.find(name)
        except KeyError:
            self.set(name, value)
        else:
            self._put(replace(known, value=value, coded=""))

    def __delitem__(self, name: str) -> None:
        self.find(name)
        self._kept = {key: cookie for key, cookie in self._kept.items() if cookie.name != name}

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(cookie.name for cookie in self.all()))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"<CookieJar {dict(self)!r}>"

    # -- what a client does --------------------------------------------------------------------------------------

    def header(self, url: Url) -> str:
        """The Cookie field for a request, longer paths first; "" without any cookie."""
        fitting = [cookie for cookie in self.all() if cookie.fits(url)]
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join([f"{cookie.name}={cookie.coded}" for cookie in fitting])

    def keep(self, lines: Iterable[str], url: Url) -> None:
        """Do what the Set-Cookie fields of an answer from there say (RFC 6265 §5.3)."""
        for line in lines:
            try:
                self._put(_cookie(line, url, self.clock()))
            except ValueError as error:
                self.refused.append(f"{line}: refused, {error}")

    def _put(self, cookie: Cookie) -> None:
        key = (cookie.name, cookie.domain, cookie.path)
        for other in list(self._kept):  # one for any host stands in for those of single hosts, and they for it
            if (other[0], other[2]) == (cookie.name, cookie.path) and "" in (other[1], cookie.domain) and other != key:
                del self._kept[other]
        if cookie.expires is not None and cookie.expires <= self.clock():
            self._kept.pop(key, None)
        else:
            self._kept[key] = cookie


def _cookie(line: str, url: Url, now: float) -> Cookie:
    """What a Set-Cookie line says. ValueError with the reason why a browser would not take it."""
    pair, *rest = line.split(";")
    name, mark, coded = (part.strip(" \t") for part in pair.partition("="))
    if not mark or not name:
        raise ValueError("it has no name")
    said = {key.strip(" \t").lower(): text.strip(" \t") for key, _, text in (each.partition("=") for each in rest)}
    domain = said.get("domain", "").removeprefix(".").lower()
    path = said.get("path", "")
    cookie = Cookie(
        name,
        _meant(coded),
        domain or url.name,
        path if path.startswith("/") else url.path.rpartition("/")[0] or "/",
        only_host=not domain,
        secure="secure" in said,
        http_only="httponly" in said,
        same_site=said.get("samesite", ""),
        expires=_end(said, now),
        coded=coded,
    )
    _judge(cookie, url)
    return cookie


def _meant(coded: str) -> str:
    found = parse_cookies(f"it={coded}")
    return found["it"].value if found else coded


def _end(said: dict[str, str], now: float) -> float | None:
    """When it expires: Max-Age wins over Expires, and what cannot be read does not count."""
    if _SECONDS.fullmatch(said.get("max-age", "")):
        return now + int(said["max-age"])
    expires = said.get("expires", "")
    date = parse_http_date(expires)
    return parse_http_date(expires.replace("-", " ")) if date is None else date  # `01-Jan-1970`, as Netscape wrote it


def _judge(cookie: Cookie, url: Url) -> None:
    if not cookie.only_host and cookie.domain != url.name:
        if not _below(url.name, cookie.domain):
            raise ValueError(f"as Domain={cookie.domain} is not where it comes from, {url.name}")
        if "." not in cookie.domain:
            raise ValueError(f"as Domain={cookie.domain} is everybody's")
    if cookie.name.startswith(("__Secure-", "__Host-")) and not (cookie.secure and url.scheme == "https"):
        raise ValueError("as one of that name needs Secure and https")
    if cookie.name.startswith("__Host-") and not (cookie.only_host and cookie.path == "/"):
        raise ValueError("as one of that name needs Path=/ and no Domain")


def _below(host: str, domain: str) -> bool:
    return host.endswith(f".{domain}") and not _NUMERIC.fullmatch(domain)
