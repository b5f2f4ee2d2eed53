"""Whom we believe what they say about others: proxies in front of us, which config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.http.addresses import is_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.exchange import Exchange


def forwarded(exchange: Exchange, trusted: Sequence[str], name: bytes) -> str:
    """What the proxy in front says in a field, the first of several; "" if it says nothing or is not trusted."""
    value = exchange.head.get(name)
    if value is None or not is_among(exchange.client[0], trusted):
        return ""
    return value.decode("latin-1").partition(",")[0].strip()
