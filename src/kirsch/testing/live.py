"""A real server for the length of a test: our own, on a free port of this machine, apart from the process's engine.

with live_server(Application(Root())) as server:
    assert server.client().get("/hello?name=Ada").text == "Hello Ada!"
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

from kirsch.server.server import Server
from kirsch.server.settings import Settings
from kirsch.testing.client import Client
from kirsch.testing.stack import stack_of
from kirsch.testing.subject import handler_of
from kirsch.testing.wire import WireCourier

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL: Final = {"socket_host": "127.0.0.1", "socket_port": 0, "thread_pool": 4, "shutdown_timeout": 2.0}
"""What holds for a server in a test, unless the test says otherwise."""


class LiveServer:
    """See the module. asked: as for a Client. settings: of the server. server: the Server itself."""

    def __init__(self, asked: Any, **settings: Any) -> None:
        self.handler = handler_of(asked)
        self.server = Server(self.handler, Settings(**{**USUAL, **settings}))
        self.server.on_thread_start.append(lambda _: self._threads.append(threading.current_thread()))
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """Scheme, host and the real port, without a slash at the end; "" while it does not run."""
        return next(iter(self.server.urls), "")

    @property
    def port(self) -> int:
        """The real port; 0 while it does not run."""
        return self.server.port

    def client(
        self,
        base: str | None = None,
        *,
        auth: tuple[str, str] | None = None,
        follow: bool | Literal["anywhere"] = False,
    ) -> Client:
        """A client that asks this server, whatever host its base, a URL or a redirect names."""
        courier = WireCourier((self.server.settings.socket_host, self.port), self.handler)
        return Client(courier, base or self.url, auth=auth, follow=follow)

    def start(self) -> None:
        """Serve from now on."""
        self.server.start()

    def stop(self) -> None:
        """Answer what is under way, within `shutdown_timeout`, and end. RuntimeError if a handler never comes back."""
        self.server.stop()
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.join(0.1)
        left = [thread for thread in threads if thread.is_alive()]
        if left:
            raise RuntimeError(
                f"a handler goes on after the end of the server ({len(left)} in all); it stands at\n{stack_of(left[0])}"
            )

    def __repr__(self) -> str:
        return f"<LiveServer {self.url or 'not running'}>"


@contextmanager
def live_server(asked: Any, **settings: Any) -> Iterator[LiveServer]:
    """A LiveServer that runs until the end of the `with`, whatever happens there."""
    server = LiveServer(asked, **settings)
    server.start()
    try:
        yield server
    except BaseException as error:
        try:
            server.stop()
        except RuntimeError as left:
            error.add_note(str(left))
        raise
    server.stop()
