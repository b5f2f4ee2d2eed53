"""A raw ASGI application on uvicorn with uvloop and httptools."""

from __future__ import annotations

from settings import HOST, KEEP_ALIVE, PORT, become


def start(target):
    """Serve `module:app` without an access log."""
    become(
        "uvicorn",
        *("--host", HOST, "--port", PORT, "--workers", 1, "--loop", "uvloop", "--http", "httptools"),
        *("--ws", "none", "--no-access-log", "--log-level", "warning", "--timeout-keep-alive", KEEP_ALIVE, target),
    )


if __name__ == "__main__":
    start("site_asgi:app")
