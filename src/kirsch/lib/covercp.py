"""`cherrypy.lib.covercp`: which lines have been run, and pages that show it. It needs the package `coverage`.

kirsch.engine.subscribe("start", covercp.start)
root.coverage = covercp.CoverStats(covercp.the_coverage())
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from kirsch import HTTPError, expose, quickstart
from kirsch.app.errorpage import escape

__all__ = ["CoverStats", "localFile", "serve", "start", "the_coverage"]

localFile: Final = os.path.join(os.getcwd(), "coverage.cache")
"""Where what was measured is kept, unless one says otherwise."""


@cache
def the_coverage(path: str = localFile) -> Any:
    """What measures for this process. ModuleNotFoundError says what is missing."""
    try:
        from coverage import Coverage
    except ModuleNotFoundError as error:
        error.add_note("kirsch.lib.covercp needs the package `coverage`: pip install coverage")
        raise
    return Coverage(data_file=path)


def start() -> None:
    """Begin to measure; for the channel `start`."""
    the_coverage().start()


vars(start).update(priority=20)


class CoverStats:
    """Pages of what was measured. root: a folder; files elsewhere are left out."""

    def __init__(self, coverage: Any, root: str | None = None) -> None:
        self.coverage = coverage
        self.root = os.path.realpath(root or os.getcwd())

    def _files(self) -> list[str]:
        self.coverage.save()
        found = sorted(self.coverage.get_data().measured_files())
        return [name for name in found if os.path.realpath(name).startswith(self.root + os.sep)]

    def _lines(self, name: str) -> tuple[set[int], set[int]]:
        """Lines that can be run, and those that never were."""
        _, statements, _, missing, _ = self.coverage.analysis2(name)
        return set(statements), set(missing)

    @expose
    def index(self) -> str:
        """The way to the others."""
        return f"<!DOCTYPE html><title>Coverage</title>{self.menu()}"

    @expose
    def menu(self, base: str = "/", pct: str = "50", showpct: str = "", exclude: str = "") -> str:
        """Links to all files, with the share of their lines that was run, where it is below pct in bold."""
        rows = []
        for name in self._files():
            short = os.path.relpath(name, self.root)
            if (exclude and exclude in name) or not f"/{short}".startswith(base):
                continue
            statements, missing = self._lines(name)
            share = 100 - 100 * len(missing) // len(statements) if statements else 100
            shown = f"{share} %" if share >= float(pct) else f"<b>{share} %</b>"
            rows.append(f'<li><a href="report?name={escape(short)}">{escape(short)}</a> {shown}</li>')
        return f"<h1>Coverage</h1><ul>{''.join(rows)}</ul>"

    @expose
    def report(self, name: str) -> str:
        """The lines of one file: those that never were run are marked. HTTPError 404, if it was not measured."""
        full = os.path.join(self.root, name)
        if full not in self._files():
            raise HTTPError(404)
        _, missing = self._lines(full)
        lines = Path(full).read_text("utf-8").splitlines()
        shown = (
            f"<mark>{number:5} {escape(line)}</mark>" if number in missing else f"{number:5} {escape(line)}"
            for number, line in enumerate(lines, 1)
        )  # fmt: skip
        return f"<!DOCTYPE html><title>{escape(name)}</title><h1>{escape(name)}</h1><pre>{chr(10).join(shown)}</pre>"


def serve(path: str = localFile, port: int = 8080, root: str | None = None) -> None:
    """Show what was measured in another process, and is kept there."""
    coverage = the_coverage(path)
    coverage.load()
    quickstart(CoverStats(coverage, root), "/", {"global": {"server.socket_port": port, "environment": "production"}})
