"""Servers of ours under the names of Cheroot, for the length of a test."""

from __future__ import annotations

import contextlib
import threading

from tests.server.wire import Client


@contextlib.contextmanager
def started(server):
    """The server, listening; what it says is in `said`. Its serve() is over at the end."""
    said = []
    server.error_log = lambda msg="", level=20, traceback=False: said.append((msg, level, traceback))
    server.said = said
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(5)
    assert not thread.is_alive()


def asked(server, *lines, body=b"", client=Client):
    """The answer to one request: its lines but `Host`, and a body."""
    address = server.bind_addr
    with client(address) as it:
        head = "\r\n".join([*(lines or ["GET / HTTP/1.1"]), "Host: a", "", ""])
        it.send(head.encode("latin-1") + body)
        return it.reply()
