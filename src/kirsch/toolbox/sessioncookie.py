"""The cookie of a session: it holds the session's id, and nothing else."""

from __future__ import annotations

import re
from time import time
from typing import TYPE_CHECKING, Final

from kirsch.http.dates import http_date

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.toolbox.sessionsettings import SessionSettings

PREFIX: Final = "__Host-"
"""A name that begins so tells browsers to take the cookie over TLS only, for `/`, and from this very host."""

_ID: Final = re.compile(r"[0-9A-Za-z_-]{16,128}").fullmatch
"""What may be an id: it becomes a key of a store, and the name of a file. Nothing else is looked for anywhere."""


class SessionCookie:
    """How it is called, and sent. Made of settings; ValueError for those that browsers would not follow.

    secure: None for over TLS if this request came over TLS. samesite: None to say nothing about it.
    """

    def __init__(self, settings: SessionSettings) -> None:
        self.path = settings.path
        self.path_header = settings.path_header
        self.domain = settings.domain
        self.secure = settings.secure
        self.httponly = settings.httponly
        self.persistent = settings.persistent
        self.samesite = settings.samesite
        self.partitioned = settings.partitioned
        self.name = f"{PREFIX if settings.host_prefix else ''}{settings.name}"
        name = re.escape(self.name.encode("latin-1", "replace"))
        self._find = re.compile(rb"(?:^|;)[ \t]*%b[ \t]*=([^;]*)" % name).findall
        of_host = settings.host_prefix
        if of_host and (self.domain or self.path_header or self.path not in (None, "/")):
            raise ValueError("with host_prefix, the cookie is for this host and the path / alone")
        only_secure = of_host or self.partitioned or self.samesite == "None"
        if only_secure and self.secure is False:
            raise ValueError("with host_prefix, partitioned or samesite 'None', browsers insist on secure")
        self.secure = True if only_secure else self.secure

    def read(self, request: Request) -> tuple[str | None, bool]:
        """The id that the client sent, None for what cannot be one; and whether it sent anything."""
        if not request.cookies_read:  # PERF: nobody has asked for the others yet, and to read them all takes 5 µs
            head = request.exchange.head
            known: tuple[str | None, bool] | None = head.block.made.get(self)
            if known is not None:
                return known
            field = head.get(b"cookie")
            found = self._find(field) if field is not None else ()
            if not found:
                return None, False
            if len(found) == 1 and _ID(value := found[0].decode("latin-1")):
                known = head.block.made[self] = value, True
                return known
        cookie = request.cookie.get(self.name)
        if cookie is None:
            return None, False
        return cookie.value if _ID(cookie.value) else None, True

    def write(self, request: Request, id: str, minutes: float) -> None:
        """Have the response set it."""
        self._set(request, id)
        if self.persistent:
            cookie = request.response.cookie[self.name]
            cookie["max-age"] = seconds = int(minutes * 60)
            cookie["expires"] = http_date(time() + seconds)

    def expire(self, request: Request) -> None:
        """Have the response tell the client to forget it."""
        self._set(request, "")
        request.response.cookie[self.name]["expires"] = 0

    def withdraw(self, request: Request) -> None:
        """Have the response say nothing about it."""
        request.response.cookie.pop(self.name, None)

    def _set(self, request: Request, value: str) -> None:
        cookies = request.response.cookie
        cookies.pop(self.name, None)
        cookies[self.name] = value
        cookie = cookies[self.name]
        sent = request.headers.get(self.path_header) if self.path_header else None
        cookie["path"] = self.path or sent or "/"
        if self.domain:
            cookie["domain"] = self.domain
        if self.samesite:
            cookie["samesite"] = self.samesite
        if self.secure if self.secure is not None else request.base.startswith("https:"):
            cookie["secure"] = True
        if self.httponly:
            cookie["httponly"] = True
        if self.partitioned:
            cookie["partitioned"] = True
