"""What the figures were measured on, and how far it lets us go."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import subprocess
from pathlib import Path

FILES_WANTED = 12_000
LIMIT = 10.0


def describe() -> dict[str, str | int]:
    """Processor, memory and system, for the report."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
        "system": f"{platform.system()} {platform.release()}",
        "distribution": distribution(),
    }


def processor() -> str:
    """The processor's name as the kernel has it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def distribution() -> str:
    """The name of the distribution."""
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return ""


def first_line(*command: str) -> str:
    """The first line that a program prints about itself, or nothing."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        return (done.stdout + done.stderr).partition("\n")[0].strip()
    return ""


def raise_file_limit() -> int:
    """Allow as many open files as thousands of connections need, if the system lets us; the limit reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES_WANTED:
        with contextlib.suppress(ValueError, OSError):  # beyond the hard limit only for root
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_WANTED, max(hard, FILES_WANTED)))
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] == soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def pin(core: int) -> None:
    """Keep this process, and what it starts, on one core."""
    os.sched_setaffinity(0, {core})


def cores() -> list[int]:
    """The cores this process may use."""
    return sorted(os.sched_getaffinity(0))
