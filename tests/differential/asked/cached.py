"""The cache: what the second of two requests gets, and what Vary says."""

from __future__ import annotations

from tests.differential.asked.ask import ask, each, get, head, post, several


def twice(path, *lines):
    """Two of the same."""
    return several(get(path, *lines), get(path, *lines))


def then(path, *lines):
    """One without these lines, and one with them."""
    return several(get(path), get(path, *lines))


def said(name, field, value, status="200"):
    """The page that says something, twice."""
    return twice(f"/cached/says/{name}?field={field}&value={value}&status={status}")


def by(method, name):
    """Asked by GET, by another method, and by GET again."""
    path = f"/cached/plain/{name}"
    other = post(path, "a=1") if method == "POST" else ask(method, path, body="")
    return several(get(path), other, get(path))


KEPT = {
    "plain": twice("/cached/plain/plain"),
    "told": twice("/cached/told/told"),
    "HEAD": several(get("/cached/plain/head"), head("/cached/plain/head")),
    "queries": several(get("/cached/plain/query?a=1"), get("/cached/plain/query?a=2"), get("/cached/plain/query?a=1")),
    "max-age": said("max-age", "Cache-Control", "max-age%3D60"),
    "no-store": said("no-store", "Cache-Control", "no-store"),
    "private": said("private", "Cache-Control", "private"),
    "no-cache": said("no-cache", "Cache-Control", "no-cache"),
    "s-maxage": said("s-maxage", "Cache-Control", "s-maxage%3D0"),
    "Pragma": said("pragma", "Pragma", "no-cache"),
    "another field": said("field", "X-A", "1"),
    "status 404": said("status-404", "X-A", "1", "404"),
    "status 203": said("status-203", "X-A", "1", "203"),
    "error 404": twice("/cached/raises/error-404?status=404"),
    "error 500": twice("/cached/raises/error-500?status=500"),
    "redirect": twice("/cached/leads/redirect"),
    "cookie": twice("/cached/cookie/cookie"),
    "Authorization": twice("/cached/plain/authorization", "Authorization: Basic eDp5"),
}
ASKED_FOR = {
    "no-cache": then("/cached/plain/ask-no-cache", "Cache-Control: no-cache"),
    "no-store": several(
        get("/cached/plain/ask-no-store", "Cache-Control: no-store"), get("/cached/plain/ask-no-store")
    ),
    "Pragma": then("/cached/plain/ask-pragma", "Pragma: no-cache"),
    "max-age, old enough": then("/cached/plain/ask-max-age", "Cache-Control: max-age=1000"),
    "max-age that is none": then("/cached/plain/ask-junk", "Cache-Control: max-age=x"),
    "unchanged": then("/cached/dated/unchanged", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"),
    "unchanged since later": then("/cached/dated/later", "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT"),
    "changed": then("/cached/dated/changed", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT"),
    "a part": then("/cached/dated/part", "Range: bytes=0-1"),
}
METHODS = {method: by(method, f"by-{method}") for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")}
VARIED = {
    "values": several(
        *(get("/cached/varies/values", f"X-A: {value}", "X-B: b") for value in ("1", "2", "1")),
    ),
    "values the other way round": several(
        get("/cached/varies/round", "X-A: 1", "X-B: 2"), get("/cached/varies/round", "X-A: 2", "X-B: 1")
    ),
    "other fields": several(get("/cached/varies/other", "X-C: 1"), get("/cached/varies/other", "X-C: 2")),
}

ASKED = (
    {f"kept: {name}": asked for name, asked in KEPT.items()}
    | {f"copy asked for: {name}": asked for name, asked in ASKED_FOR.items()}
    | {f"copy after {name}": asked for name, asked in METHODS.items()}
    | {f"copy by {name}": asked for name, asked in VARIED.items()}
    | each(
        "autovary",
        "/varying/",
        "nothing by_get by_item by_in by_elements said ignored other_ignored host refused with_session",
    )
)
