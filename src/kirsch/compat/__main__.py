"""`python -m kirsch.compat app.py …`, or `-m module …`: run a program of CherryPy's as it is."""

from __future__ import annotations

import os
import runpy
import sys

from kirsch.compat.alias import install, program_of

USAGE = "usage: python -m kirsch.compat (FILE | -m MODULE) [arguments of the program]"


def main(arguments: list[str]) -> None:
    """Run it as Python would. SystemExit 2 for a wrong command line."""
    named = arguments[:1] == ["-m"]
    program = arguments[named:]
    if not program or program[0].startswith("-"):
        raise SystemExit(USAGE)
    if not named and not os.path.exists(program[0]):
        raise SystemExit(f"python -m kirsch.compat: there is no file {program[0]!r}\n{USAGE}")
    install()
    sys.argv = program
    if named:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(program_of(program[0]), run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(program[0])))
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
