"""`kirsch cherryd`: the flags of CherryPy's command, for scripts and units that have them."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.place import ConfigError, Place
from kirsch.process.plugins import Daemonizer, PIDFile
from kirsch.run.defaults import config, engine
from kirsch.run.serving import stay

if TYPE_CHECKING:
    import argparse

GONE: Final = {"-f": "FastCGI", "-s": "SCGI", "-x": "CGI"}
"""What is no more; nginx and Apache speak HTTP to us."""


def add_cherryd(verbs: Any, _: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("cherryd", help="serve, with the flags of CherryPy's command")
    parser.add_argument("-c", "--config", action="append", default=[], metavar="FILE", help="a config file; repeatable")
    parser.add_argument("-d", dest="daemonize", action="store_true", help="go to the background")
    parser.add_argument("-e", "--environment", metavar="NAME", help="an environment, such as production")
    for flag, name in GONE.items():
        parser.add_argument(
            flag, dest="gone", action="append_const", const=name, help=f"{name}: there is none any more"
        )
    parser.add_argument("-i", "--import", action="append", default=[], dest="imports", metavar="MODULE", help="mounts")
    parser.add_argument("-p", "--pidfile", metavar="FILE", help="write the number of the process there")
    parser.add_argument("-P", "--Path", action="append", default=[], dest="paths", metavar="DIR", help="for modules")
    parser.set_defaults(alone=cherryd)


def cherryd(options: argparse.Namespace) -> int:
    """Import what mounts applications, take config, and serve until told to end; the exit status."""
    if options.gone:
        raise ConfigError(
            f"{', '.join(options.gone)} is not spoken any more: have the server in front speak HTTP to this one",
            Place("kirsch cherryd"),
        )
    sys.path[:0] = [*map(os.path.abspath, options.paths), os.getcwd()]
    engine.commanded = True
    for name in options.imports:
        importlib.import_module(name)
    for file in options.config:
        config.update(file)
    if options.environment is not None:
        config.update({"environment": options.environment})
    if options.daemonize:
        config.update({"log.screen": False})
        Daemonizer(engine).subscribe()
    if options.pidfile:
        PIDFile(engine, options.pidfile).subscribe()
    return stay()
