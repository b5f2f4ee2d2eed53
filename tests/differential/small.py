"""A part of expected.py: the small tools, JSON, and httputil."""

from __future__ import annotations

from tests.differential.known import Known, named

SMALL = (
    Known(
        "U6",
        "an error page is in the form that the client likes, not in HTML for all",
        {
            "body, content-type": (
                *named("accept: ", "text/plain", "application/json", "text/html;q=0"),
                *named("accept_several: ", "application/json", "text/html;q=0"),
                *named("by_hand: ", "application/json", "text/html;q=0"),
            )
        },
    ),
    Known(
        "C15",
        "what does not fit an annotation is a 400, arguments by place are converted, a page that is not there is a 404",
        {
            "500 → 400": ("converted: twice",),
            "body": ("converted: place",),
            "500 → 404": ("converted: nowhere",),
        },
    ),
    Known(
        "28.3",
        "chunks are no reason to refuse, media types are alike in any case, and without a body there is no JSON",
        {
            "411 → 200": ("json in: chunked",),
            "415 → 200": ("json in: other spelling",),
            "500 → 200": ("json in: GET",),
        },
    ),
    Known(
        "RFC 8259",
        "what is no JSON is refused: NaN, numbers beyond any float, halves of characters; a byte order mark is skipped",
        {
            "200 → 400": named("json in: ", "nan", "huge", "half"),
            "400 → 200": ("json in: bom",),
        },
    ),
    Known(
        "RFC 9110",
        "415 says in Accept what is taken",
        {"accept": named("json in: ", "form", "no type", "not its own type")},
    ),
    Known(
        "RFC 8259",
        "dates are written as text, and what is no number as null",
        {"500 → 200": ("json out: date",), "body": ("json out: nan",)},
    ),
    Known("P7", "JSON is written without blanks, and in UTF-8", {"body": ("json out: untyped",)}),
    Known("C8", "a range that cannot be read counts as not sent", {"body": ("httputil: get_ranges 'x'",)}),
    Known(
        "20.3",
        "a weight is text among the parameters of an element, and words of several encodings are one text",
        {
            "body": (
                "httputil: header_elements Accept text/plain;q=0.5, text/html;level=1",
                "httputil: decode_TEXT =?utf-8?b?w7w=?= x",
            )
        },
    ),
)
