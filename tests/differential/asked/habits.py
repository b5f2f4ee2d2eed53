"""What applications have done for years: pages/habits.py says what each page does."""

from __future__ import annotations

from tests.differential.asked.ask import each, field, get, multipart, needing, noted, post

RAISED = each(
    "raised",
    "/habits/raised/",
    """
    teapot elsewhere json page by_hand by_redirect urls traced traced_error shown
""",
)

REACHED = {
    name: noted(get(f"/habits/{name}"))
    for name in [
        "join_text",
        "join_data",
        "join_list",
        "join_pieces",
        "join_none",
        "each_text",
        "each_list",
        "collapsed",
        "collapsed_text",
        "after",
        "after_length",
        "after_lines",
        "other_params",
        "other_callable",
        "one_more",
    ]
} | {
    "proxied": get("/habits/proxied", "X-Real-IP: 10.1.2.3"),
    "led": get("/habits/led"),
    "joined": get("/habits/joined"),
    "data value": get("/habits/data_value"),
    "cookie line": get("/habits/cookie_line"),
    "same": get("/habits/same"),
    "charsets": post("/habits/charsets", b"a=%FC"),
    "own processor": post("/habits/processed", "own body", "application/x-own"),
    "own processor, form": post("/habits/processed", "a=1"),
    "only forms: text": post("/habits/only_forms", "text", "text/plain"),
    "only forms: form": post("/habits/only_forms", "a=1"),
    "queried": get("/habits/queried?a=1"),
    "fp": post("/habits/fp", "by fp", "text/plain"),
    "number of parts": multipart(
        "/habits/number_of_parts", field("a", "1", 'filename="a"'), "X-Part: 1\r\n\r\nnameless"
    ),
    "upload lines": multipart(
        "/habits/upload_lines", field("file", "one\ntwo", 'filename="a"', "Content-Type: text/plain")
    ),
    "upload value": multipart("/habits/upload_value", field("file", "one", 'filename="a"')),
}

CHANGED = {
    "before": get("/changing/told"),
    "global update": get("/changing/update_global?value=updated"),
    "after a global update": get("/changing/told"),
    "global item": get("/changing/set_global?value=item"),
    "after a global item": get("/changing/told"),
    "merge": get("/changing/merge?value=merged"),
    "after a merge": get("/changing/told"),
    "section": get("/changing/set_section?value=section"),
    "after a section": get("/changing/told"),
    "node": get("/changing/set_node?value=node"),
    "after a node": get("/changing/told"),
    "page before": get("/changing/added"),
    "page": get("/changing/add_page"),
    "page after": get("/changing/added"),
}

CHARSETS = {
    f"Accept-Charset: {value}": get("/returned/text", f"Accept-Charset: {value}")
    for value in (
        "utf-8",
        "iso-8859-1",
        "iso-8859-1, utf-8;q=0.5",
        "us-ascii",
        "x-none",
        "*",
        "us-ascii, *;q=0.1",
        "utf-8;q=x",
    )
}

ENCODED = needing(
    "tools.encode",
    {f"tools.encode: {name}": get(f"/encoded/{name}") for name in ("latin", "off", "other", "all_types")}
    | {"tools.encode: refused": get("/encoded/latin", "Accept-Charset: utf-8")},
)

OWN = needing("Tool._setup", {"tool with _setup": noted(get("/timed/timed"))}) | needing(
    "dispatch.Dispatcher",
    {
        "dispatcher in lower case": get("/lower/PAGE/X"),
        "dispatcher in lower case, missing": get("/lower/Nowhere"),
        "bare dispatcher": get("/bare/some/where?a=1"),
        "bare dispatcher, form": post("/bare/", "a=1"),
    },
)

LEAKING = {
    "request.config, first": get("/changing/both?value=1"),
    "request.config, then": get("/changing/both?value=2"),
    "request.error_page, first": get("/habits/raised/own_page"),
    "request.error_page, then": get("/habits/raised/own_page_later"),
    "response.header_list, first": get("/habits/lines"),
    "response.header_list, then": get("/habits/lines_later"),
}
"""What is done to one request or answer, then a look at another one. Last of all, because of what it could spoil."""

ASKED = (
    RAISED
    | {f"habit: {name}": asked for name, asked in REACHED.items()}
    | {f"changing: {name}": asked for name, asked in CHANGED.items()}
    | CHARSETS
    | ENCODED
    | OWN
    | {f"leaking: {name}": asked for name, asked in LEAKING.items()}
)
