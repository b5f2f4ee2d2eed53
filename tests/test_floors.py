"""The rules of the house that a machine can check: floors, circles, sizes, names. CONTRIBUTING.md says why.

A rule is not changed to let code pass. The tables below grow when the house does: a room, a dependency, a lazy import,
each with its reason beside it.
"""

from __future__ import annotations

import graphlib
import statistics
import sys
import tomllib
from typing import TYPE_CHECKING

from tests.house import HOUSE, ROOT, Import, comments, foreign_privates, functions, imports, lines, modules, room

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOORS_1_TO_4 = {
    "exchange": set(),
    "options": set(),
    "http": set(),
    "dispatch": set(),
    "stores": set(),
    "process": set(),
    "protocol": {"http", "exchange"},
    "gateway": {"exchange"},
    "app": {"exchange", "options", "http", "dispatch"},
    "server": {"exchange", "options", "protocol", "http.addresses"},
    "migration": {"app"},
    "toolbox": {"app", "http", "options", "stores", "dispatch.expose"},
    "run": {"app", "toolbox", "server", "process", "options", "dispatch", "gateway", "http", "exchange", "stores"}
    | {"migration"},
}
BELOW_FACE = set(FLOORS_1_TO_4)
ABOVE_FACE = BELOW_FACE | {"kirsch", "testing"}
MAY_IMPORT = FLOORS_1_TO_4 | {
    "kirsch": BELOW_FACE,  # the face, __init__.py
    "__main__": BELOW_FACE,
    "testing": BELOW_FACE,
    "pages": ABOVE_FACE,
    "lib": ABOVE_FACE | {"pages"},
    "compat": ABOVE_FACE | {"pages", "lib"},
}
"""For each room, the rooms (or single files) it may import from, beside itself."""

HANDED_ON = {"lib"}
"""Rooms above the face that it hands on, in its `__getattr__`: it needs nothing of them itself."""

OF_OLD = {"lib", "compat"}
"""Rooms that are what CherryPy made them: their names are not ours to choose."""

THIRD_PARTY = {
    "httptools": {"protocol"},
    "h2": {"protocol"},
    "websockets": {"protocol"},
    "multipart": {"http.multipart"},
    "routes": {"dispatch.routes"},
    "coverage": {"lib.covercp"},
    "pytest": {"testing.plugin", "testing.stores", "compat.cheroot_testing"},
    "msgspec": {"app", "stores", "toolbox", "pages"},
    "redis": {"stores.redis"},
    "watchfiles": {"process.watch"},
    "pymemcache": {"stores.memcached"},
    "psycopg": {"stores.postgres"},
    "argon2": {"http.passwords"},
    "cryptography": {"run.devcert"},
    "backports": {"http.codings"},
    "compression": {"http.codings"},
    "brotli": {"http.codings"},
    "brotlicffi": {"http.codings"},
    "isal": {"http.codings"},
    "jinja2": {"toolbox.jinja2"},
    "mako": {"toolbox.mako"},
    "win32serviceutil": {"process.win32"},
}
"""For each package that is not ours nor Python's, the rooms (or single files) that may import it."""

LAZY = {
    "asyncio": "start-up time; needed by async handlers only",
    "hashlib": "start-up time; needed where something is to be known by its digest",
    "ipaddress": "start-up time; needed where a proxy speaks for clients",
    "routes": "optional; needed by one dispatcher",
    "coverage": "optional; needed where it is measured which lines run",
    "cProfile": "start-up time; needed where functions are profiled",
    "pstats": "as cProfile",
    "watchfiles": "optional; needed where the system tells of changed files",
    "kirsch.dispatch.routes": "start-up time; needed by one dispatcher",
    "email": "start-up time; needed by old names for encoded header fields",
    "configparser": "start-up time; needed when there is a config file",
    "argon2": "optional; needed where passwords are hashed by it",
    "backports": "optional; needed where zstd is spoken, before Python 3.14",
    "compression": "as backports, from Python 3.14 on",
    "brotli": "optional; as brotlicffi, which others may have instead",
    "brotlicffi": "optional; needed where brotli is spoken",
    "isal": "optional; a faster gzip",
    "jinja2": "optional; needed by one tool",
    "mako": "optional; needed by one tool",
    "msgspec": "start-up time; needed where JSON is spoken",
    "psycopg": "optional; needed by one kind of store",
    "pymemcache": "optional; needed by one kind of store",
    "redis": "optional; needed by one kind of store",
    "kirsch.stores": "start-up time; the kinds of stores are loaded by the address that names them",
    "kirsch.toolbox.cachedplace": "start-up time; needed where pages are cached",
    "kirsch.toolbox.caches": "as cachedplace",
    "kirsch.toolbox.sharedbuckets": "start-up time; needed where processes share a rate limit",
    "kirsch.toolbox.sharedcache": "start-up time; needed where processes share a cache",
    "kirsch.toolbox.serializers": "start-up time; needed by sessions, where they are on",
    "kirsch.toolbox.session": "as serializers",
    "kirsch.toolbox.sessioncookie": "as serializers",
    "kirsch.toolbox.sessionkeeper": "as serializers",
    "pkgutil": "start-up time; needed where a kind of session is named by text",
    "pickle": "start-up time; needed by sessions that are told so",
    "grp": "not on Windows; needed where users of a Unix socket are named",
    "pwd": "as grp",
    "zoneinfo": "start-up time; needed by sessions that hold a time of a zone",
    "sqlite3": "start-up time; needed by one kind of store",
    "ssl": "start-up time and memory; needed with TLS only",
    "kirsch.server.secure": "as ssl",
    "kirsch.process.win32": "needed on Windows only",
    "win32serviceutil": "optional; needed by services of Windows",
    "kirsch.run.devcert": "as cryptography",
    "cryptography": "optional; needed to make a certificate for the desk",
    "tempfile": "start-up time; needed when somebody uploads a file",
    "tomllib": "start-up time; needed when there is a config file",
    "hmac": "as hashlib",
    "kirsch.http.digest": "as hashlib; needed by one tool",
    "kirsch.http.signing": "as hashlib",
    "xml": "start-up time; needed by XML-RPC only",
    "xmlrpc": "start-up time; needed by XML-RPC only",
    "kirsch.http.multipart": "start-up time; needed when somebody uploads a file",
    "kirsch.gateway": "start-up time; needed when a WSGI server calls, or a WSGI application is grafted",
    "kirsch.app.conversions": "start-up time; needed where annotations say what parameters become",
    "kirsch.app.debugfacts": "start-up time; needed when a page fails in development",
    "kirsch.app.debugpage": "as debugfacts",
    "kirsch.app.debugstyle": "as debugfacts",
    "kirsch.app.debugtext": "as debugfacts",
    "kirsch.testing": "start-up time of pytest, for those who have us and test something else",
    "h2": "start-up time; needed when a client asks for HTTP/2",
    "websockets": "start-up time; needed when a client asks for a WebSocket",
}
"""What may be imported inside a function, with the reason. Optional dependencies belong here, too."""

PRIVATE_ELSEWHERE = {
    "_actions", "_asdict", "_choices_actions", "_current_frames", "_exit", "_getframe", "_is_gil_enabled", "_replace",
    "_run_exitfuncs",
}  # fmt: skip
"""Names of Python's own that start with an underscore and are used all the same."""

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "lib", "libs", "manager", "shared"}


def handed_on(each: Import) -> bool:
    """Whether an import is the face giving what somebody has asked it for, from a room that it may name."""
    return (each.module, each.function) == ("kirsch", "__getattr__") and room(each.target) in HANDED_ON


def within(name: str, places: Iterable[str]) -> bool:
    """Whether a dotted name is one of the places or lies in one."""
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def listed(things: Iterable[object]) -> str:
    """The things, one a line, for a message."""
    return "".join(f"\n  {thing}" for thing in things)


# -- imports ---------------------------------------------------------------------------------------------------------


def test_every_room_has_a_floor() -> None:
    """A room, or a single file at the top, stands in the table of floors."""
    strange = sorted({room(name) for name in modules()} - set(MAY_IMPORT))

    assert not strange, f"give these rooms a line in MAY_IMPORT, or put their files into a room that has one: {strange}"


def test_imports_only_go_down() -> None:
    """No import of ours goes up or sideways; those for types, inside functions and by name count as well."""
    wrong = [
        each
        for each in imports()
        if each.target.split(".")[0] == "kirsch"
        and room(each.target) != room(each.module)
        and not within(each.target.removeprefix("kirsch."), MAY_IMPORT[room(each.module)])
        and not handed_on(each)
    ]

    assert not wrong, f"move the code, or declare a small Protocol in the lower room instead:{listed(wrong)}"


def test_no_circles() -> None:
    """No two files of a room, or of the house, need each other, not even for types."""
    files: dict[str, set[str]] = {name: set() for name in modules()}
    for each in imports():
        if each.target in files and each.target != each.module and not handed_on(each):
            files[each.module].add(each.target)
    circles = _circles(files)

    assert not circles, f"these files need each other; a Protocol in the lower one breaks the circle:{listed(circles)}"


def _circles(files: dict[str, set[str]]) -> list[str]:
    """One circle at a time, each broken at its last arrow to find the next."""
    found = []
    while True:
        try:
            graphlib.TopologicalSorter(files).prepare()
        except graphlib.CycleError as error:
            circle = error.args[1]  # each name needs the one before it
            found.append(" <- ".join(circle))
            files[circle[1]].discard(circle[0])
        else:
            return found


def test_imports_are_absolute_and_of_names() -> None:
    """An import line shows the floor. The face alone may hand on whole modules, and it alone is imported whole."""
    wrong = [
        each
        for each in imports()
        if each.whole and room(each.module) not in {"kirsch", "compat"} and each.target.startswith(("kirsch.", "."))
    ]

    assert not wrong, f"write `from kirsch.room.file import Name`:{listed(wrong)}"


def test_third_party_packages_stay_in_their_room() -> None:
    """A package that is not ours nor Python's is imported in the one room that is its home."""
    wrong = [
        each
        for each in imports()
        if (package := each.target.split(".")[0]) not in {"kirsch", "", "__future__"} | sys.stdlib_module_names
        and not within(each.module.removeprefix("kirsch."), THIRD_PARTY.get(package, set()))
    ]

    assert not wrong, f"go through the room that THIRD_PARTY names for the package:{listed(wrong)}"


def test_imports_inside_functions_have_a_reason() -> None:
    """Imports stand at the top, but for what LAZY lists and what the face hands on when asked (`__getattr__`)."""
    wrong = [
        each
        for each in imports()
        if each.function and (each.module, each.function) != ("kirsch", "__getattr__") and not within(each.target, LAZY)
    ]

    assert not wrong, f"move these imports to the top of the file, or give LAZY a line with the reason:{listed(wrong)}"


def test_private_names_stay_in_their_file() -> None:
    """What starts with an underscore is used in its own file only, or by a subclass on itself."""
    wrong = [
        f"{name}, line {line}: {attribute}"
        for name in modules()
        for line, attribute in foreign_privates(name)
        if attribute not in PRIVATE_ELSEWHERE
    ]

    assert not wrong, f"ask the owner to do it, or drop the underscore:{listed(wrong)}"


# -- sizes -----------------------------------------------------------------------------------------------------------


def test_files_have_400_lines_at_most() -> None:
    """A file has one subject and fits a reader's head."""
    wrong = [f"{name}: {lines(name)} lines" for name in modules() if lines(name) > 400]

    assert not wrong, f"split these files by subject:{listed(wrong)}"


def test_functions_have_50_code_lines_at_most() -> None:
    """A function fits on one screen."""
    wrong = [f"{each.place}: {each.length} code lines" for each in functions() if each.length > 50]

    assert not wrong, f"give the steps of these functions names of their own:{listed(wrong)}"


def test_functions_have_6_parameters_at_most() -> None:
    """More than six are an object without a name; `self`, `cls`, `*args` and `**kwargs` are not counted."""
    wrong = [f"{each.place}: {each.parameters} parameters" for each in functions() if each.parameters > 6]

    assert not wrong, f"make one object of the parameters that belong together:{listed(wrong)}"


def test_functions_are_short_on_the_whole() -> None:
    """Over the whole house, a function has 9 code lines at most on average, and the middle one 5."""
    lengths = [each.length for each in functions()]
    mean, median = statistics.mean(lengths), statistics.median(lengths)
    longest = sorted(functions(), key=lambda each: -each.length)[:10]

    assert mean <= 9, f"the mean is {mean:.1f} code lines; start with the longest:{listed(longest)}"
    assert median <= 5, f"the median is {median} code lines; start with the longest:{listed(longest)}"


def test_one_suppression_per_1000_lines_at_most() -> None:
    """`type: ignore` and `noqa` are rare, and none of them silences a whole file."""
    silenced = [f"{name}: {text}" for name in modules() for text in comments(name) if _suppresses(text)]
    allowed = sum(map(lines, modules())) // 1000

    assert len(silenced) <= allowed, f"write the code so that the tools agree; {allowed} are allowed:{listed(silenced)}"


def _suppresses(comment: str) -> bool:
    return any(word in comment for word in ("type: ignore", "noqa", "mypy:", "pyright:", "ruff:", "flake8:"))


def test_settings_silence_no_part_of_the_house() -> None:
    """What the linter or the type checker is told to overlook in one place would be a suppression in disguise."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    places = [place for place in tool["ruff"]["lint"]["per-file-ignores"] if "src" in place or place.startswith("*")]
    places += [name for each in tool["mypy"]["overrides"] for name in each["module"] if name.startswith("kirsch")]

    assert set(places) <= {f"src/kirsch/{each}/*" for each in OF_OLD}, (
        f"mend the code instead of silencing the tools for {places}"
    )


# -- names and places ------------------------------------------------------------------------------------------------


def test_folders_are_two_deep_at_most() -> None:
    """`kirsch/<room>/<file>.py`, and nothing below."""
    wrong = [path.relative_to(HOUSE) for path in modules().values() if len(path.relative_to(HOUSE).parts) > 2]

    assert not wrong, f"a room has files, not folders:{listed(wrong)}"


def test_modules_are_named_after_their_subject() -> None:
    """No drawers for this and that, and no underscores; the rooms of the old names are excused."""
    wrong = [
        name
        for name in modules()
        if (stem := name.split(".")[-1]) in DRAWERS or (stem.startswith("_") and stem != "__main__")
        if room(name) not in OF_OLD
    ]

    assert not wrong, f"name these after what they hold; if it fits no room, the house lacks one:{listed(wrong)}"


def test_only_the_face_has_an_init() -> None:
    """The `__init__.py` of a room is empty, as it runs whenever anything below it is imported; but for those of old."""
    inits = [path for path in modules().values() if path.name == "__init__.py" and path.parent != HOUSE]
    wrong = [
        path.relative_to(HOUSE) for path in inits if path.read_text("utf-8").strip() and path.parent.name not in OF_OLD
    ]

    assert not wrong, f"put this into a file with a name:{listed(wrong)}"


def test_root_folder_has_14_entries_at_most() -> None:
    """Whoever opens the repository sees the house, not its tools; hidden entries are not counted."""
    entries = sorted(path.name for path in ROOT.iterdir() if not path.name.startswith("."))

    assert len(entries) <= 14, f"{len(entries)} entries; move some into a folder:{listed(entries)}"
