"""Finding the application that a command is about: `package.module:name`, a file, or what `pyproject.toml` says.

The module is imported. What it mounts on `kirsch.tree` counts; else what the name, or one of the usual names, stands
for: an Application, a function without arguments that makes one, an object of pages or the class of one; else the only
class of the module that has pages.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.application import Application as AnyApplication
from kirsch.dispatch.nodes import is_page
from kirsch.options import did_you_mean
from kirsch.run.defaults import config, engine, tree
from kirsch.run.surroundings import project, take_environment
from kirsch.run.wsgi import Application

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType

USUAL_FILES: Final = ("app.py", "main.py")
SOURCES: Final = "src"
"""Where a project keeps its packages, if not in its folder itself."""

USUAL_CONFIG: Final = "kirsch.toml"
USUAL_NAMES: Final = ("app", "application", "create_app", "Root", "root")


class LookupFailed(Exception):
    """No application was found; the message says where was looked, and what to write."""


def applications(target: str | None, files: list[str], as_program: bool = False) -> dict[str, AnyApplication]:
    """The applications of ours by mount point; see mount()."""
    mount(target, files, as_program)
    return _mounted()


def take_files(files: Iterable[str]) -> str:
    """Take config from around the program: pyproject.toml, kirsch.toml, and these. What the first calls its app."""
    said, settings = project()
    usual = (USUAL_CONFIG,) if Path(USUAL_CONFIG).exists() else ()
    for source in (settings, *usual, *files):
        if source:
            config.update(source)
    return said


def mount(target: str | None, files: Iterable[str], as_program: bool = False, factory: bool = False) -> None:
    """Have on kirsch.tree what is meant. target: as the module says; None for the usual places. files: of config.

    A program that calls quickstart() in its own `if __name__ == "__main__"` is run as `python FILE` would, unless a
    name in it is meant: its config stands there. as_program: any is, and as an application of CherryPy.
    factory: what is named makes the application, whatever it looks like.
    Raises LookupFailed; what the module itself raises comes through, with its own traceback.
    """
    said = take_files(files)
    target = target or said or _usual_file()
    engine.commanded = True
    if as_program:
        resolve_name("kirsch.compat:install")()  # by its name, as it stands above us
    alone = ":" not in target and (as_program or _calls_quickstart(target))
    module, name = _run(target) if alone else _imported(target)
    take_environment(config, os.environ)
    if not name and tree.apps:
        return
    thing = _made(_thing(module, name), factory)
    if is_wsgi(thing):
        tree.graft(thing, "")
    elif thing is not None and thing is not tree:  # or else it has mounted by itself
        tree.mount(thing if isinstance(thing, AnyApplication) else Application(thing))
    if not tree.apps:
        names = _classes_of_pages(module) or ["name"]
        raise LookupFailed(
            f"{target} mounts nothing on kirsch.tree and has none of {', '.join(USUAL_NAMES)}; "
            f"name what is to be served: {' or '.join(f'{target}:{each}' for each in names)}"
        )


def _mounted() -> dict[str, AnyApplication]:
    found = {prefix: each for prefix, each in tree.apps.items() if isinstance(each, AnyApplication)}
    for source in config.pending_sections:
        if len(found) == 1:
            next(iter(found.values())).merge(source)
    config.pending_sections.clear()
    return found


def _usual_file() -> str:
    """The first of the usual files that is there."""
    for file in USUAL_FILES:
        if Path(file).exists():
            return file
    raise LookupFailed(
        f"there is no {' or '.join(USUAL_FILES)} here, and no `app` under [tool.kirsch] in pyproject.toml: "
        "say which application is meant: --app module:name, or --app file.py"
    )


def _imported(target: str) -> tuple[ModuleType, str]:
    """The module of a target, and the name behind its colon."""
    place, _, name = target.partition(":")
    if place.endswith(".py") or os.sep in place:
        return _from_file(Path(place)), name
    _found(place)
    return importlib.import_module(place), name


def _found(place: str) -> ModuleSpec:
    """Where a module is, or the package that it is in; sys.path leads there from now on."""
    sys.path.insert(0, os.getcwd())
    if os.path.isdir(SOURCES):
        sys.path.insert(0, os.path.abspath(SOURCES))
    if importlib.util.find_spec(place.partition(".")[0]) is None:
        raise LookupFailed(f"there is no module {place!r} here or installed (looked in {os.getcwd()} first)")
    found = importlib.util.find_spec(place)
    if found is None:
        raise LookupFailed(f"there is no module {place!r}")
    return found


def _file_of(target: str) -> Path:
    is_file = target.endswith(".py") or os.sep in target
    return Path(target if is_file else _found(target).origin or target)


def _calls_quickstart(target: str) -> bool:
    """Whether its source has an `if __name__ == "__main__":` with a call of quickstart() right below."""
    try:
        program = ast.parse(_file_of(target).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False  # it will be told of when it is imported
    blocks = [each.body for each in program.body if isinstance(each, ast.If) and "__main__" in ast.unparse(each.test)]
    return any(
        isinstance(step, ast.Expr)
        and isinstance(step.value, ast.Call)
        and ast.unparse(step.value.func).rpartition(".")[2] == "quickstart"
        for block in blocks
        for step in block
    )


def _run(target: str) -> tuple[ModuleType, str]:
    """The program of a target, run."""
    path = _file_of(target)
    sys.argv = [str(path)]
    return _from_file(path, "__main__", "" if path == Path(target) else target.rpartition(".")[0]), ""


def _from_file(path: Path, name: str = "", package: str = "") -> ModuleType:
    name = name or path.stem
    if not path.exists():
        raise LookupFailed(f"there is no file {str(path)!r} (looked in {os.getcwd()})")
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LookupFailed(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    module.__package__ = package
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _needs_nothing(thing: Any) -> bool:
    try:
        inspect.signature(thing).bind()
    except TypeError:
        return False
    except ValueError:
        return True  # it does not say
    return True


def _thing(module: ModuleType, name: str) -> Any:
    """What a name of the module, or the first of the usual names, stands for; None if there is none."""
    if name:
        if not hasattr(module, name):
            raise LookupFailed(f"{module.__name__} has no {name!r}{did_you_mean(name, vars(module))}")
        return getattr(module, name)
    for usual in USUAL_NAMES:
        if hasattr(module, usual):
            return getattr(module, usual)
    classes = _classes_of_pages(module)
    return getattr(module, classes[0]) if len(classes) == 1 else None


def is_wsgi(thing: Any) -> bool:
    """Whether it is an application of another make: called with an environ and start_response. Raises LookupFailed."""
    if isinstance(thing, type | AnyApplication) or not callable(thing):
        return False
    try:
        names = list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return False
    if names[:3] == ["scope", "receive", "send"]:
        raise LookupFailed(f"{thing!r} is an ASGI application; those are not served yet, WSGI ones are")
    return len(names) >= 2 and names[0].startswith("env") and names[1] == "start_response"


def _classes_of_pages(module: ModuleType) -> list[str]:
    """The classes of a module that have pages themselves."""
    classes = {name: each for name, each in vars(module).items() if isinstance(each, type)}
    own = {name: each for name, each in classes.items() if each.__module__ == module.__name__}
    return [name for name, each in own.items() if any(is_page(value) for value in vars(each).values())]


def _made(thing: Any, factory: bool) -> Any:
    """What a function or a class makes, or the thing itself if it is neither."""
    if not factory:
        if (
            not callable(thing)
            or isinstance(thing, AnyApplication)
            or getattr(thing, "exposed", False)
            or is_wsgi(thing)
        ):
            return thing
        if not _needs_nothing(thing):
            raise LookupFailed(
                f"{getattr(thing, '__qualname__', thing)!s} cannot be called without arguments; name a function that "
                "can, such as create_app"
            )
    return thing()
