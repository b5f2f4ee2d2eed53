"""A raw WSGI application on Granian."""

from __future__ import annotations

from settings import ACCESS_LOG, CERTIFICATE, CONNECTIONS, HOST, IDLE, KEY, MANY_THREADS, PORT, THREADS, become


def start(target, interface="wsgi", *more):
    """Serve `module:app`, HTTP/1 only. Its access log goes to stdout, which run.py has made a file."""
    threads = ["--blocking-threads", THREADS] if MANY_THREADS and interface == "wsgi" else []
    if IDLE:  # it counts silent connections as load, and gives them 30 s as shipped (60 at most)
        threads += ["--backlog", CONNECTIONS, "--backpressure", CONNECTIONS, "--http1-header-read-timeout", 60_000]
    secure = ["--ssl-certificate", CERTIFICATE, "--ssl-keyfile", KEY] if CERTIFICATE else []
    become(
        "granian",
        *("--interface", interface, "--http", "1", "--no-ws", "--workers", 1, *threads),
        *("--host", HOST, "--port", PORT, "--log-level", "warning" if not ACCESS_LOG else "info"),
        *("--access-log" if ACCESS_LOG else "--no-access-log", *secure, *more, target),
    )


if __name__ == "__main__":
    start("site_wsgi:app")
