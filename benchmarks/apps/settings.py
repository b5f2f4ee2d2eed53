"""What run.py tells an application, through the environment; and the two ways an application starts.

An application is started as `python <file>` with its own folder as the working folder, listens on 127.0.0.1, and runs
in the foreground with one worker process.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

HOST = "127.0.0.1"

PORT = int(os.environ.get("BENCH_PORT", "8080"))

LOAD = os.environ.get("BENCH_LOAD", "hello")
"""Name of the load to come: what only one load needs (sessions, a directory of files) is switched on for it alone."""

THREADS = int(os.environ.get("BENCH_THREADS", "0")) or 10
"""Size of the thread pool, where there is one. 10 is CherryPy's own default."""

MANY_THREADS = THREADS > 10
"""True if the load asks for more threads than usual."""

ACCESS_LOG = os.environ.get("BENCH_ACCESS_LOG", "")
"""Path of the access log; empty: none is to be written."""

FILES = os.environ.get("BENCH_FILES", ".")
"""The folder with the static files `4k.bin` and `10m.bin`."""

CERTIFICATE, KEY = os.environ.get("BENCH_CERTIFICATE", ""), os.environ.get("BENCH_KEY", "")
"""Paths of both, if TLS is to be spoken; else empty."""

IDLE = LOAD == "idle"
"""True if thousands of connections will stay open for a minute or two."""

CONNECTIONS = 12_000 if IDLE else 1000
KEEP_ALIVE = 300 if IDLE else 20
"""Seconds that an idle connection is kept open."""

NOT_YET = 69
"""Exit status of an application that lacks what the load needs (EX_UNAVAILABLE); the reason goes to stderr."""


def become(module: str, *arguments: object) -> NoReturn:
    """Turn this process into `python -m module arguments…`: the command line one would use in production."""
    os.execv(sys.executable, [sys.executable, "-m", module, *map(str, arguments)])


def not_yet(what: str) -> NoReturn:
    """Say that this application cannot do what the load asks, and leave."""
    print(f"not yet: {what}", file=sys.stderr)
    sys.exit(NOT_YET)
