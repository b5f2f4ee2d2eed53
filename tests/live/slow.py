"""Clients that take their time, many at once, in one thread: each by its own way to hold a server up."""

from __future__ import annotations

import selectors
import socket
import threading
import time

HALF_HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
BODY = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
STREAM = b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"

# name: what is sent at once, the octet that follows again and again, how many octets are read at a time
WAYS = {
    "silent": (b"", b"", 0),
    "half a head": (HALF_HEAD, b"", 0),
    "a head octet by octet": (HALF_HEAD, b"x", 0),
    "half a body": (BODY + b"x" * 500, b"", 0),
    "a body octet by octet": (BODY, b"x", 0),
    "a chunked body octet by octet": (CHUNKED + b"1f4\r\n", b"x", 0),
    "not reading a large answer": (LARGE, b"", 0),
    "reading octet by octet": (LARGE, b"", 1),
    "not reading a stream": (STREAM, b"", 0),
    "idle after an answer": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"", 4096),
}


class SlowClient:
    def __init__(self, address, way):
        self.way = way
        first, self.octet, self.reads = WAYS[way]
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.connect(address)
        self.sock.setblocking(False)
        self.since = time.monotonic()
        self.lived = 0.0
        if first:
            self.sock.send(first)

    def trickle(self):
        """Do the little that it does; False when the server has ended it."""
        try:
            if self.octet:
                self.sock.send(self.octet)
            if self.reads:
                return bool(self.sock.recv(self.reads))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


class SlowCrowd:
    """A number of clients of all kinds; `lived` says how long each was suffered."""

    def __init__(self, address, number, every=0.2):
        ways = list(WAYS)
        self.clients = [SlowClient(address, ways[i % len(ways)]) for i in range(number)]
        self._left = set(self.clients)
        self._every = every
        self._ended = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def left(self):
        return len(self._left)

    def lived(self):
        """The longest life of each kind, in seconds."""
        now = time.monotonic()
        longest = {}
        for client in self.clients:
            longest[client.way] = max(longest.get(client.way, 0.0), client.lived or now - client.since)
        return longest

    def end(self):
        self._ended = True
        self._thread.join()
        for client in self.clients:
            client.sock.close()

    def _run(self):
        poll = selectors.DefaultSelector()
        for client in self.clients:
            poll.register(client.sock, selectors.EVENT_READ, client)
        while self._left and not self._ended:
            began = time.monotonic()
            for client in list(self._left):
                if not client.trickle() or self._over(client):
                    client.lived = time.monotonic() - client.since
                    self._left.discard(client)
            time.sleep(max(0.01, self._every - (time.monotonic() - began)))
        poll.close()

    @staticmethod
    def _over(client):
        """Whether the server has reset or closed it: seen without reading what it sent."""
        try:
            state = client.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        except OSError:
            return True
        return state not in (1, 2, 3)  # ESTABLISHED, SYN_SENT, SYN_RECV
