"""Falcon on bjoern (libev and C, one thread)."""

from __future__ import annotations

import bjoern
from settings import HOST, PORT
from site_falcon import app

if __name__ == "__main__":
    bjoern.run(app, HOST, PORT)
