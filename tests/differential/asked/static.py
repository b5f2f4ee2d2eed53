"""Files, whole and in parts, those that are there and those that must not be."""

from __future__ import annotations

from tests.differential.asked.ask import each, get, head, post

DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
EARLIER = "Sat, 08 Sep 2001 01:46:40 GMT"
LATER = "Mon, 09 Sep 2002 01:46:40 GMT"
PLAIN = "/static/dir/plain.txt"
MEMORY = "/static/memory"

FOUND = {
    **each(
        "file ",
        "/static/dir/",
        "style.css plain.txt data.json a.tar.gz plan.dwg feed.rss sub/b.txt a%20blank.txt bare/c.unknown sub//b.txt "
        "index.html sub/ sub sub?x=1 bare bare/ nowhere.txt nowhere/at/all.txt style.css/ .hidden sub/../plain.txt",
    ),
    "file /static/dir": get("/static/dir"),
    "file /static/dir/": get("/static/dir/"),
    "file: HEAD": head(PLAIN),
    "file: POST": post(PLAIN, "a=1"),
    "file: HTTP/1.0": get(PLAIN, version="HTTP/1.0"),
    **each("file ", "/static/matched/", "style.css plain.txt"),
    **each("file ", "/static/one", "/ /rest"),
    "file /static/one": get("/static/one"),
}

OUTSIDE = each(
    "outside ",
    "/static/dir/",
    "../files-secret/x.txt ..%2ffiles-secret/x.txt ..%2Ffiles-secret%2Fx.txt %2e%2e/files-secret/x.txt "
    "../static.py sub/../../static.py %252e%252e/static.py ..%5cstatic.py /etc/passwd",
)

CONDITIONS = {
    f"condition: {line}": get(PLAIN, line)
    for line in (
        f"If-Modified-Since: {DATE}",
        f"If-Modified-Since: {EARLIER}",
        f"If-Modified-Since: {LATER}",
        "If-Modified-Since: nonsense",
        f"If-Unmodified-Since: {DATE}",
        f"If-Unmodified-Since: {EARLIER}",
        f"If-Unmodified-Since: {LATER}",
    )
} | {"condition: HEAD": head(PLAIN, f"If-Modified-Since: {DATE}")}

RANGES = {
    f"range {value}": get(PLAIN, f"Range: bytes={value}")
    for value in ("0-3", "3-", "-4", "0-1000", "1000-", "5-2", "-0", "x-y", "0", "0-0,0-0")
} | {
    "range: HEAD": head(PLAIN, "Range: bytes=0-3"),
    "range: HTTP/1.0": get(PLAIN, "Range: bytes=0-3", version="HTTP/1.0"),
    "range: no equals sign": get(PLAIN, "Range: bytes"),
    "range: other unit": get(PLAIN, "Range: lines=0-3"),
    "range: of memory": get(MEMORY, "Range: bytes=0-3"),
    "range: unsized": get("/static/unsized", "Range: bytes=0-3"),
    "range: and what it is of": get(PLAIN, "Range: bytes=0-3", f"If-Range: {EARLIER}"),
}

PAGES = {
    **each("page ", "/static/", "style gone handled/plain.txt handled/nowhere handled typed download inline relative"),
    **each("page ", "/static/", "opened memory unsized made file/plain.txt file/gone file/sub file/data.json"),
    "page: named download": get("/static/download?name=a%20b.txt"),
    "page: download beyond ASCII": get("/static/download?name=%C3%A9t%C3%A9.txt"),
    "page: download with a quote": get("/static/download?name=a%22b.txt"),
    "page: HEAD": head("/static/opened"),
    "page: POST": post("/static/style", "a=1"),
}

ASKED = FOUND | OUTSIDE | CONDITIONS | RANGES | PAGES
