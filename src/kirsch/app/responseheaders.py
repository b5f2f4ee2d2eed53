"""The header fields of an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from kirsch.http.dates import http_date
from kirsch.http.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kirsch.exchange import Field

SERVER: Final = "Kirsch"
_STANDING: Final = ("date", "server")


class ResponseHeaders(Headers):
    """See the module. Date and Server, which the server adds, can be read beforehand; deleted, they are not sent."""

    __slots__ = ("_withheld",)

    _withheld: tuple[str, ...]

    def __init__(self, fields: Any = ()) -> None:
        self._withheld = ()
        super().__init__(fields)

    def __getitem__(self, name: str) -> str:
        key = name.lower()
        if key in _STANDING and key not in self._withheld and not super().__contains__(key):
            return SERVER if key == "server" else http_date(time.time())
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        standing = isinstance(name, str) and name.lower() in _STANDING and name.lower() not in self._withheld
        return standing or super().__contains__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        if value is None:  # which is to say: none of that name
            self.pop(name, None)
            return
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        key = name.lower()
        if key in _STANDING and key not in self._withheld:
            self._withheld += (key,)
            if not super().__contains__(key):
                return
        super().__delitem__(name)

    def copy(self) -> ResponseHeaders:
        """Another one with the same lines."""
        headers = type(self)(self.lines())
        headers._withheld = self._withheld
        return headers

    def to_wire(self) -> list[Field]:
        """As of any Headers; an empty value says that the server must not add what it would."""
        fields = super().to_wire()
        if not self._withheld:
            return fields
        held = [key for key in self._withheld if not super(ResponseHeaders, self).__contains__(key)]
        return [*fields, *((key.title().encode("ascii"), b"") for key in held)]


def decoded(fields: Iterable[Field]) -> ResponseHeaders:
    """Headers made of what is on the wire."""
    return ResponseHeaders((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
