"""`cherrypy.lib.profiler`: how long functions take, kept in files of a folder, and pages that show it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from kirsch import HTTPError, expose, quickstart
from kirsch.app.errorpage import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ProfileAggregator", "Profiler", "make_app", "serve"]

_SUFFIX: Final = ".prof"


_one: Final = RLock()
"""Held by what is profiled: from Python 3.12 on a process has one profiler at a time."""


class Profiler:
    """See the module. path: the folder, made if it is not there; by default `profile` below the present one."""

    def __init__(self, path: str | None = None) -> None:
        self.path = path or os.path.join(os.getcwd(), "profile")
        os.makedirs(self.path, exist_ok=True)
        self.count = 0

    def run(self, func: Callable[..., Any], *args: Any, **params: Any) -> Any:
        """Call it, one at a time, and keep how long what took in a file of its own. Gives what it gives."""
        import cProfile

        profile = cProfile.Profile()
        with _one:
            try:
                return profile.runcall(func, *args, **params)
            finally:
                profile.dump_stats(str(self._next_file()))

    def _next_file(self) -> Path:
        while True:
            self.count += 1
            path = Path(self.path, f"cp_{self.count:04}{_SUFFIX}")
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            return path

    def statfiles(self) -> list[str]:
        """The names of the files that there are."""
        return sorted(path.name for path in Path(self.path).glob(f"cp_*{_SUFFIX}"))

    def stats(self, filename: str, sortby: str = "cumulative") -> str:
        """What stands in one, as text. HTTPError 404, if there is none of this name."""
        import pstats

        if filename not in self.statfiles():
            raise HTTPError(404)
        out = io.StringIO()
        pstats.Stats(os.path.join(self.path, filename), stream=out).strip_dirs().sort_stats(sortby).print_stats()
        return out.getvalue()

    @expose
    def index(self) -> str:
        """The way to the others."""
        return f"<!DOCTYPE html><title>Profiles</title>{self.menu()}"

    @expose
    def menu(self) -> str:
        """Links to all reports."""
        names = [escape(name) for name in self.statfiles()]
        links = "".join(f'<li><a href="report?filename={name}">{name}</a></li>' for name in names)
        return f"<h1>Profiles</h1><ul>{links}</ul>"

    @expose
    def report(self, filename: str) -> str:
        """What stands in one file."""
        return f"<!DOCTYPE html><title>{escape(filename)}</title><pre>{escape(self.stats(filename))}</pre>"


class ProfileAggregator(Profiler):
    """All that is run goes into one file."""

    def __init__(self, path: str | None = None) -> None:
        import cProfile

        super().__init__(path)
        self._file = self._next_file()
        self.profiler = cProfile.Profile()

    def run(self, func: Callable[..., Any], *args: Any, **params: Any) -> Any:
        """Call it, one at a time, as a profile knows one thread only."""
        with _one:
            result = self.profiler.runcall(func, *args, **params)
            self.profiler.dump_stats(str(self._file))
        return result


class make_app:
    """A WSGI application around another, whose calls are profiled. aggregate: into one file."""

    def __init__(self, nextapp: Any, path: str | None = None, aggregate: bool = False) -> None:
        self.nextapp = nextapp
        self.aggregate = aggregate
        self.profiler = (ProfileAggregator if aggregate else Profiler)(path)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer for a WSGI server; the body is made while it is looked on."""

        def answer() -> list[bytes]:
            body = self.nextapp(environ, start_response)
            try:
                return list(body)
            finally:
                if hasattr(body, "close"):
                    body.close()

        pieces: list[bytes] = self.profiler.run(answer)
        return pieces


def serve(path: str | None = None, port: int = 8080) -> None:
    """Show the reports of a folder there."""
    quickstart(Profiler(path), "/", {"global": {"server.socket_port": port, "environment": "production"}})
