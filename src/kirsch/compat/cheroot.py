"""`cheroot` as applications know it: the HTTP server of CherryPy, by name; what serves under these names is ours.

Who imports it beside `cherrypy` may look for its objects around a page, as tools for WebSockets do: cheroot_front.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.compat.alias import VERSIONS, child_of
from kirsch.compat.cheroot_front import Front
from kirsch.run.service import WebServer

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []

__version__ = VERSIONS["cheroot"][1]
"""The version whose names these are."""

WebServer.front = Front


def __getattr__(name: str) -> ModuleType:
    return child_of("cheroot", name)
