"""Flask on gunicorn with its threaded worker."""

from __future__ import annotations

from gunicorn_raw import start

if __name__ == "__main__":
    start("site_flask:app")
