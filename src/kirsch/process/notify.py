"""Telling systemd how we do, and taking from it the sockets on which we listen (sd_notify(3), sd_listen_fds(3))."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from time import monotonic, monotonic_ns
from typing import TYPE_CHECKING, Final

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from kirsch.process.bus import Bus

SOCKET: Final = "NOTIFY_SOCKET"
FIRST_DESCRIPTOR: Final = 3
"""Of those that systemd hands down."""


class Notifier(Plugin):
    """Says READY when all has started, STOPPING at the end, and WATCHDOG=1 as often as it is asked for.

    The signs of life come from the main thread, so that one that hangs is noticed. Nothing happens where nobody wants
    to know. status: what the service is said to be doing.
    """

    def __init__(self, bus: Bus, environ: MutableMapping[str, str] | None = None) -> None:
        super().__init__(bus)
        environ = os.environ if environ is None else environ
        self.address = environ.get(SOCKET, "")
        self.status = ""
        self._interval = _watchdog_interval(environ)
        self._next_beat = 0.0

    @priority(90)
    def started(self) -> None:
        """We are ready."""
        self.notify("READY=1", f"STATUS={self.status or 'serving'}", f"MAINPID={os.getpid()}")

    @priority(5)
    def stop(self) -> None:
        """We are about to end, or to be run anew."""
        if self.bus.execv:
            self.reloading()
        else:
            self.notify("STOPPING=1", "STATUS=stopping")

    def reloading(self) -> None:
        """We are not ready until started() is called again."""
        self.notify("RELOADING=1", f"MONOTONIC_USEC={monotonic_ns() // 1000}", "STATUS=reloading")

    def main(self) -> None:
        """Give a sign of life, twice within the time after which one is missed."""
        now = monotonic()
        if self._interval and now >= self._next_beat:
            self._next_beat = now + self._interval
            self.notify("WATCHDOG=1")

    def notify(self, *lines: str) -> None:
        """Send lines to whoever has started us, if that wants to know."""
        if not self.address:
            return
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto("\n".join(lines).encode(), address)


def hand_on(sockets: dict[str, int], environ: MutableMapping[str, str]) -> None:
    """Have the next run of this process find the sockets that systemd has handed down, as this one did."""
    if sockets:
        environ["LISTEN_PID"] = str(os.getpid())
        environ["LISTEN_FDS"] = str(len(sockets))
        environ["LISTEN_FDNAMES"] = ":".join(sockets)


def _watchdog_interval(environ: MutableMapping[str, str]) -> float:
    """Seconds between two signs of life; 0 if none are wanted of this process."""
    try:
        wanted = int(environ.get("WATCHDOG_USEC", "0")) / 1_000_000 / 2
        meant = int(environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return 0.0
    return wanted if meant == os.getpid() else 0.0


def activated_sockets(environ: MutableMapping[str, str]) -> dict[str, int]:
    """The listening sockets that systemd has handed down, by their FileDescriptorName; the first is called "".

    What says so is taken out of the environment, as it is not meant for our children.
    """
    meant, count, names = (environ.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"))
    if not (meant.isdigit() and count.isdigit()) or int(meant) != os.getpid():
        return {}
    named = names.split(":") if names else []
    found: dict[str, int] = {}
    for number in range(int(count)):
        name = named[number] if number < len(named) else ""
        found["" if not found else name or str(number)] = FIRST_DESCRIPTOR + number
    return found
