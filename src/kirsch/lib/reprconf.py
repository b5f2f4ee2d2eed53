"""`cherrypy.lib.reprconf`: config files and the values in them.

Values are data here: literals, also joined by `+` and repeated by `*`. What would import or call something is refused.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kirsch.app.inifile import literal
from kirsch.app.sources import read

if TYPE_CHECKING:
    from types import ModuleType


def unrepr(s: Any) -> Any:
    """The value that a text stands for; what is empty or no text comes back. ValueError for what is no literal."""
    return literal(s) if isinstance(s, str) and s else s


def modules(modulePath: str) -> ModuleType:
    """The module of a dotted name, imported."""
    return importlib.import_module(modulePath)


def attributes(full_attribute_name: str) -> Any:
    """What a dotted name means whose last part is an attribute of a module."""
    module, _, name = full_attribute_name.rpartition(".")
    return getattr(importlib.import_module(module), name)


class Parser:
    """Reads config files."""

    @classmethod
    def load(cls, input: Any) -> dict[str, Any]:
        """The sections of a file, given by its name or open; of a dict, a copy. Raises ConfigError."""
        return read(input).sections

    def dict_from_file(self, file: Any) -> dict[str, Any]:
        """As load()."""
        return self.load(file)
