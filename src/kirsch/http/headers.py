"""Header fields as the application sees them: a case-insensitive map of text that knows of repeated lines.

Names keep their spelling and their order; lines of one name stand together. Setting a name replaces all its lines.
What is set is not judged; what leaves is: `to_wire` is where a line break in a value ends the attempt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final, TypeVar, overload

from kirsch.http.elements import Element, parse_elements
from kirsch.http.media import TOKEN

Line = tuple[str, str]
Default = TypeVar("Default")

_NAME = re.compile(TOKEN)
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*+")
_USUAL: Final = (
    "accept accept-charset accept-encoding accept-language authorization cache-control connection content-encoding "
    "content-length content-type cookie date dnt expect forwarded host if-match if-modified-since if-none-match "
    "if-range if-unmodified-since keep-alive origin pragma priority range referer sec-ch-ua sec-ch-ua-mobile "
    "sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user te trailer transfer-encoding "
    "upgrade upgrade-insecure-requests user-agent x-csrf-token x-forwarded-for x-forwarded-host x-forwarded-proto "
    "x-real-ip x-request-id x-requested-with"
)


class _Names(dict[bytes, Line]):
    """Lower-case names from the wire to the key and the spelling to show.

    PERF: half the cost of a field. Clients choose the names, so beyond a limit none is remembered; the usual ones are
    there from the start, so that nobody can crowd them out.
    """

    MOST: Final = 512
    LONGEST: Final = 64

    def __missing__(self, name: bytes) -> Line:
        key = name.decode("latin-1")
        entry = (key, key.title())
        if len(self) < self.MOST and len(name) <= self.LONGEST:
            self[name] = entry
        return entry


class _Wire(dict[Line, tuple[bytes, bytes]]):
    """Lines that have been checked and encoded.

    PERF: most lines of an answer are the same every time, and a look-up costs a third of the check. When it is full it
    starts anew, as some values never come twice. Cookies are somebody's secrets and are not kept.
    """

    MOST: Final = 1024
    LONGEST: Final = 200

    def __missing__(self, line: Line) -> tuple[bytes, bytes]:
        field = encode_line(*line)
        if len(field[1]) <= self.LONGEST and field[0].lower() != b"set-cookie":
            if len(self) >= self.MOST:
                self.clear()
            self[line] = field
        return field


_names = _Names()
for _name in _USUAL.split():
    _names[_name.encode("ascii")]  # asking for it is what remembers it
_wire = _Wire()


def encode_line(name: str, value: str) -> tuple[bytes, bytes]:
    """A line as it leaves: latin-1, or UTF-8 where that does not do.

    Raises ValueError for a name that is no token, and for a value with a control character other than HTAB.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a name for a header: letters, digits and !#$%&'*+-.^_`|~ make one")
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        try:
            raw = value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"the value of the header {name} cannot be encoded: {value[:80]!r}") from None
    if not _VALUE.fullmatch(raw):
        raise ValueError(f"the value of the header {name} has a line break or control character: {value[:80]!r}")
    return name.encode("ascii"), raw


def _text(name: str, value: Any) -> str:
    """The value as text; bytes are latin-1."""
    if isinstance(value, str):
        return value
    if value is None:
        raise ValueError(f"the header {name} cannot be None: to send none of that name, `del headers[{name!r}]`")
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else str(value)


class Headers(MutableMapping[str, str]):
    """`headers['content-type']` finds `Content-Type`. Repeated lines are joined by `, ` when read as one value.

    Made of pairs, where a name may come several times, or of a mapping.
    """

    __slots__ = ("_lines", "_more")

    _lines: dict[str, Line]
    """By lower-case name, the first line of that name."""
    _more: dict[str, list[Line]]
    """By lower-case name, the lines after the first; most often empty."""

    def __init__(self, fields: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        self._lines = {}
        self._more = {}
        if isinstance(fields, Mapping):
            self.update(fields)
        else:
            for name, value in fields:
                self.add(name, value)

    @classmethod
    def from_wire(cls, fields: Iterable[tuple[bytes, bytes]]) -> Headers:
        """Of request fields, whose names are in lower case; they are shown in Title-Case."""
        fields = fields if type(fields) is list else list(fields)
        headers = cls.__new__(cls)
        headers._more = {}
        headers._lines = lines = {}
        for name, value in fields:
            key, shown = _names[name]
            lines[key] = (shown, value.decode("latin-1"))
        if len(lines) != len(fields):  # PERF: repeated lines are rare, and looking for them costs 15 %
            lines.clear()
            for name, value in fields:
                headers.add(_names[name][1], value)
        return headers

    def __getitem__(self, name: str) -> str:
        key = name.lower()
        if self._more and key in self._more:
            return ("; " if key == "cookie" else ", ").join(self.getall(key))
        return self._lines[key][1]

    @overload
    def get(self, name: str, default: None = None, /) -> str | None: ...
    @overload
    def get(self, name: str, default: str, /) -> str: ...
    @overload
    def get(self, name: str, default: Default, /) -> str | Default: ...
    def get(self, name: str, default: Any = None, /) -> Any:
        """The value, or the default. PERF: half the time of the inherited one, which works by exceptions."""
        key = name.lower()
        if key not in self._lines:
            return default
        return self[key] if self._more else self._lines[key][1]

    def getall(self, name: str) -> list[str]:
        """The values of all lines of that name, in order; empty without one."""
        key = name.lower()
        line = self._lines.get(key)
        if line is None:
            return []
        return [line[1], *(value for _, value in self._more.get(key, ()))]

    def elements(self, name: str) -> list[Element]:
        """The elements of a list, one by one; of Accept and its like, the most wanted first."""
        return parse_elements(name, self.get(name, ""))

    def __setitem__(self, name: str, value: Any) -> None:
        key = name.lower()
        self._lines[key] = (name, value if type(value) is str else _text(name, value))
        if self._more:
            self._more.pop(key, None)

    def add(self, name: str, value: Any) -> None:
        """One more line, after those of the same name."""
        line = (name, _text(name, value))
        if self._lines.setdefault(name.lower(), line) is not line:
            self._more.setdefault(name.lower(), []).append(line)

    def __delitem__(self, name: str) -> None:
        key = name.lower()
        del self._lines[key]
        self._more.pop(key, None)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lines

    def __iter__(self) -> Iterator[str]:
        for name, _ in self._lines.values():
            yield name

    def __len__(self) -> int:
        return len(self._lines)

    def __eq__(self, other: object) -> bool:
        """Alike if names, whatever their case and order, and values are."""
        if not isinstance(other, Mapping):
            return NotImplemented
        same = other if isinstance(other, Headers) else Headers(other)
        return {key: self.getall(key) for key in self._lines} == {key: same.getall(key) for key in same._lines}

    def __hash__(self) -> int:
        raise TypeError("Headers have no hash, as they change")

    def setdefault(self, name: str, default: Any = "") -> str:
        """The value; if there is none, the default is set first."""
        if name.lower() not in self._lines:
            self[name] = default
        return self[name]

    def update(self, other: Any = (), /, **named: Any) -> None:
        """As for a dict; from other Headers all lines are taken over."""
        if isinstance(other, Headers):
            self._lines.update(other._lines)
            if self._more:
                for key in other._lines:
                    self._more.pop(key, None)
            if other._more:
                self._more.update({key: lines.copy() for key, lines in other._more.items()})
            if not named:  # PERF: half the time
                return
            other = ()
        super().update(other, **named)

    def copy(self) -> Headers:
        """Another one with the same lines."""
        headers = type(self).__new__(type(self))
        headers._lines = self._lines.copy()
        headers._more = {key: lines.copy() for key, lines in self._more.items()} if self._more else {}
        return headers

    __copy__ = copy

    def lines(self) -> list[Line]:
        """Every line, in order; those of one name stand at the place of the first."""
        if not self._more:
            return list(self._lines.values())
        lines: list[Line] = []
        for key, line in self._lines.items():
            lines.append(line)
            lines.extend(self._more.get(key, ()))
        return lines

    def to_wire(self) -> list[tuple[bytes, bytes]]:
        """Every line as bytes, checked (see `encode_line`)."""
        return [_wire[line] for line in (self.lines() if self._more else self._lines.values())]

    def output(self) -> list[tuple[bytes, bytes]]:
        """As to_wire(), by the name under which applications have called it for years."""
        return self.to_wire()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.lines()!r})"
