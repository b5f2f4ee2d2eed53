"""What the holder of the baton does: wait for sockets, and itself run what it wakes up for.

The Loop *is* the baton: it is always in exactly one place. While its holder waits or looks after the loop, it is in
the holder's hand; during a step it lies on the holder's table, where the watch may pick it up if the step takes long.
So the holder, having come back from a step, looks on its table: there it is, or it has gone to another thread.
Everything here belongs to whoever has the baton, but for what says otherwise.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from functools import partial
from time import monotonic, time
from typing import TYPE_CHECKING

from kirsch.exchange import ExchangeError
from kirsch.http.addresses import is_among
from kirsch.protocol.h1answer import standing_lines
from kirsch.protocol.wirefields import KnownFields
from kirsch.server.announced import AnnouncedConnection
from kirsch.server.connection import AGAIN, CLOSE, KEEP, SETTLED, Connection
from kirsch.server.poller import READ, new_poller

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from kirsch.exchange import Exchange
    from kirsch.protocol.events import Limits
    from kirsch.server.holding import Holder, Threads
    from kirsch.server.listener import Listener
    from kirsch.server.times import Times


ACCEPTED_AT_ONCE = 64
SECONDS_WITHOUT_ACCEPTING = 0.2

_log = logging.getLogger("kirsch.server")


class Loop:
    """One baton, its selector and its connections.

    handler: whoever answers. now: monotonic time of the last wake-up. standing: Date and Server lines of this second.
    steps: how many steps were begun, for the watch. current: what the last one was of. ready: to be stepped next.
    """

    def __init__(self, handler: Callable[[Exchange], None], times: Times, limits: Limits, pool: Threads) -> None:
        self.handler = handler
        self.times = times
        self.limits = limits
        self.known = KnownFields()
        self.pool = pool
        self.poller = new_poller()
        self.listeners: dict[int, Listener] = {}
        self.connections: dict[int, Connection] = {}
        self.ready: deque[Connection] = deque()
        self.current: Connection | None = None
        self.holder: Holder | None = None
        self.steps = 0
        self.accepted = 0
        self.requests_before = 0
        self.stopping = False
        self.retired = False
        self.held = False  # for longer than this turn
        self.shut_off = threading.Event()
        self.empty = threading.Event()
        self.now = monotonic()
        self.standing = b""
        self._calls: deque[Callable[[], None]] = deque()
        self._pause = min(1.0, times.shortest / 4)
        self._next_sweep = 0.0
        self._not_accepting = 0.0
        self._second = 0
        self._waiting: dict[Connection, tuple[float, int]] = {}
        self._tell_time()

    # -- holding the baton ---------------------------------------------------------------------------------------

    def hold(self, worker: Holder) -> None:
        """Serve until the baton is gone, the loop has retired, or another one needs the thread more."""
        self.holder = worker
        self.held = not self.retired
        table = worker.table
        ready = self.ready
        watch = self.pool.watch
        while self.held:
            for _ in range(len(ready)):  # and not what is added meanwhile: a client with many requests takes turns
                connection = ready.popleft()
                self.current = connection
                self.steps += 1
                table.append(self)
                if watch.asleep:  # only now: it falls asleep with a last look at the table
                    watch.wake()
                wanted = connection.step()
                try:
                    table.pop()
                except IndexError:
                    self._give_back(connection, wanted, worker)
                    return
                if wanted:
                    self._settle(connection, wanted)
            self._waiting.clear()
            self.look(0 if ready else self._pause if self.connections or self._not_accepting else None)
        if not self.retired:
            self.pool.lay_down(self)

    def look(self, timeout: float | None) -> None:
        """Wait until something happens, and note what is ready."""
        events = self.poller.wait(timeout)
        self.now = monotonic()
        connections = self.connections
        ready = self.ready
        for fd, _ in events:
            connection = connections.get(fd)
            if connection is None:
                listener = self.listeners.get(fd)
                if listener is not None:
                    self._accept(listener)
                else:
                    self.poller.silence()
            elif connection.away:
                self._meet_away(connection)
            elif not connection.more:  # else it is in the list already
                ready.append(connection)
        if self.now >= self._next_sweep:
            self._sweep()
        while self._calls:
            self._calls.popleft()()

    def tend(self) -> None:
        """For the watch, while nobody is free: let clients in and wait, and tell those that wait too long (503)."""
        self.look(0)
        ready = list(dict.fromkeys(self.ready))  # what is ready is reported again at each look
        self.ready.clear()
        before, self._waiting = self._waiting, {}
        for connection in ready:
            if connection.sending:
                with contextlib.suppress(OSError, ExchangeError):  # a thread will meet it again
                    connection.push()
                continue
            since, served = before.get(connection, (self.now, connection.requests))
            if served != connection.requests:
                since = self.now
            if self.now - since > self.times.queue_timeout:
                wanted = connection.turn_away()
                if wanted:
                    self._settle(connection, wanted)
            else:
                self._waiting[connection] = (since, connection.requests)
                self.ready.append(connection)

    def take_turns(self) -> None:
        """Have the holder lay the baton down, for another loop that nobody is free for. From any thread."""
        self.call(self._let_go)

    def _let_go(self) -> None:
        self.held = False

    def call(self, function: Callable[[], None]) -> None:
        """Have something done by whoever has the baton. From any thread."""
        self._calls.append(function)
        self.poller.wake()

    # -- passing it on -------------------------------------------------------------------------------------------

    def step_aside(self, connection: Connection) -> None:
        """The thread that runs this connection's handler will take its time: pass the baton on, if it has it still."""
        holder = self.holder  # before `away`: who holds next is named only after that has been set
        if connection.away or holder is None:
            return
        try:
            holder.table.pop()
        except IndexError:
            return  # the watch was faster
        connection.away = True
        holder.away = connection
        holder.volunteered = True
        if not self.pool.give(self):
            self.pool.keep(self)

    def pick_up(self) -> Loop | None:
        """Take the baton from its holder's table, if the holder is in a step. From any thread.

        What is found there may be another loop's by now, and then it is that one.
        """
        with self.pool.handover:  # so that a holder that comes back just now sees all of it or nothing
            holder = self.holder
            if holder is None:
                return None
            try:
                taken: Loop = holder.table.pop()
            except IndexError:
                return None
            if taken.current is not None:
                taken.current.away = True
                holder.away = taken.current
            return taken

    def _give_back(self, connection: Connection, wanted: int, worker: Holder) -> None:
        """A step has ended after the baton was gone: the connection goes back to the loop. Without the baton."""
        with self.pool.handover:
            worker.away = None
            if wanted == KEEP and not connection.disarmed:
                connection.away = False
                return
        self.call(partial(self._welcome, connection, wanted))

    def _welcome(self, connection: Connection, wanted: int) -> None:
        connection.away = False
        if connection.disarmed and wanted != CLOSE:
            connection.disarmed = False
            self.poller.add(connection.fd, connection.interest)
        if wanted:
            self._settle(connection, wanted)

    def _meet_away(self, connection: Connection) -> None:
        """Something has come for a connection that another thread owns: do not look again until it is back."""
        with self.pool.handover:
            if connection.away:
                connection.disarmed = True
                self.poller.remove(connection.fd)
                return
        if not connection.more:
            self.ready.append(connection)

    # -- connections ---------------------------------------------------------------------------------------------

    def _settle(self, connection: Connection, wanted: int) -> None:
        """Do what a step asked for."""
        if wanted == CLOSE:
            self._drop(connection)
            return
        if wanted == AGAIN:
            self.ready.append(connection)
            wanted = READ
        if connection.interest != wanted:
            connection.interest = wanted
            self.poller.change(connection.fd, wanted)

    def _drop(self, connection: Connection) -> None:
        if self.connections.get(connection.fd) is connection:  # and not a later one on the same descriptor
            del self.connections[connection.fd]
            self.requests_before += connection.requests
            (self.poller.remove if connection.taken else self.poller.forget)(connection.fd)
            connection.close()
            if self.stopping and not self.connections:
                self.empty.set()

    def listen(self, listeners: Iterable[Listener]) -> None:
        """Begin to accept."""
        for listener in listeners:
            self.listeners[listener.fd] = listener
            self.poller.add(listener.fd, READ)

    def _accept(self, listener: Listener, most: int = ACCEPTED_AT_ONCE) -> None:
        """Take what waits at the door."""
        for _ in range(most):
            try:
                sock, client = listener.accept()
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # gone before it was let in
            except OSError as error:
                self._stop_accepting(error)
                return
            loop = self.pool.emptiest(self)
            if loop is self:
                self.admit(sock, client, listener)
            else:
                loop.call(partial(loop.admit, sock, client, listener))

    def admit(self, sock: socket.socket, client: tuple[str, int], listener: Listener) -> None:
        """A client has been let in."""
        self.accepted += 1
        announced = self.times.announcing and is_among(client[0], self.times.announcing)
        if listener.door is not None:
            connection = listener.door.connection(sock, client, listener.address, self, announced)
        else:
            connection = (AnnouncedConnection if announced else Connection)(sock, client, listener.address, self)
        self.connections[connection.fd] = connection
        self.poller.add(connection.fd, READ)
        if 0 < self.times.max_connections < self.pool.connections():
            wanted = connection.refuse(503, "the server has too many connections", retry_after=1)
            self._settle(connection, wanted)
        else:
            self.ready.append(connection)

    def _stop_accepting(self, error: OSError) -> None:
        """Out of descriptors or memory: leave them waiting in the system's queue for a moment, without spinning."""
        _log.error("no new connections for %g s: %s (raise the limit on open files?)", SECONDS_WITHOUT_ACCEPTING, error)
        self._not_accepting = self.now + SECONDS_WITHOUT_ACCEPTING
        self._pause = min(self._pause, SECONDS_WITHOUT_ACCEPTING)
        for fd in self.listeners:
            self.poller.remove(fd)

    @property
    def burden(self) -> int:
        """How many clients it has, or is about to have. From any thread."""
        return len(self.connections) + len(self._calls)

    # -- time ----------------------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Once a second or so: the date, the deadlines, the listeners that rest."""
        self._next_sweep = self.now + self._pause
        self._tell_time()
        now = self.now
        late = [c for c in self.connections.values() if c.deadline < now and not c.away]
        if late:
            heard = set(self.ready)  # these are stepped first: what has come in time is not late
            for connection in late:
                if connection not in heard:
                    self._settle(connection, connection.expire())
        if self._not_accepting and now >= self._not_accepting:
            self._not_accepting = 0.0
            for fd in self.listeners:
                self.poller.add(fd, READ)

    def _tell_time(self) -> None:
        second = int(time())
        if second != self._second:
            self._second = second
            self.standing = standing_lines(second, self.times.server_header)

    # -- the end -------------------------------------------------------------------------------------------------

    def shut(self) -> None:
        """Take in who stands at the door, and close it; then it is `shut_off`. From any thread."""
        self.call(self._shut)

    def _shut(self) -> None:
        for listener in self.listeners.values():
            listener.shut()
            self._accept(listener, self.times.max_connections or 65536)
            self.poller.forget(listener.fd)
            listener.close()
        self.listeners, self._not_accepting = {}, 0.0
        self.shut_off.set()

    def stop(self, linger: float | None = None) -> None:
        """Let everyone leave, once all loops are shut off: none hands us a client any more. From any thread.

        linger: seconds that who is idle may still ask; SETTLED without.
        """
        self.call(partial(self._stop, SETTLED if linger is None else linger))

    def _stop(self, linger: float) -> None:
        self.stopping = True
        self._pause = min(self._pause, SETTLED / 4)
        self._next_sweep = 0.0
        leaving = self.now + linger
        for connection in self.connections.values():
            if connection.idle:
                connection.deadline = min(connection.deadline, leaving)
        if not self.connections:
            self.empty.set()

    def retire(self) -> None:
        """Cut what is left and let the holder go. From any thread."""
        self.call(self._retire)

    def _retire(self) -> None:
        for connection in list(self.connections.values()):
            if connection.away:
                connection.disconnect()
            else:
                self._drop(connection)
        self.ready.clear()
        self.retired, self.held = True, False

    def close(self) -> None:
        """Give back what the loop holds; for when no thread is in it any more."""
        for connection in list(self.connections.values()):
            self._drop(connection)
        for listener in self.listeners.values():
            listener.close()
        self.poller.close()

    def interrupted(self, error: BaseException) -> None:
        """A handler wants the process to end (SystemExit, KeyboardInterrupt). From any thread."""
        self.pool.interrupted(error)

    @property
    def requests(self) -> int:
        """How many requests were served so far. From any thread, so not to the last one."""
        return self.requests_before + sum(connection.requests for connection in list(self.connections.values()))
