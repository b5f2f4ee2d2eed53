"""The config of the whole process, and what holds for one place when all config is put together.

From the weakest: the config of the process; then from the root of an application down, what a node says itself
(`_cp_config`), and what the section of the same path says. Deeper beats shallower.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from threading import RLock
from typing import Any, Final, TypeVar

from kirsch.app.current import current
from kirsch.app.keys import NODE, SITE, Keys
from kirsch.app.legacy import warn
from kirsch.app.legacykeys import modern_key, spelling
from kirsch.app.namespaces import Namespaces
from kirsch.app.place import ConfigError, Place
from kirsch.app.sections import STATIC_DIR, STATIC_SECTION, Branch, Noticing, Sections, next_version, segments_of
from kirsch.app.sources import Source, read
from kirsch.dispatch.expose import config as on_target
from kirsch.options import OptionError, did_you_mean

__all__ = ["ConfigError", "GlobalConfig", "Sections", "merged"]

_MISSING: Final = object()
_OLD_ARGUMENTS: Final = frozenset({"file", "updateMap", "overwrite", "baseurl"})

Target = TypeVar("Target", bound=Callable[..., Any])

DEFAULTS: Final[dict[str, Any]] = {
    "tools.encode.on": True,
    "tools.log_headers.on": True,
    "tools.log_tracebacks.on": True,
    "tools.trailing_slash.on": True,
}

_SERVING: Final[dict[str, Any]] = {
    "engine.autoreload.on": False,
    "checker.on": False,
    "request.show_tracebacks": False,
    "request.show_mismatched_params": False,
}

ENVIRONMENTS: Final[dict[str, dict[str, Any]]] = {
    "development": {
        "engine.autoreload.on": True,
        "checker.on": True,
        "request.show_tracebacks": True,
        "request.show_mismatched_params": True,
        "log.screen": True,
        "log.format": "short",
    },
    "staging": _SERVING,
    "production": {**_SERVING, "log.screen": False},
    "embedded": {
        **_SERVING,
        "log.screen": False,
        "engine.SIGHUP": None,
        "engine.SIGINT": None,
        "engine.SIGTERM": None,
        "engine.SIGUSR1": None,
    },
    "test_suite": {
        **_SERVING,
        "request.show_tracebacks": True,
        "request.show_mismatched_params": True,
        "log.screen": False,
    },
}


class GlobalConfig(Noticing[Any]):
    """The settings of the whole process: a flat dict that acts on what is put into it. Changes show in `version`.

    defaults: what reset() puts in. environments: sets of settings by name, for the key `environment`; what was said
    explicitly, before or after, beats them. namespaces: who is told of settings, by the first word of their keys.
    pending_sections: sections of paths that came with an update, for whoever knows the application; on_sections is
    called then. known: the keys it may hold. places: where each setting comes from. files: those that were read.
    """

    def __init__(self, known: Keys | None = None) -> None:
        super().__init__()
        self.known = known or Keys()
        self.defaults = dict(DEFAULTS)
        self.environments = {name: dict(settings) for name, settings in ENVIRONMENTS.items()}
        self.namespaces = Namespaces()
        self.pending_sections: list[Source] = []
        self.on_sections: Callable[[], None] = lambda: None
        self.places: dict[str, Place] = {}
        self.files: list[str] = []
        self.version = 0
        self._explicit: set[str] = set()
        self._tools_checked = 0
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Back to the defaults, without telling anybody."""
        with self._lock:
            self._explicit.clear()
            self.places.clear()
            self.pending_sections.clear()
            dict.clear(self)
            dict.update(self, self.defaults)
            self.changed()

    def update(self, *given: Any, **settings: Any) -> None:
        """Take settings: flat dicts, dicts of sections with one called `global`, files by name or open.

        Raises ConfigError, and then keeps nothing of that dict or file; but others may have been told of some already.
        """
        old = {name: settings.pop(name) for name in _OLD_ARGUMENTS & settings.keys()}
        if old:
            warn("config.update(file=…, updateMap=…)", "config.update(name of a file, or a dict)")
            given = (*given, *self._of_old(**old))
        for each in (*given, settings):
            if each or not isinstance(each, Mapping):
                self._take(read(each))

    def __setitem__(self, key: str, value: Any) -> None:
        self._apply({key: value}, lambda key: Place(key=key))

    def changed(self) -> None:
        """Make a new version."""
        self.version = next_version()

    def __call__(self, **settings: Any) -> Callable[[Target], Target]:
        """As a decorator, set config for a handler or for everything below a class."""
        return on_target(**settings)

    def get(self, key: str, default: Any = None, *old: Any, **named: Any) -> Any:
        """The value of a key of the process, or the default. For one of a path: `request.config`."""
        if old or named:
            warn("config.get(key, default, return_section, path)", "request.config, or app.find_config(path, key)")
            return self._get_of_old(key, default, *old, **named)
        value = super().get(key, _MISSING)
        if value is _MISSING:
            return self[key] if self._modern(key) in self else default
        return value

    def __missing__(self, key: str) -> Any:
        modern = self._modern(key)
        if modern == key:
            raise KeyError(key)
        warn(key, modern)
        return self[modern]

    def getAll(self, key: str) -> list[tuple[str, Any]]:  # noqa: N802 - its old name is all there is to it
        """Section and value wherever a key is said for the request being answered, the weakest first: of old."""
        warn("config.getAll(key)", "request.config, or app.find_config(path, key)")
        return self._said(key)

    def check_tools(self) -> None:
        """Whether all tools that are spoken of exist by now, with these arguments. Raises ConfigError."""
        version = self.version
        if self._tools_checked != version:
            self.known.check_tools(dict(self), self.place)
            self._tools_checked = version

    def place(self, key: str) -> Place:
        """Where a setting comes from."""
        return self.places.get(key) or Place(key=key)

    # -- of old --------------------------------------------------------------------------------------------------

    @staticmethod
    def _modern(key: Any) -> Any:
        return modern_key(key) if isinstance(key, str) else key

    def _said(self, key: str, path: str | None = None) -> list[tuple[str, Any]]:
        """As getAll(). path: another than that of the request."""
        key = modern_key(key)
        found = [("global", self[key])] if key in self else []
        request = current.get()
        if request is not None and request.app is not None:
            sections: Sections = request.app.config
            names = (*sections.tree.here, *sections.match(segments_of(path or request.path_info)))
            found += [(name, sections[name][key]) for name in names if key in sections[name]]
        return found

    def _get_of_old(
        self, key: str, default: Any, return_section: bool = False, path: str | None = None, **named: Any
    ) -> Any:
        """The value of a key for a path, by default that of the request; or the section that says it."""
        found = self._said(key, path)
        if not found:
            return named.get("default_value", default)
        section, value = found[-1]
        return section if return_section else value

    def _of_old(self, **old: Any) -> Iterator[Source]:
        """What update() was given by its old arguments. baseurl: stands before all paths. overwrite: what is there."""
        base = (old.get("baseurl") or "").rstrip("/")
        for given in (old.get("updateMap"), old.get("file")):
            source = read(given or {})
            values, others = self._divided(source)
            if not old.get("overwrite", True):
                values = {key: value for key, value in values.items() if self._modern(key) not in self}
            moved = {name: f"{base}{name}" if base and name.startswith("/") else name for name in ("global", *others)}
            outside = "" if "global" in source.sections else "global"
            lines = {(moved.get(section, outside), key): line for (section, key), line in source.lines.items()}
            sections = {moved[name]: section for name, section in others.items()}
            taken = Source({"global": values, **sections}, source.name, lines)
            taken.is_file = source.is_file
            yield taken

    # -- steps of update() ---------------------------------------------------------------------------------------

    def _take(self, source: Source) -> None:
        values, others = self._divided(source)
        section = "global" if "global" in source.sections else ""
        self._apply(source.flat(values, self.known.depth), lambda key: source.place(section, key))
        if source.is_file:
            self.files.append(os.path.abspath(source.name))
        if others:
            self.pending_sections.append(Source(others, source.name, source.lines))
            self.changed()
            self.on_sections()

    def _divided(self, source: Source) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """The settings of the process, and the sections for applications. Data of their own may be for both."""
        sections = source.sections
        if isinstance(sections.get("global"), Mapping):
            others = {name: value for name, value in sections.items() if name != "global"}
            for name, value in others.items():
                if not isinstance(value, Mapping):
                    raise ConfigError("this stands beside the section 'global'; put it inside", source.place("", name))
            return sections["global"], others
        values = {name: value for name, value in sections.items() if not str(name).startswith("/")}
        others = {
            name: value
            for name, value in sections.items()
            if name not in values
            or (isinstance(value, Mapping) and "." not in str(name) and not source.is_outside(name, self.known.depth))
        }
        return values, others

    def _apply(self, settings: Mapping[str, Any], place: Callable[[str], Place]) -> None:
        """Keep settings, with those of an environment that they name, and tell whom they concern."""
        checked = self.known.check(settings, SITE, place)
        added = self._environment(checked, place)
        if checked.get(STATIC_DIR):
            checked[STATIC_SECTION] = "global"
        both = {**added, **checked}
        with self._lock:
            before = {key: self[key] for key in both if key in self}
            dict.update(self, both)
            self.changed()
        try:
            self.namespaces(both)
        except OptionError as error:
            with self._lock:
                for key in both:
                    dict.pop(self, key, None)
                dict.update(self, before)
                self.changed()
            origin = Place(f"environment {checked.get('environment')!r}", key=error.name)
            raise ConfigError(
                error.problem, origin if error.name in added else place(spelling(error.name, settings))
            ) from None
        with self._lock:
            self._explicit.update(checked)
            self.places.update({key: place(spelling(key, settings)) for key in checked})
            self.places.update({key: Place(f"environment {checked['environment']!r}", key=key) for key in added})

    def _environment(self, settings: Mapping[str, Any], place: Callable[[str], Place]) -> dict[str, Any]:
        """What the environment that these settings name adds to them."""
        name = settings.get("environment")
        if name is None:
            return {}
        if not isinstance(name, str) or name not in self.environments:
            problem = f"there is no environment {name!r}{did_you_mean(str(name), self.environments)}"
            raise ConfigError(problem, place("environment"))
        explicit = self._explicit.union(settings)
        return {key: value for key, value in self.environments[name].items() if key not in explicit}


def merged(
    site: Mapping[str, Any], steps: Iterable[tuple[Any, Iterable[str]]], sections: Sections, unseen: int = 0
) -> dict[str, Any]:
    """All that holds for a place. Raises ConfigError. For when a Resource is made, as it takes some microseconds.

    steps: from the root down, nodes with the canonical segments that led to each from the one before; the root is the
    first, with none. None stands for a node that there is not: its segments may have sections all the same.
    unseen: how many of the first segments are not in the client's path, so that no part of a file's name is in them.
    """
    if isinstance(site, GlobalConfig):
        site.check_tools()
    sections.check_tools()
    settings: dict[str, Any] = {}
    for layer, _ in layers(site, steps, sections, unseen):
        settings.update(layer)
    return settings


def layers(
    site: Mapping[str, Any], steps: Iterable[tuple[Any, Iterable[str]]], sections: Sections, unseen: int = 0
) -> Iterator[tuple[Mapping[str, Any], Callable[[str], Place]]]:
    """All that is said for a place, the weakest first, each with what tells the place of a key in it. See merged()."""
    yield site, site.place if isinstance(site, GlobalConfig) else lambda key: Place(key=key)
    branch: Branch | None = sections.tree
    path: list[str] = []
    for number, (node, segments) in enumerate(steps):
        before = len(path)
        path.extend(segments)
        if node is not None:
            said = _said_by(node, sections.known)
            if said:
                yield _for_files(said, path[unseen:]), partial(_place_on, node)
        if number == 0:
            yield from _of_branch(sections, sections.tree, unseen)
        for segment in path[before:]:
            branch = branch.children.get(segment) if branch is not None else None
            if branch is not None:
                yield from _of_branch(sections, branch, unseen)


def _of_branch(
    sections: Sections, branch: Branch, unseen: int
) -> Iterator[tuple[Mapping[str, Any], Callable[[str], Place]]]:
    """The sections of one path."""
    for name in branch.here:
        yield _for_files(sections.get(name, {}), segments_of(name)[unseen:]), partial(sections.place, name)


def _for_files(settings: Mapping[str, Any], path: list[str]) -> Mapping[str, Any]:
    """The settings; if they name a folder of files, with the path that stands for it."""
    return {**settings, STATIC_SECTION: f"/{'/'.join(path)}"} if STATIC_DIR in settings else settings


def _place_on(node: Any, key: str) -> Place:
    return Place(f"_cp_config of {_name_of(node)}", key=key)


def _said_by(node: Any, known: Keys) -> Mapping[str, Any]:
    """What a node says in its `_cp_config`, checked."""
    said = getattr(node, "_cp_config", None)
    if not said:
        return {}
    if not isinstance(said, Mapping):
        if hasattr(type(node), "__getattr__"):
            return {}  # it has any attribute it is asked for
        raise ConfigError(f"this is a dict, not {said!r}", Place(f"_cp_config of {_name_of(node)}"))
    return known.check_all(said, NODE, f"_cp_config of {_name_of(node)}")


def _name_of(node: Any) -> str:
    """A class, function or method by its name, anything else by that of its class."""
    named = node if hasattr(node, "__qualname__") else type(node)
    return f"{named.__module__}.{named.__qualname__}"
