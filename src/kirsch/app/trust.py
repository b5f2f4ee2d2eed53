"""Whom we believe what they say about others: proxies in front of us, which config names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.exchange import Exchange

LOCAL: Final = ("127.0.0.0/8", "::1", "unix")
"""Trusted unless config says otherwise: whoever can talk to us from this machine, or through a Unix socket."""


def is_trusted(address: str, trusted: Sequence[str]) -> bool:
    """Whether a peer is one of these: addresses, networks (`10.0.0.0/8`), or `unix` for a Unix socket (address "")."""
    if not address:
        return "unix" in trusted
    return _within(address, tuple(trusted))


@lru_cache(1024)
def _within(address: str, trusted: tuple[str, ...]) -> bool:
    import ipaddress

    try:
        peer: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in ipaddress.ip_network(each, strict=False) for each in trusted if each != "unix")


def is_network(text: Any) -> bool:
    """Whether this is an address, a network, or `unix`."""
    import ipaddress

    try:
        return text == "unix" or bool(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return False


def forwarded(exchange: Exchange, trusted: Sequence[str], name: bytes) -> str:
    """What the proxy in front says in a field, the first of several; "" if it says nothing or is not trusted."""
    value = exchange.head.get(name)
    if value is None or not is_trusted(exchange.client[0], trusted):
        return ""
    return value.decode("latin-1").partition(",")[0].strip()
