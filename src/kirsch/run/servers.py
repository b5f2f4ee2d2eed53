"""Several servers for one site: `server.<setting>` is said to the first, `server.<name>.<setting>` to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.options import OptionError
from kirsch.run.service import WebServer

if TYPE_CHECKING:
    from collections.abc import Callable


class Servers(dict[str, WebServer]):
    """The servers beside the first, by name. make: makes one more, for the same site."""

    def __init__(self, first: WebServer, make: Callable[[], WebServer]) -> None:
        super().__init__()
        self._first = first
        self._make = make

    def add(self, name: str, **settings: Any) -> WebServer:
        """One more, which starts and stops with the engine: `servers.add("admin", socket_port=8081)`.

        Raises OptionError for settings that it has not, and then adds nothing.
        """
        server = self._make()
        for key, value in settings.items():
            setattr(server, key, value)
        self[name] = server
        server.subscribe()
        return server

    def configure(self, key: str, value: Any) -> None:
        """Take `server.<key>`. `server.<name>.on` turns one on and off, without forgetting it."""
        name, dot, setting = key.partition(".")
        if not dot:
            setattr(self._first, key, value)
            return
        try:
            if setting == "on":
                server = self.get(name) or self.add(name)
                server.subscribe() if value else server.unsubscribe()
            elif name in self:
                setattr(self[name], setting, value)
            else:
                self.add(name, **{setting: value})
        except OptionError as error:
            raise OptionError(f"server.{key}", error.problem) from None
