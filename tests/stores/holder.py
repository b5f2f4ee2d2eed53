"""A process that holds a lock until it is killed: `python -m tests.stores.holder ADDRESS KEY LEASE`."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING

from kirsch.stores.opening import open_store
from tests.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def holder(address: str, key: str, lease: float) -> Iterator[subprocess.Popen[bytes]]:
    """It holds the lock by now."""
    command = [sys.executable, "-m", "tests.stores.holder", address, key, str(lease)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


if __name__ == "__main__":
    with open_store(sys.argv[1]).lock(sys.argv[2], lease=float(sys.argv[3])):
        print("held", flush=True)
        sleep(60)
