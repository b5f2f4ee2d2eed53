"""Ours: a raw WSGI application on our server."""

from __future__ import annotations

from kirsch_full import need, server
from site_wsgi import app

import kirsch

if __name__ == "__main__":
    need("tree.graft", "engine.block", "config")
    kirsch.config.update(server())
    kirsch.tree.graft(app, "/")
    kirsch.engine.start()
    kirsch.engine.block()
