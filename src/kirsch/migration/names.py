"""The names of CherryPy, and where each is in Kirsch. What is not here, and no name of the face, is nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.app.legacynames import ENGINE_LISTS, REQUEST_NAMES, RESPONSE_NAMES, SERVER_LISTS

if TYPE_CHECKING:
    from collections.abc import Collection

OLD: Final = "cherrypy"
NEW: Final = "kirsch"

LIBRARY: Final = (
    "auth_basic", "auth_digest", "caching", "covercp", "cpstats", "cptools", "encoding", "gctools", "headers",
    "httputil", "jsontools", "locking", "profiler", "reprconf", "sessions", "static", "xmlrpcutil",
)  # fmt: skip
"""Modules below `cherrypy.lib` that there are."""

MODULES: Final = {
    **{f"lib.{name}": f"lib.{name}" for name in LIBRARY},
    "lib": "lib",
    "process.plugins": "process.plugins",
    "process.servers": "process.servers",
    "process.win32": "process.win32",
    "_cpdispatch": "dispatch",
}
"""Where a module is, for imports of it or from it."""

_FACE: Final = {
    "_cperror": ("HTTPError", "HTTPRedirect", "InternalRedirect", "NotFound"),
    "_cptools": ("ErrorTool", "HandlerTool", "HandlerWrapperTool", "Tool", "Toolbox", "XMLRPCController"),
    "_cptree": ("Application",),
    "_helper": ("expose", "popargs", "url"),
}
NAMES: Final = {
    **{f"{module}.{name}": name for module, names in _FACE.items() for name in names},
    **{f"request.{old}": f"request.{new}" for old, new in REQUEST_NAMES.items()},
    **{f"response.{old}": f"response.{new}" for old, new in RESPONSE_NAMES.items()},
    "CherryPyException": "KirschError",
    "_cperror.CherryPyException": "KirschError",
    "_cpdispatch": "dispatch",
    "threadData": "thread_data",
}
"""What has another name, or another place, now."""

_MIGRATING: Final = "how-to/migrating-from-cherrypy.md"
_OLD_NAMES: Final = "reference/old-names.md"


LISTS: Final = {
    **{f"engine.{old}": channel for old, channel in ENGINE_LISTS.items()},
    **{f"server.{old}": channel for old, channel in SERVER_LISTS.items()},
}
"""Lists of callbacks, and the channels that they have become."""


class Advice(NamedTuple):
    """Why there is something to decide, and the page of the manual that says more."""

    why: str
    read: str


ADVICE: Final = {
    "root": Advice("write kirsch.tree.mount(…), or kirsch.quickstart(…)", _OLD_NAMES),
    "config.getAll": Advice("write request.config[key], or app.find_config(path, key)", _OLD_NAMES),
    "engine.request": Advice("write Application.get_serving(…)", _OLD_NAMES),
    "engine.release": Advice("write Application.release_serving()", _OLD_NAMES),
    **{
        f"engine.{old}": Advice(f'write engine.subscribe("{new}", call)', _OLD_NAMES)
        for old, new in ENGINE_LISTS.items()
    },
    "server.quickstart": Advice("write engine.start(), which starts the server", _OLD_NAMES),
    "request.browser_url": Advice("write kirsch.url(qs=kirsch.request.query_string)", _OLD_NAMES),
    "request.execute_main": Advice("write request.handler = None where no handler is to be called", _OLD_NAMES),
    "process.wspbus": Advice("the bus is kirsch.process.bus, with other helpers around it", "reference/process.md"),
    "test": Advice("tests have a client of their own, kirsch.testing", "reference/testing.md"),
    "wsgiserver": Advice(
        "the server is kirsch.server; `kirsch run` serves any WSGI application", "reference/server.md"
    ),
    "daemon": Advice("`kirsch cherryd` has its flags", "reference/command-line.md"),
    "_cache": Advice("write kirsch.tools.caching.caches(), clear() or delete(url)", _MIGRATING),
}
"""What takes more than another name."""


def modern(name: str) -> str:
    """The name of today for a dotted one below `cherrypy`, as one writes it where it is used; the same if it is."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        known = NAMES.get(".".join(parts[:count]))
        if known is not None:
            return ".".join([known, *parts[count:]])
    return name


def modern_module(path: str) -> str | None:
    """Where a module below `cherrypy` is, without `kirsch.`; None if it is nowhere."""
    return MODULES.get(path, "dispatch" if path in ("dispatch", "_cpdispatch") else None)


def modern_import(module: str, name: str) -> tuple[str, str]:
    """Module and name of today for `from cherrypy.<module> import <name>`, without `kirsch.` before the module."""
    path = f"{module}.{name}" if module else name
    if path in MODULES:
        return _split(MODULES[path])
    if module in MODULES:
        return MODULES[module], name
    return _split(modern(path))


def _split(path: str) -> tuple[str, str]:
    module, _, name = path.rpartition(".")
    return module, name


def advice(name: str, face: Collection[str]) -> Advice | None:
    """What is to be decided about a dotted name below `cherrypy`, if anything. face: the names that `kirsch` has."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        known = ADVICE.get(".".join(parts[:count]))
        if known is not None:
            return known
    first, *rest = modern(name).split(".")
    if first == "lib" and rest and rest[0] == rest[0].lower() and rest[0] not in (*LIBRARY, *_FUNCTIONS):
        return Advice(f"there is no kirsch.lib.{rest[0]}", _MIGRATING)
    if first not in face and first not in ("lib", "process") and ".".join(parts) not in MODULES:
        return Advice(f"there is no kirsch.{first}", f"{_MIGRATING}#what-is-not-there-yet")
    return None


_FUNCTIONS: Final = (
    "file_generator",
    "file_generator_limited",
    "is_iterator",
    "is_closable_iterator",
    "set_vary_header",
)
