"""The floor: a bare epoll loop that receives and sends one canned answer. No Python server can do less.

It looks at nothing but the first letter of the path, so as to give the two canned answers of the hello and raw loads.
"""

from __future__ import annotations

import select
import socket

from settings import HOST, PORT

ENOUGH = 65536
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
ANSWERS = {ord("h"): HEAD % (17, b"Hello, world! x=1"), ord(" "): HEAD % (13, b"Hello, world!")}
PATH = len(b"GET /")


def accept(listener, poller, receivers):
    """Take one connection into the loop."""
    connection, _ = listener.accept()
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    receivers[connection.fileno()] = connection
    poller.register(connection, select.EPOLLIN)


def answer(connection, receivers):
    """Receive what is there, send the canned answer; close when the client has."""
    try:
        data = connection.recv(ENOUGH)
        if data:
            connection.send(ANSWERS.get(data[PATH], ANSWERS[ord(" ")]))
            return
    except OSError:
        pass
    del receivers[connection.fileno()]
    connection.close()


def main():
    """Listen and answer until killed."""
    listener = socket.create_server((HOST, PORT), backlog=1024)
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN)
    receivers = {}
    while True:
        for number, _ in poller.poll():
            if number == listener.fileno():
                accept(listener, poller, receivers)
            else:
                answer(receivers[number], receivers)


if __name__ == "__main__":
    main()
