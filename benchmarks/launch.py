"""Start a command on one core: `launch.py CORE COMMAND ARGUMENT…`. It becomes the command and dies with its starter."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Pin this process, ask the kernel to kill it when the starter has gone, and turn into the command."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    with contextlib.suppress(OSError, AttributeError):  # a convenience of Linux; run.py cleans up by itself
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
