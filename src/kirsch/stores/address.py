"""Addresses of stores: taken apart, and shown without passwords."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from kirsch.stores.store import AddressError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SIZES: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_FLAGS: Final = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}
_SIZE: Final = re.compile(r"(\d+) *([KMG]?)(?:i?B)?", re.IGNORECASE)


class Address(NamedTuple):
    """scheme, in small letters; rest: what follows the colon, without the options behind a question mark."""

    scheme: str
    rest: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Address:
        """Take one apart."""
        scheme, colon, rest = text.partition(":")
        if not colon:
            raise AddressError(f"the address of a store begins with its kind, as in sqlite:{text} or memory:")
        rest, _, query = rest.partition("?")
        try:
            options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        except ValueError:
            raise AddressError(f"{scheme}: what follows the question mark is no list of name=value") from None
        return cls(scheme.strip().lower(), rest, options)

    @property
    def path(self) -> str:
        """The rest as the path of a file: `sqlite:/a/b`, `sqlite:///a/b` and `sqlite:b` are such."""
        path = unquote(self.rest)
        if path.startswith("//"):
            host, slash, path = path[2:].partition("/")
            if host:
                raise AddressError(f"{self.scheme}://{host}/ would be on another machine; write {self.scheme}:/{path}")
            path = slash + path
        if not path:
            raise AddressError(f"{self.scheme}: needs a path, as in {self.scheme}:/var/lib/site/{self.scheme}")
        return path

    def settings(self, known: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
        """The options, read by what is known of them; all must be known."""
        for name in self.options:
            if name not in known:
                raise AddressError(
                    f"{self.scheme}: has no option {name!r}{nearest(name, known)} There are: {', '.join(known)}."
                )
        return {name: read(self.scheme, name, text, known[name]) for name, text in self.options.items()}

    def hosts(self, port: int) -> list[tuple[str, int] | str]:
        """The rest as servers, `host:port,host:port`; a path is a Unix socket."""
        found: list[tuple[str, int] | str] = []
        for text in filter(None, self.rest.removeprefix("//").rstrip("/").split(",")):
            host, colon, number = text.rpartition(":") if not text.endswith("]") else (text, "", "")
            if text.startswith("/"):
                found.append(unquote(text))
            elif not colon:
                found.append((text.strip("[]"), port))
            elif number.isdecimal() and 0 < int(number) < 65536 and host:
                found.append((host.strip("[]"), int(number)))
            else:
                raise AddressError(f"{self.scheme}: {text!r} is no server; write host or host:port")
        if not found:
            raise AddressError(f"{self.scheme}: needs a server, as in {self.scheme}://127.0.0.1:{port}")
        return found

    @staticmethod
    def split(text: str, known: Mapping[str, Callable[[str], Any]]) -> tuple[dict[str, Any], str]:
        """Our options out of an address of somebody else's making, and the rest of it, as it was."""
        place, mark, query = text.partition("?")
        parts = [part.partition("=") for part in query.split("&")]
        ours = {name: unquote(value) for name, _, value in parts if name in known}
        theirs = "&".join("".join(part) for part in parts if part[0] not in known)
        return Address(text.partition(":")[0], "", ours).settings(known), place + (mark if theirs else "") + theirs


def read(scheme: str, name: str, text: str, kind: Callable[[str], Any]) -> Any:
    """The value of an option."""
    try:
        return kind(text)
    except (ValueError, KeyError):
        raise AddressError(f"{scheme}: the option {name}={text!r} makes no sense") from None


def nearest(name: str, known: Mapping[str, object]) -> str:
    """What was meant, most likely."""
    found = get_close_matches(name[:80].lower(), known, 1)
    return f"; did you mean {found[0]!r}?" if found else "."


def size(text: str) -> int:
    """Bytes: 1000, 64K, 64 MiB."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * _SIZES[found[2].upper()]


def whole(text: str) -> int:
    """A number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(text)
    return int(text)


def flag(text: str) -> bool:
    """Yes or no."""
    return _FLAGS[text.lower()]


def seconds(text: str) -> float:
    """More than none, at most a minute."""
    number = float(text)
    if not 0 < number <= 60:
        raise ValueError(text)
    return number


def one_of(*words: str) -> Callable[[str], str]:
    """One of these words."""
    return {word: word for word in words}.__getitem__


def name(text: str) -> str:
    """A name that may stand in keys and in SQL."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", text):
        raise ValueError(text)
    return text


def prefix(text: str) -> str:
    """What is put before keys."""
    if not re.fullmatch(r"[!-~]{0,40}", text):
        raise ValueError(text)
    return text


def without_secrets(text: str) -> str:
    """An address for messages: nobody's password, and nothing that follows the question mark."""
    text = text.partition("?")[0]
    scheme, slashes, rest = text.partition("://")
    if not slashes or "@" not in rest:
        return text
    user, _, place = rest.rpartition("@")
    who = user.partition(":")[0]
    return f"{scheme}://{who}@{place}" if who else f"{scheme}://{place}"


def password(text: str) -> str:
    """The password of an address, as it is written there."""
    user, _, _ = text.partition("://")[2].rpartition("@")
    return user.partition(":")[2]


def censored(message: object, *secrets: str) -> str:
    """A message of others, without what it must not say."""
    text = " ".join(str(message).split())[:400]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text
