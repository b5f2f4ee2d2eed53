"""Waiting for many sockets at once: epoll where there is one, `selectors` (kqueue, poll, select) everywhere else.

Level-triggered. Only the holder of the baton calls anything here, but for wake(), which is for every thread.
"""

from __future__ import annotations

import contextlib
import select
import selectors
import socket
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

READ: Final = 1
WRITE: Final = 4
"""What to wait for. epoll's own numbers, so that nothing is translated on the way."""


class Poller(Protocol):
    """What the loop asks of a poller."""

    def add(self, fd: int, interest: int) -> None:
        """Begin to watch a descriptor."""

    def change(self, fd: int, interest: int) -> None:
        """Watch it for something else."""

    def remove(self, fd: int) -> None:
        """Stop watching it."""

    def forget(self, fd: int) -> None:
        """It is about to be closed."""

    def wait(self, timeout: float | None) -> Iterable[tuple[int, int]]:
        """Descriptors that are ready, each with what for. None: until something happens.

        One that nobody has added is the bell, which wake() has rung; it must be silenced.
        """

    def wake(self) -> None:
        """Make wait() return. From any thread."""

    def silence(self) -> None:
        """Let the bell be quiet again."""

    def close(self) -> None:
        """Give everything back."""


class _Bell:
    """A pair of sockets whose one end makes a poller wake up."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair()
        self._inner.setblocking(False)
        self._outer.setblocking(False)
        self.fd = self._inner.fileno()

    def ring(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):  # full: it is ringing already; closed: nobody is waiting
            self._outer.send(b"\0")

    def silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._inner.recv(4096)

    def close(self) -> None:
        self._inner.close()
        self._outer.close()


class EpollPoller:
    """Over select.epoll itself: `selectors` costs some 2 µs a wait and 0.7 µs an event more.

    PERF: the bell is among the events of wait(), rather than looked for in them each time.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._bell = _Bell()
        self.add = self._epoll.register
        self.change = self._epoll.modify
        self.add(self._bell.fd, READ)

    def remove(self, fd: int) -> None:
        """Stop watching it."""
        with contextlib.suppress(OSError):
            self._epoll.unregister(fd)

    def forget(self, fd: int) -> None:
        """Nothing to do: closing a descriptor takes it out of epoll."""

    def wait(self, timeout: float | None) -> list[tuple[int, int]]:
        """Descriptors that are ready, each with what for."""
        return self._epoll.poll(timeout)

    def silence(self) -> None:
        """The bell has rung: what woke wait() is no connection."""
        self._bell.silence()

    def wake(self) -> None:
        """Make wait() return."""
        self._bell.ring()

    def close(self) -> None:
        """Give everything back."""
        self._epoll.close()
        self._bell.close()


class SelectorPoller:
    """Over the best that `selectors` knows on this system."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell = _Bell()
        self.add(self._bell.fd, READ)

    def add(self, fd: int, interest: int) -> None:
        """Begin to watch a descriptor."""
        self._selector.register(fd, _events(interest))

    def change(self, fd: int, interest: int) -> None:
        """Watch it for something else."""
        self._selector.modify(fd, _events(interest))

    def remove(self, fd: int) -> None:
        """Stop watching it."""
        with contextlib.suppress(KeyError):
            self._selector.unregister(fd)

    forget = remove

    def wait(self, timeout: float | None) -> list[tuple[int, int]]:
        """Descriptors that are ready, each with what for."""
        events = []
        for key, mask in self._selector.select(timeout):
            ready = (READ if mask & selectors.EVENT_READ else 0) | (WRITE if mask & selectors.EVENT_WRITE else 0)
            events.append((key.fd, ready))
        return events

    def silence(self) -> None:
        """The bell has rung: what woke wait() is no connection."""
        self._bell.silence()

    def wake(self) -> None:
        """Make wait() return."""
        self._bell.ring()

    def close(self) -> None:
        """Give everything back."""
        self._selector.close()
        self._bell.close()


def _events(interest: int) -> int:
    return (selectors.EVENT_READ if interest & READ else 0) | (selectors.EVENT_WRITE if interest & WRITE else 0)


def new_poller() -> Poller:
    """The fastest poller of this system."""
    return EpollPoller() if hasattr(select, "epoll") else SelectorPoller()


def wait_for(fd: int, interest: int, timeout: float) -> bool:
    """Block the calling thread until one descriptor is ready; False when the time (seconds) is up."""
    if not hasattr(select, "poll"):  # Windows
        reading, writing = ([fd], []) if interest == READ else ([], [fd])
        return any(select.select(reading, writing, [], timeout))
    poll = select.poll()
    poll.register(fd, select.POLLIN if interest == READ else select.POLLOUT)
    return bool(poll.poll(max(0.0, timeout) * 1000))
