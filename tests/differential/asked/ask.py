"""One request, or several on one connection, as bytes; and short ways to write the usual ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "x-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Ask:
    """What is sent on one connection, all at once.

    methods: of each request in it, for the answer to HEAD has no body. needs: the part of the framework without which
    there is no such page. then: a path that is asked for afterwards, on another connection. half: the client says after
    sending that no more will come, and reads on.
    """

    data: bytes
    methods: tuple[str, ...] = ("GET",)
    needs: str = ""
    then: str = ""
    half: bool = False


def ask(method, target, *lines, body=None, version="HTTP/1.1", host="site.test"):
    """A request that closes its connection. lines: more of the head, each `Name: value`."""
    accept = [] if any(line.lower().startswith("accept:") for line in lines) else ["Accept: text/html"]
    head = [f"{method} {target} {version}", *accept, "Connection: close", *lines]
    if host:
        head.insert(1, f"Host: {host}")
    data = body.encode() if isinstance(body, str) else body
    if data is not None and not any(
        line.lower().startswith(("content-length:", "transfer-encoding:")) for line in lines
    ):
        head.append(f"Content-Length: {len(data)}")
    return Ask("\r\n".join([*head, "", ""]).encode("latin-1") + (data or b""), (method,))


def get(target, *lines, **more):
    """A GET."""
    return ask("GET", target, *lines, **more)


def head(target, *lines, **more):
    """A HEAD."""
    return ask("HEAD", target, *lines, **more)


def post(target, body, kind=FORM, *lines):
    """A POST, by default of an urlencoded form. No kind: no Content-Type."""
    return ask("POST", target, *([f"Content-Type: {kind}"] if kind else []), *lines, body=body)


def multipart(target, *parts, kind=MULTIPART, end=f"--{BOUNDARY}--\r\n"):
    """A POST of several parts, each head and body as text or bytes."""
    marked = [
        f"--{BOUNDARY}\r\n".encode() + (part.encode() if isinstance(part, str) else part) + b"\r\n" for part in parts
    ]
    return post(target, b"".join(marked) + end.encode(), kind)


def field(name, value, *more):
    """A part of a multipart form. more: lines of its head, or further parameters of the first one, after a `;`."""
    extra = "".join(f"; {each}" for each in more if ": " not in each)
    lines = "".join(f"\r\n{each}" for each in more if ": " in each)
    return f'Content-Disposition: form-data; name="{name}"{extra}{lines}\r\n\r\n{value}'


def raw(data, *methods, half=False):
    """Bytes as they are."""
    return Ask(data if isinstance(data, bytes) else data.encode("latin-1"), methods or ("GET",), half=half)


def several(*asks):
    """Requests one after the other on one connection, all sent at once; only the last one closes it."""
    kept = [each.data.replace(b"Connection: close\r\n", b"", 1) for each in asks[:-1]]
    return Ask(b"".join(kept) + asks[-1].data, tuple(method for each in asks for method in each.methods))


def noted(asked):
    """The request, and then what it has left in the record."""
    return replace(asked, then="/record/")


def needing(part, asks):
    """A table of requests for pages that need a part of the framework."""
    return {name: replace(each, needs=part) for name, each in asks.items()}


def gets(word, *targets):
    """A table of GETs, each named by a word and its target."""
    return {f"{word} {target}": get(target) for target in targets}


def each(word, prefix, names):
    """The same for targets that begin alike. names: their ends, with blanks between them."""
    return gets(word, *(prefix + name for name in names.split()))
