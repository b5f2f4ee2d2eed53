"""Applications for the tests of this room: with the tools of the box, and a config that no other test sees."""

from __future__ import annotations

from typing import Any

from kirsch.app.application import Application
from kirsch.app.config import GlobalConfig
from kirsch.app.keys import Keys
from kirsch.dispatch.expose import expose
from kirsch.run.checker import check_config
from kirsch.testing.client import Client
from kirsch.toolbox.standard import standard_tools


class LonelyApplication(Application):
    """An application that shares nothing with others."""

    def __init__(self, root: Any, script_name: str | None = "", config: Any = None, **settings: Any) -> None:
        tools = standard_tools()
        self.toolboxes = {"tools": tools}
        self.keys = Keys(self.toolboxes)
        self.site_config = GlobalConfig(self.keys)
        self.site_config.update(settings)
        super().__init__(root, script_name, config)


def site(root: Any, config: Any = None, **settings: Any) -> Client:
    """A client of an application with this config at its root. settings: of the whole process."""
    return Client(LonelyApplication(root, "", config, **settings))


def page(handler: Any, config: dict[str, Any] | None = None) -> Client:
    """A client of an application whose every page is this one. config: of its root."""

    class Root:
        default = staticmethod(expose(handler))

    return site(Root(), {"/": config} if config else None)


def start(config: dict[str, Any]) -> None:
    """Have config of the root checked as at the start of the engine. Raises ConfigError."""
    check_config(LonelyApplication(object(), "", {"/": config}))
