"""Static files: `staticdir` answers below a path with the files of a directory, `staticfile` with one file.

What is not there is left to the handler, so files and pages may share a path.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.contents import KeptFile
from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect, NotFound
from kirsch.app.files import chosen, describe, wants_all
from kirsch.app.folder import Files, Folder
from kirsch.app.links import url
from kirsch.app.place import ConfigError
from kirsch.app.response import lasting
from kirsch.dispatch.expose import expose
from kirsch.http.filepaths import OutsideError, file_name
from kirsch.http.filetypes import by_ending, type_of
from kirsch.http.headers import Headers
from kirsch.http.siblings import SIBLINGS, wanted_siblings
from kirsch.http.vary import add_vary
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.app.contents import Content
    from kirsch.app.request import Request
    from kirsch.app.response import Response

FINGERPRINT: Final = r"[.-](?=[^.]*[0-9])[0-9A-Za-z_]{8,64}\.[A-Za-z0-9.]+\Z"
"""What tools that build sites put into names: `app.3f2a9c1b.js`, `app-BqJ2x0aD.css`. A digit is asked for."""

FOR_GOOD: Final = "public, max-age=31536000, immutable"

_LINE: Final = Check("without line breaks", lambda value: not re.search(r"[\r\n\0]", value))


def _compiles(pattern: Any) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


_PATTERN: Final = Check("that is a regular expression", lambda value: isinstance(value, bool) or _compiles(value))
_TYPES: Final = Check(
    "of media types by endings",
    lambda types: all(isinstance(end, str) and isinstance(kind, str) and "/" in kind for end, kind in types.items()),
)
_CODINGS: Final = Check(
    f"of {', '.join(SIBLINGS)}", lambda value: isinstance(value, bool) or all(each in SIBLINGS for each in value)
)


class FileOptions(Options):
    """What both tools can be told."""

    root = Option("", "The directory that relative names start from.", (str, type(None)))
    match = Option("", "A regular expression; other paths are left to the handler.", (str, re.Pattern), _PATTERN)
    content_types: Option[Any] = Option(
        None, "Media types by the end of a name, before the usual ones.", Mapping, _TYPES
    )
    debug = Option(False, "Of old; means nothing.")
    cache_control = Option("", "The Cache-Control of what is sent.", check=_LINE)
    etag = Option(True, "Tell versions apart by an ETag as well as by Last-Modified.")
    precompressed: Option[Any] = Option(
        False, "Send name.br, .zst or .gz if that is there; True or a list of codings.", (bool, list, tuple), _CODINGS
    )


class DirectoryOptions(FileOptions):
    """What staticdir can be told."""

    section = Option("", "The path that stands for the directory; set by the config.")
    dir = Option("", "The directory.")
    index = Option("", "The file that answers for a directory, such as index.html.")
    dotfiles = Option(False, "Whether names that begin with a dot are sent.")
    symlinks = Option(True, "Whether links are followed, within the directory.")
    immutable: Option[Any] = Option(
        False, "Names to be kept for good: True for those with a fingerprint, or a regular expression.",
        (bool, str, re.Pattern), _PATTERN,
    )  # fmt: skip


class OneFileOptions(FileOptions):
    """What staticfile can be told."""

    filename = Option("", "The file.")


class Ready:
    """What is said of a kept file: as fields, and as lines of an answer, if its type is known.

    PERF: lines that are sent many times need neither be checked nor put together each time.
    """

    __slots__ = ("fields", "lines")

    def __init__(self, fields: Headers, response: Response) -> None:
        self.fields = fields
        self.lines: list[tuple[bytes, bytes]] = []
        if "Content-Type" in fields and response.blank:
            copy = fields.copy()
            copy["Content-Type"] = response.declared(copy["Content-Type"])
            self.lines = lasting(copy.to_wire())


class Shelf(ABC):
    """Where the files of one place are, and how they are sent."""

    def __init__(self, options: FileOptions) -> None:
        self._match = re.compile(options.match) if options.match else None
        self._types = by_ending(options.content_types or {})
        self._cache_control = options.cache_control
        self._etag = options.etag
        self._codings = tuple(SIBLINGS) if options.precompressed is True else tuple(options.precompressed or ())

    def answer(self, request: Request, response: Response) -> Any:
        """The page; None if that is not for us to make."""
        if request.method not in ("GET", "HEAD"):
            return None
        if self._match is not None and not self._match.search(request.path_info):
            return None
        return self.find(request, response)

    @abstractmethod
    def find(self, request: Request, response: Response) -> Any:
        """The page for a path that matches; None if there is no such file."""

    @abstractmethod
    def open(self, name: str) -> Content | str | None:
        """The file of this name, DIRECTORY, or None."""

    def page(self, request: Request, response: Response, name: str, file: Content) -> Any:
        """The page of a file."""
        coding = ""
        if self._codings:
            coding, file = self._best(request, name, file)
        if isinstance(file, KeptFile):
            ready: Ready | None = file.ready.get(coding)
            if ready is None:
                ready = file.ready[coding] = Ready(self._fields(name, file, coding), response)
            if ready.lines and response.blank and wants_all(request):
                response.fields = ready.lines
                response.page = file.data
                return file.data
            fields = ready.fields
        else:
            fields = self._fields(name, file, coding)
        self._say(response, fields)
        return chosen(request, response, file)

    def _fields(self, name: str, file: Content, coding: str) -> Headers:
        """What is said of a file."""
        etag = file.etag if self._etag else None
        if etag and coding:
            etag = f'{etag[:-1]}-{coding}"'
        said = {
            "Content-Type": type_of(name, self._types),
            "Content-Encoding": coding,
            "Cache-Control": self.caching(name),
            "Vary": "Accept-Encoding" if self._codings else "",
            "ETag": etag,
            "Last-Modified": file.last_modified,
            "Accept-Ranges": "bytes",
        }
        return Headers([(key, value) for key, value in said.items() if value])

    @staticmethod
    def _say(response: Response, fields: Headers) -> None:
        """Say it beside what others have said already, which goes before it but for what the file is."""
        headers = response.headers
        for name, value in fields.items():
            if name == "Vary":
                add_vary(headers, value)
            elif name.startswith("Content-"):
                headers[name] = value
            else:
                headers.setdefault(name, value)
        if "Content-Type" not in fields:
            describe(response, None)

    def _best(self, request: Request, name: str, file: Content) -> tuple[str, Content]:
        """Coding and file of what the client would like best; a sibling that is older than its file is of no use."""
        for coding, end in wanted_siblings(request.headers.get("Accept-Encoding"), self._codings):
            sibling = self.open(name + end)
            if sibling is not None and not isinstance(sibling, str):
                if int(sibling.modified or 0) >= int(file.modified or 0):
                    file.close()
                    return coding, sibling
                sibling.close()
        return "", file

    def caching(self, name: str) -> str:
        """The Cache-Control of a file."""
        return self._cache_control


class DirectoryShelf(Shelf):
    """The files of a directory."""

    def __init__(self, options: DirectoryOptions) -> None:
        super().__init__(options)
        section = "" if options.section == "global" else options.section.rstrip("/")
        self._above = section
        self._start = f"{section}/"
        self._depth = sum(map(bool, section.split("/")))
        self._index = options.index
        self._dotfiles = options.dotfiles
        self._immutable = re.compile(FINGERPRINT if options.immutable is True else options.immutable or r"(?!)")
        self.folder = Folder(absolute(options.dir, options.root), links=options.symlinks)

    def find(self, request: Request, response: Response) -> Any:
        """As of any shelf."""
        path = request.path_info
        try:
            name = file_name(self._below(path), dotfiles=self._dotfiles)
        except OutsideError:
            raise HTTPError(403) from None
        if name is None:
            return None
        if path.endswith("/"):
            return self._find_index(request, response, name)
        found = self.folder.find(name)
        if isinstance(found, str):
            return self._find_index(request, response, name)
        return self.page(request, response, name, found) if found is not None else None

    def _below(self, path: str) -> str:
        """The part of the path that names a file."""
        if path.startswith(self._start):
            return path[len(self._start) :]
        return "/".join([segment for segment in path.split("/") if segment][self._depth :])

    def _find_index(self, request: Request, response: Response, name: str) -> Any:
        """The file that answers for a directory. Its own links are relative to a path that ends in a slash."""
        inner = f"{name}/{self._index}" if name else self._index
        found = self.folder.find(inner) if self._index else None
        if found is None or isinstance(found, str):
            return None
        request.is_index = True
        if not request.path_info.endswith("/") and _adds_slashes(request):
            found.close()
            query = f"?{request.query_string}" if request.query_string else ""
            raise HTTPRedirect(url(request, "", query, None, None), 301)
        return self.page(request, response, inner, found)

    def open(self, name: str) -> Content | str | None:
        """As of any shelf."""
        return self.folder.find(name)

    def caching(self, name: str) -> str:
        """As of any shelf."""
        return FOR_GOOD if self._immutable.search(name) else self._cache_control


class FileShelf(Shelf):
    """One file."""

    def __init__(self, options: OneFileOptions) -> None:
        super().__init__(options)
        self._path = absolute(options.filename, options.root)
        self._files = Files()

    def find(self, request: Request, response: Response) -> Any:
        """As of any shelf."""
        found = self._files.open(self._path)
        if found is None or isinstance(found, str):
            return None
        return self.page(request, response, self._path, found)

    def open(self, name: str) -> Content | str | None:
        """As of any shelf."""
        return self._files.open(name)


def absolute(name: str, root: str | None) -> str:
    """The absolute path of a name; relative names start from the root. ValueError if that leads nowhere."""
    path = os.path.expanduser(name)
    if not os.path.isabs(path):
        path = os.path.join(os.path.expanduser(root or ""), path)
    return path


def _adds_slashes(request: Request) -> bool:
    config = request.resource.config if request.resource is not None else {}
    return bool(config.get("tools.trailing_slash.on", True) and config.get("tools.trailing_slash.missing", True))


class StaticTool(PreparedTool):
    """What both tools are. positions: the settings by position, as for handler(). needs: the one that must be said."""

    positions: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.callable = self._call

    def check_whole(self, settings: Mapping[str, Any], where: str) -> None:
        """What is needed must be said, and lead somewhere."""
        said = settings.get(self.needs)
        if not said:
            raise ConfigError(f"{where}: {self.namespace}.{self.name}.{self.needs} is missing: it says what to send")
        path = absolute(said, settings.get("root"))
        if not os.path.isabs(path):
            key = f"{self.namespace}.{self.name}"
            raise ConfigError(
                f"{where}: {key}.{self.needs} is relative ({said!r}), so {key}.root must be the absolute path of the "
                "directory that it starts from"
            )

    def before_handler(self, request: Request, response: Response, plan: Shelf) -> Any:
        """Answer with a file, if there is one."""
        return plan.answer(request, response)

    def shelf(self, settings: Mapping[str, Any]) -> Shelf:
        """What answers under these settings. Raises ConfigError."""
        self.check_whole(settings, f"{self.namespace}.{self.name}")
        plan: Shelf = self.plan(settings)
        return plan

    def handler(self, *args: Any, **settings: Any) -> Callable[..., Any]:
        """A page of its own: `favicon_ico = tools.staticfile.handler(filename=…)`. Config of its path goes first."""
        given = dict(zip(self.positions, args, strict=False)) | settings
        self.check(given, f"{self.namespace}.{self.name}.handler()")
        made: tuple[object, Shelf] | None = None

        @expose
        def page(*_: Any, **__: Any) -> Any:
            nonlocal made
            request = present()
            holding = request.resource.config if request.resource is not None else None
            known = made
            if known is None or known[0] is not holding:
                known = made = (holding, self.shelf(self._merged_args(given)))
            answer = known[1].answer(request, request.response)
            if answer is None:
                raise NotFound
            return answer

        return page

    def _call(self, *args: Any, **settings: Any) -> bool:
        """Answer the request of this thread, as `tools.staticdir.callable(…)` does; whether there was a file."""
        request = present()
        shelf = self.shelf(dict(zip(self.positions, args, strict=False)) | settings)
        return shelf.answer(request, request.response) is not None


class StaticDir(StaticTool):
    """The files of a directory. See DirectoryOptions."""

    name = "staticdir"
    choices = DirectoryOptions
    positions = ("section", "dir", "root", "match", "content_types", "index", "debug")
    needs = "dir"

    def prepare(self, settings: DirectoryOptions) -> Shelf:
        """What finds them."""
        return DirectoryShelf(settings)


class StaticFile(StaticTool):
    """One file. See OneFileOptions."""

    name = "staticfile"
    choices = OneFileOptions
    positions = ("filename", "root", "match", "content_types", "debug")
    needs = "filename"

    def prepare(self, settings: OneFileOptions) -> Shelf:
        """What finds it."""
        return FileShelf(settings)
