"""Litestar on Granian (ASGI)."""

import time

from granian_wsgi import start
from litestar import Litestar, MediaType, Request, get, post
from litestar.middleware.session.server_side import ServerSideSessionConfig
from orders import Order


@get("/hello/{name:str}", media_type=MediaType.TEXT, sync_to_thread=False)
def hello(name: str, x: int) -> str:
    """Answer with the name from the path and a parameter from the query."""
    return f"Hello, {name}! x={x}"


@get("/wait", media_type=MediaType.TEXT, sync_to_thread=True)
def wait(ms: int) -> str:
    """Block for `ms` milliseconds, on a thread."""
    time.sleep(ms / 1000)
    return "waited"


@post("/order", status_code=200, sync_to_thread=False)
def order(data: Order) -> Order:
    """Add up an order: JSON in, checked, JSON out."""
    return data.add_up()


@get("/session", media_type=MediaType.TEXT, middleware=[ServerSideSessionConfig().middleware])
async def session(request: Request) -> str:
    """Count the visits of one client, in the default store (memory)."""
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    return str(visits)


app = Litestar(route_handlers=[hello, wait, order, session], openapi_config=None)

if __name__ == "__main__":
    start("litestar_granian:app", "asgi", "--loop", "uvloop")
