"""Starlette on uvicorn."""

from __future__ import annotations

import time

from settings import FILES
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn_raw import start


async def hello(request):
    """Answer with the name from the path and a parameter from the query."""
    return PlainTextResponse(f"Hello, {request.path_params['name']}! x={request.query_params['x']}")


def wait(request):
    """Block for `ms` milliseconds; not `async`, so that it runs on a thread."""
    time.sleep(int(request.query_params["ms"]) / 1000)
    return PlainTextResponse("waited")


app = Starlette(
    routes=[Route("/hello/{name}", hello), Route("/wait", wait), Mount("/static", StaticFiles(directory=FILES))]
)

if __name__ == "__main__":
    start("starlette_uvicorn:app")
