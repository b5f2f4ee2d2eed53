"""Who asks: the fields Authorization and WWW-Authenticate by their grammar (RFC 9110 §11), and the scheme Basic.

    credentials = scheme [ 1*SP ( token68 / #auth-param ) ]        challenge = the same, and several in a list

Reading raises CredentialsError, which is the client's fault (400); it never takes more than linear time.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.http.media import TOKEN, unquote_string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

LONGEST: Final = 8192
"""Characters of a field that are looked at; a longer one is refused."""

MOST_PARAMETERS: Final = 40

_SCHEME = re.compile(rf"({TOKEN})(?:[ \t]+|$|(?=,))")
_TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]++=*+(?=[ \t]*(?:,|$))")
_PARAMETER = re.compile(rf'({TOKEN})[ \t]*=[ \t]*({TOKEN}|"(?:[^"\\]|\\.)*+")[ \t]*(?=,|$)', re.DOTALL)
_BETWEEN = re.compile(r"[ \t]*(?:,[ \t]*)*+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*+={0,2}")
_UNQUOTABLE = re.compile(r"[\x00-\x1f\x7f]")


class CredentialsError(ValueError):
    """What was sent is not by the grammar."""


class Credentials(NamedTuple):
    """Of a client, or a server's challenge. scheme: in lower case. token: what stands there instead of parameters.

    params: by name in lower case, quotes and escapes undone.
    """

    scheme: str
    token: str = ""
    params: Mapping[str, str] = MappingProxyType({})


def parse_authorization(value: str) -> Credentials:
    """What the field Authorization says."""
    found = parse_challenges(value)
    if len(found) != 1:
        raise CredentialsError("credentials are of one scheme")
    return found[0]


def parse_challenges(value: str) -> list[Credentials]:
    """What the field WWW-Authenticate says, in order; several lines of it are joined by commas.

    A comma stands between parameters and between challenges alike: a name with a `=` behind it is a parameter.
    """
    if len(value) > LONGEST:
        raise CredentialsError(f"it is longer than {LONGEST} characters")
    found: list[Credentials] = []
    params: dict[str, str] | None = None
    at = _skip(value, 0)
    while at < len(value):
        parameter = _PARAMETER.match(value, at)
        if parameter:
            if params is None:
                raise CredentialsError("a parameter belongs to no scheme")
            _keep(params, parameter)
            at = _skip(value, parameter.end())
            continue
        scheme = _SCHEME.match(value, at)
        if scheme is None:
            raise CredentialsError("it cannot be read")
        at = scheme.end()
        token = None if _PARAMETER.match(value, at) else _TOKEN68.match(value, at)
        params = None if token else {}
        found.append(Credentials(scheme[1].lower(), token[0] if token else "", {} if params is None else params))
        at = _skip(value, token.end() if token else at)
    return found


def _skip(value: str, at: int) -> int:
    between = _BETWEEN.match(value, at)
    return between.end() if between else at


def _keep(params: dict[str, str], match: re.Match[str]) -> None:
    name = match[1].lower()
    if name in params:
        raise CredentialsError(f"the parameter {name} comes twice")
    if len(params) >= MOST_PARAMETERS:
        raise CredentialsError(f"it has more than {MOST_PARAMETERS} parameters")
    params[name] = unquote_string(match[2])


def challenge(scheme: str, params: Iterable[tuple[str, str]], bare: Collection[str] = ()) -> str:
    """A value for WWW-Authenticate. bare: names whose values are tokens and must not be in quotes (RFC 7616 §3.3).

    ValueError for control characters.
    """
    return f"{scheme} " + ", ".join([f"{name}={value if name in bare else quoted(value)}" for name, value in params])


def is_realm(realm: str) -> bool:
    """Whether this fits between quotes as it is: many clients do not undo escapes, and would compute another sum."""
    return bool(realm) and realm.isprintable() and '"' not in realm and "\\" not in realm


def quoted(text: str) -> str:
    """The text in quotes (RFC 9110 §5.6.4). ValueError for control characters, which would break out of the line."""
    if _UNQUOTABLE.search(text):
        raise ValueError(f"there is a control character in {text[:80]!r}")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_basic(credentials: Credentials, charset: str = "utf-8") -> tuple[str, str]:
    """User and password of Basic (RFC 7617), normalized to NFC. They are in this charset, or else in ISO-8859-1."""
    token = credentials.token
    try:
        # binascii skips what does not belong there, so that one password could be sent in many ways
        if not token or not _BASE64.fullmatch(token):
            raise CredentialsError("Basic needs user and password in base64")
        raw = a2b_base64(token)
    except Base64Error:
        raise CredentialsError("Basic needs user and password in base64") from None
    user, colon, password = decode(raw, charset).partition(":")
    if not colon:
        raise CredentialsError("Basic needs a colon between user and password")
    if _UNQUOTABLE.search(user) or _UNQUOTABLE.search(password):
        raise CredentialsError("there is a control character in user or password")  # RFC 7617 §2
    return user, password


def decode(raw: bytes, charset: str) -> str:
    """Text of a client in this charset, or else in ISO-8859-1, normalized to NFC (RFC 7617 §2.1)."""
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return unicodedata.normalize("NFC", text)


def basic(user: str, password: str) -> str:
    """The value of Authorization for a user. ValueError if there is a colon in the name, which nobody could tell."""
    if ":" in user:
        raise ValueError(f"there is a colon in the user's name {user!r}")
    return "Basic " + b2a_base64(f"{user}:{password}".encode(), newline=False).decode("ascii")
