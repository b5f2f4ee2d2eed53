"""The small tools, JSON, and the functions of httputil."""

from __future__ import annotations

from urllib.parse import quote

from tests.differential.asked.ask import ask, get, post
from tests.differential.pages.small import CALLS, VALUES

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
ACCEPTS = (
    "text/html",
    "text/*",
    "*/*",
    "text/plain",
    "application/json",
    "text/html;q=0",
    "text/plain, text/html;q=0.5",
)
JSON = "application/json"
BODIES = {
    "object": '{"a": [1, 2.5, null, "\\u00e4"]}',
    "array": "[]",
    "twice": '{"a": 1, "a": 2}',
    "empty": "",
    "broken": '{"a": 1,}',
    "more": "[1] x",
    "latin": b'"\xe4"',
    "nan": "NaN",
    "large": "123456789012345678901234567890",
    "huge": "1e999",
    "half": '"\\ud800"',
    "bom": b"\xef\xbb\xbf[1]",
}

ASKED = {
    **{
        f"{method} under {page}": ask(method, f"/small/{page}", body=b"" if method in ("POST", "PUT") else None)
        for method in METHODS
        for page in ("allow", "allow_post", "allow_several")
    },
    **{
        f"{page}: {accept}": ask("GET", f"/small/{page}", f"Accept: {accept}")
        for page in ("accept", "accept_several", "accept_any", "by_hand")
        for accept in ACCEPTS
    },
    **{f"{page} headers": get(f"/small/{page}", "Range: bytes=0-1", "X-One: 1") for page in ("ignored", "ignored_one")},
    **{
        f"{page} by a tool": get(f"/small/{page}?a=1")
        for page in ("redirected", "redirected_away", "redirected_near", "saved", "saved_away")
    },
    **{
        f"{page} from {referer or 'nowhere'}": get(f"/small/{page}", *([f"Referer: {referer}"] if referer else []))
        for page in ("referer", "referer_not", "referer_other")
        for referer in ("", "http://site.test/x", "http://evil.test/")
    },
    "headers by a tool": get("/small/headers"),
    "headers by a tool: error": get("/small/headers?refuse=1"),
    **{
        f"converted: {page} {value}": get(f"/converted/{page}?x={value}")
        for page in ("number", "real", "text", "own", "plain", "other")
        for value in ("3", "x", "")
    },
    "converted: nothing": get("/converted/number"),
    "converted: twice": get("/converted/number?x=1&x=2"),
    "converted: form": post("/converted/number", "x=3"),
    "converted: place": get("/converted/number/3"),
    "converted: nowhere": get("/converted/nowhere?x=3"),
    **{f"json in: {name}": post("/spoken/taken", body, JSON) for name, body in BODIES.items()},
    "json in: form": post("/spoken/taken", "a=1"),
    "json in: no type": post("/spoken/taken", "{}", ""),
    "json in: other spelling": post("/spoken/taken", "{}", "Application/JSON; charset=utf-8"),
    "json in: javascript": post("/spoken/taken", "{}", "text/javascript"),
    "json in: GET": get("/spoken/taken"),
    "json in: chunked": ask(
        "POST", "/spoken/taken", f"Content-Type: {JSON}", "Transfer-Encoding: chunked", body="2\r\n[]\r\n0\r\n\r\n"
    ),
    "json in: not forced": post("/spoken/taken_too", "a=1"),
    "json in: not forced, json": post("/spoken/taken_too", "[1]", JSON),
    "json in: own type": post("/spoken/taken_else", "[1]", "text/x-json"),
    "json in: not its own type": post("/spoken/taken_else", "[1]", JSON),
    **{f"json out: {what}": get(f"/spoken/given?what={what}") for what in (*VALUES, "error", "redirect", "fail")},
    "json out: untyped": get("/spoken/given_untyped"),
    "json both": post("/spoken/both", '{"a": 1}', JSON),
    **{f"httputil: {call}": get(f"/called/?call={quote(call)}") for call in CALLS},
}
