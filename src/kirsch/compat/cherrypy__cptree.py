"""`cherrypy._cptree`: applications, and where they are mounted."""

from __future__ import annotations

from kirsch.run.defaults import tools
from kirsch.run.wsgi import Application, Tree

__all__ = ["Application", "Tree", "tools"]
