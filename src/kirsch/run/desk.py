"""`kirsch dev`: serve at one's desk. The program runs anew when it changes, and one that is broken is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from kirsch.process.autoreload import files_below
from kirsch.run.defaults import config, engine
from kirsch.run.flags import add_serving_flags, settings_of, take_surroundings
from kirsch.run.lookup import mount
from kirsch.run.serving import stay

if TYPE_CHECKING:
    import argparse

AT_DESK: Final = "_KIRSCH_AT_DESK"
"""Set for the process that serves, below the one that waits for changes."""

PAUSE: Final = 0.3
"""Seconds between two looks for a change, while the program is broken."""

ENDED: Final = (0, 2, 128 + signal.SIGINT, 128 + signal.SIGTERM)
"""Statuses of a program that somebody has ended, or that was started in a wrong way: nothing to wait for."""


def add_dev(verbs: Any, common: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("dev", parents=[common], help="serve at your desk: reloads, and shows what fails")
    parser.add_argument("target", nargs="?", help="as --app")
    add_serving_flags(parser)
    parser.add_argument("--dev-cert", action="store_true", help="speak TLS, with a certificate made for this machine")
    parser.set_defaults(alone=dev)


def dev(options: argparse.Namespace) -> int:
    """Serve until told to end, by a process of its own that may fail; the exit status."""
    if not os.environ.pop(AT_DESK, ""):
        return _watch_over({**os.environ, AT_DESK: "yes"}, (".", *options.reload_dir))
    take_surroundings(options, os.environ)
    if options.dev_cert:
        from kirsch.run.devcert import dev_certificate

        setattr(options, "server.ssl_certificate", dev_certificate(os.environ))
    options.set = ["environment=development", *options.set]  # whatever the site is elsewhere
    engine.said = settings_of(options, os.environ)
    config.update({"environment": "development"})
    mount(options.target or options.app, options.config or [], options.cherrypy, options.factory)
    os.environ[AT_DESK] = "yes"  # for when it runs anew
    return stay()


def _watch_over(environ: dict[str, str], folders: tuple[str, ...]) -> int:
    """Run the program; when it has failed, wait until something in the folders changes, and run it again."""
    while True:
        before = _changes(folders)
        status = _run(environ)
        if status in ENDED or status < 0:
            return max(status, 0)
        sys.stderr.write("kirsch: waiting for a change; Ctrl-C ends it\n")
        try:
            while _changes(folders) == before:
                sleep(PAUSE)
        except KeyboardInterrupt:
            return status


def _run(environ: dict[str, str]) -> int:
    """The status of one run of the program. Signals that are to end us end it; Ctrl-C reaches it by itself."""
    with subprocess.Popen([sys.executable, *sys.orig_argv[1:]], env=environ) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _changes(folders: tuple[str, ...]) -> dict[str, int]:
    """When each file of the program was changed."""
    found = {}
    for path in (path for folder in folders for path in files_below(folder)):
        try:
            found[path] = os.stat(path).st_mtime_ns
        except OSError:
            continue
    return found
