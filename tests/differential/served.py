"""The differences about files; see expected.py."""

from __future__ import annotations

from tests.differential.known import Known, named

SERVED = (
    Known(
        "C19",
        "a folder below the first one answers without a slash as that one does: by a redirect",
        {
            "200 → 301": named("file  /static/dir/", "sub", "sub?x=1"),
            "accept-ranges, last-modified": ("file /static/dir",),
        },
    ),
    Known("14", "what no table knows is no HTML", {"content-type": ("file  /static/dir/bare/c.unknown",)}),
    Known(
        "S2",
        "names with a dot in front are not there unless asked for",
        {"body, accept-ranges, last-modified": ("file  /static/dir/.hidden",)},
    ),
    Known(
        "S2",
        "a folder ends where it ends, and a path is decoded once",
        {
            "200 → 403": named("outside  /static/dir/", "../files-secret/x.txt", "%2e%2e/files-secret/x.txt"),
            "body, accept-ranges, content-type, last-modified": named(
                "outside  /static/dir/", "..%2ffiles-secret/x.txt", "..%2Ffiles-secret%2Fx.txt"
            ),
            "403 → 200": ("outside  /static/dir/%252e%252e/static.py",),
        },
    ),
    Known(
        "C7",
        "dates are compared as dates",
        {
            "200 → 304": ("condition: If-Modified-Since: Mon, 09 Sep 2002 01:46:40 GMT",),
            "412 → 200": ("condition: If-Unmodified-Since: Mon, 09 Sep 2002 01:46:40 GMT",),
        },
    ),
    Known(
        "C8",
        "a range that is none, or of another unit, is not heeded, the last 0 bytes are none; ranges that meet are one",
        {
            "500 → 200": named("range", " x-y", " 0", ": no equals sign", ": unsized"),
            "206 → 200": ("range: other unit",),
            "206 → 416": ("range -0",),
            "body, content-range, content-type": ("range 0-0,0-0",),
        },
    ),
    Known("C8", "If-Range: the rest of another file does not fit", {"206 → 200": ("range: and what it is of",)}),
    Known("RFC 9110", "Range speaks of GET alone", {"206 → 200": ("range: HEAD",)}),
    Known("14", "what is in memory has ranges, too", {"500 → 206": ("range: of memory",)}),
    Known(
        "P7",
        "what has no length is sent as it comes instead of being gathered, and offers no ranges",
        {"accept-ranges, content-length, transfer-encoding": ("page  /static/unsized",)},
    ),
    Known("14", "an error page that is a file offers no ranges", {"accept-ranges": ("page  /static/made",)}),
    Known(
        "RFC 6266",
        "for clients of long ago, a name is spelled with letters that are near",
        {"content-disposition": ("page: download beyond ASCII", "page: download with a quote")},
    ),
    Known("4.2", "the icon for a site that has none is our own", {"body": ("odd: favicon",)}),
)
