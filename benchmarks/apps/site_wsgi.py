"""The raw WSGI application that every WSGI server is given."""

from __future__ import annotations

import time

BODY = b"Hello, world!"
PIECE = 65536


def slow(environ):
    """Block for `ms` milliseconds."""
    time.sleep(int(environ["QUERY_STRING"].partition("ms=")[2]) / 1000)
    return b"waited"


def upload(environ):
    """Read the body piece by piece and answer its size."""
    read = environ["wsgi.input"].read
    size, left = 0, int(environ["CONTENT_LENGTH"])
    while left and (piece := read(min(PIECE, left))):
        size += len(piece)
        left -= len(piece)
    return str(size).encode()


def app(environ, start_response):
    """Answer one request."""
    path = environ["PATH_INFO"]
    if path == "/":
        body = BODY
    elif path == "/wait":
        body = slow(environ)
    elif path == "/upload":
        body = upload(environ)
    else:
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
