"""Which handler answers for which part of the path: the longest mount point wins."""

from __future__ import annotations

from collections import UserDict
from typing import TYPE_CHECKING, Any

from kirsch.app.answers import bare
from kirsch.app.application import Application
from kirsch.http.urls import split_target

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from kirsch.exchange import Exchange

    Serve = Callable[[Exchange, str, str], None]


class Mounted(UserDict[str, Any]):
    """What is mounted, for all to read. What is deleted from it is not asked any more."""

    def __init__(self, forget: Callable[[str], None]) -> None:
        super().__init__()
        self._forget = forget

    def __delitem__(self, prefix: str) -> None:
        super().__delitem__(prefix)
        self._forget(prefix)


class Site:
    """Applications and other handlers, by mount point. apps: what is mounted, by its path without the last slash."""

    application_class: type[Application] = Application

    def __init__(self) -> None:
        self.apps: MutableMapping[str, Any] = Mounted(self._forget)
        self._doors: dict[str, Serve] = {}
        self._prefixes: tuple[str, ...] = ()
        self._only: Serve | None = None

    def mount(self, root: Any, script_name: str = "", config: Any = None) -> Application:
        """Put an object, or an Application, at a path. Raises ConfigError; ValueError if it names another path."""
        if script_name is None:
            raise TypeError("script_name must be a path; an Application whose path is None is for a foreign server")
        prefix = script_name.rstrip("/")
        if isinstance(root, Application):
            if prefix and prefix != root.script_name:
                raise ValueError(f"this application says that it is at {root.script_name!r}, not at {prefix!r}")
            application, prefix = root, root.script_name or ""
        else:
            application = self.application_class(root, prefix)
        if config:
            application.merge(config)
        self._put(prefix, application, application.serve)
        return application

    def put(self, handler: Callable[[Exchange], None], script_name: str = "", shown: Any = None) -> None:
        """Put any handler of exchanges at a path. It sees the whole path of the request. shown: for `apps`."""
        self._put(script_name.rstrip("/"), shown or handler, lambda exchange, _path, _query: handler(exchange))

    def _put(self, prefix: str, shown: Any, serve: Serve) -> None:
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"a mount point begins with a slash: /{prefix}")
        self.apps[prefix] = shown
        self._doors[prefix] = serve
        self._settle()

    def remove(self, script_name: str) -> None:
        """Take away what is at a path. KeyError if there is nothing."""
        del self.apps[script_name.rstrip("/")]

    def _forget(self, prefix: str) -> None:
        del self._doors[prefix]
        self._settle()

    def _settle(self) -> None:
        self._prefixes = tuple(sorted(self._doors, key=len, reverse=True))
        self._only = self._doors[""] if self._prefixes == ("",) else None

    def handle(self, exchange: Exchange) -> None:
        """Answer an exchange."""
        try:
            path, query = split_target(exchange.head.target)
        except ValueError:
            bare(exchange, 400, "the path of the request is malformed")
            return
        if path == "*":  # OPTIONS for the server as a whole (RFC 9110 §9.3.7)
            exchange.start(204, [])
            exchange.finish()
            return
        if self._only is not None:
            self._only(exchange, path, query)
            return
        prefix = self.prefix(path)
        if prefix is None:
            bare(exchange, 404, f"nothing is mounted at {path}")
        else:
            self._doors[prefix](exchange, path[len(prefix) :], query)

    def prefix(self, path: str) -> str | None:
        """The mount point that a path belongs to, on the borders of segments; None if there is none."""
        for prefix in self._prefixes:
            if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
                return prefix
        return None

    def __repr__(self) -> str:
        return f"<Site {self.apps!r}>"
