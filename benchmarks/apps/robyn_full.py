"""Robyn on its own (Rust) server."""

from __future__ import annotations

import sys
import time

from settings import HOST, LOAD, PORT, THREADS

WORKERS = THREADS if LOAD in {"block", "mixed", "mixed-one"} else 1
"""Threads. A handler that is not `async` holds one, so more than the usual one where handlers block."""

sys.argv += ["--processes", "1", "--workers", str(WORKERS), "--log-level", "WARNING", "--disable-openapi"]

from robyn import Request, Robyn  # noqa: E402 - it reads sys.argv when imported

app = Robyn(__file__)


@app.get("/hello/:name")
def hello(request: Request):
    """Answer with the name from the path and a parameter from the query."""
    return f"Hello, {request.path_params['name']}! x={request.query_params.get('x', '')}"


@app.get("/wait")
def wait(request: Request):
    """Block for `ms` milliseconds; not `async`, so that it runs on a thread."""
    time.sleep(int(request.query_params.get("ms", "0")) / 1000)
    return "waited"


if __name__ == "__main__":
    app.start(host=HOST, port=PORT)
