"""The second part of expected.py: the wire, pages found in other ways, and names seldom asked for."""

from __future__ import annotations

from tests.differential.known import Known, named

_KINDS = ("memory", "files", "explicit")

WIRE = (
    Known(
        "strict",
        "a path is UTF-8 without NUL, and escapes are whole",
        {"200 → 400": ("rest /walk/rest/%00", *named("odd: ", "bad escape", "half an escape"))},
    ),
    Known(
        "smuggling",
        "what could be read in two ways is refused",
        {
            "200 → 400": (
                *named(
                    "head: ",
                    "two hosts",
                    "host with a blank",
                    "folded",
                    "blank before the colon",
                    "no name",
                    "odd name",
                    "NUL in a value",
                    "CR in a value",
                    "odd method",
                ),
                *named("size: ", "negative", "signed", "twice the same", "twice", "both", "chunked for 1.0"),
            ),
            "413 → 400": ("size: huge",),
            "501 → 400": named("size: ", "gzip", "identity"),
            "500 → 400": named("size: ", "bad chunk size", "chunk longer than it says"),
        },
    ),
    Known("RFC 9112", "the host of an absolute target counts", {"body": ("odd: absolute target of another host",)}),
    Known("S14", "the head of a request is bounded", {"200 → 431": ("head: very long value",)}),
    Known("RFC 9110", "an unknown expectation is refused", {"200 → 417": ("head: expect nonsense",)}),
    Known(
        "RFC 9110",
        "an unknown method is 501",
        {
            "200 → 501": ("method: BREW", "method with a body: BREW"),
            "400 → 501": (
                *named("method: ", "get", "Get"),
                "method with a body: post",
                "head: lower case method",
                "methods: lower case",
            ),
            "404 → 501": ("method: CONNECT",),
            "405 → 501": ("methods: unknown",),
        },
    ),
    Known("RFC 9110", "OPTIONS * is about the server", {"404 → 204": ("method: OPTIONS *",)}),
    Known(
        "strict",
        "without a Host the server refuses in plain text, and closes",
        {"body, content-type": ("head: no host",), "2 → 1 answers, body, content-type": ("kept: after no host",)},
    ),
    Known(
        "RFC 9112",
        "a page can close the connection; a refused form that has come whole does not",
        {
            "2 → 1 answers": ("kept: after Connection: close of the page",),
            "1 → 2 answers, connection": ("kept: after a form that is too large",),
        },
    ),
    Known(
        "RFC 9112",
        "half a request gets no answer: who has sent it has gone",
        {"1 → 0 answers": ("head: half a head", "size: more than is sent", "size: chunk without its end")},
    ),
)

FOUND = (
    Known(
        "C24",
        "OPTIONS is answered without a method for it, and a resource that is false is one",
        {"405 → 204": ("methods: OPTIONS",), "404 → 200": ("methods: false",)},
    ),
    Known(
        "S3",
        "the words of an unexpected error are no client's business, in a fault neither",
        {"body": ("calls: fault",)},
    ),
    Known("19", "faults have other words", {"body": named("calls: ", "hidden", "unknown", "wrong arguments")}),
    Known("28.3", "what is no call is a 400", {"200 → 400": named("calls: ", "no XML", "GET of the root")}),
    Known(
        "U2",
        "a call needs no redirect, in which it would be lost",
        {"301 → 200": named("calls: ", "without a slash", "RPC2")},
    ),
    Known("RFC 9110", "host names are the same in any case", {"body": ("hosts: capitals",)}),
)

DETAILS = (
    Known(
        "7.1",
        "who asks and who answers has an address, and a name even if it is the same",
        {
            "body": named("detail: ", "remote name", "local"),
        },
    ),
    Known("9.1", "an error reads as people write it", {"body": ("detail: error text",)}),
    Known(
        "10.2",
        "what is small stays in memory, and an upload can be read like a file, as it is one",
        {
            "body": named("detail: ", "body into a file", "upload read", "upload lines"),
        },
    ),
    Known("10.2", "a media type reads as it was sent", {"body": ("detail: upload type",)}),
    Known(
        "10.5",
        "maxbytes holds for bodies of any type, also for those that nobody reads",
        {"200 → 413": ("form: too large, of another type",)},
    ),
    Known("10.2", "a body that nothing has read can be had as text", {"500 → 200": ("detail: body fullvalue",)}),
)

VISITS = (
    Known(
        "S7",
        "the end of a session takes its cookie away, with Max-Age=0, and so does what only told the browser",
        {"set-cookie": tuple(f"{kind}, {end}" for kind in _KINDS for end in ("end 0: delete", "expired 0: expire"))},
    ),
    Known("U1", "the session is always there", {"body": ("face: session",)}),
    Known(
        "P5", "a session in files may be saved by its page, to let others in", {"500 → 200": ("files, saved: save",)}
    ),
)

LOGINS = (
    Known(
        "RFC 9110",
        "credentials come once",
        {"200 → 400": named("basic: two /", "basic", "latin")},
    ),
    Known(
        "S5", "a sum is good for the address that it was made for", {"401 → 400": ("digest: nonce of nobody /sums",)}
    ),
    Known(
        "18.1",
        "what the function that checks passwords raises is no fault of the client",
        {"400 → 500": ("basic: failing",)},
    ),
)

PROXIED = (
    Known("S11", "lists of proxies are read from the right", {"body": ("proxied: clients /client",)}),
    Known(
        "S11",
        "request.scheme is the client's, too",
        {"body": named("proxied: ", "scheme /scheme", "schemes /scheme", "all /scheme")},
    ),
    Known(
        "S11",
        "of several schemes one is taken",
        {"body": named("proxied: schemes /", "base", "link", "bare/base", "bare/link")},
    ),
    Known(
        "RFC 9110",
        "two fields of one name are one list",
        {"body": named("proxied: host twice /", "base", "link", "based/base")},
    ),
    Known(
        "S11",
        "what is no host, scheme or address is not taken for one",
        {"body": named("proxied: ", "host that is none", "client that is none", "scheme that is none")},
    ),
)
