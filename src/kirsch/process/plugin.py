"""The contract of plugins: an object whose methods are named after channels.

A plugin that brings channels of its own makes them known (`bus.add_channels`) when it is made, so that plugins
subscribed after it may listen to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.process.bus import Bus

F = TypeVar("F", bound="Callable[..., Any]")


def priority(number: float) -> Callable[[F], F]:
    """Mark a listener with its place: the lower, the earlier. Unmarked ones stand at 50."""

    def mark(function: F) -> F:
        vars(function)["priority"] = number
        return function

    return mark


class Plugin:
    """Every method named like a channel that the bus knows listens to it, from subscribe() to unsubscribe().

    As a context manager it is subscribed inside the block.
    """

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def subscribe(self) -> Self:
        """Listen; a second time changes nothing. Gives the plugin itself."""
        for channel, method in self._listeners():
            self.bus.subscribe(channel, method)
        return self

    def unsubscribe(self) -> None:
        """No longer listen."""
        for channel, method in self._listeners():
            self.bus.unsubscribe(channel, method)

    def _listeners(self) -> list[tuple[str, Callable[..., object]]]:
        named = ((channel, getattr(self, channel, None)) for channel in tuple(self.bus.listeners))
        return [(channel, method) for channel, method in named if callable(method)]

    def __enter__(self) -> Self:
        self.subscribe()
        return self

    def __exit__(self, *_: object) -> None:
        self.unsubscribe()
