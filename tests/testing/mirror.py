"""What the clients of this room ask: a page that says what it was asked, and one that redirects as it is told."""

from __future__ import annotations

import json

from kirsch.testing.client import Client


def mirror(exchange):
    """Answers with all that it has got, as JSON."""
    head = exchange.head
    seen = {
        "method": head.method,
        "target": head.target.decode(),
        "version": list(head.version),
        "fields": [[name.decode(), value.decode("latin-1")] for name, value in head.fields],
        "body": exchange.read().decode("latin-1"),
        "scheme": exchange.scheme,
        "client": list(exchange.client),
        "server": list(exchange.server),
    }
    exchange.start(200, [(b"Content-Type", b"application/json")])
    exchange.finish(json.dumps(seen).encode())


def asked(path="/", method="GET", **options):
    """What a handler sees of a request, with the fields as a dict."""
    seen = Client(mirror).request(method, path, **options).json()
    return {**seen, "fields": dict(seen["fields"])}


def signpost(exchange):
    """`/<status>?<location>` redirects; any other path is answered by the mirror."""
    path, _, location = exchange.head.target.decode().partition("?")
    if not path[1:].isdigit():
        mirror(exchange)
        return
    exchange.start(int(path[1:]), [(b"Location", location.encode())])
    exchange.finish(b"over there")


def answering(data=b"", *fields, status=200, length=None):
    """A handler that always answers so."""

    def handler(exchange):
        exchange.start(status, list(fields), length)
        exchange.finish(data)

    return handler
