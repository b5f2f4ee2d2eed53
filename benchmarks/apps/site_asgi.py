"""The raw ASGI application that every ASGI server is given."""

from __future__ import annotations

HEADERS = [(b"content-type", b"text/plain")]


async def upload(receive):
    """Read the body piece by piece and answer its size."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return str(size).encode()


async def app(scope, receive, send):
    """Answer one request."""
    if scope["type"] != "http":
        return
    status, body = 200, b"Hello, world!"
    if scope["path"] == "/upload":
        body = await upload(receive)
    elif scope["path"] != "/":
        status, body = 404, b""
    headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
