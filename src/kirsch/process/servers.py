"""Servers of any make on the bus: started in a thread of their own, stopped and watched."""

from __future__ import annotations

import socket
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from kirsch.process.bus import Bus

POLL: Final = 0.02
"""Seconds between two looks whether a server is ready."""


class Timeouts:
    """Seconds. occupied: until a server that does not say that it is ready can be reached."""

    occupied = 5.0


class ServerAdapter(Plugin):
    """A server on the bus: its start() is called in a thread of its own, where it serves until stop() is called.

    httpserver: any object with start() and stop(). `ready`, if it has it, says when it listens. bind_addr: where that
    is, for those who ask: host and port, the path of a Unix socket, or None. running: from start() to stop().
    interrupt: what has ended the server's thread by itself, for which the bus exits.
    """

    def __init__(self, bus: Bus, httpserver: Any = None, bind_addr: tuple[str, int] | str | None = None) -> None:
        super().__init__(bus)
        self.httpserver = httpserver
        self.bind_addr = bind_addr
        self.running = False
        self.interrupt: BaseException | None = None
        self._thread: threading.Thread | None = None

    @priority(75)
    def start(self) -> None:
        """Start the server, and wait until it is ready. Raises what it raised on the way there."""
        if self.running:
            self.bus.log(f"Already serving on {self.description}")
            return
        if self.httpserver is None:
            raise ValueError("no server has been given to this adapter: set its httpserver")
        self.interrupt = None
        # No daemon: a program that has started a server lives until that stops.
        self._thread = threading.Thread(target=self._serve)
        self._thread.name = f"HTTPServer {self._thread.name}"
        self._thread.start()
        self.wait()
        self.running = True
        self.bus.log(f"Serving on {self.description}")

    def _serve(self) -> None:
        try:
            self.httpserver.start()
        except BaseException as error:
            self.interrupt = error
            if not self.running:  # start() is waiting, and raises it
                return
            status = error.code if isinstance(error, SystemExit) else 0 if isinstance(error, KeyboardInterrupt) else 1
            unexpected = isinstance(error, Exception)
            self.bus.log(f"{type(error).__name__} in the server {self.httpserver!r}: shutting down bus", 40, unexpected)
            self.bus.exit(status)

    def wait(self) -> None:
        """Wait until the server is ready. Raises what has ended it instead, TimeoutError if nobody can reach it."""
        until = monotonic() + Timeouts.occupied
        while not self._is_ready():
            if self._thread is not None:
                self._thread.join(POLL)
                if not self._thread.is_alive():
                    break
            if not hasattr(self.httpserver, "ready") and monotonic() > until:
                raise TimeoutError(f"nobody listens on {self.description} after {Timeouts.occupied:g} seconds")
        if self.interrupt is not None:
            raise self.interrupt

    def _is_ready(self) -> bool:
        if self.interrupt is not None:
            return True
        if hasattr(self.httpserver, "ready"):
            return bool(self.httpserver.ready)
        if not isinstance(self.bind_addr, tuple):
            return True  # nobody knows
        host, port = self.bind_addr
        try:
            socket.create_connection((_reachable(host), port), timeout=1).close()
        except OSError:
            return False
        return True

    @priority(25)
    def stop(self) -> None:
        """Stop the server, and wait for its thread; nothing happens if it does not run."""
        if not self.running:
            self.bus.log(f"HTTP Server {self.httpserver!r} already shut down")
            return
        self.running = False
        self.httpserver.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(self.bus.join_timeout)
        self.bus.log(f"HTTP Server {self.httpserver!r} shut down")

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    @property
    def bound_addr(self) -> tuple[str, int] | str | None:
        """As bind_addr, with the real port if any free one was asked for and the server has its socket."""
        address = self.bind_addr
        if isinstance(address, tuple) and address[1] == 0 and getattr(self.httpserver, "socket", None) is not None:
            return (address[0], self.httpserver.socket.getsockname()[1])
        return address

    @property
    def description(self) -> str:
        """Where it serves, in words."""
        address = self.bound_addr
        if address is None:
            return "an unknown interface"
        if isinstance(address, str):
            return f"socket file: {address}"
        host, port = address
        scheme, standard = ("https", 443) if getattr(self.httpserver, "ssl_adapter", None) else ("http", 80)
        name = f"[{host}]" if ":" in host else host
        return f"{scheme}://{name}" if port == standard else f"{scheme}://{name}:{port}"


def _reachable(host: str) -> str:
    """An address of this machine, for one that stands for all of them."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
