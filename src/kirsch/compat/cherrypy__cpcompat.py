"""`cherrypy._cpcompat`: text and bytes, as they were told apart when there were two Pythons."""

from __future__ import annotations

import json
from typing import Any, Final

from kirsch.app.legacy import warn

text_or_bytes: Final = (str, bytes)


def ntob(n: str, encoding: str = "ISO-8859-1") -> bytes:
    """The text as bytes. TypeError for what is none."""
    assert_native(n)
    return n.encode(encoding)


def ntou(n: str, encoding: str = "ISO-8859-1") -> str:
    """The text as it is; with the encoding `escape` its escapes are read. TypeError for what is none."""
    assert_native(n)
    if encoding == "escape":
        return n.encode("latin-1", "backslashreplace").decode("unicode_escape")
    return n


def tonative(n: str | bytes, encoding: str = "ISO-8859-1") -> str:
    """Text, out of text or bytes."""
    return n.decode(encoding) if isinstance(n, bytes) else n


def assert_native(n: object) -> None:
    """Raise TypeError for what is no text."""
    if not isinstance(n, str):
        raise TypeError(f"n must be a native str (got {type(n).__name__})")


def __getattr__(name: str) -> Any:
    """What was here once, for Python 2."""
    old: dict[str, Any] = {"json_decode": json.loads, "json_encode": json.dumps, "basestring": str, "unicodestr": str}
    if name not in old:
        raise AttributeError(f"cherrypy._cpcompat has no {name}")
    warn(f"cherrypy._cpcompat.{name}", f"{old[name].__module__}.{old[name].__qualname__}")
    return old[name]
