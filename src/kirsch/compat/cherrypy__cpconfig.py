"""`cherrypy._cpconfig`: the config of the process."""

from __future__ import annotations

from typing import Any

from kirsch.app.config import GlobalConfig as Config
from kirsch.app.sources import read
from kirsch.compat.cherrypy__cpcompat import text_or_bytes
from kirsch.run.defaults import config

__all__ = ["Config", "environments", "merge", "text_or_bytes"]

environments = config.environments


def merge(base: dict[str, dict[str, Any]], other: Any) -> None:
    """Add the sections of a dict, a file or its name to a config, which is changed."""
    for section, settings in read(other).sections.items():
        if not isinstance(settings, dict):
            raise ValueError(f"an application's config has sections, and {section!r} = {settings!r} is none")
        base.setdefault(section, {}).update(settings)
