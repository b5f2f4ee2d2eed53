"""Files: 4 KB as a page's parts are, and 10 MB as downloads are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import Wrk

from loads.load import Bar, Load, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers import Server

RIVALS = ("kirsch", "cherrypy", "starlette-uvicorn", "nginx")
SIZES = {"4k.bin": 4096, "10m.bin": 10 * 1024 * 1024}
PATTERN = bytes(range(256))


def make_files(place: Path) -> None:
    """Write the files that are served."""
    for name, size in SIZES.items():
        (place / name).write_bytes(PATTERN * (size // len(PATTERN)))


def check_file(name: str) -> Callable[[Server], None]:
    """Make a check that a file comes whole."""

    def check(server: Server) -> None:
        answer = server.get(f"/static/{name}")
        if answer.body != (server.bench.files / name).read_bytes():
            message = f"{name}: status {answer.status}, {len(answer.body)} of {SIZES[name]} bytes, or other ones"
            raise WrongAnswerError(message)

    return check


STATIC_SMALL = Load(
    name="static-4k",
    title="Static file of 4 KB",
    entries=rows(*RIVALS),
    check=check_file("4k.bin"),
    measure=Wrk("/static/4k.bin"),
    bars=(Bar("must", "cpu_us", at_most=1 / 10, of="cherrypy"),),
)

STATIC_LARGE = Load(
    name="static-10m",
    title="Static file of 10 MB (4 connections)",
    entries=rows(*RIVALS),
    check=check_file("10m.bin"),
    measure=Wrk("/static/10m.bin", connections=4),
    bars=(
        Bar("must", "mb_s", at_least=0.8, of="nginx"),
        Bar("aim", "mb_s", at_least=1.0, of="nginx"),
    ),
    columns=("mb_s", "cpu_us", "rps", "p50_ms", "p99_ms", "core_percent", "pss_mb", "peak_mb"),
    chart="mb_s",
)
