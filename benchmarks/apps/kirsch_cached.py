"""Ours: the framework with its cache of pages in front of the greeting."""

from __future__ import annotations

from kirsch_full import Root, need, server

import kirsch

if __name__ == "__main__":
    need("tools.caching", "quickstart", "config")
    kirsch.config.update(server())
    kirsch.quickstart(Root(), "/", {"/hello": {"tools.caching.on": True}})
