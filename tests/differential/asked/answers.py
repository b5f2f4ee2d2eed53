"""What pages return and raise, what they set on the answer, and what becomes of it."""

from __future__ import annotations

from tests.differential.asked.ask import each, get, gets, head, post

RETURNED = each(
    "returned",
    "/returned/",
    """
    text data empty no_data none list_of_text list_of_data mixed empty_list tuple_of_text generator
    generator_of_data generator_of_none listlike mapped file memory memory_text array number dictionary true thing
    own numbers nested big many json json_data plain latin spelled image fail_late refuse_late lead_late assigned
    forgotten looked_at header_within assigns_text
""",
) | {
    "HEAD of text": head("/returned/text"),
    "HEAD of a generator": head("/returned/generator"),
    "HEAD of a file": head("/returned/file"),
    "HEAD of nothing": head("/returned/none"),
    "HTTP/1.0": get("/returned/text", version="HTTP/1.0"),
    "HTTP/1.0 of a generator": get("/returned/generator", version="HTTP/1.0"),
}

STREAMED = (
    each(
        "streamed",
        "/streams/",
        """
    text none list generator generator_of_data generator_of_none closing file fail_first fail_late refuse_before
    number many inner sized no_content unchanged leads fails
""",
    )
    | gets("streamed", "/switched/")
    | {
        "HEAD of a stream": head("/streams/generator"),
        "HEAD of a sized stream": head("/streams/sized"),
        "HTTP/1.0 stream": get("/streams/generator", version="HTTP/1.0"),
        "HTTP/1.0 sized stream": get("/streams/sized", version="HTTP/1.0"),
        "HTTP/1.0 stream that fails": get("/streams/fail_late", version="HTTP/1.0"),
    }
)

SET = (
    each(
        "status",
        "/statuses/",
        """
    number text reason only-reason enum unknown high teapot word low thousand zero blank float empty reset
    unchanged informal seen unicode
""",
    )
    | each(
        "header",
        "/fields/",
        """
    custom replaced removed missing updated number nothing blank latin beyond broken no_type server no_server
    blank_server read_date date length no_length tagged cached closes names configured
""",
    )
    | each(
        "cookie",
        "/cookies/",
        """
    plain full same gone later dated no_age several spaced unicode number error redirect bad_name absent
""",
    )
)

READ = {
    f"cookies sent: {value}": get("/cookies/read", f"Cookie: {value}")
    for value in (
        "a=1",
        "a=1; b=2",
        "a=1;b=2",
        'a="quoted; so"; b=2',
        "a=1; a=2",
        "$Version=1; a=1; $Path=/",
        "a=",
        "a",
        "a=1; nonsense; b=2",
        "a b=1; c=2",
        "a=b=c",
        "ä=ü",
        'json={"x":1}; b=2',
        "a=%20b",
        "path=/; a=1",
        "a[b]=1",
        "a:b=1",
        'a="\\303\\274"',
        "a=1, b=2",
        "",
        ";",
        "a = 1",
    )
} | {
    "cookies in two fields": get("/cookies/read", "Cookie: a=1", "Cookie: b=2"),
    "cookies copied": get("/cookies/copied", "Cookie: a=1; b=x y"),
    "no cookies": get("/cookies/read"),
}

CONDITIONAL = {
    "If-None-Match": get("/fields/tagged", 'If-None-Match: "one"'),
    "If-Match": get("/fields/tagged", 'If-Match: "two"'),
    "If-Modified-Since": get("/fields/tagged", "If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT"),
    "Range": get("/fields/tagged", "Range: bytes=0-1"),
}

ERRORS = (
    each(
        "error",
        "/errors/",
        """
    forbidden with_message by_name as_text with_reason bare unavailable teapot unknown escaped unicode success
    nonsense too_high missing missing_path value key type unicode_error assertion stop os_error group
    handled?number=5 handled?number=x explained?number=x attributes of_not_found headers retry as_json
    after_status called
""",
    )
    | each(
        "error",
        "/paged/",
        """
    in_file made data in_pieces more leading failing no_file by_default unexpected other_code own own_leads
    own_fails own_not_for_errors thrown json made/x?y=z nowhere
""",
    )
    | {
        "error by HEAD": head("/errors/with_message"),
        "error by POST": post("/errors/with_message", "a=1"),
        "error page by HEAD": head("/paged/made"),
        "error for HTTP/1.0": get("/errors/with_message", version="HTTP/1.0"),
    }
)

LED = (
    each(
        "redirect",
        "/redirects/",
        """
    relative up rooted absolute secure network query only_query fragment empty unicode quoted spaced markup data
    several none as_number by_url mail headers unchanged attributes
""",
    )
    | gets(
        "redirect",
        "/redirects/",
        *(f"/redirects/status/{number}" for number in (300, 301, 302, 303, 304, 305, 306, 307, 308, 399, 299)),
    )
    | each(
        "inside",
        "/inside/",
        """
    rooted relative query second chain circle missing error redirect streamed with_headers from_stream rooted?x=y
    relative?x=y
""",
    )
    | {
        "redirect of POST": post("/redirects/rooted", "a=1"),
        "redirect of HEAD": head("/redirects/rooted"),
        "redirect for HTTP/1.0": get("/redirects/rooted", version="HTTP/1.0"),
        "redirect with a status for HTTP/1.0": get("/redirects/status/307", version="HTTP/1.0"),
        "redirect for HTTP/1.0 without a host": get("/redirects/rooted", version="HTTP/1.0", host=""),
        "redirect with a query": get("/redirects/relative?x=1"),
        "inside by POST": post("/inside/rooted", "a=1"),
        "inside by HEAD": head("/inside/rooted"),
    }
)

ASKED = RETURNED | STREAMED | SET | READ | CONDITIONAL | ERRORS | LED
