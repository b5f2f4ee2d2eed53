"""FastAPI on uvicorn."""

import time
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict
from settings import MANY_THREADS, THREADS
from uvicorn_raw import start


class Item(BaseModel):
    """A line of an order. price: in cents."""

    model_config = ConfigDict(strict=True)
    sku: str
    quantity: int
    price: int


class Order(BaseModel):
    """What the client posts; `total` is what we add."""

    model_config = ConfigDict(strict=True)
    id: int
    customer: str
    email: str
    express: bool
    tags: list[str]
    items: list[Item]
    note: str
    total: int = 0


@asynccontextmanager
async def lifespan(_app):
    """As many threads for handlers as the load asks for (40 as shipped)."""
    if MANY_THREADS:
        current_default_thread_limiter().total_tokens = THREADS
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/hello/{name}", response_class=PlainTextResponse)
async def hello(name: str, x: int) -> str:
    """Answer with the name from the path and a parameter from the query."""
    return f"Hello, {name}! x={x}"


@app.get("/wait", response_class=PlainTextResponse)
def wait(ms: int) -> str:
    """Block for `ms` milliseconds; not `async`, so that it runs on a thread."""
    time.sleep(ms / 1000)
    return "waited"


@app.post("/order")
async def order(order: Order) -> Order:
    """Add up an order: JSON in, checked, JSON out."""
    order.total = sum(item.quantity * item.price for item in order.items)
    return order


if __name__ == "__main__":
    start("fastapi_uvicorn:app")
