"""The bus: the life of a process, as states that change one at a time and channels that tell of it.

    STOPPED → start() → STARTING → STARTED → stop() → STOPPING → STOPPED
    any     → exit()  → STOPPING → STOPPED → EXITING, then block() returns

Each change publishes the channel of its name; `started` follows when all listeners of `start` are through, and none of
them has failed.

One change is made at a time. Who asks for one while another thread (or the same one, in a listener) is at it leaves
a wish and returns at once; the one at it carries it out next. Nobody ever waits for a change, so a listener may join
a thread that asks for one, and so may a signal handler ask.
"""

from __future__ import annotations

import atexit
import os
import threading
import warnings
from contextlib import contextmanager
from enum import Enum, auto
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from kirsch.process.channels import Channels
from kirsch.process.ending import LAST_MOMENT, end_despite, join_threads, respawn
from kirsch.process.turn import Turn, failure_of, first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

ExitStatus = int | str | None
"""As in SystemExit: a text is printed and means 1, None means 0."""

IDLE: Final = 0.5
"""Seconds between two looks of a waiting thread that nobody wakes. On Windows no signal interrupts a wait."""

INTERRUPTED: Final = 130
"""The status of a process that was ended by Ctrl-C: 128 and the number of the signal."""


class State(Enum):
    """Where a bus stands."""

    STOPPED = auto()
    STARTING = auto()
    STARTED = auto()
    STOPPING = auto()
    EXITING = auto()

    def __repr__(self) -> str:
        return f"states.{self.name}"

    __str__ = __repr__


states = State


CHANNELS: Final = {
    "start": "It starts: what is to be there is made now.",
    "started": "All of that has worked.",
    "stop": "It stops; it may start again.",
    "exit": "It ends for good.",
    "graceful": "All are asked to refresh themselves, as on SIGUSR1: log files are opened anew, monitors begin anew.",
    "log": "A line of text, and its level.",
    "main": "Ten times a second, while somebody is in `block()`.",
}
"""The channels that each bus has, and what is told on them."""


class Bus(Channels):
    """The life of one process. Attributes others may read at any time, and set where it says so:

    state: set by the changes alone.
    exit_status: what block() ends the process with; the first one that is not 0 stays. Reset by start().
    exited: an exit is through, its listeners included. Reset by start().
    execv: block() will run the program anew instead of returning; set by restart().
    join_timeout: seconds block() waits at its end for threads; may be set.
    """

    states = State

    def __init__(self) -> None:
        super().__init__(*CHANNELS)
        self.state = State.STOPPED
        self.exit_status: ExitStatus = 0
        self.exited = False
        self.execv = False
        self.join_timeout = 10.0
        self._turn = Turn()
        self._exit_asked = False
        self._failure: BaseException | None = None  # left by a change or a listener, raised by block()
        self._pid = os.getpid()  # of the process that was started: a forked child is not to stop it
        self._queues: tuple[SimpleQueue[object], ...] = ()  # of all who wait; replaced whole, under _queues_lock
        self._queues_lock = threading.Lock()
        self._desk: SimpleQueue[object] | None = None  # the queue of the one in block(): it also takes calls

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.state.name}>"

    @property
    def blocking(self) -> bool:
        """Somebody is in block(), be it only in its last lines."""
        return self._desk is not None

    @property
    def leaving(self) -> bool:
        """An exit was asked for and the end is not reached: neither of it nor of block()."""
        return self._exit_asked and (not self.exited or self.blocking)

    # Asking for changes

    def start(self) -> None:
        """Have everything started. If a listener fails, all is stopped, the bus exits, and its failure is raised here.

        An exited bus may be started again. Started twice, the second call does nothing but say so.
        """
        if self.leaving:
            self.log(f"Bus {self.state.name} on its way out: it is not started again", level=30)
        else:
            self._turn.ask(self._start)

    def stop(self) -> None:
        """Have everything stopped, in any state, to start again or to exit. What fails is raised at the end."""
        if self._turn.wanted or self.state not in (State.STOPPING, State.EXITING):
            self._turn.ask(self._stop)

    def exit(self, status: ExitStatus = 0) -> None:
        """Stop, and end for good, also where a restart has begun.

        What fails on the way is raised by block(), or here if nobody is in block().
        """
        self.execv = False
        self._ask_for_exit(status)

    def restart(self) -> None:
        """Exit, and have block() run the program anew: with nobody in block(), this is an exit."""
        self.execv = True
        self._ask_for_exit(0)

    def _ask_for_exit(self, status: ExitStatus) -> None:
        self._exit_asked = True
        self._note_status(status)
        self._turn.ask(self._exit)

    def graceful(self) -> None:
        """Ask all to refresh themselves (log files, monitors) without stopping."""
        self._turn.ask(self._graceful)

    # Changes: made by the holder of the turn

    def _start(self) -> None:
        if self.state is State.STARTED:
            self.log("Bus already STARTED", level=30)
            return
        self.exit_status = 0
        self.exited = self.execv = self._exit_asked = False
        self._failure = None
        self._pid = os.getpid()
        atexit.unregister(self._exit_at_last)
        atexit.register(self._exit_at_last)
        self._enter(State.STARTING)
        try:
            self.publish("start")
            self._pid = os.getpid()  # a listener may have made a daemon of us
            self._enter(State.STARTED)
            self.publish("started")
        except BaseException as error:
            self.log("Shutting down due to error in start listener", level=40)
            self._note_failure(error)
            failure_of(self._exit)  # logged there; the first failure is the one to raise
            raise

    def _stop(self) -> None:
        if self.exited:
            return
        self._enter(State.STOPPING)
        try:
            self.publish("stop")
        finally:
            self._enter(State.STOPPED)

    def _leave(self) -> None:
        self._enter(State.EXITING)
        try:
            self.publish("exit")
        finally:
            self.log("Bus EXITED")

    def _exit(self) -> None:
        if self.exited:
            return
        self._exit_asked = True
        failure = first(failure_of(self._stop), failure_of(self._leave))
        atexit.unregister(self._exit_at_last)
        blocking = self.blocking
        if failure is not None:
            self._note_failure(failure)
        if blocking:
            self._failure = first(self._failure, failure)
        self.exited = True
        self._wake()
        if failure is not None and not blocking:
            raise failure

    def _graceful(self) -> None:
        if not self.exited:
            self.log("Bus graceful")
            self.publish("graceful")

    def _enter(self, state: State) -> None:
        self.state = state
        self._wake(state)
        self.log(f"Bus {state.name}", level=20 if state is State.STARTED else 10)

    def _note_status(self, status: ExitStatus) -> None:
        self.exit_status = self.exit_status or status or 0

    def _note_failure(self, failure: BaseException) -> None:
        if isinstance(failure, SystemExit):
            self._note_status(failure.code)
        else:
            self._note_status(INTERRUPTED if isinstance(failure, KeyboardInterrupt) else 1)

    # Waiting

    @contextmanager
    def _queue(self) -> Iterator[SimpleQueue[object]]:
        queue: SimpleQueue[object] = SimpleQueue()
        with self._queues_lock:
            self._queues += (queue,)
        try:
            yield queue
        finally:
            with self._queues_lock:
                self._queues = tuple(other for other in self._queues if other is not queue)

    def _wake(self, state: State | None = None) -> None:
        for queue in self._queues:
            queue.put(state)

    def _attend(
        self, queue: SimpleQueue[object], over: Callable[[object], bool], interval: float, channel: str | None
    ) -> None:
        """Take what comes by the queue (states, calls) until it is `over`; publish the channel in between."""
        item: object = self.state
        due = monotonic() + interval
        while not over(item):
            publishing = channel is not None and not self.leaving and bool(self.listeners.get(channel))
            try:
                item = queue.get(timeout=min(max(due - monotonic(), 0), IDLE) if publishing else IDLE)
            except Empty:
                item = None
            if callable(item):
                item()
            elif channel is not None and publishing and monotonic() >= due:
                self.publish(channel)
                due = monotonic() + interval

    def wait(self, state: State | Iterable[State], interval: float = 0.1, channel: str | None = None) -> None:
        """Wait for the state, or one of them; meanwhile publish the channel every `interval` seconds."""
        wanted = (state,) if isinstance(state, State) else tuple(state)
        with self._queue() as queue:
            self._attend(queue, lambda item: item in wanted, interval, channel)

    def start_with_callback(
        self, func: Callable[..., object], args: Sequence[Any] | None = None, kwargs: Mapping[str, Any] | None = None
    ) -> threading.Thread:
        """Start, and call `func` on a thread of its own once all is started; not at all if the start fails."""
        failed = threading.Event()

        def call_when_started() -> None:
            with self._queue() as queue:
                self._attend(queue, lambda item: item is State.STARTED or failed.is_set(), IDLE, None)
            if not failed.is_set():
                func(*(args or ()), **(kwargs or {}))

        thread = threading.Thread(target=call_when_started)
        thread.name = f"Bus Callback {thread.name}"
        thread.start()
        try:
            self.start()
        except BaseException:
            failed.set()
            raise
        finally:
            if self.leaving:  # refused
                failed.set()
            self._wake()
        return thread

    # The main loop

    def hand_over(self, call: Callable[[], object]) -> bool:
        """Have the thread in block() call this soon; False if nobody is there to do it."""
        desk = self._desk
        if desk is None or self.exited:
            return False
        desk.put(call)
        return True

    def block(self, interval: float = 0.1) -> None:
        """Stay until the bus has exited and the threads have ended; meanwhile publish `main` every `interval` seconds.

        Returns if all went well. Raises what failed while exiting or in a listener of `main`, or SystemExit if there
        is a status to end with. Ctrl-C, if nobody handles it, is an exit; another one ends the waiting.
        """
        with self._queue() as queue:
            seated = self._desk is None
            if seated:
                self._desk = queue
            try:
                while not (self.exited or isinstance(self._failure, KeyboardInterrupt)):
                    self._attend_main(queue, interval)
                self._end()
            finally:
                if seated:
                    self._desk = None

    def _attend_main(self, queue: SimpleQueue[object], interval: float) -> None:
        try:
            self._attend(queue, lambda _: self.exited, interval, "main")
        except KeyboardInterrupt as error:
            if self.leaving:
                self._note_failure(error)
                self._failure = error
                return
            self.log("Keyboard Interrupt: shutting down bus")
            self.exit()
        except SystemExit as error:
            self.log("SystemExit raised: shutting down bus")
            self._exit_after(error)
        except Exception as error:
            self.log("Error in the main loop: shutting down bus", level=40, traceback=True)
            self._exit_after(error)

    def _exit_after(self, failure: BaseException) -> None:
        self._note_failure(failure)
        self._failure = first(self._failure, failure)
        self.exit()

    def _end(self) -> None:
        failure, self._failure = self._failure, None
        begun = monotonic()
        limit = 0.0 if isinstance(failure, KeyboardInterrupt) else self.join_timeout
        remaining = join_threads(limit, self.log)
        if self.execv and (failure is None or isinstance(failure, Exception)):
            respawn(self.log)
        if remaining:
            status = self.exit_status if isinstance(self.exit_status, int) else 1
            end_despite(remaining, max(limit - (monotonic() - begun), LAST_MOMENT), status)
        if failure is not None and not isinstance(failure, SystemExit):
            raise failure
        if failure is not None or self.exit_status:
            raise SystemExit(self.exit_status)

    def _exit_at_last(self) -> None:
        """At the end of Python: the main code ended without an exit of the bus, and no thread holds up the end."""
        if self.exited or os.getpid() != self._pid:
            return
        if not self.leaving:
            message = (
                f"The main thread has ended while the bus was {self.state.name}; it is stopped now. "
                "Call bus.block() after bus.start(), or bus.exit() at the end."
            )
            warnings.warn(message, RuntimeWarning, stacklevel=1)
        self.exit()
        deadline = monotonic() + self.join_timeout
        while not self.exited and monotonic() < deadline:
            sleep(0.01)  # a daemon thread is at it
