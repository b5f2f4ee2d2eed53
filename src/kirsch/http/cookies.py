"""Cookies: the client's, read with patience (RFC 6265 §5.4), and ours, written with care (§4.1).

Both are the standard library's SimpleCookie, which applications know, with two differences: reading is linear and
leaves out what is no cookie instead of giving up, and attributes that would break out of their line are refused.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, Morsel, SimpleCookie
from time import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.http.dates import http_date

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 200
LONGEST: Final = 65536
"""Characters of a Cookie header that are looked at."""

_BLANKS: Final = " \t"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f;]")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~:0-9A-Za-z]+")
_ESCAPED = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))")
_FRESH: Final[Morsel[str]] = Morsel()
_ATTRIBUTES: Final = {**dict(_FRESH), "partitioned": ""}
_STATE: Final = dict(vars(_FRESH))
_FLAGS: Final = {"httponly": "HttpOnly", "partitioned": "Partitioned", "secure": "Secure"}
_SPELLED: Final = {
    "comment": "Comment",
    "domain": "Domain",
    "expires": "expires",
    "max-age": "Max-Age",
    "path": "Path",
    "samesite": "SameSite",
    "version": "Version",
}


class Cookie(Morsel[str]):
    """A Morsel that knows `Partitioned` on every Python (the standard one does from 3.14 on)."""

    _reserved: ClassVar = {**_SPELLED, **_FLAGS}
    _flags: ClassVar = set(_FLAGS)

    def __init__(self) -> None:
        # PERF: a third of the time of the inherited one, which sets the attributes one by one.
        dict.update(self, _ATTRIBUTES)
        vars(self).update(_STATE)


class Cookies(SimpleCookie):
    """`cookies['name'] = 'value'; cookies['name']['path'] = '/'; cookies['name'].value`."""

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Morsel):
            dict.__setitem__(self, key, value)
            return
        real, coded = self.value_encode(value)
        cookie = self.get(key)
        if cookie is None:
            cookie = Cookie()
        cookie.set(key, real, coded)
        dict.__setitem__(self, key, cookie)


def parse_cookies(header: str) -> Cookies:
    """The cookies of a Cookie header (latin-1 text, several lines joined by `; `). Never raises.

    Left out, without harm to their neighbours: what has no `=`, a name that is no token or the name of an attribute,
    a value with control characters, and all beyond MOST cookies or LONGEST characters. Any other value is kept: an
    unquoted one as it is, whatever others put there. Of several with one name the last counts, as it always has.
    Raw bytes beyond ASCII are UTF-8 or else latin-1.
    """
    cookies = Cookies()
    if len(header) > LONGEST:
        header = header[:LONGEST].rpartition(";")[0]
    clean = not _CONTROL.search(header)
    for pair in header.split(";", MOST)[:MOST]:
        name, mark, value = pair.partition("=")
        name = name.strip(_BLANKS)
        if not mark or not name or name[0] == "$":  # $Version and its kin are of RFC 2109
            continue
        value = value.strip(_BLANKS)
        if not clean and _CONTROL.search(value):
            continue
        cookie = Cookie()
        try:
            cookie.set(name, _decode(value), value)
        except CookieError:
            continue
        dict.__setitem__(cookies, name, cookie)
    return cookies


def _decode(value: str) -> str:
    if not value.isascii():
        try:
            value = value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            pass  # latin-1 after all, or no text from the wire
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    inner = value[1:-1]
    return _ESCAPED.sub(_unescaped, inner) if "\\" in inner else inner


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 8)) if match[1] else match[2]


def set_cookie_lines(cookies: Mapping[str, Morsel[Any]]) -> list[bytes]:
    """The values of the Set-Cookie lines, in the order of the names, as SimpleCookie does it.

    `expires`: text as it is; a number means seconds from now, and 0 or less means away with it: a date long ago, and
    Max-Age=0, too. Raises ValueError, naming the cookie, where a `;` or control character would break out of its place.
    """
    return [_line(cookies[name]) for name in sorted(cookies)]


def _line(morsel: Morsel[Any]) -> bytes:
    name = morsel.key or ""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a name for a cookie")
    parts = [f"{name}={_safe(name, 'value', str(morsel.coded_value))}"]
    attributes = dict(morsel)
    expires = attributes.get("expires")
    if isinstance(expires, (int, float)):
        attributes["expires"] = http_date(time() + expires if expires > 0 else 0)
        if expires <= 0:
            attributes["max-age"] = 0
    for attribute in sorted(attributes):
        setting = attributes[attribute]
        if attribute in _FLAGS:
            if setting:
                parts.append(_FLAGS[attribute])
        elif setting is not None and setting != "":
            parts.append(f"{_SPELLED.get(attribute, attribute)}={_setting(name, attribute, setting)}")
    try:
        return "; ".join(parts).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"the cookie {name} has text that cannot be encoded") from None


def _setting(name: str, attribute: str, setting: Any) -> str:
    if attribute == "max-age" and isinstance(setting, float):
        setting = int(setting)
    elif attribute == "comment":
        setting = SimpleCookie().value_encode(setting)[1]
    return _safe(name, attribute, str(setting))


def _safe(name: str, where: str, text: str) -> str:
    """The text, unless it would break out of its place."""
    if _UNSAFE.search(text):
        raise ValueError(f"the cookie {name} has a `;` or control character in its {where}: {text[:80]!r}")
    return text
