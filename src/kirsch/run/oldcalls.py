"""What programs of CherryPy 2 and 3.0 asked engine and server for, by the names and arguments of then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.app.legacy import warn
from kirsch.options import did_you_mean
from kirsch.process.bus import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kirsch.process.bus import Bus


class Listeners:
    """A list of callbacks, of old: what is appended subscribes to a channel. name: with its owner."""

    def __init__(self, bus: Bus, name: str, channel: str) -> None:
        self._bus = bus
        self._name = name
        self._channel = channel

    def append(self, callback: Callable[..., object]) -> None:
        """Have it called."""
        warn(self._name, f"engine.subscribe({self._channel!r}, …)")
        self._bus.subscribe(self._channel, callback)

    def extend(self, callbacks: Iterable[Callable[..., object]]) -> None:
        """Have them called."""
        for callback in callbacks:
            self.append(callback)


START_ARGUMENTS: Final = ("init_only", "server_class")


def start_all(server: Any, bus: Bus, given: tuple[Any, ...], named: dict[str, Any]) -> None:
    """What server.start() with arguments did in CherryPy 2: it started engine and server, and waited for their end.

    init_only: it does not wait. server_class: of a server of others, or one that is made; None for no server at all.
    """
    warn("server.start(init_only=…, server_class=…)", "engine.start(), and engine.block() to wait; server.instance")
    arguments = dict(zip(START_ARGUMENTS, given, strict=False)) | {
        "init_only" if name == "initOnly" else name: value for name, value in named.items()
    }
    unknown = arguments.keys() - set(START_ARGUMENTS)
    if unknown or len(given) > len(START_ARGUMENTS):
        name = min(unknown, default="a third one")
        raise TypeError(f"server.start() has no argument {name}{did_you_mean(name, START_ARGUMENTS)}")
    if "server_class" in arguments:
        made = arguments["server_class"]
        server.instance = made() if isinstance(made, type) else made
        server.subscribe() if made is not None else server.unsubscribe()
    if bus.state is not State.STARTED:
        bus.start()
    elif arguments.get("server_class", server) is not None:
        server.start()
    if not arguments.get("init_only"):
        bus.block()
