"""`cherrypy`: the face of Kirsch, with the names that only CherryPy has, and its version.

What is set here is set on the face, and the other way round: it is the same site.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Final

import kirsch
from kirsch.app.errors import KirschError
from kirsch.compat.alias import VERSIONS, child_of, place_of
from kirsch.run.defaults import Face
from kirsch.run.defaults import checker as site_checker

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []
"""There are modules below it; where, says kirsch.compat.alias."""

__version__ = VERSIONS["cherrypy"][1]

CherryPyException = KirschError
_global_conf_alias = kirsch.config
checker = site_checker

BELOW: Final = {"wsgi": "cherrypy._cpwsgi", "process": "cherrypy.process", "lib": "cherrypy.lib"}
"""Modules by the names that `import cherrypy` gives them; private ones are called as they are."""


class CherryPy(Face):
    """The module. What it does not have itself, the face has; what is set on it, and known there, is set there."""

    @property
    def __all__(self) -> list[str]:
        return [*kirsch.__all__, "CherryPyException", *BELOW]

    def __getattr__(self, name: str) -> Any:
        if name in BELOW or name.startswith("_cp") or name in ("_helper", "_json"):
            return importlib.import_module(place_of(BELOW.get(name, f"cherrypy.{name}")))
        try:
            return getattr(kirsch, name)
        except AttributeError:
            return child_of("cherrypy", name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(kirsch) and not name.startswith("__"):
            setattr(kirsch, name, value)
        else:
            super().__setattr__(name, value)


module: ModuleType = sys.modules[__name__]
module.__class__ = CherryPy
