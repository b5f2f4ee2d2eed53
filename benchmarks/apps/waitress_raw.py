"""A raw WSGI application on waitress."""

from __future__ import annotations

from settings import CONNECTIONS, HOST, IDLE, PORT, THREADS
from waitress import serve

LARGEST = 2 * 1024**3


def start(app):
    """Serve an application; poll() in place of select() where connections are counted in thousands."""
    serve(
        app,
        host=HOST,
        port=PORT,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=300,
        asyncore_use_poll=IDLE,
        max_request_body_size=LARGEST,
    )


if __name__ == "__main__":
    from site_wsgi import app

    start(app)
