"""What a client asks, ready to be carried to whoever answers."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from kirsch.exchange import Head
from kirsch.http.headers import Headers, encode_line
from kirsch.http.media import TOKEN
from kirsch.options import did_you_mean

if TYPE_CHECKING:
    from kirsch.exchange import Address, Field
    from kirsch.testing.body import Body
    from kirsch.testing.url import Pairs, Url

    Line = tuple[str, str | None]
    Lines = Mapping[str, str | None] | Iterable[Line]

PATIENCE: Final = 10.0
"""Seconds that a client waits for what must come."""

_METHOD = re.compile(TOKEN)


class Options(TypedDict, total=False):
    """What a request may have beside its method and path.

    params: added to the query. A list as a value repeats the name, None leaves it out; so it is for data, too.
    headers: instead of the client's own of that name. None takes a line away (Host, Content-Length), pairs may repeat
    it.
    json: sent as JSON. data: fields of a form. files: make it a form with files, see `kirsch.testing.multipart`.
    body: bytes or text as it is; an open file or an iterable of pieces is sent in chunks, without a length.
    auth: user and password, for Basic. version: of HTTP. client: address and port where the request comes from.
    follow: redirects, on this host alone or "anywhere". timeout: seconds to wait for a real server, or for a streamed
    piece.
    """

    params: Pairs
    headers: Lines
    json: Any
    data: Pairs
    files: Pairs
    body: bytes | str | Iterable[bytes | str]
    auth: tuple[str, str] | None
    version: tuple[int, int]
    client: Address
    follow: bool | Literal["anywhere"]
    timeout: float


@dataclass(frozen=True)
class Question:
    """One request. fields: as they are written. client: None for whatever is usual."""

    method: str
    url: Url
    version: tuple[int, int]
    fields: list[Field]
    body: Body
    client: Address | None
    timeout: float

    @property
    def head(self) -> Head:
        """What a handler sees of it."""
        fields = [(name.lower(), value) for name, value in self.fields]
        return Head(self.method, self.url.target.encode("ascii"), self.version, fields)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def check(method: str, options: Options) -> None:
    """Refuse what no request can have, by TypeError or ValueError."""
    known = Options.__optional_keys__
    for name in options:
        if name not in known:
            raise TypeError(f"a request has no option {name!r}{did_you_mean(name, sorted(known))}")
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method!r} is not a method: GET is one")


def fields_of(lines: Headers, own: Iterable[Line]) -> list[Field]:
    """The lines as they are sent; those of `own` replace what is there of their names. ValueError for a wrong one."""
    own = list(own)
    for name, _ in own:
        lines.pop(name, None)
    for name, value in own:
        if value is not None:
            lines.add(name, value)
    fields = [encode_line(name, value) for name, value in lines.lines()]
    return [(name, value.strip(b" \t")) for name, value in fields]


def own_lines(standing: Lines, wanted: Lines) -> list[Line]:
    """What somebody says of the headers: the client, and in its place the request where it says something, too."""
    here = _pairs(wanted)
    names = {name.lower() for name, _ in here}
    return [line for line in _pairs(standing) if line[0].lower() not in names] + here


def _pairs(lines: Lines) -> list[Line]:
    return list(lines.items() if isinstance(lines, Mapping) else lines)


def basic(user: str, password: str) -> str:
    """The value of Authorization for these (RFC 7617)."""
    if ":" in user:
        raise ValueError(f"the name of a user has no colon in Basic authentication: {user!r}")
    return "Basic " + b2a_base64(f"{user}:{password}".encode(), newline=False).decode("ascii")
