"""Falcon on Granian."""

from __future__ import annotations

from granian_wsgi import start

if __name__ == "__main__":
    start("site_falcon:app")
