"""What `kirsch.asgi` makes, and how threads of other servers are announced. Real servers: tests/live/test_hosted.py."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import pytest

import kirsch

if TYPE_CHECKING:
    from collections.abc import Iterator


class Root:
    @kirsch.expose
    def index(self) -> str:
        return f"page at {kirsch.request.script_name}"


def plain(environ: Any, start_response: Any) -> list[bytes]:
    """An application that is none of ours."""
    start_response("200 OK", [])
    return [b"plain " + environ["wsgi.input"].read()]


class Shouting:
    """Middleware."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return [piece.upper() for piece in self.application(environ, start_response)]


@pytest.fixture(autouse=True)
def _server() -> Iterator[None]:
    """Our own server is as it was, and the site empty."""
    yield
    kirsch.server.subscribe()
    for script_name in list(kirsch.tree.apps):
        kirsch.tree.remove(script_name)


def asked(application: Any, path: str = "/") -> bytes:
    """The body that an ASGI application answers with."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "headers": []}
    asyncio.run(application(scope, receive, send))
    application.pool.shutdown()
    return b"".join(sent)


def test_asgi_takes_what_there_is() -> None:
    """The tree without an argument, an Application, middleware around one, any WSGI application."""
    kirsch.tree.mount(Root(), "/site")
    shouting = kirsch.Application(Root(), config={"/": {"wsgi.pipeline": [("shouting", Shouting)]}})

    assert asked(kirsch.asgi(), "/site/") == b"page at /site"
    assert asked(kirsch.asgi(kirsch.Application(Root(), "/one")), "/one/") == b"page at /one"
    assert asked(kirsch.asgi(shouting)) == b"PAGE AT "
    assert asked(kirsch.asgi(plain)) == b"plain "


def test_asgi_leaves_our_own_server_out() -> None:
    """Whoever makes one has another."""
    kirsch.asgi()

    assert kirsch.server.start not in kirsch.engine.listeners["start"]


@pytest.mark.parametrize("kind", ["tree", "application", "asgi"])
def test_threads_of_others_are_announced(kind: str) -> None:
    """Once each, by whichever door a request comes."""
    numbers: list[int] = []
    kirsch.engine.thread_manager.stop()
    kirsch.engine.subscribe("start_thread", numbers.append)
    application: Any = {"tree": kirsch.tree, "asgi": kirsch.asgi()}.get(kind, kirsch.Application(Root()))
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "a", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    for _ in "12" if kind != "asgi" else "1":
        asked(application) if kind == "asgi" else application(dict(environ), lambda *_: None)
    kirsch.engine.unsubscribe("start_thread", numbers.append)
    kirsch.engine.thread_manager.stop()

    assert len(numbers) == 1
