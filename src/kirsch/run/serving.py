"""`kirsch run`: serve for production, in this process or in several that it supervises."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kirsch.app.logtext import ErrorFormatter
from kirsch.app.place import ConfigError, Place
from kirsch.process.bus import State
from kirsch.process.channels import ChannelFailures
from kirsch.process.colleagues import FOLDER, Colleagues
from kirsch.process.link import Link
from kirsch.process.notify import Notifier, activated_sockets, hand_on
from kirsch.process.plugins import Daemonizer, DropPrivileges, PIDFile
from kirsch.process.supervisor import Supervisor
from kirsch.process.worker import SUCCESSOR
from kirsch.run.defaults import AT_START, config, engine, log, server, servers, tell
from kirsch.run.flags import add_serving_flags, settings_of, take_surroundings, workers_of
from kirsch.run.lookup import mount, take_files
from kirsch.run.surroundings import take_environment
from kirsch.run.wear import Wear
from kirsch.server.listener import Listener, listen
from kirsch.server.settings import Settings
from kirsch.stores.opening import SHARED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from kirsch.app.sources import Source

SOCKETS_PRIORITY: Final = 6
"""Right after config is settled, which says where to listen."""

PROVIDING_PRIORITY: Final = 20
"""Before servers stop."""

LINGER: Final = 5.0
"""Seconds that idle clients of a worker that is replaced are given for one more request."""

RUN_ANEW: Final = 0.5
"""The same before the one process is run anew: meanwhile new clients wait."""

AGAIN: Final = "_KIRSCH_AGAIN"
"""Variable that says that this process has served before: it is a daemon already, and has given up its privileges."""


def add_run(verbs: Any, common: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("run", parents=[common], help="serve, for production")
    parser.add_argument("target", nargs="?", help="as --app")
    add_serving_flags(parser)
    parser.add_argument("--workers", metavar="N|auto", help="processes that serve, with one that supervises them")
    parser.add_argument("--limit-max-requests", metavar="N", type=int, help="replace a worker after so many requests")
    parser.add_argument("--limit-memory", metavar="MB", type=int, help="replace a worker that has grown to so much")
    parser.add_argument("--pid-file", metavar="FILE", help="write the number of the process there")
    parser.add_argument("--daemon", action="store_true", help="go to the background")
    parser.add_argument("--user", help="go on as this user, once the server listens")
    parser.add_argument("--group", help="the same with a group")
    parser.set_defaults(alone=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to end; the exit status."""
    take_surroundings(options, os.environ)
    said = settings_of(options, os.environ)
    config.update({"environment": "production", "log.screen": True})
    link = Link.of(engine, os.environ)
    workers = workers_of(options, os.environ)
    if workers and (options.reload or options.reload_dir):
        raise ConfigError("workers are not reloaded by a change, but by SIGHUP to their supervisor", Place("--reload"))
    succeeding = bool(os.environ.pop(SUCCESSOR, ""))
    if workers and (link is None or succeeding):
        return _supervise(options, said, workers, link)
    if (options.limit_max_requests or options.limit_memory) and link is None:
        raise ConfigError("a limit replaces a worker, so it needs --workers", Place("the command line"))
    return _serve(options, said, link)


def _serve(options: argparse.Namespace, said: Source, link: Link | None) -> int:
    """Be the one that serves."""
    engine.said = said
    if link is None:
        activated = activated_sockets(os.environ)
        _take_sockets(activated)
        _subscribe_plugins(options, privileged=not os.environ.pop(AGAIN, ""))
        engine.subscribe("stop", partial(_provide_for_next_run, activated), PROVIDING_PRIORITY)
        if not (sys.stdin and sys.stdin.isatty()):
            engine.signal_handler.handlers["SIGHUP"] = engine.restart
    else:
        _become_worker(link, options)
    mount(options.target or options.app, options.config or [], options.cherrypy, options.factory)
    return stay()


def _become_worker(link: Link, options: argparse.Namespace) -> None:
    """Take the sockets from the supervisor, and leave when it says so. Ctrl-C reaches us, too, and is its business."""
    ErrorFormatter.several = True
    log.hush = True  # the supervisor says for all that they serve, and that they end
    _take_sockets(link.listeners)
    engine.signal_handler.handlers = {"SIGTERM": engine.exit, "SIGUSR1": engine.graceful}
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(signal.Signals[name], signal.SIG_IGN)
    link.on_leave = _leave
    link.worn = Wear(options.limit_max_requests, options.limit_memory, server.statistics).reached
    link.subscribe()
    engine.colleagues = Colleagues.of(engine, os.environ)


def _provide_for_next_run(activated: dict[str, int]) -> None:
    """Before this process is a new run of the program: see to it that nobody notices, and nothing is done twice.

    activated: the sockets that systemd has given.
    """
    if engine.execv:
        os.environ[AGAIN] = "yes"
        hand_on(activated, os.environ)
        for each in (server, *servers.values()):
            each.linger(RUN_ANEW)


def _leave() -> None:
    """Others serve by now: no client need notice that we end."""
    for each in (server, *servers.values()):
        each.linger(LINGER)
    engine.exit()


def _take_sockets(descriptors: dict[str, int]) -> None:
    """Have servers listen on what was handed down, whatever the program says about where they listen."""

    def take() -> None:
        for name, descriptor in descriptors.items():
            if not name:
                _say_where(descriptor)
            servers.configure(f"{name}.socket_fd" if name else "socket_fd", descriptor)

    engine.subscribe("start", take, SOCKETS_PRIORITY)


def _say_where(descriptor: int) -> None:
    """Warn of a port that is said in the program alone: whoever has made the socket has not imported that."""
    with socket.socket(fileno=os.dup(descriptor)) as sock:
        address = sock.getsockname()
    here, said = (address[1] if isinstance(address, tuple) else 0), server.socket_port
    if here and said not in (0, here, Settings.socket_port.default):
        way = "say it by --port, in kirsch.toml, or by the variable KIRSCH_SERVER__SOCKET_PORT"
        engine.log(f"The program says server.socket_port = {said}, but port {here} was opened for it: {way}", 30)


def _subscribe_plugins(options: argparse.Namespace, privileged: bool) -> tuple[Notifier, PIDFile | None]:
    """What stands on the bus of the process that was started; privileged: or else of its successor."""
    notifier = Notifier(engine)
    notifier.subscribe()
    pidfile = PIDFile(engine, options.pid_file) if options.pid_file else None
    if pidfile is not None:
        pidfile.subscribe()
    if options.daemon and privileged:
        Daemonizer(engine).subscribe()
    if (options.user or options.group) and privileged:
        DropPrivileges(engine, uid=options.user, gid=options.group).subscribe()
    return notifier, pidfile


def stay() -> int:
    """Start, and stay until the end; the exit status. A program that has served by itself has nothing more to do."""
    if engine.state is State.EXITING:
        return 0
    engine.signals.subscribe()
    log.speak_for_others()
    try:
        engine.start()
        engine.block()
    except ChannelFailures as failures:
        if failures.plain:
            tell(failures)
            return 1
        raise
    return 0


# -- several processes -----------------------------------------------------------------------------------------------


def _supervise(options: argparse.Namespace, said: Source, workers: int, link: Link | None) -> int:
    """Be the one that listens and supervises. The program itself is not imported here, so that it can change.

    link: to the one whose place this process takes.
    """
    if not hasattr(os, "fork"):
        raise ConfigError("this system cannot hand sockets down to other processes", Place("--workers"))
    take_files(options.config or [])
    take_environment(config, os.environ)
    config.update(said)
    for each in (server, *servers.values()):
        each.unsubscribe()
    engine.autoreload.unsubscribe()
    for listener in AT_START.values():
        engine.unsubscribe("start", listener)
    supervisor = Supervisor(engine, [sys.executable, *sys.orig_argv[1:]], workers, {})
    door = Door(supervisor, activated_sockets(os.environ))
    if link is not None:
        door.take_over(link.listeners)
        engine.subscribe("started", door.settle)
    engine.subscribe("start", door.open, 75)
    engine.subscribe("stop", door.close, 25)
    supervisor.on_end = door.close
    room = CommonRoom(supervisor.environ)
    engine.subscribe("start", room.open, 78)
    engine.subscribe("exit", room.close)
    supervisor.patience.leave = server.shutdown_timeout + LINGER
    supervisor.subscribe()
    notifier, pidfile = _subscribe_plugins(options, privileged=link is None)
    if link is not None:
        link.on_orphaned = lambda: None  # it has given way to us
        link.subscribe()
    engine.subscribe("graceful", lambda: supervisor.signal(signal.SIGUSR1))
    engine.signal_handler.handlers.update(SIGHUP=supervisor.reload, SIGTTIN=supervisor.more, SIGTTOU=supervisor.fewer)
    _prepare_upgrade(supervisor, notifier, pidfile, (door, room))
    return stay()


def _prepare_upgrade(
    supervisor: Supervisor, notifier: Notifier, pidfile: PIDFile | None, held: Iterable[Door | CommonRoom]
) -> None:
    """SIGUSR2: the pid file, systemd's ear and what else is held go over to the successor, or come back if it fails."""

    def upgrade() -> None:
        if pidfile is not None:
            pidfile.exit()
        supervisor.upgrade()

    def relieved() -> None:
        notifier.address = ""
        for each in held:
            each.hand_over()
        engine.exit()

    def upheld() -> None:
        if pidfile is not None:
            pidfile.start()

    supervisor.on_relieved, supervisor.on_upheld = relieved, upheld
    engine.signal_handler.handlers["SIGUSR2"] = upgrade


class CommonRoom:
    """What all workers share: a store where config names none, and a folder where they ask each other.

    environ: of the workers.
    """

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self._folder = environ.get(FOLDER, "")  # of the one whose place this process takes

    def open(self) -> None:
        """Make it, as the user whom the workers run as."""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="kirsch-")
            self._environ[FOLDER] = self._folder
            self._environ[SHARED] = f"sqlite:{quote(os.path.join(self._folder, 'shared.db'))}?sync=normal"

    def hand_over(self) -> None:
        """The workers of somebody else go on with it."""
        self._folder = ""

    def close(self) -> None:
        """All are gone."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


class Door:
    """The sockets that workers serve on, held by their supervisor. descriptors: those that somebody else holds, too."""

    def __init__(self, supervisor: Supervisor, descriptors: dict[str, int]) -> None:
        self._supervisor = supervisor
        self._descriptors = descriptors
        self._listeners: dict[str, Listener] = {}

    def take_over(self, descriptors: dict[str, int]) -> None:
        """Take the sockets of the one whose place this process takes, and who goes on if this process fails."""
        while descriptors:
            name, descriptor = descriptors.popitem()
            self._listeners[name] = Listener(socket.socket(fileno=descriptor), shared=True)

    def settle(self) -> None:
        """Nobody else goes on."""
        for listener in self._listeners.values():
            listener.shared = False

    def open(self) -> None:
        """Listen, unless that has been done for us. Raises ListenError."""
        for name, each in {"": server, **servers}.items():
            if name not in self._descriptors and name not in self._listeners:
                (self._listeners[name],) = listen(each)
                engine.log(f"Listening on {self._listeners[name].url}")
        held = {name: listener.fd for name, listener in self._listeners.items()}
        self._supervisor.listeners = {**self._descriptors, **held}

    def hand_over(self) -> None:
        """Somebody else listens there from now on."""
        for listener in self._listeners.values():
            listener.disown()

    def close(self) -> None:
        """Listen no longer. The workers accept who stands in the line, and then nobody holds it any more."""
        while self._listeners:
            _, listener = self._listeners.popitem()
            listener.shut()
            listener.close()
