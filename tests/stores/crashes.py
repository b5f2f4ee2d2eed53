"""A process that writes is killed in the middle, again and again: `python -m tests.stores.crashes ADDRESS [ROUNDS]`.

It writes numbers one after another into a few entries, each with a digest, and says so after each. Afterwards no entry
may be half written, and none older than what it has said.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from hashlib import sha256
from time import sleep
from typing import TYPE_CHECKING

from kirsch.stores.opening import open_store
from tests.house import ROOT

if TYPE_CHECKING:
    from kirsch.stores.store import Store

ENTRIES = 7


def key(number: int) -> str:
    """The entry of a number."""
    return f"crash:{number % ENTRIES}"


def value(number: int) -> bytes:
    """Of some length, which is not always the same."""
    text = b"%d " % number * (1 + number * 37 % 900)
    return sha256(text).digest() + text


def write(store: Store, begin: int) -> None:
    """Until it is killed."""
    for number in range(begin, 10**9):
        store.set(key(number), value(number), 3600)
        os.write(1, b"%d\n" % number)


def crash(address: str, begin: int, seconds: float) -> int:
    """Have a process write for so long: the last number it has said."""
    command = [sys.executable, "-m", "tests.stores.crashes", address, "--write", str(begin)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        said = (first + writer.stdout.read()).split(b"\n")
    return int(said[-2])  # what follows the last end of line is nothing, or half a number


def faults(store: Store, last: int) -> list[str]:
    """What is wrong after a crash: the last number that was said is there, or the one that was just being written."""
    wrong = []
    for number in range(max(0, last - ENTRIES + 1), last + 1):
        entry = store.get(key(number))
        newer = number + ENTRIES if number + ENTRIES == last + 1 else number
        if entry is None:
            wrong.append(f"{number} has gone")
        elif entry.value not in (value(number), value(newer)):
            wrong.append(f"{number} is half written, or old: {entry.value[32:60]!r}")
    return wrong


def run(address: str, rounds: int, seed: int = 1) -> tuple[int, list[str]]:
    """How many writes were acknowledged, and what was lost or broken."""
    store, chance = open_store(address), random.Random(seed)
    begin, wrong = 0, []
    for _ in range(rounds):
        last = crash(address, begin, chance.uniform(0, 0.2))
        wrong += faults(store, last)
        begin = last + 1
    return begin, wrong


if __name__ == "__main__":
    if sys.argv[2:3] == ["--write"]:
        write(open_store(sys.argv[1]), int(sys.argv[3]))
    count, found = run(sys.argv[1], int((sys.argv[2:] or ["100"])[0]))
    print(f"{count} writes, {len(found)} lost or broken")
    print("\n".join(found[:20]))
    sys.exit(bool(found))
