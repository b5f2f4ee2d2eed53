"""Sites of one page, for tests that need no more."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.testing.client import Client


def mounted(handler, config=None, path="page"):
    """A client of a site with this page."""

    class Root:
        pass

    setattr(Root, path, staticmethod(cherrypy.expose(handler)))
    cherrypy.tree.mount(Root(), "/", config)
    return Client(cherrypy.tree)
