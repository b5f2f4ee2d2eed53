"""Keys of config by the names of CherryPy 2 and 3: the table of what each is called now, and the few that need more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.app.dispatchers import VirtualHost
from kirsch.app.legacy import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from kirsch.app.place import Place

KEYS: Final = {
    "server.environment": "environment",
    "server.log_to_screen": "log.screen",
    "server.log_file": "log.error_file",
    "server.log_access_file": "log.access_file",
    "server.log_tracebacks": "tools.log_tracebacks.on",
    "server.log_request_headers": "tools.log_headers.on",
    "server.show_tracebacks": "request.show_tracebacks",
    "server.throw_errors": "request.throw_errors",
    "server.default_content_type": "response.headers.Content-Type",
    "autoreload.on": "engine.autoreload.on",
    "autoreload.frequency": "engine.autoreload.frequency",
    "engine.autoreload_on": "engine.autoreload.on",
    "engine.autoreload_frequency": "engine.autoreload.frequency",
    "engine.autoreload_match": "engine.autoreload.match",
    "engine.reload_files": "engine.autoreload.files",
    "stream_response": "response.stream",
    "streamResponse": "response.stream",
    "static_filter.file": "tools.staticfile.filename",
    "gzip_filter.compresslevel": "tools.gzip.compress_level",
    "cache_filter.maxobjsize": "tools.caching.maxobj_size",
    "session_filter.cookie_name": "tools.sessions.name",
    "session_filter.cookie_domain": "tools.sessions.domain",
    "session_filter.cookie_secure": "tools.sessions.secure",
    "session_filter.cookie_path": "tools.sessions.path",
    "session_filter.clean_up_delay": "tools.sessions.clean_freq",
    "base_url_filter.base_url": "tools.proxy.base",
    "base_url_filter.use_x_forwarded_host": "tools.proxy.local",
    "xmlrpc_filter.encoding": "tools.xmlrpc.encoding",
}
"""By whole key; those of the process, of the engine, of a path, and of filters."""

FILTERS: Final = {
    "static_filter": "tools.staticdir",
    "gzip_filter": "tools.gzip",
    "encoding_filter": "tools.encode",
    "decoding_filter": "tools.decode",
    "cache_filter": "tools.caching",
    "session_filter": "tools.sessions",
    "base_url_filter": "tools.proxy",
    "response_headers_filter": "tools.response_headers",
    "xmlrpc_filter": "tools.xmlrpc_filter",
    "virtual_host_filter": "request.dispatch",
    "hooks.before_main": "hooks.before_handler",
}
"""By the first words of a key, for what is not among KEYS."""

ADVICE: Final = {
    "xmlrpc_filter.on": "request.dispatch = kirsch.dispatch.XMLRPCDispatcher(), and make it a kirsch.XMLRPCController",
    "virtual_host_filter": "request.dispatch = kirsch.dispatch.VirtualHost(…)",
    "base_url_filter.use_x_forwarded_host": "tools.proxy.local = 'X-Forwarded-Host', or ''",
}
"""What to write instead, where that is more than a key."""

GONE: Final = {
    "engine.timeout_monitor": "nothing: no page is timed out; server.queue_timeout bounds how long one waits",
    "engine.deadlock_poll_freq": "nothing, as engine.timeout_monitor",
    "response.timeout": "nothing, as engine.timeout_monitor",
    "server.accepted_queue_size": "server.max_connections, which bounds how many clients there are",
    "server.accepted_queue_timeout": "server.queue_timeout",
    "server.peercreds": "nothing: server.socket_mode says who may use a Unix socket",
    "server.peercreds_resolve": "nothing, as server.peercreds",
    "server.statistics": "nothing: kirsch.server.statistics() needs no key",
    "server.wsgi_version": "nothing: our server needs no WSGI, and speaks 1.0 to WSGI applications",
}
"""Keys without effect, or the first words of them, and what to write instead."""

_HOSTS: Final = "virtual_host_filter"
_FORWARDED: Final = "use_x_forwarded_host"
_FILE: Final = "static_filter.file"
_ROOT: Final = "static_filter.root"


def modern_key(key: str) -> str:
    """The key by its present name; the same for one that is no old name."""
    if key in KEYS:
        return KEYS[key]
    for word, modern in FILTERS.items():
        if key.startswith(word) and (key == word or key[len(word)] == "."):
            return f"{modern}{key.removeprefix(word)}" if word != _HOSTS else modern
    return key


def gone(key: Any) -> str:
    """What to write instead of a key that has no effect any more; "" for any other."""
    return next((said for old, said in GONE.items() if key == old or str(key).startswith(f"{old}.")), "")


def spelling(key: str, settings: Mapping[str, Any]) -> str:
    """By which name settings say what is called `key` now."""
    return key if key in settings else next((old for old in settings if key in modern_keys(old, settings)), key)


def advice(key: str) -> str:
    """What to write instead of an old key, where that is more than another key; else ""."""
    return ADVICE.get(key) or ADVICE.get(key.partition(".")[0], "")


def modern_settings(
    settings: Mapping[str, Any], own: Collection[str], place: Callable[[str], Place]
) -> Iterator[tuple[str, str, Any]]:
    """All settings: key as given, key of today, value. Says of an old key where it stands. own: words to let alone."""
    hosts = False
    for given, value in settings.items():
        if instead := gone(given):
            warn(given, instead, str(place(given)._replace(key="")))
            continue
        word = given.partition(".")[0] if isinstance(given, str) else ""
        keys = modern_keys(given, settings) if word and word not in own else (given,)
        if keys != (given,):
            name = word if word == _HOSTS else given
            warn(name, advice(name) or " and ".join(keys), str(place(given)._replace(key="")))
        if word == _HOSTS and word not in own:
            if not hosts and (dispatcher := _virtual_host(settings)) is not None:
                yield given, keys[0], dispatcher
            hosts = True
            continue
        for key in keys:
            yield given, key, _value(given, value)


def modern_keys(key: str, settings: Collection[str]) -> tuple[str, ...]:
    """The keys of today for one among these settings: the filter for static files is two tools now."""
    modern = modern_key(key)
    of_file = modern.replace("tools.staticdir.", "tools.staticfile.")
    if key == _ROOT:
        return modern, of_file
    return (of_file,) if _FILE in settings and key.startswith("static_filter.") else (modern,)


def _value(key: str, value: Any) -> Any:
    """The value of today: a field's name, where it was asked whether that field counts."""
    return ("X-Forwarded-Host" if value else "") if key == f"base_url_filter.{_FORWARDED}" else value


def _virtual_host(settings: Mapping[str, Any]) -> VirtualHost | None:
    """What the filter for virtual hosts did; None if it is off, or names no host."""
    said = {key.removeprefix(f"{_HOSTS}."): value for key, value in settings.items() if str(key).startswith(_HOSTS)}
    on, forwarded = said.pop("on", True), said.pop(_FORWARDED, True)
    return VirtualHost(use_x_forwarded_host=forwarded, **said) if on and said else None
