"""Our handlers as an ASGI application, for any server that speaks ASGI 3.

Handlers block, and the loop of such a server must not: each request is answered on a thread of a pool. What the thread
wants of the server is done by the loop, while the thread waits for it. So a body is asked for when it is read, and a
piece of an answer is taken when the server has room for it. An answer given at once costs one change of threads.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, unquote

from kirsch.exchange import ClientError, ClientGone, Head
from kirsch.gateway.hosted import MAX_BODY, OPEN, PATH, QUERY, HostedExchange, number
from kirsch.gateway.wsgi_answer import BLOCK, settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, MutableMapping

    from kirsch.exchange import Address, Exchange

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

T = TypeVar("T")

VERSIONS: Final = {"1.0": (1, 0), "1.1": (1, 1)}
GLANCE: Final = 1.0
"""Seconds after which a thread that waits for the loop looks whether the request is still alive."""

log = logging.getLogger("kirsch.gateway")


def nothing() -> None:
    """For a server that starts and stops nothing of ours."""


class ASGI:
    """An ASGI application whose requests are answered by a handler of exchanges.

    start, stop: called when the server starts and ends, if it tells (lifespan); what start() raises keeps it from
    serving. threads: how many requests are answered at once; more wait. max_body: bytes from which on a body is refused
    with 413; 0 for no limit. What the handler raises goes on to the server, unless the client is to blame.
    """

    def __init__(
        self,
        handler: Callable[[Exchange], None],
        start: Callable[[], None] = nothing,
        stop: Callable[[], None] = nothing,
        threads: int = 100,
        max_body: int = MAX_BODY,
    ) -> None:
        self.handler = handler
        self.start = start
        self.stop = stop
        self.max_body = max_body
        self.pool = ThreadPoolExecutor(threads, "kirsch")

    def __repr__(self) -> str:
        return f"<ASGI {self.handler!r}>"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer for an ASGI server. A WebSocket is turned away, which the client sees as 403."""
        kind = scope["type"]
        if kind == "http":
            await self.answer(ASGIExchange(scope, receive, send, self.max_body))
        elif kind == "lifespan":
            await self.live(receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        else:
            raise ValueError(f"{kind!r} is not spoken here")

    async def answer(self, exchange: ASGIExchange) -> None:
        """Have it answered by a thread."""
        try:
            await exchange.loop.run_in_executor(self.pool, self.handle, exchange)
            if exchange.kept is not None:
                await exchange.say(exchange.kept)
        finally:
            exchange.leave()

    def handle(self, exchange: ASGIExchange) -> None:
        """Answer it on this thread. A client that has left is nobody's mistake."""
        try:
            self.handler(exchange)
            if not exchange.lost:
                exchange.check()
        except Exception as error:
            if exchange.complete:
                log.exception("error after the answer to %r", exchange.head)
            elif not settle(exchange, error):
                exchange.done()
                if not isinstance(error, ClientGone):
                    raise

    async def live(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server. Both may take their time, so they have a thread."""
        for stage, act in (("startup", self.start), ("shutdown", self.end)):
            await receive()
            try:
                await asyncio.to_thread(act)
            except Exception as error:
                log.exception("lifespan %s failed", stage)
                await send({"type": f"lifespan.{stage}.failed", "message": str(error)})
                return
            await send({"type": f"lifespan.{stage}.complete"})

    def end(self) -> None:
        """Let the requests end that are being answered; then stop."""
        self.pool.shutdown()
        self.stop()


class ASGIExchange(HostedExchange):
    """A request that came by an ASGI server: its handler is on a thread, the server on a loop.

    lost: the client has left; set by either, and never taken back. kept: a whole answer, for the loop to send once the
    thread is free. coming: the next event, being waited for; the loop's. ahead, at: what has been received of the body,
    and how much of that has been read; more: whether there is more. These are the thread's.
    """

    def __init__(self, scope: Message, receive: Receive, send: Send, max_body: int = MAX_BODY) -> None:
        root: str = scope.get("root_path", "").rstrip("/")
        version = VERSIONS.get(scope["http_version"])
        pairs = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
        head = Head(scope["method"], target(scope, root), version or (1, 1), pairs)
        super().__init__(head, address(scope.get("client")), address(scope.get("server")))
        self.scheme = scope.get("scheme", "http")
        self.prefix = root
        self.receive = receive
        self.tell = send
        self.max_body = max_body
        self.loop = asyncio.get_running_loop()
        self.lost = False
        self.kept: bytes | None = None
        self.coming: asyncio.Future[Message] | None = None
        self.ahead = b""
        self.at = self.got = 0
        # HTTP/1 says beforehand whether there is a body, and then nobody need ask the loop.
        self.more = version is None or any(name in (b"content-length", b"transfer-encoding") for name, _ in pairs)

    @property
    def gone(self) -> bool:
        """Whether the client is known to have left. While an answer is streamed, the server is listened to."""
        return self.lost

    # -- on the thread -------------------------------------------------------------------------------------------

    def wait(self, step: Coroutine[Any, Any, T]) -> T:
        """Have the loop do it, and wait. ClientGone if the client leaves, or the server stops."""
        try:
            future = None if self.lost else asyncio.run_coroutine_threadsafe(step, self.loop)
        except RuntimeError:  # the loop is closed
            future = None
        if future is None:
            self.lost = True
            step.close()
            raise ClientGone
        while True:
            try:
                return future.result(GLANCE)
            except (OSError, CancelledError) as error:  # a TimeoutError is an OSError
                if future.done() or self.lost:
                    self.lost = True
                    future.cancel()
                    raise ClientGone from error

    def read(self, size: int = -1) -> bytes:
        """As the contract says; with a limit of its own."""
        if size < 0:
            return b"".join(iter(lambda: self.read(BLOCK), b""))
        while size and self.at >= len(self.ahead) and self.more:
            self.fetch()
        data = self.ahead[self.at : self.at + size]
        self.at += len(data)
        return data

    def fetch(self) -> None:
        """Receive more of the body."""
        if self.max_body and not self.got and (number(self.length_said) or 0) > self.max_body:
            raise ClientError(413, f"the body is longer than {self.max_body} bytes")
        event = self.wait(self.event())
        if event["type"] == "http.disconnect":
            self.lost = True
            raise ClientGone
        self.ahead, self.at = event.get("body", b""), 0
        self.more = event.get("more_body", False)
        self.got += len(self.ahead)
        if self.max_body and self.got > self.max_body:
            self.ahead = b""
            raise ClientError(413, f"the body is longer than {self.max_body} bytes")

    @property
    def length_said(self) -> str:
        """The Content-Length of the request, or "" without one."""
        return (self.head.get(b"content-length") or b"").decode("latin-1")

    def answer(self, data: bytes) -> None:
        """Leave it to the loop; but wait, if somebody wants to know when it is out."""
        if self.when_done is None:
            self.kept = data
        else:
            self.wait(self.say(data))
            self.done()

    def open(self) -> None:
        self.wait(self.begin())

    def send(self, data: bytes) -> None:
        self.wait(self.piece(data))

    def end(self) -> None:
        self.wait(self.piece(b"", more=False))
        self.done()

    # -- on the loop ---------------------------------------------------------------------------------------------

    async def event(self) -> Message:
        """The next event of the client's. One that was waited for already is not waited for twice."""
        self.listen()
        assert self.coming is not None
        event = await asyncio.shield(self.coming)
        self.coming = None
        return event

    def listen(self) -> None:
        """Wait for an event, so as to notice that the client leaves."""
        if self.coming is None:
            self.coming = asyncio.ensure_future(self.receive())
            self.coming.add_done_callback(self.heard)

    def heard(self, coming: asyncio.Future[Message]) -> None:
        """An event is there. One of the body is left for the thread, unless that knows that there is none."""
        if coming.cancelled() or coming.exception() is not None:
            return
        if coming.result()["type"] == "http.disconnect":
            self.lost = True
        elif not self.more:
            self.coming = None
            self.listen()

    async def head_out(self) -> None:
        """Send the head."""
        headers = [(name.lower(), value) for name, value in self.handed_on()]
        if self.told is not None and self.status != 304:  # servers would wait for that many bytes
            headers.append((b"content-length", b"%d" % self.told))
        await self.tell({"type": "http.response.start", "status": self.status, "headers": headers})

    async def begin(self) -> None:
        """Send the head of an answer whose body comes in pieces."""
        await self.head_out()
        self.listen()

    async def piece(self, data: bytes, *, more: bool = True) -> None:
        """Send a piece of the body. Returns when the server has room for the next."""
        await self.tell({"type": "http.response.body", "body": data, "more_body": more})

    async def say(self, data: bytes) -> None:
        """Send a whole answer, if the client is still there to take it."""
        try:
            await self.head_out()
            await self.piece(b"" if self.bodiless else data, more=False)
        except OSError:
            self.lost = True

    def leave(self) -> None:
        """The request is over for the server: a thread that is still at it is told so when it next turns here."""
        self.lost = True
        if self.coming is not None:
            self.coming.cancel()


def address(pair: Any) -> Address:
    """A host and a port as a server tells them; a Unix socket has neither."""
    return (str(pair[0]), int(pair[1])) if pair and pair[1] is not None else ("", 0)


def target(scope: Message, root: str) -> bytes:
    """The request's target below the root path, as the client spelled it if the server tells, else escaped anew."""
    path: str = scope["path"]
    if path == "*":
        return b"*"
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    raw = bytes(scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
    for spelling in (quote(root, OPEN), ""):
        below = raw[len(spelling) :]
        if raw.startswith(spelling) and PATH.fullmatch(below) and unquote(below) == path:
            break
    else:
        below = quote(path if path.startswith("/") else f"/{path}", OPEN, errors="replace")
    query = bytes(scope.get("query_string") or b"").decode("latin-1")
    if not QUERY.fullmatch(query):
        query = quote(query, OPEN + "?%", "latin-1")
    return (f"{below}?{query}" if query else below).encode("ascii")
