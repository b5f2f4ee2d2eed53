"""A raw WSGI application on gunicorn with its threaded worker."""

from __future__ import annotations

from settings import ACCESS_LOG, CONNECTIONS, HOST, KEEP_ALIVE, PORT, THREADS, become


def start(target):
    """Serve `module:app`. keep-alive is raised: 2 s as shipped, for use behind a proxy."""
    log = ["--access-logfile", ACCESS_LOG] if ACCESS_LOG else []
    become(
        "gunicorn",
        *("--worker-class", "gthread", "--workers", 1, "--threads", THREADS),
        *("--worker-connections", CONNECTIONS, "--keep-alive", KEEP_ALIVE),
        *("--bind", f"{HOST}:{PORT}", "--log-level", "warning", *log, target),
    )


if __name__ == "__main__":
    start("site_wsgi:app")
