"""A tree of processes as /proc sees it: CPU time and memory. Reading it costs the tree nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
KIB = 1024
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc. ticks: CPU time of itself and of its children that have ended and been waited for."""

    pid: int
    parent: int
    session: int
    ticks: int
    threads: int


def read_process(pid: int) -> Process | None:
    """One process; None if it has gone."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = line.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return Process(pid, int(fields[1]), int(fields[3]), sum(map(int, fields[11:15])), int(fields[17]))


def tree(root: int) -> list[Process]:
    """A process, its descendants, and all others of its session (those whose parent has gone)."""
    processes = [found for name in os.listdir(PROC) if name.isdigit() and (found := read_process(int(name)))]
    members = {root}
    grown = True
    while grown:
        more = {one.pid for one in processes if one.parent in members or one.session == root} - members
        grown = bool(more)
        members |= more
    return [one for one in processes if one.pid in members]


def cpu_seconds(root: int) -> float:
    """CPU time used so far by a tree, user and system, of the living and of the dead."""
    return sum(one.ticks for one in tree(root)) * TICK


def threads(root: int) -> int:
    """How many threads a tree has."""
    return sum(one.threads for one in tree(root))


def proportional_memory(root: int) -> int:
    """Bytes of a tree, pages that several processes share counted once (PSS)."""
    return sum(_field(one.pid, "smaps_rollup", "Pss:") for one in tree(root))


def resident_memory(root: int) -> int:
    """Bytes resident of a tree (RSS); shared pages count in each process."""
    return sum(_field(one.pid, "status", "VmRSS:") for one in tree(root))


def peak_memory(root: int) -> int:
    """The most bytes resident since the start, or since forget_peak()."""
    return sum(_field(one.pid, "status", "VmHWM:") for one in tree(root))


def forget_peak(root: int) -> None:
    """Let peak_memory() count from now on."""
    for one in tree(root):
        with contextlib.suppress(OSError):
            (PROC / str(one.pid) / "clear_refs").write_text("5")


def _field(pid: int, file: str, name: str) -> int:
    """A value in KiB from a file of /proc, as bytes; 0 if the process has gone."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / file).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * KIB
    return 0


def end(root: int, patience: float = 1.0) -> None:
    """End a whole tree: ask first, then insist. Returns when none of it runs any more."""
    _signal(root, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while _living(root) and time.monotonic() < deadline:
        time.sleep(0.01)
    for _ in range(100):
        if not _living(root):
            return
        _signal(root, signal.SIGKILL)
        time.sleep(0.01)


def _living(root: int) -> list[int]:
    """Members of a tree that still run; reaps the root if it has ended."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(root, os.WNOHANG)
    return [one.pid for one in tree(root) if _state(one.pid) not in "ZX"]


def _state(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _signal(root: int, number: signal.Signals) -> None:
    for one in tree(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, number)
