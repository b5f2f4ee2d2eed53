"""A part of expected.py: charsets, compression, conditional requests and times."""

from __future__ import annotations

from tests.differential.known import Known, named

SMALLER = (
    Known(
        "RFC 9110",
        "an answer that depends on Accept-Charset says so",
        {
            "vary": (
                *named("Accept-Charset: ", "utf-8", "iso-8859-1", "iso-8859-1, utf-8;q=0.5", "us-ascii", "x-none"),
                *named("Accept-Charset: ", "*", "us-ascii, *;q=0.1"),
                "tools.encode: refused",
            )
        },
    ),
    Known(
        "C5",
        "what the client does not list is no reason for a 406, as long as it takes the page as it is",
        {
            "406 → 200": named("Accept-Encoding: ", "GZIP", "br", "deflate", "*"),
            "content-encoding, content-length": ("Accept-Encoding: identity, gzip",),
        },
    ),
    Known("28.3", "a weight that is none counts as not sent", {"500 → 200": ("Accept-Encoding: gzip;q=x",)}),
    Known(
        "RFC 9110",
        "what is never compressed does not depend on Accept-Encoding",
        {"vary": (*named("zipped: ", "style", "picture"), *named("not zipped: ", "style", "picture"))},
    ),
    Known("C7", "other bytes have another tag", {"etag": ("zipped: tagged",)}),
    Known(
        "17.5",
        "a tag is made by another sum than MD5",
        {"etag": ("zipped: validated", "not zipped: validated", "tagged: auto")},
    ),
    Known(
        "C21",
        "an error keeps Vary, and what speaks of the page alone goes, as does its lifetime",
        {
            "vary": ("Accept-Encoding: *;q=0",),
            "cache-control, content-language": named("tagged: kept, ", "match weakly", "no match"),
        },
    ),
    Known(
        "C7",
        "tags are compared weakly for copies and strongly for changes, and dates as dates",
        {
            "200 → 304": (
                *named("tagged: ", "strong, known weakly", "weak, known", "weak, several", "kept, known weakly"),
                "by hand: GET strong, known weakly",
                *named(
                    "by hand: If-Modified-Since ", "Fri, 02 Jan 2015 00:00:00 GMT", "Thursday, 01-Jan-15 00:00:00 GMT"
                ),
            ),
            "412 → 200": named(
                "by hand: If-Unmodified-Since ", "Fri, 02 Jan 2015 00:00:00 GMT", "Thursday, 01-Jan-15 00:00:00 GMT"
            ),
            "200 → 412": ("tagged: weak, match weakly", "by hand: PUT strong, known weakly"),
        },
    ),
    Known(
        "C7",
        "`*` means what is there already, and without a validator nothing is before a PUT",
        {"412 → 200": ("by hand: PUT none, any known",), "200 → 412": ("by hand: PUT none, any match",)},
    ),
    Known(
        "RFC 9110",
        "what has been changed already is not refused any more",
        {"412 → 200": named("tagged: changed by ", "PUT", "POST")},
    ),
    Known(
        "RFC 9111",
        "a time is told as max-age, too",
        {"cache-control": named("expires /compressing/expiring/", "hour", "forced")},
    ),
    Known(
        "RFC 9110", "a form in a content coding is a 415, which says what would do", {"400 → 415": ("decoded: gzip",)}
    ),
)
