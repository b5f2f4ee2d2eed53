"""The differences we know and want, beside those that rules.py takes out everywhere; each with its reason.

`where` is the number in the list of CherryPy's weak places by which Kirsch was built
(docs/how-to/migrating-from-cherrypy.md names them, too), an RFC, or a word. cases: how the answers differ, as
compare.py says it, and the requests for which they do. A difference that is not here fails the test, and so does one
that is here and no longer there. The wire, pages found in other ways and names seldom asked for stand in behind.py.
"""

from __future__ import annotations

from tests.differential.behind import DETAILS, FOUND, LOGINS, PROXIED, VISITS, WIRE
from tests.differential.kept import KEPT
from tests.differential.known import Known, named
from tests.differential.served import SERVED
from tests.differential.small import SMALL
from tests.differential.smaller import SMALLER

MENDED = (
    Known(
        "8.2",
        "the page for developers has more in it, and headers of its own",
        {
            "body, cache-control, content-security-policy, referrer-policy, x-content-type-options": (
                "raised /habits/raised/traced",
            )
        },
    ),
    Known(
        "11.1",
        "urls of a redirect are as given, and made absolute where they are sent",
        {"body": ("redirect /redirects/attributes", "raised /habits/raised/urls")},
    ),
    Known("4.2", "a path is what was sent: two slashes stay two", {"body": ("mounted /app//",)}),
    Known("4.2", "a mount point does not stand behind two slashes", {"200 → 404": ("mounted //app/",)}),
    Known("7.1", "request.kwargs are the parameters", {"body": ("request.kwargs",)}),
    Known("5.6", "requests have no namespaces but those an application adds", {"body": ("request.namespaces",)}),
    Known("RFC 9110", "a weight is no parameter of an element", {"body": ("request.headers: elements by weight",)}),
    Known(
        "7.2",
        "a Server that was taken away, or is blank, is not sent, where CherryPy names the host",
        {"server": named("header /fields/", "no_server", "blank_server")},
    ),
    Known("7.2", "a header set to None is not sent", {"x-nothing": ("header /fields/nothing",)}),
    Known(
        "log",
        "without log_tracebacks a failure is one line of the log, where CherryPy says nothing of it at all",
        {"body": ("fails_silently: its traceback",)},
    ),
    Known(
        "8.1",
        "process_request_body stays as config says, where no hook could ask before the body is read",
        {"body": ("request.process_body",)},
    ),
)

WALK = (
    Known(
        "S1",
        "names that begin with an underscore, and what Python hangs on functions, are not walked",
        {
            "200 → 404": ("exposed /walk/ways/_underscored", "hidden /walk/ways/plain/__self__/called"),
            "301 → 404": ("hidden /walk/__class__",),
            "500 → 404": ("hidden /walk/ways/plain/__func__",),
            "body": ("hidden /walk/rest/__class__/x",),
        },
    ),
    Known(
        "S1",
        "a section is matched by the names that segments stand for, with or without a slash at its end",
        {"body": named("config /configured/below/", "page", "page/x", "my_page")},
    ),
    Known("6.2", "a page that is false is a page all the same", {"404 → 200": ("exposed /walk/ways/falsy",)}),
    Known(
        "6.2",
        "a child that is called `exposed` does not expose its parent",
        {"500 → 404": named("steps /walk/named", "", "/nowhere")},
    ),
    Known("6.3", "a segment is decoded in popargs as it is elsewhere", {"body": ("popped /popping/year/a%2Fb/",)}),
    Known("C10", "a decorator on a subclass leaves its parent alone", {"body": ("config /configured/parent/",)}),
    Known("D9", "the config of a node is read once, not for each request", {"body": ("changing: after a node",)}),
    Known(
        "U2",
        "a slash is added with 308 where 301 would lose the form",
        {"301 → 308": ("odd: slash redirect of POST", "form: popped and sent")},
    ),
    Known(
        "U6",
        "a path in a message is shown as Python would, and a message is escaped for attributes, too",
        {
            "body": (
                "odd: quotes in a path",
                *named("mounted /app/", "nowhere", "nowhere/at/all", "places/nowhere", "innermost"),
            )
        },
    ),
)

PARAMETERS = (
    Known("S15", "`;` separates nothing", {"body": ("query /sent/params?a=1;b=2", "form: semicolon")}),
    Known(
        "C4",
        "whether parameters fit is decided before the call, by the whole signature, and what is missing is named first",
        {
            "500 → 404": (
                "exposed /walk/ways/function/1/2/3",
                "query /sent/params?self=1",
                *named("fit /signatures/", "only", "first?a=1", "plain", "named?self=1"),
            ),
            "400 → 404": ("fit by form: missing keyword only",),
            "body": (
                *named("fit /signatures/", "only?other=2", "only/1", "only?key=1&x=2", "plain?c=1"),
                "fit by form: unknown in both",
            ),
        },
    ),
    Known("C3", "one name in query and form gives one flat list", {"body": ("form: list in both", "form: two lists")}),
    Known(
        "28.3",
        "what a client gets wrong in a form is a 400, not a 500 or a form without fields",
        {
            "500 → 400": named(
                "multipart: ",
                "no end",
                "no boundary",
                "bad boundary",
                "line feeds only",
                "bad part header",
                "cut in a header",
            ),
            "200 → 400": ("multipart: another boundary",),
            "500 → 200": ("query /sent/params?5,6&a=1", "form: unknown charset"),
        },
    ),
    Known(
        "28.3", "a media type may be written in capitals", {"body": ("form: capital type", "multipart: capital type")}
    ),
    Known(
        "28.3",
        "the body of any request can be read, an empty one too",
        {"500 → 200": named("body: ", "of a GET", "of a GET without one", "of a DELETE")},
    ),
    Known(
        "10.1",
        "only for POST, PUT and PATCH is it wrong to say nothing of a body",
        {"411 → 200": ("form: DELETE without a body, configured",)},
    ),
    Known("10.3", "an escape that is none stays as it is", {"body": ("form: bad escape",)}),
    Known("10.2", "the charset of a body is known before it is decoded", {"body": ("body: facts",)}),
    Known("10.2", "readline() and readlines() keep to their sizes, and lose nothing", {"body": ("body: lines",)}),
    Known(
        "RFC 7578",
        "the name of a file is UTF-8, %22 in it is a quote, and it has no folders",
        {"body": named("multipart: ", "UTF-8 name", "escaped quote in the name", "path in the name")},
    ),
    Known("U-08", "`value` of an upload is its bytes", {"body": ("habit: upload value",)}),
)

ANSWERS = (
    Known(
        "C23",
        "str is encoded whatever the content type, and a declared charset stays; bytearray is bytes",
        {
            "500 → 200": (*named("returned /returned/", "array", "json", "assigns_text"), "request.handler"),
            "content-type": ("returned /returned/latin",),
        },
    ),
    Known("C23", "a dict is no body", {"200 → 500": ("returned /returned/dictionary",)}),
    Known(
        "R",
        "a body is never sent where none may be",
        {
            "2 → 1 answers": (
                *named("streamed /streams/", "no_content", "unchanged"),
                "inside by HEAD",
                "wsgi: HEAD of pieces",
            ),
            "2 → 1 answers, content-length": ("wsgi: HEAD",),
            "content-length": ("status /statuses/reset",),
        },
    ),
    Known(
        "R",
        "a length that was right for the page does not stay for what replaces it",
        {"whole, content-length": ("hooked: dressed",)},
    ),
    Known(
        "strict",
        "a status is a final one, 200 to 599, as a whole number or text",
        {"200 → 500": named("status /statuses/", "zero", "float"), "103 → 500": ("status /statuses/informal",)},
    ),
    Known(
        "RFC 9112",
        "a status that nobody knows has a reason, too",
        {"reason": (*named("status /statuses/", "unknown", "high"), "error /errors/unknown")},
    ),
    Known(
        "strict",
        "a header field is text without line breaks",
        {"200 → 500": ("header /fields/broken",)},
    ),
    Known(
        "RFC 9110",
        "what is beyond Latin-1 in a field is sent as UTF-8, not as in mail",
        {"x-beyond": ("header /fields/beyond",)},
    ),
    Known("7.2", "Date and Server are added on the way out", {"body": ("header /fields/names",)}),
    Known("7.2", "the lines to send are there before the end, too", {"body": ("response.header_list",)}),
    Known("C-05", "a cookie that is to go has a Max-Age as well", {"set-cookie": ("cookie /cookies/gone",)}),
    Known(
        "RFC 6265",
        "one cookie that is none does not take its neighbours with it, and two fields are read",
        {
            "body": named(
                "cookies ",
                "sent: a=1; nonsense; b=2",
                "sent: a b=1; c=2",
                'sent: json={"x":1}; b=2',
                "sent: path=/; a=1",
                "in two fields",
            ),
            "set-cookie": ("cookies copied",),
        },
    ),
    Known(
        "RFC 6265",
        "only a semicolon separates cookies, in quotes too",
        {"body": named("cookies sent: ", 'a="quoted; so"; b=2', "a=1, b=2")},
    ),
    Known(
        "C21",
        "an error keeps Vary and Retry-After, and what speaks of the page alone goes, with a redirect too",
        {
            "content-language, vary": ("error /errors/headers",),
            "retry-after": ("error /errors/retry",),
            "content-language, etag, expires, last-modified": ("redirect /redirects/headers",),
            "expires": ("redirect /redirects/unchanged",),
        },
    ),
    Known(
        "C18",
        "an error page of one's own starts as HTML, and may lead elsewhere",
        {"content-type": ("error /paged/json",), "403 → 303": ("error /paged/leading",)},
    ),
    Known("U6", "the standard sentences have other words", {"body": ("error /paged/unexpected",)}),
    Known("S", "a target without a scheme stays on this host", {"location": ("redirect /redirects/network",)}),
    Known(
        "RFC 9110",
        "an address is sent escaped",
        {"location": named("redirect /redirects/", "unicode", "spaced", "markup"), "body": ("url: escapes",)},
    ),
    Known(
        "R",
        "without a Host the port is told",
        {"location": ("redirect for HTTP/1.0 without a host",), "body": ("url: no host",)},
    ),
    Known(
        "11.1",
        "any status of a redirect is sent",
        {"500 → 306": ("redirect /redirects/status/306",), "500 → 399": ("redirect /redirects/status/399",)},
    ),
    Known("C12", "an internal redirect works from a stream, too", {"500 → 200": ("inside /inside/from_stream",)}),
)

HOOKS = (
    Known(
        "C1",
        "errors and redirects count wherever they are raised, and no point runs twice",
        {
            "500 → 403, body": named("hook: error ", "before_finalize", "on_end_resource"),
            "500 → 303, body": (
                *named("hook: redirect ", "before_finalize", "on_end_resource"),
                "points: handler and before_finalize",
            ),
            "body": ("points: status",),
        },
    ),
    Known("P10", "the first piece of a stream is waited for before anything is sent", {"body": ("points: streamed",)}),
    Known("8.5", "the body is looked at when it is finalized, behind the hooks for that", {"body": ("points: body",)}),
)

INSIDE = (
    Known(
        "S18",
        "no Remote-Addr among the fields of the client, and no `_` taken for `-`",
        {
            "body": (
                "request.header_list",
                *named("request.headers: ", "names", "title", "dict", "remote", "underscore"),
            )
        },
    ),
    Known("C9", "values() gives all values, as of any mapping", {"200 → 500": ("request.headers: values",)}),
    Known("RFC 9110", "lines of one name are joined, whatever the name", {"body": ("request.headers: twice",)}),
    Known(
        "RFC 9110",
        "fields are not decoded as in mail",
        {"body": named("request.headers: ", "encoded word", "bad encoded word")},
    ),
    Known("7.1", "the request line is told as it was sent", {"body": ("request.request_line: escapes",)}),
    Known(
        "3.4",
        "dots in a path are resolved without losing a slash, and an index is `./` to itself",
        {
            "body": (
                "url: dots",
                *named("url of an index: ", "far_up", "dots", "to_here"),
                *named("url below a mount point: ", "far_up", "dots"),
            )
        },
    ),
    Known("28.3", "a weight that is none counts as not sent", {"400 → 200": ("Accept-Charset: utf-8;q=x",)}),
)

KNOWN = (
    *MENDED,
    *WALK,
    *PARAMETERS,
    *ANSWERS,
    *HOOKS,
    *INSIDE,
    *WIRE,
    *FOUND,
    *DETAILS,
    *LOGINS,
    *VISITS,
    *PROXIED,
    *SERVED,
    *SMALLER,
    *KEPT,
    *SMALL,
)
EXPECTED = {name: difference for known in KNOWN for name, difference in known.pairs()}
