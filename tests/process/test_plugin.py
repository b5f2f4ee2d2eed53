"""Plugins: methods named after channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from kirsch.process.bus import Bus


class Recorder(Plugin):
    """A plugin that notes what it is told."""

    stop = None  # not a method: nothing to call

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.seen: list[str] = []

    @priority(10)
    def start(self) -> None:
        self.seen.append("start")

    def feast(self) -> None:
        self.seen.append("feast")

    def unrelated(self) -> None:
        self.seen.append("unrelated")


def test_methods_named_like_channels(bus: Bus) -> None:
    """Those named like a channel known at that moment are subscribed, no others."""
    plugin = Recorder(bus)
    plugin.subscribe()
    bus.add_channels("feast")
    bus.publish("feast")
    plugin.subscribe()
    for channel in ("feast", "start", "stop", "unrelated"):
        bus.publish(channel)
    assert plugin.seen == ["feast", "start"]


def test_priority_of_a_method(bus: Bus) -> None:
    """The mark on a method is its priority, for every object of the class."""
    plugin = Recorder(bus)
    bus.subscribe("start", lambda: plugin.seen.append("50"))
    plugin.subscribe()
    bus.publish("start")
    assert plugin.seen == ["start", "50"]


def test_unsubscribe(bus: Bus) -> None:
    """An unsubscribed plugin hears nothing."""
    plugin = Recorder(bus)
    plugin.subscribe()
    plugin.unsubscribe()
    bus.publish("start")
    assert plugin.seen == []


def test_context_manager(bus: Bus) -> None:
    """As a context manager a plugin is subscribed inside the block."""
    with Recorder(bus) as plugin:
        bus.publish("start")
    bus.publish("start")
    assert plugin.seen == ["start"]
