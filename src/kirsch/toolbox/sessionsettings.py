"""What tools.sessions can be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from kirsch.options import Check, Option, Options, between, one_of

OLD_TYPES: Final = {"ram": "RamSession", "file": "FileSession", "memcached": "MemcachedSession"}
"""What `storage_type` may be, and which class is meant."""

_ABOVE_0: Final = Check("above 0", lambda value: value > 0)
_TEXT: Final = (str, type(None))
_PATIENCE: Final = (float, timedelta, type(None))
_OLD_TYPE: Final = Check("out of ram, file, memcached", lambda name: name in OLD_TYPES)
_SAME_SITE: Final = one_of("Strict", "Lax", "None")
_MINUTES: Final = (float, type(None))


class SessionSettings(Options):
    """Names and defaults are CherryPy's where it has them; cookies are safer by default."""

    store: Option[Any] = Option(None, "Where sessions are kept: the address of a store, or a Store.", object)
    storage_class: Option[Any] = Option(None, "A kind of session of one's own, or of old; or its dotted name.", object)
    storage_type = Option(
        None,
        "Of old: ram, file, or memcached.",
        str,
        _OLD_TYPE,
    )
    storage_path = Option(None, "The folder of sessions that are kept in files, for FileSession.", str)
    servers: Option[Any] = Option(None, "Addresses of memcached, for MemcachedSession.", (list, tuple))
    timeout = Option(60.0, "Minutes that a session lasts unused.", check=_ABOVE_0)
    absolute_timeout: Option[float | None] = Option(None, "Minutes that it lasts at all.", float, _ABOVE_0)
    locking = Option(
        "implicit",
        "When a session is locked against other requests with it.",
        check=one_of("implicit", "early", "explicit", "optimistic"),
    )
    lock_timeout: Option[Any] = Option(30.0, "Seconds to wait for the lock; None: for ever.", _PATIENCE)
    serializer: Option[Any] = Option(
        "msgpack", "How values become bytes: msgpack, pickle, or what has dumps().", object
    )
    fallback = Option(None, "'empty' goes on with an empty session where the store is away.", str, one_of("empty"))
    clean_freq = Option(5.0, "Minutes between two looks for expired ones; 0 or None: never.", _MINUTES, between(0))
    name = Option("session_id", "Name of the cookie.")
    path = Option(None, "Path of the cookie.", str)
    path_header = Option(None, "Header field that says the path of the cookie.", str)
    domain = Option(None, "Domain of the cookie; None: this host alone.", str)
    secure = Option(None, "Send the cookie over TLS only; None: if it was set over TLS.", bool)
    httponly = Option(True, "Hide the cookie from scripts.")
    samesite = Option("Lax", "Strict, Lax or 'None'; None leaves it to the browser.", _TEXT, _SAME_SITE)
    partitioned = Option(False, "A cookie of its own for each site that this one is embedded in.")
    host_prefix = Option(False, "Begin the name with __Host-: over TLS only, from this very host.")
    persistent = Option(True, "Keep the cookie for `timeout`; else until the browser is closed.")
    debug = Option(False, "Write to the error log what becomes of sessions.")
