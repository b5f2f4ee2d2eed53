"""Our handlers under an ASGI server, which is played here. Real ones are in tests/live/test_hosted.py."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.exchange import ClientError, ClientGone, Exchange, ExchangeError, FileBody
from kirsch.gateway.asgi import ASGI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import ThreadPoolExecutor

PLAIN = [(b"Content-Type", b"text/plain")]


class Server:
    """The other side of ASGI. asked: how often it was asked for an event; sent: what it was told.

    body: pieces of the request's body. After these the client stays until `left` is set. lost: raised when it is to
    send.
    """

    def __init__(self, *body: bytes, leaves: bool = False, lost: Exception | None = None) -> None:
        self.events: list[Any] = [
            {"type": "http.request", "body": piece, "more_body": number < len(body)}
            for number, piece in enumerate(body, 1)
        ] or [{"type": "http.request"}]
        if leaves:
            self.events[-1] = {"type": "http.disconnect"}
        self.lost = lost
        self.asked = 0
        self.sent: list[Any] = []
        self.left = asyncio.Event()
        self.reaction: Callable[[Any], None] = lambda message: None

    async def receive(self) -> Any:
        self.asked += 1
        if self.events:
            return self.events.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.lost:
            raise self.lost
        self.sent.append(message)
        self.reaction(message)

    def run(self, application: Any, **scope: Any) -> list[Any]:
        """What it was told while a request was answered."""
        if not isinstance(application, ASGI):
            application = ASGI(application, max_body=10)
        asyncio.run(application(scope_with(**scope), self.receive, self.send))
        application.pool.shutdown()
        return self.sent

    @property
    def answer(self) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, fields and body."""
        start, *pieces = self.sent
        assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]
        return start["status"], dict(start["headers"]), b"".join(piece["body"] for piece in pieces)


def scope_with(**more: Any) -> dict[str, Any]:
    """A small scope."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
        "headers": [], "scheme": "http", "client": ("192.0.2.7", 9), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    return scope | more


def giving(*pieces: bytes, status: int = 200, length: int | None = None, fields: Any = PLAIN) -> Any:
    """A handler that gives one piece at once, and several one by one."""

    def handler(exchange: Exchange) -> None:
        exchange.start(status, fields, length)
        for piece in pieces[:-1]:
            exchange.write(piece)
        exchange.finish(pieces[-1])

    return handler


def seen(**scope: Any) -> Exchange:
    """The exchange that a handler gets."""
    exchanges: list[Exchange] = []

    def handler(exchange: Exchange) -> None:
        exchanges.append(exchange)
        exchange.finish() if exchange.stage != "new" else giving(b"")(exchange)

    Server().run(handler, **scope)
    return exchanges[0]


# -- the request -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "path", "raw", "target"),
    [
        ("", "/a b", None, b"/a%20b"),
        ("", "/a/b", b"/a%2Fb", b"/a%2Fb"),
        ("", "/a/b", b"/a%2Fb?x=1", b"/a%2Fb"),
        ("", "/a/b", b"/other", b"/a/b"),
        ("", "/ä", b"/%c3%a4", b"/%c3%a4"),
        ("", "/\ufffd", b"/%ff", b"/%ff"),
        ("", "/\udcff", b"", b"/%3F"),
        ("", "*", b"*", b"*"),
        ("", "", b"", b"/"),
        ("/x", "/x/a/b", b"/x/a%2Fb", b"/a%2Fb"),
        ("/x", "/a/b", b"/a%2Fb", b"/a%2Fb"),
        ("/x", "/x", b"/x", b"/"),
        ("/x/", "/xy", b"/xy", b"/xy"),
        ("/x y", "/x y/a", b"/x%20y/a", b"/a"),
    ],
)
def test_target_keeps_the_spelling_of_the_client(root: str, path: str, raw: bytes | None, target: bytes) -> None:
    """The raw path is believed where it means the path; the root path is taken off, whether a server leaves it on."""
    exchange = seen(root_path=root, path=path, raw_path=raw)

    assert (exchange.head.target, exchange.prefix) == (target, root.rstrip("/"))


def test_head_comes_from_the_scope() -> None:
    """Method, query, version, fields and addresses; what is no target is escaped."""
    exchange = seen(method="PUT", query_string=b"a=\xe4 #", http_version="1.0", headers=[(b"x-a", b"\xe4")])
    head = exchange.head

    assert (head.method, head.target, head.version, head.fields) == (
        "PUT",
        b"/?a=%E4%20%23",
        (1, 0),
        [(b"x-a", b"\xe4")],
    )
    assert (exchange.client, exchange.server, exchange.scheme) == (("192.0.2.7", 9), ("127.0.0.1", 80), "http")


def test_what_a_server_leaves_out() -> None:
    """A Unix socket has no addresses; HTTP/2 is told as 1.1."""
    exchange = seen(client=None, server=("/run/socket", None), http_version="2", scheme="https")

    assert (exchange.client, exchange.server, exchange.scheme) == (("", 0), ("", 0), "https")
    assert exchange.head.version == (1, 1)


@pytest.mark.parametrize("size", [-1, 1, 100])
def test_body_is_asked_for_when_it_is_read(size: int) -> None:
    """Piece by piece, and no further than its end."""
    server = Server(b"123", b"", b"4567")

    def handler(exchange: Exchange) -> None:
        assert server.asked == 0
        assert exchange.read(0) == b""
        body = b"".join(iter(lambda: exchange.read(size), b""))
        exchange.reply(200, PLAIN, b"%d %b" % (server.asked, body))

    server.run(handler, headers=[(b"transfer-encoding", b"chunked")])
    assert server.answer[2] == b"3 1234567"


def test_without_a_body_nobody_is_asked() -> None:
    """HTTP/1 says beforehand whether there is one."""
    server = Server()
    server.run(lambda exchange: exchange.reply(200, PLAIN, exchange.read() or b"none"))

    assert (server.answer[2], server.asked) == (b"none", 0)


@pytest.mark.parametrize("fields", [[(b"content-length", b"11")], [(b"transfer-encoding", b"chunked")]])
def test_a_body_that_is_too_long(fields: Any) -> None:
    """Is refused, before it is received if it says so."""
    server = Server(b"123456", b"78901", b"2")
    server.run(lambda exchange: exchange.reply(200, PLAIN, exchange.read()), headers=fields)

    assert server.answer[0] == 413


# -- the answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "status", "pieces", "length", "told"),
    [
        ("GET", 200, (b"abc",), None, b"3"),
        ("GET", 200, (b"a", b"bc"), None, None),
        ("GET", 200, (b"a", b"bc"), 3, b"3"),
        ("GET", 200, (b"",), None, b"0"),
        ("HEAD", 200, (b"",), 5, b"5"),
        ("HEAD", 200, (b"",), None, None),
        ("GET", 204, (b"",), 5, None),
        ("GET", 304, (b"",), 5, None),
    ],
)
def test_answers(method: str, status: int, pieces: tuple[bytes, ...], length: int | None, told: bytes | None) -> None:
    """Status, fields in lower case, and a length where it is known and may stand."""
    server = Server()
    server.run(giving(*pieces, status=status, length=length), method=method)
    fields = {b"content-type": b"text/plain"} | ({b"content-length": told} if told else {})

    assert server.answer == (status, fields, b"".join(pieces))


def test_fields_of_the_connection_stay_here() -> None:
    """They are the server's."""
    server = Server()
    server.run(giving(b"", fields=[*PLAIN, (b"Connection", b"close"), (b"Date", b"")]))

    assert server.answer[1] == {b"content-type": b"text/plain", b"content-length": b"0"}


def test_files_are_sent_in_blocks(tmp_path: Any) -> None:
    """And closed."""
    (tmp_path / "file").write_bytes(b"x" * 200_000)
    file = (tmp_path / "file").open("rb", buffering=0)
    server = Server()
    server.run(lambda exchange: exchange.deliver(200, PLAIN, FileBody(file, [(0, 200_000)], file.fileno())))

    assert (len(server.answer[2]), len(server.sent), file.closed) == (200_000, 6, True)


@pytest.mark.parametrize("pieces", [(b"abc",), (b"a", b"b")])
def test_when_done_is_called_once_it_is_out(pieces: tuple[bytes, ...]) -> None:
    """On the thread of the handler, once."""
    done: list[Any] = []
    server = Server()

    def handler(exchange: Exchange) -> None:
        exchange.when_done = lambda _: done.append((len(server.sent), threading.current_thread()))
        giving(*pieces)(exchange)
        done.append(threading.current_thread())

    server.run(handler)
    assert done == [(len(server.sent), done[-1]), done[-1]]
    assert done[-1] is not threading.main_thread()


def test_the_loop_is_never_held_up() -> None:
    """While a handler waits, the loop answers others."""
    meeting = threading.Barrier(2)
    application = ASGI(lambda exchange: exchange.reply(200, PLAIN, b"%d" % (meeting.wait(5) in (0, 1))))

    async def both() -> list[Server]:
        servers = [Server(), Server()]
        await asyncio.gather(*(application(scope_with(), each.receive, each.send) for each in servers))
        return servers

    assert [server.answer[2] for server in asyncio.run(both())] == [b"1", b"1"]
    application.pool.shutdown()


# -- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [(), (b"some",)])
def test_failures_go_to_the_server(pieces: tuple[bytes, ...]) -> None:
    """It logs them, and answers with 500 or cuts."""

    def handler(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.start(200, PLAIN)
            exchange.write(piece)
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        Server().run(handler)


@pytest.mark.parametrize(
    "handler", [lambda _: None, lambda exchange: exchange.start(200, PLAIN), giving(b"a", b"b", length=3)]
)
def test_half_an_answer_is_a_failure(handler: Any) -> None:
    """A handler that comes back too early has made a mistake."""
    with pytest.raises(ExchangeError):
        Server().run(handler)


def test_error_after_the_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The client has its answer."""
    server = Server()

    def handler(exchange: Exchange) -> None:
        giving(b"abc")(exchange)
        raise KeyError("late")

    server.run(handler)
    assert server.answer[2] == b"abc"
    assert "error after the answer" in caplog.text


@pytest.mark.parametrize("status", [400, 408])
def test_faults_of_the_client_are_answered(status: int) -> None:
    """A handler need not care."""
    server = Server()

    def handler(exchange: Exchange) -> None:
        raise ClientError(status, "why")

    server.run(handler)
    assert server.answer[0] == status


def caught(exchanges: list[Exchange], act: Callable[[Exchange], object]) -> Any:
    """A handler that does something and keeps the exchange that a ClientGone has come from."""

    def handler(exchange: Exchange) -> None:
        try:
            act(exchange)
        except ClientGone:
            exchanges.append(exchange)
            raise

    return handler


def test_a_client_that_leaves_while_it_sends() -> None:
    """Reading raises ClientGone, which is nobody's mistake."""
    gone: list[Exchange] = []
    server = Server(b"some", b"", leaves=True)
    server.run(caught(gone, lambda exchange: exchange.read()), headers=[(b"content-length", b"9")])

    assert ([exchange.gone for exchange in gone], server.sent) == ([True], [])


@pytest.mark.parametrize("lost", [ConnectionResetError("gone"), TimeoutError("too slow")])
@pytest.mark.parametrize("pieces", [(b"abc",), (b"a", b"b")])
def test_a_server_that_cannot_send(lost: Exception, pieces: tuple[bytes, ...]) -> None:
    """As newer ones say that the client has left; a whole answer is out of the handler's hands by then."""
    gone: list[Exchange] = []
    Server(lost=lost).run(caught(gone, giving(*pieces)))

    assert len(gone) == len(pieces) - 1


def endless(exchange: Exchange) -> None:
    """Writes until nobody listens."""
    exchange.start(200, PLAIN)
    while True:
        exchange.write(b"x")


@pytest.mark.parametrize("body", [(), (b"",)])
def test_a_client_that_leaves_while_it_receives(body: tuple[bytes, ...]) -> None:
    """As older servers say it: by an event. Writing raises ClientGone then."""
    gone: list[Exchange] = []
    server = Server(*body)
    server.reaction = lambda message: server.left.set() if len(server.sent) == 5 else None
    server.run(caught(gone, endless))

    assert len(gone) == 1


def test_a_body_that_is_not_read_is_not_lost_by_listening() -> None:
    """The piece that came while an answer was begun is there when it is read."""
    server = Server(b"12", b"34")

    def handler(exchange: Exchange) -> None:
        exchange.start(200, PLAIN)
        exchange.write(b"got ")
        exchange.finish(exchange.read())

    server.run(handler, headers=[(b"content-length", b"4")])
    assert server.answer[2] == b"got 1234"


def test_a_server_that_gives_up_frees_the_thread() -> None:
    """A task that is cancelled, as at a forced stop, leaves no thread waiting."""
    gone: list[Exchange] = []
    application = ASGI(caught(gone, endless))

    async def stopped() -> None:
        server = Server()
        task = asyncio.ensure_future(application(scope_with(), server.receive, server.send))
        server.reaction = lambda message: task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
    application.pool.shutdown()
    assert len(gone) == 1


def test_a_loop_that_is_closed_is_a_client_gone() -> None:
    """A thread may outlive the server."""
    gone: list[Exchange] = []
    may_go_on = threading.Event()

    def late(exchange: Exchange) -> None:
        exchange.start(200, PLAIN)
        may_go_on.wait(5)
        exchange.write(b"x")

    application = ASGI(caught(gone, late))
    loop = asyncio.new_event_loop()
    server = Server()
    task = loop.create_task(application(scope_with(), server.receive, server.send))
    loop.call_later(0.01, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    may_go_on.set()
    application.pool.shutdown()
    assert len(gone) == 1


# -- other scopes ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lives() -> Iterator[Callable[..., list[Any]]]:
    """Runs an application's lifespan: what it tells."""
    pools: list[ThreadPoolExecutor] = []

    def live(application: ASGI, *events: str) -> list[Any]:
        server = Server()
        server.events = [{"type": f"lifespan.{event}"} for event in events]
        pools.append(application.pool)
        asyncio.run(application({"type": "lifespan"}, server.receive, server.send))
        return server.sent

    yield live
    for pool in pools:
        pool.shutdown()


def test_lifespan_starts_and_stops(lives: Any) -> None:
    """On a thread, since both may take their time."""
    calls: list[Any] = []
    application = ASGI(
        giving(b""), lambda: calls.append(threading.current_thread()), lambda: calls.append(threading.current_thread())
    )

    assert [told["type"] for told in lives(application, "startup", "shutdown")] == [
        "lifespan.startup.complete", "lifespan.shutdown.complete"
    ]  # fmt: skip
    assert len(calls) == 2
    assert threading.main_thread() not in calls


def test_a_start_that_fails_is_told(lives: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The server does not serve then."""

    def failing() -> None:
        raise RuntimeError("no database")

    assert lives(ASGI(giving(b""), failing), "startup") == [
        {"type": "lifespan.startup.failed", "message": "no database"}
    ]
    assert "lifespan startup failed" in caplog.text


def test_websockets_are_turned_away() -> None:
    """Closed before they are accepted, which is 403."""
    server = Server()
    server.run(giving(b""), type="websocket")

    assert server.sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


def test_what_is_not_known_is_refused() -> None:
    """By an error, as the specification wants it."""
    with pytest.raises(ValueError, match="telegraph"):
        Server().run(giving(b""), type="telegraph")
