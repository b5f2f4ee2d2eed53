"""What a loop needs of those that hold it, pass it on, and look after it. See pool.py, where they are.

A baton is a Loop, which needs this file, so that it cannot be named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import threading

    from kirsch.server.connection import Connection


class Holder(Protocol):
    """A thread that may hold the baton. See Worker."""

    table: list[Any]
    away: Connection | None
    volunteered: bool


class Lookout(Protocol):
    """Who sees to it that no step takes long. See Watch."""

    asleep: bool

    def wake(self) -> None:
        """Somebody works."""


class Threads(Protocol):
    """Where the baton goes to. See Pool."""

    @property
    def watch(self) -> Lookout:
        """The one that looks."""

    @property
    def handover(self) -> threading.Lock:
        """Held while a baton or a connection changes hands other than by its own thread."""

    def give(self, loop: Any) -> bool:
        """To a thread that is free; False if there is none."""

    def keep(self, loop: Any) -> None:
        """To the first that will be."""

    def lay_down(self, loop: Any) -> None:
        """Behind those that wait for a thread already."""

    def emptiest(self, loop: Any) -> Any:
        """Whose client the next one is to be; `loop` has let it in."""

    def connections(self) -> int:
        """How many there are, of all loops."""

    def interrupted(self, error: BaseException) -> None:
        """A handler wants the process to end."""
