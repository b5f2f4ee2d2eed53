"""`cherrypy._cpchecker`: what looks at the config when the engine starts."""

from __future__ import annotations

from kirsch.run.checker import Checker

__all__ = ["Checker"]
