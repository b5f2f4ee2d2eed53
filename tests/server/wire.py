"""What the tests of the server share: a server for the length of a test, and a client that does nothing by itself."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass

from kirsch.server.server import Server
from kirsch.server.settings import Settings

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PATIENCE = 10.0


@dataclass
class Reply:
    """An answer as it came. complete: whether it ended as its framing says."""

    status: int
    fields: dict[bytes, bytes]
    body: bytes
    complete: bool = True


class Client:
    """A raw connection."""

    def __init__(self, address, family=socket.AF_INET, receive_buffer=0, source=None):
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        if source:
            self.sock.bind((source, 0))
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.buffer = b""
        try:
            self.sock.connect(address)
        except OSError:
            self.sock.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)
        return self

    def more(self):
        """Receive once more; False at the end."""
        try:
            data = self.sock.recv(262144)
        except ConnectionError:
            data = b""
        self.buffer += data
        return bool(data)

    def until(self, mark):
        """All up to a mark, and the mark; None if the end came first."""
        while mark not in self.buffer:
            if not self.more():
                return None
        before, mark, self.buffer = self.buffer.partition(mark)
        return before + mark

    def exactly(self, size):
        while len(self.buffer) < size and self.more():
            pass
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def rest(self):
        """All that comes until the server closes."""
        while self.more():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def closed(self):
        """Whether the server closes now, without another byte."""
        return not self.buffer and not self.more()

    def reply(self, *, head_only=False):
        """One answer, None if the connection ended in front of it."""
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None
        line, *lines = head[:-4].split(b"\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        reply = Reply(int(line.split(b" ")[1]), fields, b"")
        if head_only or reply.status in (100, 101, 204, 304):
            return reply
        if fields.get(b"transfer-encoding") == b"chunked":
            reply.body, reply.complete = self._chunks()
        elif b"content-length" in fields:
            reply.body = self.exactly(int(fields[b"content-length"]))
            reply.complete = len(reply.body) == int(fields[b"content-length"])
        else:
            reply.body = self.rest()
        return reply

    def _chunks(self):
        pieces = []
        while (line := self.until(b"\r\n")) is not None:
            size = int(line, 16)
            pieces.append(self.exactly(size))
            if self.until(b"\r\n") != b"\r\n":
                break
            if not size:
                return b"".join(pieces), True
        return b"".join(pieces), False

    def ask(self, data=GET):
        return self.send(data).reply()


@contextlib.contextmanager
def serving(handler, **settings):
    """A server on a free port of the loopback; afterwards its threads are gone."""
    settings.setdefault("socket_port", 0)
    settings.setdefault("thread_pool", 4)
    server = Server(handler, Settings(**settings))
    before = set(threading.enumerate())
    server.start()
    try:
        yield server
    finally:
        server.stop(settings.get("shutdown_timeout", 3.0))
        left = {thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("kirsch w")}
        assert not left, left


def client_of(server, **more):
    """A new connection to it."""
    return Client(("127.0.0.1", server.port), **more)


def echo(exchange):
    """Answers with what it understood: method, target, body."""
    body = exchange.read()
    text = b"%b %b %b" % (exchange.head.method.encode(), exchange.head.target, body)
    exchange.start(200, [(b"Content-Type", b"text/plain")])
    exchange.finish(text)


def eventually(condition, patience=PATIENCE):
    """Wait until it holds; whether it came to hold."""
    end = time.monotonic() + patience
    while not (result := condition()):
        if time.monotonic() > end:
            return result
        time.sleep(0.002)
    return result
