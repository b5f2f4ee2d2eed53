"""Who is at the other end: addresses, and the networks that they belong to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCAL: Final = ("127.0.0.0/8", "::1", "unix")
"""Trusted unless config says otherwise: whoever can talk to us from this machine, or through a Unix socket."""


def is_among(address: str, networks: Sequence[str]) -> bool:
    """Whether a peer is one of these: addresses, networks (`10.0.0.0/8`), or `unix` for a Unix socket (address "")."""
    if not address:
        return "unix" in networks
    return _within(address, tuple(networks))


@lru_cache(1024)
def _within(address: str, networks: tuple[str, ...]) -> bool:
    import ipaddress

    try:
        peer: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in ipaddress.ip_network(each, strict=False) for each in networks if each != "unix")


def is_network(text: Any) -> bool:
    """Whether this is an address, a network, or `unix`."""
    import ipaddress

    try:
        return text == "unix" or bool(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return False


@lru_cache(4096)
def household(address: str) -> str:
    """Whom an address belongs to: of IPv6 a whole /64, as one customer has that many addresses."""
    import ipaddress

    try:
        parsed: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
