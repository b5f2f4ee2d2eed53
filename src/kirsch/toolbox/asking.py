"""What the fields of a request say to a cache, read once for as long as a client sends the same."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol

from kirsch.http.cachecontrol import NO_WISHES, Wishes, parse_wishes

_SPECIAL: Final = frozenset(
    {
        b"authorization", b"cache-control", b"if-match", b"if-modified-since", b"if-none-match", b"if-range",
        b"if-unmodified-since", b"pragma", b"range",
    }
)  # fmt: skip


class Block(Protocol):
    """The fields of a request as they came: Fields of the exchange, see there."""

    pairs: list[tuple[bytes, bytes]]
    made: dict[str, Any]

    def get(self, name: bytes) -> bytes | None:
        """The value of a field."""


class Asking(NamedTuple):
    """What the fields of a request mean here.

    plain: nothing special. named: it has credentials. part: it is for a part of the page. matched: it has a condition
    that the page alone may judge, as a copy may be older than what the client knows (RFC 9111 §4.3.2).
    """

    host: str
    plain: bool = True
    wishes: Wishes = NO_WISHES
    named: bool = False
    part: bool = False
    matched: bool = False


def read_asking(fields: Block) -> Asking:
    """Read it, or find it read. PERF: a client that keeps its connection mostly sends the same fields again."""
    known: Asking | None = fields.made.get("caching")
    if known is not None:
        return known
    host = (fields.get(b"host") or b"").decode("latin-1")
    special = {name: value.decode("latin-1") for name, value in fields.pairs if name in _SPECIAL}
    if special:
        control = fields.get(b"cache-control") or b""
        wishes = parse_wishes(control.decode("latin-1"), special.get(b"pragma", ""))
        matched = b"if-match" in special or b"if-unmodified-since" in special
        asking = Asking(host, False, wishes, b"authorization" in special, b"range" in special, matched)
    else:
        asking = Asking(host, plain=bool(host))
    fields.made["caching"] = asking
    return asking


def values_of(fields: Block, names: tuple[str, ...]) -> str:
    """What a request says in these fields, as part of a key; a field that is not there is not an empty one."""
    label = f"caching: {','.join(names)}"
    known: str | None = fields.made.get(label)
    if known is None:
        values = [fields.get(name.encode("latin-1", "replace")) for name in names]
        known = fields.made[label] = "\0".join("\1" if each is None else each.decode("latin-1") for each in values)
    return known
