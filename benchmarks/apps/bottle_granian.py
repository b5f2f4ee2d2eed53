"""Bottle on Granian."""

from __future__ import annotations

import time

from bottle import Bottle, request, response
from granian_wsgi import start

app = Bottle()


@app.get("/hello/<name>")
def hello(name):
    """Answer with the name from the path and a parameter from the query."""
    response.content_type = "text/plain"
    return f"Hello, {name}! x={request.query['x']}"


@app.get("/wait")
def wait():
    """Block for `ms` milliseconds."""
    time.sleep(int(request.query["ms"]) / 1000)
    return "waited"


if __name__ == "__main__":
    start("bottle_granian:app")
