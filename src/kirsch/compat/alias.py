"""`import cherrypy` and `import cheroot` give what is here under those names, once install() has been called.

One rule says where a module stands: `cherrypy.lib` is `kirsch.lib`; of any other name the dots become underscores, and
`cherrypy.process.plugins` is `kirsch.compat.cherrypy_process_plugins`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.inifile import Beyond, refuse
from kirsch.compat.unrepr import unrepr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike
    from types import ModuleType

VERSIONS: Final = {"cherrypy": ("CherryPy", "18.10.0"), "cheroot": ("cheroot", "11.1.2")}
"""The packages that we stand for: what they are called in the index, and which version of theirs we do as."""


class AlreadyImportedError(ImportError):
    """The real package has been imported before, and parts of the program may hold on to it."""


def place_of(name: str) -> str:
    """Where the module of this name stands."""
    if f"{name}.".startswith("cherrypy.lib.filter."):
        name = f"cherrypy.filters{name.removeprefix('cherrypy.lib.filter')}"
    if name == "cherrypy.lib" or name.startswith("cherrypy.lib."):
        return f"kirsch{name.removeprefix('cherrypy')}"
    return f"kirsch.compat.{name.replace('.', '_')}"


def program_of(name: str) -> str:
    """The module that `python -m name` is to run: for one of theirs, ours in its place."""
    if name.partition(".")[0] not in VERSIONS:
        return name
    place = place_of(f"{name}.__main__")
    return place if importlib.util.find_spec(place) is not None else place_of(name)


def child_of(package: str, name: str) -> ModuleType:
    """The module below a package that is asked for as its attribute. Raises AttributeError."""
    place = place_of(f"{package}.{name}")
    if importlib.util.find_spec(place) is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}, in Kirsch's place for it")
    return importlib.import_module(place)


class Aliases(DistributionFinder, Loader):
    """Finds them; there is one, and it stands in sys.meta_path or not."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of this name, if there is one."""
        found = importlib.util.find_spec(place_of(fullname)) if fullname.partition(".")[0] in VERSIONS else None
        return None if found is None else ModuleSpec(fullname, self, origin=found.origin)

    def exec_module(self, module: ModuleType) -> None:
        """Put our own in the place of the empty one: it is the same under both names."""
        sys.modules[module.__name__] = importlib.import_module(place_of(module.__name__))

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterable[Distribution]:
        """What importlib.metadata says of them: applications look for the version."""
        name = context.name if context is not None else None
        return [Stated(*stated) for key, stated in VERSIONS.items() if name is None or name.lower() == key]


class Stated(Distribution):
    """What is installed, by its name and version."""

    def __init__(self, name: str, version: str) -> None:
        self._text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename: str | PathLike[str]) -> str | None:
        """A file of its metadata; there is one."""
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        """There are no files."""
        raise FileNotFoundError(path)


ALIASES: Final = Aliases()


def install() -> None:
    """Have `import cherrypy` and `import cheroot` give what is here. Raises AlreadyImportedError."""
    if ALIASES in sys.meta_path:
        return
    for name in VERSIONS:
        if name in sys.modules:
            file = getattr(sys.modules[name], "__file__", "somewhere")
            raise AlreadyImportedError(
                f"the real {name} has been imported before, from {file}: call kirsch.compat.install() before anything "
                f"imports it, or start the program by `kirsch run --cherrypy` or `python -m kirsch.compat`"
            )
    sys.meta_path.insert(0, ALIASES)
    Beyond.evaluate = staticmethod(unrepr)


def uninstall() -> None:
    """Undo install(): what has been imported stays with those who have it; the next import finds the real packages."""
    if ALIASES in sys.meta_path:
        sys.meta_path.remove(ALIASES)
        Beyond.evaluate = staticmethod(refuse)
        for name in [name for name in sys.modules if name.partition(".")[0] in VERSIONS]:
            del sys.modules[name]
