"""Whom we believe what they say about others: proxies in front of us, which config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.http.addresses import is_among
from kirsch.http.forwarded import element_at, find_client, parse_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.exchange import Exchange


def forwarded_host(exchange: Exchange, trusted: Sequence[str]) -> str:
    """The host that the client has asked for, as the proxies in front say it in X-Forwarded-Host.

    "" if they do not, or are not trusted. Of several it is that of the step which X-Forwarded-For names as the
    client's: a proxy that adds to the list has not made what stands left of it.
    """
    if exchange.head.get(b"x-forwarded-host") is None or not is_among(exchange.client[0], trusted):
        return ""
    try:
        clients = _listed(exchange, b"x-forwarded-for")
        distance = find_client(clients, lambda address: is_among(address, trusted))[1] if clients else 0
        return element_at(_listed(exchange, b"x-forwarded-host"), distance)
    except ValueError:
        return ""


def _listed(exchange: Exchange, name: bytes) -> list[str]:
    return parse_list((exchange.head.get(name) or b"").decode("latin-1"))
