"""The Flask application, for the servers that carry it."""

from __future__ import annotations

import time

from flask import Flask, Response, request

app = Flask(__name__, static_folder=None)


@app.get("/hello/<name>")
def hello(name):
    """Answer with the name from the path and a parameter from the query."""
    return Response(f"Hello, {name}! x={request.args['x']}", mimetype="text/plain")


@app.get("/wait")
def wait():
    """Block for `ms` milliseconds."""
    time.sleep(int(request.args["ms"]) / 1000)
    return Response("waited", mimetype="text/plain")
