"""Smaller answers, and none: Accept-Encoding, conditions, times; forms in other charsets."""

from __future__ import annotations

import gzip

from tests.differential.asked.ask import FORM, ask, each, get, head, post
from tests.differential.pages.compressing import DATE

ACCEPTED = (
    "gzip",
    "x-gzip",
    "GZIP",
    "gzip;q=0.5",
    "gzip;q=0",
    "identity",
    "identity, gzip",
    "gzip, identity;q=0.5",
    "gzip, deflate, br, zstd",
    "br",
    "deflate",
    "*",
    "*;q=0",
    "gzip;q=x",
)
PAGES = "text small empty generated streamed plain style picture varying tagged validated all_text off error"

ZIPPED = (
    {f"zipped: {name}": get(f"/compressing/zipped/{name}", "Accept-Encoding: gzip") for name in PAGES.split()}
    | {f"not zipped: {name}": get(f"/compressing/zipped/{name}") for name in PAGES.split()}
    | {f"Accept-Encoding: {value}": get("/compressing/zipped/text", f"Accept-Encoding: {value}") for value in ACCEPTED}
    | {"zipped: HEAD": head("/compressing/zipped/text", "Accept-Encoding: gzip")}
)

CONDITIONS = {
    "known": ('If-None-Match: "one"',),
    "known weakly": ('If-None-Match: W/"one"',),
    "unknown": ('If-None-Match: "two"',),
    "several": ('If-None-Match: "two", "one"',),
    "any known": ("If-None-Match: *",),
    "match": ('If-Match: "one"',),
    "match weakly": ('If-Match: W/"one"',),
    "no match": ('If-Match: "two"',),
    "any match": ("If-Match: *",),
    "nothing": (),
}
TAGGED = {
    f"tagged: {name}, {condition}": get(f"/compressing/tagged/{name}", *lines)
    for name in ("none", "strong", "weak", "kept", "missing")
    for condition, lines in CONDITIONS.items()
} | {
    "tagged: auto": get("/compressing/tagged/auto"),
    "tagged: HEAD": head("/compressing/tagged/strong", 'If-None-Match: "one"'),
    "tagged: changed by PUT": ask("PUT", "/compressing/tagged/strong", 'If-Match: "two"', body="x"),
    "tagged: changed by POST": post("/compressing/tagged/strong", "a=1", FORM, 'If-None-Match: "one"'),
}
BY_HAND = {
    f"by hand: {method} {name}, {condition}": ask(
        method, f"/compressing/by_hand/{name}", *lines, body="x" if method == "PUT" else None
    )
    for method in ("GET", "PUT")
    for name in ("none", "strong")
    for condition, lines in CONDITIONS.items()
} | {
    f"by hand: {field} {date}": get("/compressing/by_hand/dated", f"{field}: {date}")
    for field in ("If-Modified-Since", "If-Unmodified-Since")
    for date in (
        DATE,
        "Fri, 02 Jan 2015 00:00:00 GMT",
        "Wed, 31 Dec 2014 00:00:00 GMT",
        "Thursday, 01-Jan-15 00:00:00 GMT",
    )
}

TIMES = each("expires", "/compressing/expiring/", "nothing never hour forced forced_never kept kept_date") | {
    "expires for HTTP/1.0": get("/compressing/expiring/never", version="HTTP/1.0")
}

FLAT = each("flat", "/compressing/flat/", "text deep streamed")

DECODED = {
    f"decoded: {name} {form} {charset}".rstrip(): post(f"/compressing/decoded/{name}", form, FORM + charset)
    for name in ("usual", "wider", "other")
    for form in ("a=%C3%A9", "a=%E9")
    for charset in ("", "; charset=iso-8859-1")
} | {
    "decoded: gzip": post("/compressing/decoded/usual", gzip.compress(b"a=1", mtime=0), FORM, "Content-Encoding: gzip")
}

ASKED = ZIPPED | TAGGED | BY_HAND | TIMES | FLAT | DECODED
