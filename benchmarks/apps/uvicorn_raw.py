"""A raw ASGI application on uvicorn with uvloop and httptools."""

from __future__ import annotations

from settings import CERTIFICATE, HOST, KEEP_ALIVE, KEY, PORT, become


def start(target):
    """Serve `module:app` without an access log."""
    secure = ["--ssl-certfile", CERTIFICATE, "--ssl-keyfile", KEY] if CERTIFICATE else []
    quiet = ["--ws", "none", "--no-access-log", "--log-level", "warning", "--timeout-keep-alive", KEEP_ALIVE]
    become(
        "uvicorn",
        *("--host", HOST, "--port", PORT, "--workers", 1, "--loop", "uvloop", "--http", "httptools"),
        *(*quiet, *secure, target),
    )


if __name__ == "__main__":
    start("site_asgi:app")
