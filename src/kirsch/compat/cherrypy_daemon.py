"""`cherrypy.daemon`: the command `cherryd`."""

from __future__ import annotations

import sys
from typing import Any, Final

from kirsch.run.cli import main

_OF_START: Final = ("configfiles", "daemonize", "environment", "fastcgi", "scgi", "pidfile", "imports", "cgi")
"""The arguments of start() in their order, for those who do not name them."""


def start(*args: Any, **settings: Any) -> int:
    """Import modules, take config files, and serve until told to end. Gives the exit status."""
    said = dict(zip(_OF_START, args, strict=False)) | settings
    words = [word for file in said.get("configfiles") or () for word in ("-c", file)]
    words += [word for name in said.get("imports") or () for word in ("-i", name)]
    for flag, name in {"-e": "environment", "-p": "pidfile"}.items():
        words += [flag, said[name]] if said.get(name) else []
    flags = {"-d": "daemonize", "-f": "fastcgi", "-s": "scgi", "-x": "cgi"}
    return main(["cherryd", *words, *(flag for flag, name in flags.items() if said.get(name))])


def run() -> None:
    """The command, with the arguments of the process."""
    raise SystemExit(main(["cherryd", *sys.argv[1:]]))
