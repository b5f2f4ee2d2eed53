"""The threads: those that hold a baton, those that wait for one, and the watch that sees to it that none is stuck.

See docs/explanation/design.md for the drawing. A baton (a Loop) is handed from one place to the next by taking it out
of a list and putting it into another: list.append and list.pop are atomic on every build of CPython, so exactly one
thread gets it.
"""

from __future__ import annotations

import logging
import threading
from math import inf
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.server.connection import Connection
    from kirsch.server.loop import Loop
    from kirsch.server.settings import Settings

TICK: Final = 0.002
"""Seconds between two looks of the watch: what the first call of a slow handler costs the others, once."""
QUICK: Final = 40
"""Steps between two looks from which on every step must have been short: then the next look comes a tick later."""
CALM: Final = 8
"""Looks without anything to see, after which the watch goes to sleep."""
SPARE_SECONDS: Final = 60.0
"""How long a thread beyond the usual number is kept without work."""

_log = logging.getLogger("kirsch.server")


class Worker:
    """One thread. table: where its baton lies during a step. away: what it is busy with after the baton has gone.

    volunteered: it has passed the baton on itself.
    """

    def __init__(self, pool: Pool, index: int) -> None:
        self.pool = pool
        self.index = index
        self.table: list[Loop] = []
        self.loop: Loop | None = None
        self.away: Connection | None = None
        self.volunteered = False
        self._given: list[Loop | None] = []
        self._called = threading.Lock()
        self._called.acquire()
        self.thread = threading.Thread(target=self._run, name=f"kirsch worker {index}", daemon=True)

    def give(self, loop: Loop | None) -> None:
        """Hand it a baton; None sends it home. For whoever took this worker off the list of idle ones."""
        self._given.append(loop)
        self._called.release()

    def _run(self) -> None:
        pool = self.pool
        pool.tell(pool.on_thread_start, self.index)
        try:
            while (loop := self._next()) is not None:
                self.loop = loop
                try:
                    loop.hold(self)
                except Exception:
                    _log.exception("the loop failed; it goes on")
                    sleep(0.05)  # should it fail for good, then not in a spin
                    pool.keep(loop)
                self.loop = None
        finally:
            pool.tell(pool.on_thread_stop, self.index)
            pool.left(self)

    def doing(self) -> tuple[str, str, str, float]:
        """For the statistics: name, what it does, at which request, for how many seconds. From any thread."""
        loop = self.loop
        if loop is None:
            return self.thread.name, "idle", "", 0.0
        away = self.away
        doing = "holder" if away is None and loop.holder is self else "busy"
        connection = away if away is not None else loop.current if self.table else None
        stream = connection.stream if connection is not None else None
        if connection is None or stream is None:
            return self.thread.name, doing, "", 0.0
        request = f"{stream.head.method} {stream.head.target.decode('latin-1')}"
        return self.thread.name, doing, request, monotonic() - connection.began

    def _next(self) -> Loop | None:
        """Wait for a baton; None when there is no more work for this thread."""
        pool = self.pool
        if pool.stopping:
            return None
        try:
            return pool.kept.pop()
        except IndexError:
            pass
        if self.volunteered:
            self.volunteered = False
            taken = pool.take()
            if taken is not None:
                return taken
        pool.idle.append(self)
        if pool.stopping and pool.withdraw(self):
            return None
        while not self._called.acquire(timeout=SPARE_SECONDS):
            if pool.spare(self):
                return None
        return self._given.pop()


class Pool:
    """All threads of a server.

    idle: those that wait, the last one first, as its cache is warmest. kept: batons that nobody was free for.
    handover: held while a baton is taken from another thread's table, and while a connection comes back without one.
    """

    def __init__(self, settings: Settings) -> None:
        self.size = settings.thread_pool
        self.most = inf if settings.thread_pool_max < 0 else max(self.size, settings.thread_pool_max)
        self.workers: list[Worker] = []
        self.idle: list[Worker] = []
        self.kept: list[Loop] = []
        self.loops: list[Loop] = []
        self.watch = Watch(self)
        self.stopping = False
        self.on_thread_start: list[Callable[[int], object]] = []
        self.on_thread_stop: list[Callable[[int], object]] = []
        self.on_interrupt: Callable[[BaseException], None] | None = None
        self.handover = threading.Lock()
        self._lock = threading.Lock()
        self._made = 0

    def start(self, loops: list[Loop]) -> None:
        """Start the threads and give out the batons."""
        self.loops = loops
        self.kept.extend(loops)
        for _ in range(max(self.size, len(loops))):
            self._grow(None)
        self.watch.start()

    def give(self, loop: Loop) -> bool:
        """Hand a baton to an idle thread, or to a new one while there may be more; False if there is none."""
        try:
            worker = self.idle.pop()
        except IndexError:
            return self._grow(loop)
        worker.give(loop)
        return True

    def _grow(self, loop: Loop | None) -> bool:
        with self._lock:
            if self.stopping or (loop is not None and len(self.workers) >= self.most):
                return False
            self._made += 1
            worker = Worker(self, self._made)
            self.workers.append(worker)
        if loop is not None:
            self.kept.append(loop)
        try:
            worker.thread.start()
        except RuntimeError as error:  # the system refuses another thread
            _log.error("no new thread: %s", error)
            self.left(worker)
            if loop is None:
                raise
            return not self.claim(loop)
        return True

    def take(self) -> Loop | None:
        """For a thread that is free: the baton of a holder that is in a step just now, if there is one.

        PERF: where handlers are slow, the holder is about to pass it on, which would wake a thread while this one falls
        asleep. A switch between threads costs some 10 µs under the GIL; this spares every slow request two of them.
        Only a thread that gave its own baton up does so: two that take it from each other would never end.
        """
        for loop in self.loops:
            taken = loop.pick_up()
            if taken is not None:
                return taken
        return None

    def withdraw(self, worker: Worker) -> bool:
        """Take an idle worker off the list; False if somebody was faster, and a baton is on its way to it."""
        try:
            self.idle.remove(worker)
        except ValueError:
            return False
        return True

    def spare(self, worker: Worker) -> bool:
        """Let an idle worker go if there are more than are kept. Counted under the lock, as many may ask at once."""
        with self._lock:
            if len(self.workers) <= self.size or not self.withdraw(worker):
                return False
            self.workers.remove(worker)
            return True

    def keep(self, loop: Loop) -> None:
        """Lay a baton where the next thread that is free finds it."""
        self.kept.append(loop)
        if self.watch.asleep:
            self.watch.wake()
        if self.idle and self.kept:
            try:
                loop = self.kept.pop()
            except IndexError:
                return
            if not self.give(loop):
                self.kept.append(loop)

    def lay_down(self, loop: Loop) -> None:
        """Lay a baton behind those that are kept already: this thread takes one of them next."""
        self.kept.insert(0, loop)

    def emptiest(self, loop: Loop) -> Loop:
        """The loop with the fewest clients: who wakes up first would let in all of a crowd, while others sleep."""
        return loop if len(self.loops) == 1 else min(self.loops, key=lambda each: (each.burden, each is not loop))

    def connections(self) -> int:
        """How many clients are connected, to all loops."""
        return sum(len(loop.connections) for loop in self.loops)

    def left(self, worker: Worker) -> None:
        """A thread has ended."""
        with self._lock:
            if worker in self.workers:
                self.workers.remove(worker)

    def tell(self, listeners: list[Callable[[int], object]], index: int) -> None:
        """Tell whoever wants to know of threads; what fails there must not take the thread with it."""
        for listener in listeners:
            try:
                listener(index)
            except Exception:
                _log.exception("a listener for threads failed")

    def interrupted(self, error: BaseException) -> None:
        """A handler asks for the end of the process."""
        if self.on_interrupt is not None:
            self.on_interrupt(error)
        else:
            _log.error("a handler raised %r; the server goes on", error)

    def stop(self, until: float) -> None:
        """Send the threads home, waiting for them until that (monotonic) time."""
        self.stopping = True
        self.watch.stop()
        for loop in self.loops:
            self._see_off(loop, until)
        while self.idle:
            try:
                self.idle.pop().give(None)
            except IndexError:
                break
        for worker in list(self.workers):
            worker.thread.join(max(0.0, until - monotonic()))
        for worker in list(self.workers):
            _log.warning("%s is still busy and is left behind", worker.thread.name)

    def _see_off(self, loop: Loop, until: float) -> None:
        """Have a loop do the last that it was called for, wherever its baton is: no thread may be free for it."""
        while not loop.retired and monotonic() < until:
            baton = loop if loop in self.kept and self.claim(loop) else loop.pick_up()
            if baton is None:
                sleep(TICK)  # in its holder's hand, who is about to see for itself
            else:
                baton.look(0)
                self.kept.append(baton)

    def claim(self, loop: Loop) -> bool:
        """Take a baton from those that are kept; False if somebody was faster."""
        try:
            self.kept.remove(loop)
        except ValueError:
            return False
        return True


class Watch:
    """The thread that looks whether a holder has been in one step for too long, and takes the baton from it if so.

    It sleeps while nobody works: the holder wakes it when it comes back from waiting. When every thread is busy it
    keeps the baton itself: connections are accepted and wait; those that wait too long are told to come back (503).
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.asleep = False
        self._seen: dict[Loop, int] = {}
        self._counted = 0
        self._alarm = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kirsch watch", daemon=True)
        self._ended = False

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._ended = True
        self._alarm.set()
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        """Somebody works. From any thread."""
        self.asleep = False
        self._alarm.set()

    def _run(self) -> None:
        calm = 0
        pause = threading.Lock()
        pause.acquire()
        while not self._ended:
            calm = 0 if self._look_around() else calm + 1
            if calm < CALM:
                # PERF: each look takes the GIL from whoever works; half as many save 3 % where all is quick.
                pause.acquire(timeout=2 * TICK if self._steps() > QUICK else TICK)
                continue
            self._alarm.clear()
            self.asleep = True
            if not self._look_around() and not self._ended:  # a last look, for what began before `asleep` was seen
                self._alarm.wait()
            self.asleep = False
            calm = 0

    def _steps(self) -> int:
        """How many steps all holders have taken since this was last asked."""
        before, self._counted = self._counted, sum(loop.steps for loop in self.pool.loops)
        return self._counted - before

    def _look_around(self) -> bool:
        """Look at every loop; whether anything is going on."""
        busy = False
        for loop in self.pool.loops:
            if loop in self.pool.kept:
                self._tend(loop)
                busy = True
            else:
                busy = self._look(loop) or busy
        return busy

    def _look(self, loop: Loop) -> bool:
        """Take the baton from a holder that is still in the step it was in at the last look."""
        steps, holder = loop.steps, loop.holder
        busy = holder is not None and bool(holder.table)
        if not busy or self._seen.get(loop) != steps:
            self._seen[loop] = steps
            return busy
        taken = loop.pick_up()  # None: it has just come back
        if taken is not None and not self.pool.give(taken):
            self.pool.keep(taken)
        return True

    def _tend(self, loop: Loop) -> None:
        """Nobody is free: let connections come in and wait, but not longer than the queue's time-out."""
        if self.pool.claim(loop):  # else somebody is free now
            try:
                loop.tend()
            except Exception:
                _log.exception("the loop failed; it goes on")
            finally:
                self.pool.keep(loop)
            if loop.ready:
                for other in self.pool.loops:
                    if other is not loop and other not in self.pool.kept:
                        other.take_turns()
