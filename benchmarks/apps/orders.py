"""The order of the JSON load, as msgspec knows it: decoded and checked in one step."""

from __future__ import annotations

import msgspec


class Item(msgspec.Struct):
    """A line of an order. price: in cents."""

    sku: str
    quantity: int
    price: int


class Order(msgspec.Struct):
    """What the client posts; `total` is what we add."""

    id: int
    customer: str
    email: str
    express: bool
    tags: list[str]
    items: list[Item]
    note: str
    total: int = 0

    def add_up(self) -> Order:
        """Fill in the total, in cents."""
        self.total = sum(item.quantity * item.price for item in self.items)
        return self
