"""`kirsch migrate`: what is to be changed in a program of CherryPy for it to be one of Kirsch; and changing it.

Exit codes: 0 nothing is left to do · 1 there are changes, which were not made · 2 the command line is wrong · 3 a file
cannot be read or written · 4 something is left that a person must decide.
"""

from __future__ import annotations

import difflib
import io
import json
import os
import sys
import tokenize
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.migration.edits import Outcome, Source, applied
from kirsch.migration.ini import migrated_ini
from kirsch.migration.python import migrated_python

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

UNMADE: Final = 1
UNREADABLE: Final = 3
UNDECIDED: Final = 4

PYTHON: Final = (".py", ".pyw")
INI: Final = (".ini", ".conf", ".cfg", ".config")


class Unreadable(Exception):
    """A file that cannot be migrated; the message says why."""


class Migrated(NamedTuple):
    """A file, its text as it was and as it is to be, and what was found. encoding: of the file."""

    path: str
    before: str
    after: str
    outcome: Outcome
    encoding: str

    def diff(self) -> str:
        """The changes, as `patch` takes them."""
        before, after = Source(self.before).lines, Source(self.after).lines
        return "".join(_whole_lines(difflib.unified_diff(before, after, f"a/{self.path}", f"b/{self.path}")))

    def write(self) -> None:
        """Make the changes."""
        try:
            with open(self.path, "wb") as file:
                file.write(self.after.encode(self.encoding))
        except OSError as error:
            raise Unreadable(f"{self.path}: {error.strerror}") from None


def add_migrate(verbs: Any, _: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("migrate", help="what to change in programs and config files of CherryPy")
    parser.add_argument("files", nargs="+", metavar="FILE", help=f"a program ({PYTHON[0]}) or a config file ({INI[0]})")
    parser.add_argument("--write", action="store_true", help="make the changes; without, they are shown")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(alone=migrate)


def migrate(options: argparse.Namespace) -> int:
    """Show what is to be changed, or change it. All files are read before the first is written."""
    files, wrong = [], []
    for path in options.files:
        try:
            files.append(read(path))
        except Unreadable as error:
            wrong.append(str(error))
    changed = [each for each in files if each.after != each.before]
    if options.write and not wrong:
        try:
            for each in changed:
                each.write()
        except Unreadable as error:
            wrong.append(str(error))
    (_print_json if options.json else _print)(files, options.write and not wrong)
    for message in wrong:
        sys.stderr.write(f"kirsch: {message}{'; nothing was written' if options.write else ''}\n")
    undecided = any(each.outcome.decisions for each in files)
    return UNREADABLE if wrong else UNMADE if changed and not options.write else UNDECIDED if undecided else 0


def read(path: str) -> Migrated:
    """A file, with what is to be done in it. Raises Unreadable."""
    kind = os.path.splitext(path)[1].lower()
    if os.path.isdir(path):
        raise Unreadable(f"{path}: this is a folder; name the files in it")
    if kind not in PYTHON + INI:
        raise Unreadable(f"{path}: neither a program ({', '.join(PYTHON)}) nor a config file ({', '.join(INI)})")
    try:
        with open(path, "rb") as file:
            data = file.read()
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0] if kind in PYTHON else "utf-8"
        before = data.decode(encoding)
        outcome = migrated_python(before, _face()) if kind in PYTHON else migrated_ini(before)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    except SyntaxError as error:
        raise Unreadable(f"{path}, line {error.lineno or 1}: this is no Python: {error.msg}") from None
    except ValueError as error:
        raise Unreadable(f"{path}: this is no text: {error}") from None
    return Migrated(path, before, applied(before, outcome.edits), outcome, encoding)


def _face() -> set[str]:
    kirsch = sys.modules["kirsch"]
    return {*dir(kirsch), *kirsch.__all__}


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def _print(files: list[Migrated], written: bool) -> None:
    """Changes go to the standard output, so that they can be kept as a patch; all else is for people."""
    for each in files:
        changes = len(set(each.outcome.edits))
        if written and changes:
            sys.stdout.write(f"{each.path}: {changes} change{'s' if changes > 1 else ''} made\n")
        elif changes:
            sys.stdout.write(each.diff())
    sys.stdout.flush()
    decisions = [(each.path, decision) for each in files for decision in each.outcome.decisions]
    if decisions:
        sys.stderr.write("For you to decide:\n")
    for path, decision in decisions:
        sys.stderr.write(f"{path}:{decision.line}: {decision.what}: {decision.why} [docs/{decision.read}]\n")


def _print_json(files: list[Migrated], written: bool) -> None:
    shown = [
        {
            "file": each.path,
            "changes": len(set(each.outcome.edits)),
            "written": written and each.after != each.before,
            "diff": each.diff(),
            "decisions": [decision._asdict() for decision in each.outcome.decisions],
        }
        for each in files
    ]
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
