"""Several worker processes of one program, started, watched, replaced and stopped by one that serves nobody itself.

Everything here belongs to the supervisor's own thread. Others post what they want done; nobody waits for it but
start() and stop().
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.process.plugin import Plugin, priority
from kirsch.process.worker import LEAVE, PLACE, READY, RECYCLE, SUCCESSOR, Patience, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kirsch.process.bus import Bus

EARLY: Final = 5.0
"""Seconds of life below which a worker's end counts as another failure in a row."""

LONGEST_PAUSE: Final = 30.0
"""Seconds between two tries at most, however often a worker has failed in a row."""

TICK: Final = 1.0
"""Seconds between two looks at the clock."""


class WorkersFailed(RuntimeError):
    """The workers could not be started."""

    plain = True


class Supervisor(Plugin):
    """Keeps `count` workers running, while the bus runs.

    command: what a worker is run by. listeners: descriptors by the name of the server they are for. environ: of
    workers. crew: the workers there are to be. old: those that serve until the crew does. leaving: those told to end.
    started, lost: how many there have been so far, and how many have ended that were not told to.
    on_relieved, on_upheld: called when a successor has taken over, or has failed to; on a thread of its own.
    on_end: called before the workers are told to end for good.
    """

    def __init__(
        self,
        bus: Bus,
        command: Sequence[str],
        count: int,
        listeners: Mapping[str, int],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(bus)
        self.command = list(command)
        self.count = count
        self.listeners = dict(listeners)
        self.environ = dict(os.environ if environ is None else environ)
        self.patience = Patience()
        self.crew: list[Worker] = []
        self.old: list[Worker] = []
        self.leaving: list[Worker] = []
        self.on_relieved: Callable[[], object] = bus.exit
        self.on_upheld: Callable[[], object] = lambda: None
        self.started = 0
        self.lost = 0
        self.on_end: Callable[[], object] = lambda: None
        self._successor: Worker | None = None
        self._reloading = False
        self._stopping = False
        self._failures = 0  # in a row
        self._next_try = 0.0
        self._calls: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._wake: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._begun = threading.Event()  # the first crew is ready, or has failed
        self._error: WorkersFailed | None = None

    # -- asked by others -----------------------------------------------------------------------------------------

    @priority(80)
    def start(self) -> None:
        """Start the workers, and wait until they serve. Raises WorkersFailed if one of them ends before."""
        if self._thread is not None:
            return
        self._stopping, self._error = False, None
        self._begun.clear()
        self._calls.clear()  # what an earlier start has not come to
        awake, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(awake,), name="kirsch supervisor")
        self._thread.start()
        self._begun.wait()
        if self._error is not None:
            self.stop()
            raise self._error

    @priority(20)
    def stop(self) -> None:
        """End the workers, which answer what they have accepted, and wait for it."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._post(self._end)
            thread.join()
            if self._wake is not None:
                self._wake.close()

    def reload(self) -> None:
        """Replace all workers by new ones, which run what the program is now. If they fail, the old ones go on."""
        self._post(self._reload)

    def more(self) -> None:
        """One worker more."""
        self._post(lambda: self._resize(self.count + 1))

    def fewer(self) -> None:
        """One worker less, but never none."""
        self._post(lambda: self._resize(max(1, self.count - 1)))

    def upgrade(self) -> None:
        """Have the program, Python and all, started anew, to supervise in our place; if it fails, we stay."""
        self._post(self._upgrade)

    def signal(self, number: int) -> None:
        """Send a signal to all workers."""
        self._post(lambda: self._signal(number))

    def statistics(self) -> list[dict[str, Any]]:
        """The workers there are: number, process, state (`starting`, `serving`, `leaving`) and age in seconds."""
        now = monotonic()
        states = [(each, "serving" if each.ready else "starting") for each in (*self.crew, *self.old)]
        states += [(each, "leaving") for each in tuple(self.leaving)]
        return [
            {"number": each.number, "process": each.process.pid, "state": state, "seconds": now - each.born}
            for each, state in states
        ]

    def _post(self, call: Callable[[], None]) -> None:
        self._calls.append(call)
        if self._wake is not None:
            with suppress(OSError):  # it has not looked at the last wish yet, or looks at no more
                self._wake.send(b"!")

    # -- the thread ----------------------------------------------------------------------------------------------

    def _run(self, awake: socket.socket) -> None:
        with awake, selectors.DefaultSelector() as self._selector:
            self._selector.register(awake, selectors.EVENT_READ)
            self._serve(awake)
        self._begun.set()

    def _serve(self, awake: socket.socket) -> None:
        self._fill()
        while not (self._stopping and not self._all()):
            for key, _ in self._selector.select(self._pause()):
                if key.data is None:
                    awake.recv(4096)
                else:
                    self._hear(key.data)
            while self._calls:
                self._calls.popleft()()
            self._kill_the_late()
            self._fill()
            if os.getpid() == 1:
                _bury_strangers({each.process.pid for each in self._all()})

    def _all(self) -> list[Worker]:
        return [*self.crew, *self.old, *self.leaving]

    def _pause(self) -> float:
        """Seconds until something is to be done, if nothing happens before."""
        if self._stopping or len(self.crew) >= self.count:
            return TICK
        return max(0.0, min(TICK, self._next_try - monotonic()))

    def _kill_the_late(self) -> None:
        now = monotonic()
        for each in self._all():
            if each.deadline < now:
                why = "has not ended in time" if each in self.leaving else "gives no sign of life"
                self.bus.log(f"{each} {why if each.ready else 'is not ready in time'}: killed", 40)
                each.process.kill()
                each.deadline = now + LONGEST_PAUSE

    def _fill(self) -> None:
        """Start what is missing, unless it is too early for another try."""
        while not self._stopping and len(self.crew) < self.count and monotonic() >= self._next_try:
            try:
                self.crew.append(self._spawn())
            except OSError as error:  # no memory, no descriptors, no such command any more
                self.bus.log(f"A worker cannot be started: {error}", 40)
                self._take_a_loss(monotonic(), False, f"a worker cannot be started: {error}")

    def _spawn(self, number: int | None = None, **more: str) -> Worker:
        """number: its own; the first that is free without. more: variables of the environment."""
        if number is None:
            taken = {each.number for each in self._all()}
            number = next(number for number in range(1, len(taken) + 2) if number not in taken)
        told = {PLACE: f"{number},{self.started + 1},{self.lost}", **more}
        worker = Worker(number, self.command, {**self.environ, **told}, self.listeners)
        self.started += number > 0  # a successor is no worker
        worker.deadline = worker.born + self.patience.start
        self._selector.register(worker.link, selectors.EVENT_READ, worker)
        self.bus.log(f"{worker} is started")
        return worker

    # -- what workers say ----------------------------------------------------------------------------------------

    def _hear(self, worker: Worker) -> None:
        """What a worker has said; nothing at all means that it is gone."""
        lines = worker.hear()
        if lines is None:
            self._bury(worker)
        else:
            for line in lines:
                self._obey(worker, line)

    def _obey(self, worker: Worker, line: str) -> None:
        if worker is self._successor:
            self._give_way(worker)
            return
        if worker in self.leaving:
            return
        worker.deadline = monotonic() + (
            self.patience.silence if worker.ready or line == READY else self.patience.start
        )
        if line == READY:
            worker.ready = True
            self._relieve_the_old()
            self.bus.log(f"{worker} serves")
        elif line == RECYCLE and worker in self.crew:
            self.bus.log(f"{worker} has reached its limit and is replaced")
            self.crew.remove(worker)
            self.old.append(worker)

    def _relieve_the_old(self) -> None:
        """When the whole crew serves, nobody else need to."""
        if len(self.crew) >= self.count and all(each.ready for each in self.crew):
            self._begun.set()
            self._reloading = False
            self._failures = 0
            self._let_go(self.old)

    def _bury(self, worker: Worker) -> None:
        """A worker is gone: note it, and what it means."""
        self._selector.unregister(worker.link)
        worker.link.close()
        if worker is self._successor:
            self._uphold(worker)
            return
        status = worker.status()
        why = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
        expected = worker in self.leaving
        for some in (self.crew, self.old, self.leaving):
            if worker in some:
                some.remove(worker)
        self.bus.log(f"{worker} has ended {why}", 20 if expected else 40)
        if not expected:
            self.lost += 1
            what = f"a worker has ended {why} before it served; what it said stands above"
            self._take_a_loss(worker.born, worker.ready, what)

    def _take_a_loss(self, born: float, ready: bool, what: str) -> None:
        if not ready and self._reloading and any(each.ready for each in self.old):
            self.bus.log("The new workers have failed; the old ones go on serving", 40)
            self._reloading = False
            self._let_go(self.crew)
            self.crew, self.old = self.old, []
            self._relieve_the_old()
        elif not ready and not self._begun.is_set():
            self._error = WorkersFailed(what)
            self._end()
            self._begun.set()
        now = monotonic()
        self._failures = self._failures + 1 if now - born < EARLY else 1
        # The first one is replaced at once; then it takes twice as long each time, as long as they fail in a row.
        self._next_try = now + (min(0.1 * 2**self._failures, LONGEST_PAUSE) if self._failures > 1 else 0.0)

    # -- what others want ----------------------------------------------------------------------------------------

    def _reload(self) -> None:
        if self._stopping:
            return
        if self._reloading:
            self._let_go(self.crew)  # they run what the program was a moment ago
        else:
            self.old, self.crew = [*self.old, *self.crew], []
        self._reloading = True
        self._failures, self._next_try = 0, 0.0

    def _resize(self, count: int) -> None:
        self.count = count
        self.bus.log(f"There are to be {count} workers")
        surplus = self.crew[count:]
        del self.crew[count:]
        self._let_go(surplus)

    def _upgrade(self) -> None:
        if self._stopping or self._successor is not None:
            return
        if os.getpid() == 1:
            self.bus.log("The first process of a container cannot be replaced: reload it (SIGHUP)", 40)
            threading.Thread(target=self.on_upheld).start()
            return
        try:
            self._successor = self._spawn(0, **{SUCCESSOR: "yes"})
        except OSError as error:
            self._fail_upgrade(str(error))

    def _give_way(self, successor: Worker) -> None:
        """The successor serves: let all workers go gently, and leave it alone, for it outlives us."""
        if self._stopping:
            return
        self.bus.log(f"Process {successor.process.pid} has taken over")
        self._selector.unregister(successor.link)
        successor.process.returncode = 0  # else it would be waited for
        self._stopping = True
        self._let_go(self.old)
        self._let_go(self.crew)
        threading.Thread(target=self.on_relieved, name="kirsch relieved").start()

    def _uphold(self, successor: Worker) -> None:
        """The successor has failed: go on."""
        status = successor.status()
        self._successor = None
        self._fail_upgrade(f"status {status}")

    def _fail_upgrade(self, why: str) -> None:
        self.bus.log(f"The upgrade has failed ({why}); this process goes on", 40)
        threading.Thread(target=self.on_upheld, name="kirsch upheld").start()

    def _let_go(self, workers: list[Worker]) -> None:
        """Tell them to leave gently. The list is emptied."""
        for each in workers:
            each.deadline = monotonic() + self.patience.leave
            each.say(LEAVE)
        self.leaving += workers
        workers.clear()

    def _end(self) -> None:
        self._stopping = True
        self.on_end()
        for each in (*self.crew, *self.old):
            each.deadline = monotonic() + self.patience.leave
            each.process.terminate()
        self.leaving += [*self.crew, *self.old]
        self.crew, self.old = [], []

    def _signal(self, number: int) -> None:
        for each in self._all():
            each.process.send_signal(number)


def _bury_strangers(ours: set[int]) -> None:
    """As the first process of a container: others' children end up with us, and are nobody else's to wait for."""
    with suppress(ChildProcessError):
        while True:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None or found.si_pid in ours:
                return
            os.waitpid(found.si_pid, os.WNOHANG)
