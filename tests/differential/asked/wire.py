"""The wire: methods, versions, connections that are kept, and requests that break the rules."""

from __future__ import annotations

from tests.differential.asked.ask import FORM, Ask, ask, get, head, post, raw, several

METHODS = (
    {
        f"method: {method}": ask(method, "/walk/rest/sub/leaf")
        for method in ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "BREW", "get", "Get", "PROPFIND", "M-SEARCH")
    }
    | {
        f"method with a body: {method}": ask(method, "/sent/params", f"Content-Type: {FORM}", body="a=1")
        for method in ("POST", "PUT", "PATCH", "OPTIONS", "BREW", "post")
    }
    | {"method: OPTIONS *": ask("OPTIONS", "*"), "method: CONNECT": ask("CONNECT", "site.test:80")}
)

LINE = "GET /walk/rest/a HTTP/1.1\r\n"
HOST = "Host: site.test\r\n"
CLOSE = "Connection: close\r\n"


def lines(*more, line=LINE, host=HOST):
    """A GET with these lines in its head, as they are."""
    return raw(line + host + CLOSE + "".join(more) + "\r\n")


def sized(fields, body="a=1", target="/sent/params"):
    """A form with these lines about its size."""
    head = f"POST {target} HTTP/1.1\r\n{HOST}{CLOSE}Content-Type: {FORM}\r\n{fields}\r\n"
    return Ask((head + body).encode("latin-1"), ("POST",), half=True)


KEPT = {
    "two requests": several(get("/walk/rest/a"), get("/walk/rest/b")),
    "three, one of them missing": several(get("/walk/rest/a"), get("/walk/nowhere"), get("/walk/rest/c")),
    "after a HEAD": several(head("/returned/text"), get("/walk/rest/b")),
    "after a form": several(post("/sent/params", "a=1"), get("/walk/rest/b")),
    "after a body left unread": several(post("/sent/unread", "x" * 100, "text/plain"), get("/walk/rest/b")),
    "after a body of a GET": several(ask("GET", "/walk/rest/a", body="x" * 10), get("/walk/rest/b")),
    "after an error": several(get("/errors/value"), get("/walk/rest/b")),
    "after a stream": several(get("/streams/generator"), get("/walk/rest/b")),
    "after a sized stream": several(get("/streams/sized"), get("/walk/rest/b")),
    "after a 204": several(get("/statuses/empty"), get("/walk/rest/b")),
    "after a 304": several(get("/statuses/unchanged"), get("/walk/rest/b")),
    "after a redirect": several(get("/redirects/rooted"), get("/walk/rest/b")),
    "after Connection: close of the page": several(get("/fields/closes"), get("/walk/rest/b")),
    "1.0": several(get("/walk/rest/a", version="HTTP/1.0"), get("/walk/rest/b")),
    "1.0 that is kept": several(
        get("/walk/rest/a", "Connection: Keep-Alive", version="HTTP/1.0"), get("/walk/rest/b", version="HTTP/1.0")
    ),
    "1.0 stream that is not": several(
        get("/streams/generator", "Connection: Keep-Alive", version="HTTP/1.0"), get("/walk/rest/b", version="HTTP/1.0")
    ),
    "after no host": several(get("/walk/rest/a", host=""), get("/walk/rest/b")),
    "after a form that is too large": several(post("/sent/small", "a=" + "1" * 50), get("/walk/rest/b")),
}

HEADS = {
    "1.0 without a host": raw("GET /walk/rest/a HTTP/1.0\r\n\r\n"),
    "no host": lines(host=""),
    "two hosts": lines("Host: other.test\r\n"),
    "empty host": lines(host="Host:\r\n"),
    "host with a blank": lines(host="Host: a b\r\n"),
    "HTTP/1.2": lines(line="GET /walk/rest/a HTTP/1.2\r\n"),
    "HTTP/2.0": lines(line="GET /walk/rest/a HTTP/2.0\r\n"),
    "HTTP/2": lines(line="GET /walk/rest/a HTTP/2\r\n"),
    "HTTP/0.9": raw("GET /walk/rest/a\r\n\r\n"),
    "http/1.1": lines(line="GET /walk/rest/a http/1.1\r\n"),
    "no version": lines(line="GET /walk/rest/a\r\n"),
    "nonsense": raw("nonsense\r\n\r\n"),
    "four words": lines(line="GET /walk/rest/a b HTTP/1.1\r\n"),
    "two blanks": lines(line="GET  /walk/rest/a HTTP/1.1\r\n"),
    "empty line first": lines(line="\r\n" + LINE),
    "line feeds only": raw("GET /walk/rest/a HTTP/1.1\nHost: site.test\nConnection: close\n\n"),
    "folded": lines("X-Own: a\r\n b\r\n"),
    "no colon": lines("nonsense\r\n"),
    "blank before the colon": lines("X-Own : a\r\n"),
    "no name": lines(": a\r\n"),
    "odd name": lines("X(Own): a\r\n"),
    "NUL in a value": lines("X-Own: a\x00b\r\n"),
    "CR in a value": lines("X-Own: a\rb\r\n"),
    "latin value": lines("X-Own: \u00fc\r\n"),
    "long value": lines("X-Own: " + "x" * 20_000 + "\r\n"),
    "very long value": lines("X-Own: " + "x" * 100_000 + "\r\n"),
    "many fields": lines(*(f"X-{number}: a\r\n" for number in range(90))),
    "lower case method": lines(line="get /walk/rest/a HTTP/1.1\r\n"),
    "odd method": lines(line="G@T /walk/rest/a HTTP/1.1\r\n"),
    "upgrade": lines("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
    "expect": sized("Expect: 100-continue\r\nContent-Length: 3\r\n"),
    "expect nonsense": sized("Expect: nonsense\r\nContent-Length: 3\r\n"),
    "nothing": raw("", half=True),
    "half a head": raw("GET / HTTP/1.1\r\nHost:", half=True),
}

SIZES = {
    "good": sized("Content-Length: 3\r\n"),
    "word": sized("Content-Length: abc\r\n"),
    "negative": sized("Content-Length: -1\r\n"),
    "signed": sized("Content-Length: +3\r\n"),
    "blank": sized("Content-Length: \r\n"),
    "padded": sized("Content-Length:   3  \r\n"),
    "twice the same": sized("Content-Length: 3\r\nContent-Length: 3\r\n"),
    "twice": sized("Content-Length: 3\r\nContent-Length: 4\r\n"),
    "list": sized("Content-Length: 3, 3\r\n"),
    "huge": sized("Content-Length: 99999999999999999999\r\n"),
    "larger than the limit": sized("Content-Length: 200000000\r\n"),
    "more than is sent": sized("Content-Length: 10\r\n"),
    "less than is sent": sized("Content-Length: 2\r\n"),
    "both": sized("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "3\r\na=1\r\n0\r\n\r\n"),
    "chunked": sized("Transfer-Encoding: chunked\r\n", "3\r\na=1\r\n0\r\n\r\n"),
    "Chunked": sized("Transfer-Encoding: Chunked\r\n", "3\r\na=1\r\n0\r\n\r\n"),
    "gzip": sized("Transfer-Encoding: gzip\r\n"),
    "gzip, chunked": sized("Transfer-Encoding: gzip, chunked\r\n", "3\r\na=1\r\n0\r\n\r\n"),
    "identity": sized("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"),
    "chunk extension": sized("Transfer-Encoding: chunked\r\n", "3;x=y\r\na=1\r\n0\r\n\r\n"),
    "trailer": sized("Transfer-Encoding: chunked\r\n", "3\r\na=1\r\n0\r\nX-Own: a\r\n\r\n"),
    "bad chunk size": sized("Transfer-Encoding: chunked\r\n", "z\r\na=1\r\n0\r\n\r\n"),
    "chunk without its end": sized("Transfer-Encoding: chunked\r\n", "3\r\na=1"),
    "chunk longer than it says": sized("Transfer-Encoding: chunked\r\n", "2\r\na=1\r\n0\r\n\r\n"),
    "no chunks": sized("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    "chunked for 1.0": Ask(
        sized("Transfer-Encoding: chunked\r\n", "0\r\n\r\n").data.replace(b"1.1", b"1.0"), half=True
    ),
}

ASKED = (
    METHODS
    | {f"kept: {name}": asked for name, asked in KEPT.items()}
    | {f"head: {name}": asked for name, asked in HEADS.items()}
    | {f"size: {name}": asked for name, asked in SIZES.items()}
)
