"""Signals of the operating system, made into channels of the bus.

A handler of Python's runs in the main thread between any two steps of whatever it is doing, also while it holds a
lock. Hence: the handler notes the number, no more. A watcher thread takes the notes and has the channel named like
the signal published by the main loop (`Bus.block`), or by a new thread if nobody is in it. The watcher calls no foreign
code itself, so that it can still end the process when everything else hangs.

Signals are ours from the start of the bus to the end of `block`. Outside of that time, in forked children, and for
Ctrl-C in a main thread that does not block (it gets its KeyboardInterrupt), they do what they did before.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from difflib import get_close_matches
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

from kirsch.process.bus import State
from kirsch.process.channels import ChannelFailures
from kirsch.process.ending import flush, take_signals, within
from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from kirsch.process.bus import Bus

ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
"""Signals that a person or a supervisor sends to end a process: the second one ends it at once."""

TOGETHER: Final = 0.03
"""Seconds within which the same signal counts once: wrappers such as `timeout` send it to a process and its group."""

LAST_WORDS: Final = 0.5
"""Seconds for the last line of the log before an end at once."""


def _lookup(wanted: str | int) -> signal.Signals:
    try:
        return signal.Signals[wanted] if isinstance(wanted, str) else signal.Signals(wanted)
    except (KeyError, ValueError):
        near = get_close_matches(str(wanted).upper(), signal.Signals.__members__, 1)
        message = f"No such signal: {wanted!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
        raise ValueError(message) from None


class SignalHandler(Plugin):
    """SIGTERM and SIGINT exit, SIGHUP restarts a daemon and ends anything else, SIGUSR1 is `graceful`.

    handlers: name of a signal → what subscribe() makes listen to the channel of that name; change it before.
    """

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        handlers = {"SIGTERM": bus.exit, "SIGINT": bus.exit, "SIGHUP": self.hang_up, "SIGUSR1": bus.graceful}
        self.handlers: dict[str, Callable[..., object]] = {
            name: listener for name, listener in handlers.items() if hasattr(signal, name)
        }
        self._listening: list[tuple[str, Callable[..., object]]] = []
        self._previous: dict[signal.Signals, Any] = {}  # what handled it before us
        self._first_pid = self._pid = os.getpid()  # as made; of the process in which the watcher runs
        self._watcher: threading.Thread | None = None
        self._noted: SimpleQueue[signal.Signals | None] = SimpleQueue()
        self._asked = False  # a signal to end has come, and the end is not there yet
        self._last = (signal.SIGTERM, 0.0)  # the first that asked for the end, and when; the watcher's alone

    # Becoming and ceasing to be the handler

    def subscribe(self) -> Self:
        """Handle all of `handlers`. Python allows it in the main thread alone; elsewhere a line in the log says so.

        A signal that was set to be ignored by whoever started the process (nohup, a shell's `&`) stays so.
        """
        super().subscribe()
        for name, listener in self.handlers.items():
            if name not in signal.Signals.__members__:
                self.bus.log(f"No such signal on this system: {name}.", level=30)
            elif threading.current_thread() is not threading.main_thread():
                self._listen(name, listener)
            elif signal.getsignal(signal.Signals[name]) is signal.SIG_IGN:
                self.bus.log(f"{name} was set to be ignored and stays so.", level=10)
            else:
                self.set_handler(name, listener)
        if threading.current_thread() is not threading.main_thread():
            message = (
                "Signals are not handled: subscribe() was called outside the main thread. Call it there, or publish"
            )
            self.bus.log(f"{message} the channels named like signals yourself.", level=30)
        if self.bus.state in (State.STARTING, State.STARTED):
            self.start()
        return self

    def set_handler(self, signal_: str | int, listener: Callable[..., object] | None = None) -> None:
        """Publish the channel named like the signal whenever it comes, and have `listener` listen to it.

        Raises ValueError for an unknown signal, RuntimeError outside the main thread.
        """
        number = _lookup(signal_)
        try:
            previous = signal.signal(number, self._note)
        except ValueError:
            message = f"{number.name} cannot be handled: Python sets handlers of signals in the main thread only"
            raise RuntimeError(message) from None
        self._previous.setdefault(number, previous)
        if listener is not None:
            self._listen(number.name, listener)
        self.bus.log(f"Listening for {number.name}.", level=10)

    def _listen(self, name: str, listener: Callable[..., object]) -> None:
        self.bus.subscribe(name, listener)
        self._listening.append((name, listener))

    def release(self, name: str) -> None:
        """Leave a signal to whoever handled it before, now and at the next subscribe()."""
        self.handlers.pop(name, None)
        for known, listener in [each for each in self._listening if each[0] == name]:
            self.bus.unsubscribe(name, listener)
            self._listening.remove((known, listener))
        for number in [each for each in self._previous if each.name == name]:
            self._restore(number)

    def unsubscribe(self) -> None:
        """Give the signals back to whoever handled them before, and stop listening."""
        super().unsubscribe()
        for name, listener in self._listening:
            self.bus.unsubscribe(name, listener)
        self._listening.clear()
        for number in tuple(self._previous):
            self._restore(number)
        self._noted.put(None)  # ends the watcher
        self._noted, self._watcher = SimpleQueue(), None

    def _restore(self, number: signal.Signals) -> None:
        handler = self._previous[number]
        try:
            # None: set by something that is not Python, which cannot be set again.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        except ValueError:
            self.bus.log(f"{number.name} handler not restored: only the main thread can do so.", level=30)
        else:
            del self._previous[number]
            self.bus.log(f"Restoring {number.name} handler {handler!r}.", level=10)

    @priority(66)
    def start(self) -> None:
        """Begin to watch: after listeners at 65, where a daemon is made, for threads do not survive a fork."""
        self._asked = False
        if self._pid != os.getpid():
            self._pid, self._noted, self._watcher = os.getpid(), SimpleQueue(), None
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, args=(self._noted,), name="Signals", daemon=True)
            self._watcher.start()
        take_signals()

    # In the handler: anything may be half done, so nothing is called that takes a lock

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._is_ours(number):
            self._noted.put(signal.Signals(number))
        else:
            self._pass_on(number, frame)

    def _is_ours(self, number: int) -> bool:
        if self._pid != os.getpid():
            return False
        if self._watcher is None:  # it will be there soon, if a start is on its way; nobody need wait for that to end
            return self.bus.state is State.STARTING and number not in ENDING
        if self.bus.blocking:
            return True
        if self.bus.exited:
            return False
        # A main thread with work of its own is told of Ctrl-C as always; one that is through can only wait for us.
        return number != signal.SIGINT or not threading.main_thread().is_alive()

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if self.bus.execv and number not in ENDING:  # the program is about to run anew: it asks for nothing more
            return
        previous = self._previous.get(signal.Signals(number))
        if callable(previous):
            previous(number, frame)
        elif previous is not signal.SIG_IGN:
            if self.bus.state is State.STARTING and self._first_pid == os.getpid():
                raise SystemExit(128 + number)  # out of a listener: what was started is stopped
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            signal.signal(number, self._note)  # still here: a signal that ends nothing

    # On the watcher's thread: nothing foreign is called

    def _watch(self, noted: SimpleQueue[signal.Signals | None]) -> None:
        while (number := noted.get()) is not None:
            if number in ENDING:
                now = monotonic()
                if self._asked and (number != self._last[0] or now - self._last[1] > TOGETHER):
                    self._end_now(number)
                if self._asked:
                    continue
                self._asked = True
                self._last = (number, now)
            call = partial(self._publish, number)
            if not self.bus.hand_over(call):
                try:
                    threading.Thread(target=call, name=f"Signal {number.name}").start()
                except RuntimeError:  # Python 3.12.0 and 3.12.1 give no more once the main code is through
                    call()

    def _end_now(self, number: signal.Signals) -> None:
        def last_words() -> None:
            self.bus.log(f"Caught signal {number.name} while exiting: ending at once.", level=40)
            flush()

        within(LAST_WORDS, last_words)  # whatever hangs may hold up the log as well
        os._exit(128 + number)

    # In the main loop, or on a thread made for it

    def _publish(self, number: signal.Signals) -> None:
        self.bus.log(f"Caught signal {number.name}.")
        try:
            self.bus.publish(number.name)
        except ChannelFailures:  # logged there
            if number in ENDING:
                self.bus.exit(1)
        finally:
            if number in ENDING:
                self._asked = self.bus.leaving  # a listener of one's own may have had other plans

    def hang_up(self) -> None:
        """Restart a daemon; anything else has lost its terminal and exits."""
        if os.getpid() != self._first_pid and not (sys.stdin and sys.stdin.isatty()):
            self.bus.log("SIGHUP caught while daemonized. Restarting.")
            self.bus.restart()
        else:
            self.bus.log("SIGHUP caught but not daemonized. Exiting.")
            self.bus.exit()
