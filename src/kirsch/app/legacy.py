"""The names of CherryPy 2 and 3 that old programs still use: they do what they did, and say once what to write instead.

Nothing of this is on the way of a request that uses no old name.
"""

from __future__ import annotations

import logging
import threading
import warnings
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.hooks import Hook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_log = logging.getLogger("kirsch.error")
_said: set[str] = set()
_lock = threading.Lock()


class LegacyWarning(UserWarning):
    """An old name is used. Shown by default, once for each name."""


def warn(old: str, new: str, where: str = "", stacklevel: int = 3) -> None:
    """Say that an old name is used, once for each: what to write instead, and the place if it is known."""
    with _lock:
        if old in _said:
            return
        _said.add(old)
    text = f"{f'{where}: ' if where else ''}{old} is an old name; write {new}"
    _log.warning("%s", text)
    warnings.warn(text, LegacyWarning, stacklevel=stacklevel)


def forget() -> None:
    """Say everything once more; for tests."""
    with _lock:
        _said.clear()


# -- keys of the config ----------------------------------------------------------------------------------------------

_FILTERS: Final = {
    "static_filter": ("tools.staticdir", {"file": "tools.staticfile.filename"}),
    "gzip_filter": ("tools.gzip", {"compresslevel": "tools.gzip.compress_level"}),
    "encoding_filter": ("tools.encode", {}),
    "decoding_filter": ("tools.decode", {}),
    "cache_filter": ("tools.caching", {"maxobjsize": "tools.caching.maxobj_size"}),
    "session_filter": (
        "tools.sessions",
        {
            "cookie_name": "tools.sessions.name",
            "cookie_domain": "tools.sessions.domain",
            "cookie_secure": "tools.sessions.secure",
            "cookie_path": "tools.sessions.path",
            "clean_up_delay": "tools.sessions.clean_freq",
        },
    ),
    "base_url_filter": ("tools.proxy", {"base_url": "tools.proxy.base"}),
    "response_headers_filter": ("tools.response_headers", {}),
    "xmlrpc_filter": ("tools.xmlrpc_filter", {}),
}
"""Filters: their names as tools, and settings that are called otherwise there."""

_KEYS: Final = {
    "server.log_to_screen": "log.screen",
    "server.log_file": "log.error_file",
    "server.log_access_file": "log.access_file",
    "server.show_tracebacks": "request.show_tracebacks",
    "server.throw_errors": "request.throw_errors",
    "server.environment": "environment",
    "server.log_tracebacks": "tools.log_tracebacks.on",
    "server.log_request_headers": "tools.log_headers.on",
    "autoreload.on": "engine.autoreload.on",
    "autoreload.frequency": "engine.autoreload.frequency",
    "engine.autoreload_on": "engine.autoreload.on",
    "engine.autoreload_frequency": "engine.autoreload.frequency",
    "engine.autoreload_match": "engine.autoreload.match",
    "engine.reload_files": "engine.autoreload.files",
    "stream_response": "response.stream",
    "streamResponse": "response.stream",
}


def modern_key(key: str) -> str:
    """The key by its present name; the same for one that is no old name."""
    if key in _KEYS:
        return _KEYS[key]
    word, dot, rest = key.partition(".")
    if word in _FILTERS and dot:
        tool, renamed = _FILTERS[word]
        return renamed.get(rest, f"{tool}.{rest}")
    if key == "hooks.before_main" or key.startswith("hooks.before_main."):
        return f"hooks.{modern_point('before_main')}{key.removeprefix('hooks.before_main')}"
    return key


def modern_point(point: str) -> str:
    """A hook point by its present name."""
    return "before_handler" if point == "before_main" else point


# -- attributes ------------------------------------------------------------------------------------------------------


REQUEST_NAMES: Final = {
    "remote_addr": "remote.ip",
    "remoteAddr": "remote.ip",
    "remote_host": "remote.name",
    "remoteHost": "remote.name",
    "requestLine": "request_line",
    "headerMap": "headers",
    "paramMap": "params",
    "queryString": "query_string",
    "simple_cookie": "cookie",
    "simpleCookie": "cookie",
}
RESPONSE_NAMES: Final = {"headerMap": "headers", "simple_cookie": "cookie", "simpleCookie": "cookie"}
"""Old names of attributes, and where they are now."""


class Old:
    """An attribute under an old name: reads and sets the one at `path`, such as `remote.ip`. owner: `request`, …"""

    def __init__(self, owner: str, name: str, path: str) -> None:
        self._names = f"{owner}.{name}", f"{owner}.{path}"
        *self._above, self._last = path.split(".")

    def _target(self, guest: Any) -> Any:
        warn(*self._names, stacklevel=4)
        for name in self._above:
            guest = getattr(guest, name)
        return guest

    def __get__(self, guest: object, kind: type | None = None) -> Any:
        return self if guest is None else getattr(self._target(guest), self._last)

    def __set__(self, guest: object, value: Any) -> None:
        setattr(self._target(guest), self._last, value)


class OldRequestNames:
    """What a request was asked for by other names: REQUEST_NAMES, and `execute_main`."""

    handler: Any

    @property
    def execute_main(self) -> bool:
        """Whether the handler will be called."""
        warn("request.execute_main", "request.handler")
        return self.handler is not None

    @execute_main.setter
    def execute_main(self, called: bool) -> None:
        warn("request.execute_main", "request.handler = None, where no handler is to be called")
        if not called:
            self.handler = None


class OldResponseNames:
    """What a response was filled by other names: RESPONSE_NAMES."""


for _name, _path in REQUEST_NAMES.items():
    setattr(OldRequestNames, _name, Old("request", _name, _path))
for _name, _path in RESPONSE_NAMES.items():
    setattr(OldResponseNames, _name, Old("response", _name, _path))


# -- filters ---------------------------------------------------------------------------------------------------------

_FILTER_POINTS: Final = {
    "on_start_resource": "on_start_resource",
    "before_request_body": "before_request_body",
    "before_main": "before_handler",
    "before_finalize": "before_finalize",
    "on_end_resource": "on_end_resource",
    "before_error_response": "before_error_response",
    "after_error_response": "after_error_response",
    "on_end_request": "on_end_request",
}


def hooks_of_filters(nodes: Iterable[Any]) -> Iterator[tuple[str, Hook]]:
    """Point and hook for each filter that the nodes on a way list (`_cp_filters`, `_cpFilterList`)."""
    for node in nodes:
        for name in ("_cp_filters", "_cpFilterList"):
            filters = getattr(node, name, None)
            if not isinstance(filters, list | tuple):
                continue
            for each in filters:
                warn(name, "a Tool, or hooks.<point> in the config", where=type(node).__qualname__)
                yield from ((at, Hook(getattr(each, old))) for old, at in _FILTER_POINTS.items() if hasattr(each, old))
