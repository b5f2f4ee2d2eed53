"""The server as a part of the process: started and stopped by the bus, set up by attributes or by config."""

from __future__ import annotations

import importlib
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.answers import bare
from kirsch.app.legacy import warn
from kirsch.app.legacynames import SERVER_LISTS
from kirsch.options import Check, Option
from kirsch.process.bus import State
from kirsch.process.servers import ServerAdapter
from kirsch.run.oldcalls import Listeners, start_all
from kirsch.server.server import Server, Statistics
from kirsch.server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange
    from kirsch.process.bus import Bus

START_PRIORITY: Final = 75
STOP_PRIORITY: Final = 25

ROOT_PATH: Final = Check(
    "that begins with a slash, and does not end with one", lambda path: not path or (path[0] == "/" and path[-1] != "/")
)

_log = logging.getLogger("kirsch.server")


class Below:
    """A handler whose site a proxy in front shows below a path."""

    def __init__(self, path: str, handler: Callable[[Exchange], None]) -> None:
        self.path = path
        self.handler = handler

    def __call__(self, exchange: Exchange) -> None:
        """Answer, with links that lead there."""
        exchange.prefix = self.path
        self.handler(exchange)


class WebServer(Settings):
    """One server on the bus, for the handler of a site. Its attributes are the settings, for the next start.

    A server of others that takes the place of ours has to know itself what it serves (the site is a WSGI application,
    too), and on which address.
    """

    instance: Option[Any] = Option(
        None,
        "A server of others instead of ours: what has start() and stop(), or the dotted name of its maker.",
        object,
    )

    root_path = Option(
        "", "The path at which a proxy in front shows the site, and which it takes off: `/shop`.", check=ROOT_PATH
    )

    front: ClassVar[Any] = None
    """What is put before the handler at the start, if anything; for guests (see compat)."""

    def __init__(self, bus: Bus, handler: Callable[[Exchange], None]) -> None:
        super().__init__()
        self._bus = bus
        self._handler = self._own_handler = handler
        self._server: Server | None = None
        self._foreign: ServerAdapter | None = None
        self._over = threading.Event()
        self._linger: float | None = None

    @property
    def httpserver(self) -> Any:
        """The running server, ours or another; None while there is none."""
        return self._server if self._foreign is None else self._foreign.httpserver

    @httpserver.setter
    def httpserver(self, server: Any) -> None:
        self.instance = server

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in self.known and self.httpserver is not None:
            self._bus.log(f"server.{name} = {value!r} takes effect when the server starts anew: restart()", 30)

    def __getattr__(self, name: str) -> Any:
        if name in SERVER_LISTS:
            return Listeners(self._bus, f"server.{name}", SERVER_LISTS[name])
        raise AttributeError(f"the server has no {name!r}")

    # -- on the bus ----------------------------------------------------------------------------------------------

    def subscribe(self) -> None:
        """Be started and stopped with the bus."""
        self._bus.subscribe("start", self.start, START_PRIORITY)
        self._bus.subscribe("stop", self.stop, STOP_PRIORITY)
        self._bus.subscribe("graceful", self.graceful)

    def unsubscribe(self) -> None:
        """Leave the bus: it will not start or stop this server any more."""
        self._bus.unsubscribe("start", self.start)
        self._bus.unsubscribe("stop", self.stop)
        self._bus.unsubscribe("graceful", self.graceful)

    def start(self, *of_old: Any, **named_of_old: Any) -> None:
        """Listen and serve. While the bus has not started, clients are told to come back (503). Raises ListenError.

        of_old: see oldcalls.py.
        """
        if of_old or named_of_old:
            start_all(self, self._bus, of_old, named_of_old)
            return
        if self.httpserver is not None:
            self._bus.log(f"Already serving on {', '.join(getattr(self.httpserver, 'urls', ['another server']))}")
            return
        if self.instance is not None:
            self._start_instance()
            return
        if self.ssl_module != "builtin" and self.secure:
            self._bus.log(f"server.ssl_module = {self.ssl_module!r}: it is Python's own ssl that does it", 30)
        self._handler = self._own_handler if self.front is None else self.front(self._own_handler)
        if self.root_path:
            self._handler = Below(self.root_path, self._handler)
        server = Server(self._handler if self._bus.state is State.STARTED else self._not_yet, self)
        server.on_thread_start.append(lambda _: self._bus.publish("acquire_thread"))
        server.on_thread_stop.append(lambda _: self._bus.publish("release_thread"))
        server.on_interrupt = self._interrupted
        server.start()
        self._server = server
        self._over.clear()
        # No daemon: a program that has started a server lives until that stops.
        threading.Thread(target=self._over.wait, name="kirsch keeper").start()
        for url in server.urls:
            self._bus.log(f"Serving on {url}")

    def _start_instance(self) -> None:
        server = self.instance
        if isinstance(server, str):
            module, _, name = server.rpartition(".")
            server = getattr(importlib.import_module(module), name)(self)
        foreign = ServerAdapter(self._bus, server, getattr(server, "bind_addr", None))
        foreign.start()
        self._foreign = foreign

    def quickstart(self, server: Any = None) -> None:
        """Start, with another server if one is given: of old."""
        warn("server.quickstart(…)", "engine.start(), which starts the server that has subscribed")
        if server is not None:
            self.instance = server
        if self.httpserver is None:
            self.start()

    def stop(self) -> None:
        """Answer what was accepted and stop, within `shutdown_timeout` seconds.

        Called by a page handler it returns at once, and the server stops when that page has been answered, too.
        """
        foreign, self._foreign = self._foreign, None
        if foreign is not None:
            foreign.stop()
        server, self._server = self._server, None
        if server is None:
            return
        if server.serves_here():
            threading.Thread(target=self._stop, args=(server,), name="kirsch stop", daemon=True).start()
        else:
            self._stop(server)

    def _stop(self, server: Server) -> None:
        if self._bus.execv and hasattr(os, "fork"):
            server.hand_down()
        try:
            if not server.stop(linger=self._linger):
                _log.warning("some requests were cut off after %g seconds (shutdown_timeout)", self.shutdown_timeout)
        finally:
            self._over.set()
        self._bus.log("HTTP server stopped")

    def graceful(self) -> None:
        """Take certificates that have changed, at once; that happens by itself within ten seconds, too."""
        if self._server is not None:
            self._server.refresh()

    def linger(self, seconds: float) -> None:
        """At the next stop, grant idle clients so much time for one more request: others serve here by then."""
        self._linger = seconds

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def _not_yet(self, exchange: Exchange) -> None:
        """Before the bus has started: 503, and the real handler as soon as it has."""
        if self._bus.state in (State.STARTING, State.STARTED, State.STOPPING):
            if self._server is not None:
                self._server.handler = self._handler
            self._handler(exchange)
            return
        _log.warning("503: the engine has not been started; call engine.start()")
        fields = [(b"Retry-After", b"1")]
        bare(exchange, 503, "The engine has not been started. Call engine.start() to serve requests.", fields)

    def _interrupted(self, error: BaseException) -> None:
        """A page handler wants the process to end; its status is kept."""
        status = error.code if isinstance(error, SystemExit) else 130
        self._bus.log(f"{type(error).__name__} raised by a page handler: shutting down bus")
        threading.Thread(target=self._bus.exit, args=(status,), name="kirsch exit", daemon=True).start()

    # -- what others ask -----------------------------------------------------------------------------------------

    @property
    def bus(self) -> Bus:
        """The bus that it is for."""
        return self._bus

    @property
    def running(self) -> bool:
        """Whether it serves."""
        return self.httpserver is not None

    @property
    def bind_addr(self) -> Any:
        """Where it listens, or will: a path, or host and port."""
        if self.socket_file:
            return self.socket_file
        if isinstance(address := getattr(self.httpserver, "bind_addr", None), tuple):
            return address
        port = self._server.port if self._server is not None else self.socket_port
        return self.socket_host, port

    def base(self) -> str:
        """Scheme, host and port for links made outside of any request."""
        if self.socket_file:
            return self.socket_file
        host, port = self.bind_addr
        if host in ("0.0.0.0", "::"):
            host = socket.gethostname()
        name = f"[{host}]" if ":" in host else host
        scheme, standard = ("https", 443) if self.secure else ("http", 80)
        return f"{scheme}://{name}" if port == standard else f"{scheme}://{name}:{port}"

    def statistics(self) -> Statistics | None:
        """What is going on; None while it does not run."""
        return self._server.statistics() if self._server is not None else None
