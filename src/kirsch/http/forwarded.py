"""What proxies say about the client: `Forwarded` (RFC 7239), and the lists in `X-Forwarded-For` and its like.

Each proxy adds what it has seen at the right end, so only the right end is known to be true: whatever stands left of
the first address that is no proxy of ours, that client may have made up. Hence `find_client` walks from the right, and
looks at nothing that it does not have to believe.

Nothing here is cut short: a field that is too long, or malformed where it matters, is a ValueError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.http.media import TOKEN, unquote_string

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST: Final = 50
"""Steps of one way: real ones have a handful."""

UNKNOWN: Final = "unknown"
"""Who asks, if a proxy cannot or will not say (RFC 7239 §6.2)."""

_QUOTED = r'"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*+"'
_PAIR = re.compile(rf"[ \t]*+(?:({TOKEN})=({TOKEN}|{_QUOTED})[ \t]*+)?+([;,]|\Z)")
_HIDDEN = r"_[A-Za-z0-9._\-]{1,254}"
_NODE = re.compile(
    rf"(\[[0-9A-Fa-f:.]{{2,45}}\]|[0-9.]{{7,15}}|unknown|{_HIDDEN})(?::([0-9]{{1,5}}|{_HIDDEN}))?", re.IGNORECASE
)
_BARE_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}")


class Node(NamedTuple):
    """One end of a step. address: of IP, or `unknown`, or a name in disguise (`_gazonk`). port: 0 if not told."""

    address: str
    port: int = 0


class Hop(NamedTuple):
    """One step, as the proxy at its end tells it: `for`, `by`, `host` and `proto`; "" for what it does not say."""

    client: str = ""
    by: str = ""
    host: str = ""
    proto: str = ""


def parse_forwarded(value: str) -> list[Hop]:
    """The steps that a `Forwarded` field tells, in the order sent (RFC 7239 §4). Raises ValueError."""
    hops: list[Hop] = []
    pairs: dict[str, str] = {}
    at = 0
    while True:
        match = _PAIR.match(value, at)
        if match is None:
            raise ValueError("a list of pairs such as for=192.0.2.1;proto=https was expected")
        name, text, mark = match.groups()
        if name is not None:
            if name.lower() in pairs:
                raise ValueError(f"{name} stands twice in one step")
            pairs[name.lower()] = unquote_string(text)
        if mark != ";":
            if pairs:
                hops.append(Hop(*(pairs.get(each, "") for each in ("for", "by", "host", "proto"))))
                pairs = {}
            if len(hops) > MOST:
                raise ValueError(f"more than {MOST} steps")
            if not mark:
                return hops
        at = match.end()


def parse_list(value: str) -> list[str]:
    """The elements of a plain list, such as that in `X-Forwarded-For`, but for empty ones. Raises ValueError."""
    elements = [element for each in value.split(",", MOST + 1) if (element := each.strip(" \t"))]
    if len(elements) > MOST:
        raise ValueError(f"more than {MOST} elements")
    return elements


def parse_node(text: str) -> Node:
    """`192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`, `unknown`, `_hidden`. Raises ValueError.

    Addresses come in their one usual spelling, and those of IPv4 within IPv6 as what they are.
    """
    match = _NODE.fullmatch(text)
    if match is None:
        return Node(_ip(text)) if _BARE_IPV6.fullmatch(text) else _refuse(text)
    name, port = match.groups()
    if name[0] != "_":
        name = UNKNOWN if name[0] in "uU" else _ip(name.strip("[]"))
    number = int(port) if port and port[0] != "_" else 0
    return Node(name, number) if number <= 65535 else _refuse(text)


def _refuse(text: str) -> Node:
    raise ValueError(f"{text[:100]!r} is not an address")


def _ip(text: str) -> str:
    import ipaddress

    address = ipaddress.ip_address(text)
    return str(getattr(address, "ipv4_mapped", None) or address)


def find_client(nodes: Sequence[str], is_proxy: Callable[[str], bool]) -> tuple[Node, int]:
    """From the right, the first node that is no proxy, else the leftmost; and how far from the right end it stands.

    1 is the last one. Raises ValueError for a malformed node that has to be believed, and if there is none.
    """
    for distance, text in enumerate(reversed(nodes), 1):
        node = parse_node(text or UNKNOWN)
        if distance == len(nodes) or not is_proxy(node.address):
            return node, distance
    raise ValueError("it is empty")


def element_at(elements: Sequence[str], distance: int) -> str:
    """Of a list that proxies make beside that of the clients, the element of the same step; "" of an empty list.

    Where proxies add nothing to it, it is shorter, and the step is told by its first.
    """
    if not elements:
        return ""
    return elements[-distance] if 0 < distance <= len(elements) else elements[0]
