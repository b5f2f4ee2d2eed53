"""Starting: how long the import takes, and what the process weighs while it serves the greeting."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING

from environments import HERE, python_environ
from wrk import Wrk

from loads.hello import FRAMEWORKS, PATH, check
from loads.load import Bar, Load, rows

if TYPE_CHECKING:
    from servers import Server

    from loads.load import Effort, Reading

TIMES = 9
LIMIT = 30.0
MILLI = 1000
SCRIPT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def import_seconds(server: Server) -> float:
    """One import in a fresh interpreter, on the server's core (the server itself is at rest)."""
    script = SCRIPT.format(server.rival.module)
    launch = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(server.bench.server_core)]
    done = subprocess.run(
        [*launch, str(server.python), "-c", script],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
        env=python_environ(server.rival),
    )
    return float(done.stdout.split()[-1])


def measure(server: Server, effort: Effort) -> Reading:
    """The median of some imports, then the greeting."""
    import_seconds(server)  # writes the compiled files, reads the disk
    took = median(import_seconds(server) for _ in range(TIMES))
    reading = Wrk(PATH)(server, effort)
    return {"import_ms": took * MILLI} | {
        name: reading[name] for name in ("rss_mb", "pss_mb", "peak_mb", "others_percent")
    }


STARTUP = Load(
    name="import",
    title="Import time, and memory while serving the greeting",
    entries=rows(*FRAMEWORKS),
    check=check,
    measure=measure,
    bars=(
        Bar("must", "import_ms", at_most=120.0),
        Bar("must", "rss_mb", at_most=30.0),
        Bar("aim", "import_ms", at_most=80.0),
    ),
    columns=("import_ms", "rss_mb", "pss_mb", "peak_mb"),
    chart="import_ms",
    note="import of the framework alone; memory of all its processes",
)
