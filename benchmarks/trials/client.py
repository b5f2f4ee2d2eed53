"""A client that never tries anything twice, and counts what it has sent, what was answered, and what has failed.

`python client.py PORT SECONDS [--tls] [--until-refused]` prints its counts as JSON. Half of its threads keep their
connections, the other half make a new one for each request. A connection that is refused was never a request: it is
counted apart.
"""

from __future__ import annotations

import argparse
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field

PAIRS = 4
"""Threads of each kind."""

LONG = 20.0
"""Seconds that no answer takes unless the server hangs."""

KEPT, NEW = "kept", "new"


class NoAnswerError(Exception):
    """What came is no whole answer with status 200."""


@dataclass
class Counts:
    """What one thread has seen. worker: the process that answered it last."""

    kind: str
    sent: int = 0
    answered: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    workers: set[str] = field(default_factory=set)
    certificates: set[str] = field(default_factory=set)
    slowest: float = 0.0


class Client:
    """One thread. Its connection is None while it has none."""

    def __init__(self, port, end, context, until_refused, kind):
        self.port = port
        self.end = end
        self.context = context
        self.until_refused = until_refused
        self.counts = Counts(kind)
        self.connection = None
        self.worker = "nobody"
        close = "Connection: close\r\n" if kind == NEW else ""
        self.request = f"GET / HTTP/1.1\r\nHost: localhost\r\n{close}\r\n".encode()

    def run(self):
        """Ask until it is over."""
        while time.monotonic() < self.end:
            if not self._ask() and self.until_refused:
                break
        self._hang_up()

    def _ask(self):
        """One request; whether there was somebody to connect to."""
        counts = self.counts
        begun = time.monotonic()
        fresh = self.connection is None
        try:
            if fresh:
                self._connect()
        except OSError as error:
            self._hang_up()
            if not isinstance(error, ConnectionRefusedError):
                counts.sent += 1
                counts.failures.append(f"{counts.kind}, connecting: {error!r}")
                return True
            counts.refused += 1
            return False
        counts.sent += 1
        try:
            self.connection.sendall(self.request)
            self.worker = self._answer()
        except (OSError, NoAnswerError) as error:
            counts.failures.append(f"{counts.kind}, {'new one' if fresh else f'to {self.worker}'}: {error!r}")
            self._hang_up()
        else:
            counts.answered += 1
            counts.workers.add(self.worker)
            counts.slowest = max(counts.slowest, time.monotonic() - begun)
        return True

    def _connect(self):
        self.connection = socket.create_connection(("127.0.0.1", self.port), LONG)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context is not None:
            self.connection = self.context.wrap_socket(self.connection, server_hostname="localhost")
            self.counts.certificates.add(str(hash(self.connection.getpeercert(binary_form=True))))

    def _answer(self):
        """The body of a whole answer."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._received(data)
        head, _, body = data.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        while len(body) < int(fields["content-length"]):
            body += self._received(data)
        if " 200 " not in status:
            raise NoAnswerError(status)
        if self.counts.kind == NEW or fields.get("connection") == "close":
            self._hang_up()
        return body.decode()

    def _received(self, before):
        data = self.connection.recv(65536)
        if not data:
            raise NoAnswerError(f"closed after {len(before)} bytes")
        return data

    def _hang_up(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def trusting():
    """A context for certificates that nobody has signed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def main():
    """Ask, and print the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--until-refused", action="store_true")
    options = parser.parse_args()
    context = trusting() if options.tls else None
    end = time.monotonic() + options.seconds
    clients = [Client(options.port, end, context, options.until_refused, kind) for kind in (KEPT, NEW) * PAIRS]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {}
    for kind in (KEPT, NEW):
        some = [client.counts for client in clients if client.counts.kind == kind]
        found[kind] = {
            "sent": sum(each.sent for each in some),
            "answered": sum(each.answered for each in some),
            "refused": sum(each.refused for each in some),
            "failures": [failure for each in some for failure in each.failures],
            "workers": sorted(set().union(*(each.workers for each in some))),
            "certificates": len(set().union(*(each.certificates for each in some))),
            "slowest": max(each.slowest for each in some),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
