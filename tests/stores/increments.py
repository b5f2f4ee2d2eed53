"""Many processes count at once in one entry.

    python -m tests.stores.increments ADDRESS [UPDATES [PROCESSES [--locked]]]

Each process has a number of its own in the entry, which it alone increases, so that none that is lost can hide behind
one that is counted twice. What raised StoreError may have been written or not. --locked: under a lock, not by update().
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from struct import pack, unpack
from time import monotonic, sleep
from typing import NamedTuple

from kirsch.stores.opening import open_store
from kirsch.stores.store import Store, StoreError
from tests.house import ROOT


class Tally(NamedTuple):
    """What became of the updates. unsure: those that raised StoreError."""

    acknowledged: int
    unsure: int
    lost: int
    doubled: int
    conflicts: int
    seconds: float

    def __str__(self) -> str:
        each = self.seconds / max(1, self.acknowledged) * 1e6
        return (
            f"{self.acknowledged} acknowledged, {self.unsure} unsure, {self.lost} lost, {self.doubled} doubled, "
            f"{self.conflicts} conflicts, {self.seconds:.1f} s, {each:.0f} µs each"
        )


def numbers(value: bytes | None, processes: int) -> list[int]:
    """What is in the entry."""
    return list(unpack(f"<{processes}q", value)) if value is not None else [0] * processes


def count(store: Store, key: str, mine: int, processes: int, updates: int, locked: bool) -> tuple[int, int, int]:
    """Increase a number so many times: how many were acknowledged, how many are unsure, and the calls in vain."""
    acknowledged = unsure = calls = 0

    def change(value: bytes | None) -> bytes:
        nonlocal calls
        calls += 1
        found = numbers(value, processes)
        found[mine] += 1
        return pack(f"<{processes}q", *found)

    for _ in range(updates):
        try:
            if locked:
                with store.lock(key, wait=30):
                    entry = store.get(key)
                    store.set(key, change(entry.value if entry is not None else None))
            else:
                store.update(key, change)
            acknowledged += 1
        except StoreError:
            unsure += 1
            sleep(0.02)
    return acknowledged, unsure, calls - acknowledged - unsure


def tally(store: Store, key: str, done: list[tuple[int, int, int]], seconds: float) -> Tally:
    """Compare what they say they have done with what is in the entry."""
    entry = store.get(key)
    found = numbers(entry.value if entry is not None else None, len(done))
    lost = sum(max(0, acknowledged - number) for number, (acknowledged, _, _) in zip(found, done, strict=True))
    doubled = sum(max(0, number - sum(each[:2])) for number, each in zip(found, done, strict=True))
    acknowledged, unsure, conflicts = (sum(column) for column in zip(*done, strict=True))
    return Tally(acknowledged, unsure, lost, doubled, max(0, conflicts), seconds)


def run(address: str, updates: int, processes: int, *, locked: bool = False) -> Tally:
    """The whole of it."""
    key = f"increments:{uuid.uuid4().hex}"
    begin = monotonic()
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.stores.increments", address, str(updates // processes), str(processes)),
                *(f"--worker={key}", str(number), "--locked" if locked else ""),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    said = [worker.communicate()[0].split() for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    done = [(int(each[0]), int(each[1]), int(each[2])) for each in said]
    return tally(open_store(address), key, done, monotonic() - begin)


def main(address: str, updates: str = "100000", processes: str = "4", *rest: str) -> None:
    """As a program."""
    if rest and rest[0].startswith("--worker="):
        key = rest[0].partition("=")[2]
        done = count(open_store(address), key, int(rest[1]), int(processes), int(updates), "--locked" in rest)
        print(*done)
        return
    print(run(address, int(updates), int(processes), locked="--locked" in rest))


if __name__ == "__main__":
    main(*sys.argv[1:])
