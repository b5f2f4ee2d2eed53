"""`cherrypy.filters`, and `cherrypy.lib.filter`: what tools were in CherryPy 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.compat.alias import child_of

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []


def __getattr__(name: str) -> ModuleType:
    return child_of("cherrypy.filters", name)
