"""An application's config: sections by path, and which of them hold for a path.

Section `/admin` holds for `/admin` and everything below it. Paths are compared by canonical segments, as dispatchers
compare them: whatever reaches the attribute `my_admin` gets section `/my_admin`, and `/my-admin`, which is the same.
A section whose name does not begin with a slash is the application's own data, and nobody else looks at it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kirsch.app.keys import PATH, ROOT, Keys
from kirsch.app.legacykeys import spelling
from kirsch.app.place import ConfigError
from kirsch.app.sources import Source, read
from kirsch.dispatch.names import canonical

if TYPE_CHECKING:
    from kirsch.app.place import Place

Value = TypeVar("Value")

STATIC_DIR: Final = "tools.staticdir.dir"
STATIC_SECTION: Final = "tools.staticdir.section"

_versions = count(1)


def next_version() -> int:
    """A number that no version of any config has had, so that threads that change one at once end up with a new one."""
    return next(_versions)


class Noticing(dict[str, Value]):
    """A dict that notices its own changes, after they are made."""

    def changed(self) -> None:
        """Called after each of them."""

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(key, value)
        self.changed()

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.changed()

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def clear(self) -> None:
        """As of any dict, like the rest."""
        super().clear()
        self.changed()

    def pop(self, *args: Any) -> Any:
        """With or without a default."""
        value = super().pop(*args)
        self.changed()
        return value

    def popitem(self) -> tuple[str, Value]:
        """The last one."""
        item = super().popitem()
        self.changed()
        return item

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value there is, or else the default, from now on."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """From a mapping or pairs, and keywords."""
        super().update(*args, **kwargs)
        self.changed()


class Section(Noticing[Any]):
    """The settings of one path. They are checked when they are merged; what is set here later is taken as it is."""

    def __init__(self, settings: Mapping[str, Any], changed: Callable[[], None]) -> None:
        super().__init__(settings)
        self._changed = changed

    def changed(self) -> None:
        """Tell the application's config."""
        self._changed()


class Branch:
    """A place in the tree of section names. here: the sections of this very path. names: with those above, but `/`."""

    __slots__ = ("children", "here", "names")

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.children: dict[str, Branch] = {}
        self.here: tuple[str, ...] = ()
        self.names = names


class Sections(Noticing[dict[str, Any]]):
    """The config of one application, section by section. Changes are noticed in `version`, whoever makes them.

    name: what to call this config in messages. places: where each setting stands, by section and key.
    files: those it was read from. known: the keys it may hold. tree: the sections by segments, for matching. deep:
    whether there are any below `/`.
    """

    def __init__(self, given: Any = None, known: Keys | None = None, name: str = "") -> None:
        super().__init__()
        self.known = known or Keys()
        self.name = name
        self.places: dict[tuple[str, str], Place] = {}
        self.files: list[str] = []
        self.version = 0
        self.tree = Branch()
        self.deep = False
        self._tools_checked = 0
        self.changed()
        if given is not None:
            self.merge(given)

    def merge(self, given: Any) -> None:
        """Add settings, key by key: a dict of sections, the name of a file, or an open file. Raises ConfigError.

        If anything is wrong with them, none is taken.
        """
        source = read(given)
        checked = {name: self._checked(source, name, settings) for name, settings in source.sections.items()}
        if source.is_file:
            self.files.append(os.path.abspath(source.name))
        for name, settings in checked.items():
            said = source.sections[name]
            self.places.update({(name, key): source.place(name, spelling(key, said), self.name) for key in settings})
            if name in self:
                dict.update(self[name], settings)
            else:
                dict.__setitem__(self, name, self._as_section(name, settings))
        self.changed()

    def __setitem__(self, name: str, settings: dict[str, Any]) -> None:
        super().__setitem__(name, self._as_section(name, self._checked(Source({}), name, settings)))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As of any dict: whole sections are replaced. See merge()."""
        for name, settings in dict(*args, **kwargs).items():
            self[name] = settings

    def changed(self) -> None:
        """Sort the sections by their segments anew."""
        tree = Branch()
        for name in [name for name in self if name.startswith("/")]:
            branch = tree
            for segment in segments_of(name):
                branch = branch.children.setdefault(canonical(segment), Branch())
            branch.here += (name,)
        _name_branches(tree)
        self.deep = bool(tree.children)
        self.tree = tree
        self.version = next_version()

    def match(self, segments: Sequence[str]) -> tuple[str, ...]:
        """The names of the sections below `/` that hold for a path, from the top down; () if there are none.

        segments: of the URL's path, with the hidden `index` at the end, if sections such as `/admin/index` are meant
        to hold for `/admin/`.
        """
        if not self.deep:
            return ()
        branch = self.tree
        for segment in segments:
            following = branch.children.get(segment)
            # PERF: most segments are identifiers, and these are canonical: 200 ns less where no section is met.
            if following is None and (
                segment.isidentifier() or (following := branch.children.get(canonical(segment))) is None
            ):
                break
            branch = following
        return branch.names

    def find(self, path: str, key: str, default: Any = None) -> Any:
        """The value of a key in the deepest section that holds for a path and has it.

        A name without a slash in front is that of one section, and no other is looked at; "" is `/`.
        """
        path = path or "/"
        names = [*self.tree.here, *self.match(segments_of(path))] if path.startswith("/") else [path]
        for name in reversed(names):
            section = self.get(name)
            if section is not None and key in section:
                return section[key]
        return default

    def check_tools(self) -> None:
        """Whether all tools that are spoken of exist by now, with these arguments. Raises ConfigError.

        For the start of the engine. It is asked again before a first request, unless the answer is known.
        """
        version = self.version
        if self._tools_checked != version:
            for name in [name for name in self if name.startswith("/")]:
                self.known.check_tools(dict(self[name]), partial(self.place, name))
            self._tools_checked = version

    def place(self, section: str, key: str) -> Place:
        """Where a setting stands."""
        return self.places.get((section, key)) or Source({}).place(section, key, self.name)

    def _checked(self, source: Source, name: str, settings: Any) -> dict[str, Any]:
        """The settings of a section as they are to be kept."""
        if not isinstance(settings, Mapping) or source.is_outside(name, self.known.depth):
            problem = "the config of an application consists of sections; put this into that of a path"
            if not isinstance(settings, Mapping):
                problem += f": {{'/': {{{name!r}: ...}}}}"
            raise ConfigError(problem, source.place("", name, self.name))
        if not isinstance(name, str):
            raise ConfigError(f"the name of a section is text, and this is {name!r}", source.place("", "", self.name))
        if name.startswith("[") or name.endswith("]"):
            problem = f"brackets stand around names in files only; write {name.strip('[]')!r}"
            raise ConfigError(problem, source.place(name, "", self.name))
        if name.startswith("/"):
            scope = PATH if segments_of(name) else ROOT
            flat = source.flat(settings, self.known.depth)
            return self.known.check(flat, scope, lambda key: source.place(name, key, self.name))
        self._check_own(source, name, settings)
        return dict(settings)

    def _check_own(self, source: Source, name: str, settings: Mapping[str, Any]) -> None:
        """Tools act on paths: in a section that is none, they were forgotten a slash."""
        for key in settings if name != "global" else ():
            if isinstance(key, str) and "." in key and key.partition(".")[0] in self.known.toolboxes:
                raise ConfigError(f"this is not a path; write [/{name}]", source.place(name, key, self.name))

    def _as_section(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        return Section(settings, self.changed) if name.startswith("/") else settings


def segments_of(path: str) -> list[str]:
    """The segments of a path, empty ones left out."""
    return [segment for segment in path.split("/") if segment]


def _name_branches(branch: Branch) -> None:
    """Let every branch know the sections that lead to it."""
    for child in branch.children.values():
        child.names = branch.names + child.here
        _name_branches(child)
