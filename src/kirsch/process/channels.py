"""Channels: who wants to be told what, and telling them.

Listeners are called in the publisher's thread, lowest priority first, ties in the order of subscription. One that
fails does not keep the others from being called, but at the start. What `publish` reads is replaced whole, never
changed in place, so publishing takes no lock: it happens around every request.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from operator import itemgetter
from traceback import format_exc
from typing import Any, Final, TypeVar, overload

Listener = Callable[..., Any]
L = TypeVar("L", bound=Listener)

DEFAULT_PRIORITY: Final = 50

FIRST_CHANNELS: Final = frozenset({"start"})
"""On these a failure keeps the rest from being called: they build on what has failed, as a server on its config."""

LAST_CHANNELS: Final = frozenset({"stop", "exit"})
"""On these even a SystemExit keeps nobody from being called: what was started must be stopped."""


class ChannelFailures(ExceptionGroup[Exception]):
    """What the failed listeners of one `publish` raised, each with its own traceback."""

    def get_instances(self) -> list[Exception]:
        """The exceptions, in the order in which they were raised."""
        return list(self.exceptions)

    @property
    def plain(self) -> bool:
        """Whether each says all there is to say, so that nobody needs a traceback."""
        return all(getattr(each, "plain", False) for each in self.exceptions)

    def __str__(self) -> str:
        return "\n".join(map(repr, self.exceptions))


class Channels:
    """Named channels with their listeners.

    listeners: channel → its listeners in the order of calling. Read it freely; `subscribe` and `unsubscribe` change it.
    """

    def __init__(self, *names: str) -> None:
        self.listeners: dict[str, tuple[Listener, ...]] = dict.fromkeys(names, ())
        self._entries: dict[str, list[tuple[float, Listener]]] = {}  # in order of subscription, under _entries_lock
        self._entries_lock = threading.Lock()

    def add_channels(self, *names: str) -> None:
        """Make channels known before anybody listens, so that a plugin's methods of these names are subscribed."""
        for name in names:
            self.listeners.setdefault(name, ())

    @overload
    def subscribe(self, channel: str, callback: L, priority: float | None = None) -> L: ...
    @overload
    def subscribe(self, channel: str, callback: None = None, priority: float | None = None) -> Callable[[L], L]: ...
    def subscribe(self, channel: str, callback: L | None = None, priority: float | None = None) -> L | Callable[[L], L]:
        """Call `callback` whenever the channel is published; without it, a decorator that says so.

        The priority is the argument, else the callback's attribute of that name, else 50. The same callback a second
        time only changes its priority. A channel nobody knew is made.
        """
        if callback is None:
            return lambda function: self.subscribe(channel, function, priority)
        if not callable(callback):
            message = f"a listener of {channel!r} must be callable, this is {callback!r}"
            raise TypeError(message)
        rank = getattr(callback, "priority", DEFAULT_PRIORITY) if priority is None else priority
        with self._entries_lock:
            entries = self._entries.setdefault(channel, [])
            known = [listener for _, listener in entries]
            place = known.index(callback) if callback in known else len(known)
            entries[place : place + 1] = [(rank, callback)]
            self._put_in_order(channel)
        return callback

    def unsubscribe(self, channel: str, callback: Listener) -> None:
        """No longer call `callback`; nothing happens if it was not subscribed. The channel stays known."""
        with self._entries_lock:
            if entries := self._entries.get(channel):
                entries[:] = [entry for entry in entries if entry[1] != callback]
                self._put_in_order(channel)

    def _put_in_order(self, channel: str) -> None:
        ordered = sorted(self._entries[channel], key=itemgetter(0))
        self.listeners[channel] = tuple(listener for _, listener in ordered)

    def _in_turn(self, channel: str) -> Iterator[Listener]:
        """Each listener when its place has come, as they are by then."""
        place = -inf
        called: list[Listener] = []
        while True:
            with self._entries_lock:
                ordered = sorted(self._entries.get(channel, ()), key=itemgetter(0))
            coming = (entry for entry in ordered if entry[0] >= place and entry[1] not in called)
            if (entry := next(coming, None)) is None:
                return
            place, listener = entry
            called.append(listener)
            yield listener

    def publish(self, channel: str, *args: Any, **kwargs: Any) -> list[Any]:
        """Call every listener and give their results; a channel nobody knows has none.

        What fails is logged and raised at the end, together, as ChannelFailures; on `start`, at once. KeyboardInterrupt
        leaves at once; so does SystemExit, except while stopping, and with a status other than 0 if a listener had
        failed before. A listener of `start` may subscribe and unsubscribe those that come after it, as config does.
        """
        listeners = self.listeners.get(channel)
        if not listeners:
            return []
        results: list[Any] = []
        failures: list[Exception] = []
        departure: SystemExit | None = None
        for listener in listeners if channel not in FIRST_CHANNELS else self._in_turn(channel):
            try:
                results.append(listener(*args, **kwargs))
            except SystemExit as error:
                departure = error if departure is None else departure
                if channel not in LAST_CHANNELS:
                    break
            except Exception as error:
                failures.append(error)
                if channel != "log":
                    if getattr(error, "plain", False):  # it says all there is to say
                        self.log(str(error), level=40)
                    else:
                        self.log(f"Error in {channel!r} listener {listener!r}", level=40, traceback=True)
                if channel in FIRST_CHANNELS:
                    break
        if departure is not None:
            if failures and not departure.code:
                departure.code = 1
            raise departure
        if failures:
            message = f"listeners of {channel!r} failed"
            raise ChannelFailures(message, failures)
        return results

    def log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Publish a line on `log`, with the present exception's traceback if asked; never fails.

        What a failing log listener could not write goes to the standard error stream instead.
        """
        if traceback:
            msg += "\n" + format_exc()
        try:
            self.publish("log", msg, level)
        except (ChannelFailures, SystemExit):
            with suppress(AttributeError, OSError, ValueError):  # no such stream, a broken one, a closed one
                sys.stderr.write(f"{msg}\nThis line could not be logged:\n{format_exc()}")
