"""A raw ASGI application on Granian."""

from __future__ import annotations

from granian_wsgi import start

if __name__ == "__main__":
    start("site_asgi:app", "asgi", "--loop", "uvloop")
