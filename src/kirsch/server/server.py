"""Starting, draining, stopping; and what is going on meanwhile."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from kirsch.protocol.events import Limits
from kirsch.server.listener import Listener, listen
from kirsch.server.loop import Loop
from kirsch.server.pool import Pool
from kirsch.server.settings import Settings
from kirsch.server.times import Times

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange


@dataclass(frozen=True, slots=True)
class ThreadStatistics:
    """One thread. doing: `idle`, `holder` (has the baton) or `busy`. request: method and path. seconds: since then."""

    name: str
    doing: str
    request: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """A snapshot of a server; see Server.statistics()."""

    running: bool
    stopping: bool
    urls: tuple[str, ...]
    seconds: float
    accepted: int
    connections: int
    idle_connections: int
    waiting: int
    requests: int
    threads: tuple[ThreadStatistics, ...]


class Server:
    """An HTTP server of its own: sockets, threads, and one handler for every Exchange.

    handler may be replaced at any time. on_thread_start and on_thread_stop are called with the thread's number, in it.
    """

    def __init__(self, handler: Callable[[Exchange], None], settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.on_thread_start: list[Callable[[int], object]] = []
        self.on_thread_stop: list[Callable[[int], object]] = []
        self.on_interrupt: Callable[[BaseException], None] | None = None
        self._handler = handler
        self._pool: Pool | None = None
        self._loops: list[Loop] = []
        self._listeners: list[Listener] = []
        self._door: Any = None
        self._started = 0.0
        self._lock = threading.Lock()

    @property
    def handler(self) -> Callable[[Exchange], None]:
        """Whoever answers."""
        return self._handler

    @handler.setter
    def handler(self, handler: Callable[[Exchange], None]) -> None:
        self._handler = handler
        for loop in self._loops:
            loop.handler = handler

    @property
    def running(self) -> bool:
        """Whether it listens, or still answers what it had accepted."""
        return self._pool is not None

    @property
    def urls(self) -> tuple[str, ...]:
        """Where clients find it, with the real port."""
        return tuple(listener.url for listener in self._listeners)

    @property
    def port(self) -> int:
        """The real TCP port, also when any free one was asked for; 0 without one."""
        return self._listeners[0].address[1] if self._listeners else 0

    def start(self) -> None:
        """Bind, and serve from now on in threads of its own. Raises ListenError."""
        with self._lock:
            if self._pool is not None:
                raise RuntimeError("the server is running already")
            settings = self.settings
            door = _door(settings)  # first, as it may fail
            listeners = listen(settings)
            for listener in listeners:
                listener.door = door
            pool = Pool(settings)
            pool.on_thread_start = self.on_thread_start
            pool.on_thread_stop = self.on_thread_stop
            pool.on_interrupt = self.on_interrupt
            loops = [Loop(self._handler, Times.of(settings), _limits(settings), pool) for _ in range(_batons())]
            for loop in loops:
                loop.listen(listeners if loop is loops[0] else [listener.copy() for listener in listeners])
            self._started = monotonic()
            self._listeners, self._loops, self._pool, self._door = listeners, loops, pool, door
            pool.start(loops)

    def refresh(self) -> None:
        """Take certificates that have changed, for new connections; that happens by itself within ten seconds, too."""
        door = self._door
        if door is not None:
            door.tls.look()

    def hand_down(self) -> None:
        """Leave what it listens on to the next run of this process, which takes over where it is told to listen."""
        for listener in self._listeners:
            listener.hand_down()

    def stop(self, timeout: float | None = None, linger: float | None = None) -> bool:
        """Answer what has been accepted, then end. True if all of it was; False if the time (seconds) was too short.

        timeout: default is the setting `shutdown_timeout`. What is not answered by then is cut off. linger: seconds
        that an idle client is given for one more request.
        """
        with self._lock:
            pool, loops = self._pool, self._loops
            if pool is None:
                return True
            until = monotonic() + (self.settings.shutdown_timeout if timeout is None else timeout)
            for loop in loops:
                loop.shut()
            for loop in loops:
                loop.shut_off.wait(max(0.0, until - monotonic()))
            for loop in loops:
                loop.stop(linger)
            emptied = [loop.empty.wait(max(0.0, until - monotonic())) for loop in loops]
            for loop in loops:
                loop.retire()
            pool.stop(until + 1.0)
            for loop in loops:
                loop.close()
            self._pool, self._loops, self._listeners = None, [], []
            return all(emptied)

    def serves_here(self) -> bool:
        """Whether the calling thread is one of the server's own."""
        here = threading.current_thread()
        return self._pool is not None and any(worker.thread is here for worker in list(self._pool.workers))

    def statistics(self) -> Statistics:
        """What is going on now. From any thread; the numbers are not of one instant."""
        loops, pool = self._loops, self._pool
        connections = [connection for loop in loops for connection in list(loop.connections.values())]
        return Statistics(
            running=pool is not None,
            stopping=any(loop.stopping for loop in loops),
            urls=self.urls,
            seconds=monotonic() - self._started if pool is not None else 0.0,
            accepted=sum(loop.accepted for loop in loops),
            connections=len(connections),
            idle_connections=sum(connection.idle for connection in connections),
            waiting=sum(len(loop.ready) for loop in loops),
            requests=sum(loop.requests for loop in loops),
            threads=tuple(ThreadStatistics(*worker.doing()) for worker in list(pool.workers)) if pool else (),
        )

    def __repr__(self) -> str:
        where = ", ".join(self.urls) or "not listening"
        return f"<Server {where}, {sum(len(loop.connections) for loop in self._loops)} connections>"


def _door(settings: Settings) -> Any:
    """What makes connections of clients; None where nothing more than usual is wanted. Raises TLSError."""
    if not settings.secure:
        return None
    from kirsch.server.secure import SecureDoor

    return SecureDoor(settings)


def _batons() -> int:
    """One under the GIL, where more could not run at once; else one for each core."""
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _limits(settings: Settings) -> Limits:
    return Limits(
        head=settings.max_request_header_size,
        target=settings.max_target_size,
        fields=settings.max_request_headers,
        body=settings.max_request_body_size,
        extensions=settings.max_chunk_overhead,
        trailers=settings.max_trailer_size,
    )
