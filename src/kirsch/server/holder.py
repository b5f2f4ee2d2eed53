"""Who holds a port: for the message that it is taken. What only Linux tells, and only root of others' processes."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTENING: Final = "0A"
"""The state of a socket in the tables of /proc/net."""


def holder_of(port: int) -> str:
    """`process 4711 (nginx)`; "" if nobody can tell."""
    inodes = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _inodes(f"/proc/net/{table}", port)}
    for pid in _processes() if inodes else ():
        if inodes & set(_open_files(pid)):
            return f"process {pid} ({_name(pid)})"
    return ""


def _inodes(table: str, port: int) -> Iterator[str]:
    with suppress(OSError), open(table, encoding="ascii") as file:
        next(file, None)
        for line in file:
            columns = line.split()
            if columns[3] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[9]


def _processes() -> list[str]:
    try:
        return [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _open_files(pid: str) -> Iterator[str]:
    folder = f"/proc/{pid}/fd"
    with suppress(OSError):  # another user's, or gone meanwhile
        for name in os.listdir(folder):
            with suppress(OSError):
                yield os.readlink(f"{folder}/{name}")


def _name(pid: str) -> str:
    with suppress(OSError), open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
        return file.read().strip()
    return "of an unknown name"
