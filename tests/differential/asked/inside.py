"""What pages see: the request, the answer so far, the application, config, and addresses made by url()."""

from __future__ import annotations

from tests.differential.asked.ask import FORM, ask, each, get, needing, post
from tests.differential.pages.told import APP, FACE, HEADERS, REQUEST, RESPONSE, URLS

OWN = ("X-Own: a value", "X-other: b")
SEEN = (
    {f"request.{name}": get(f"/told/request/{name}/x?q=1&r=%20", *OWN) for name in REQUEST}
    | {f"request.headers: {name}": get(f"/told/headers/{name}", *OWN) for name in HEADERS}
    | {f"response.{name}": get(f"/told/response/{name}") for name in RESPONSE}
    | {f"request.app: {name}": get(f"/told/app/{name}") for name in APP}
    | {f"face: {name}": get(f"/told/face/{name}") for name in FACE}
)

SENT = {
    "request.base: port": get("/told/request/base", host="site.test:8080"),
    "request.base: capitals": get("/told/request/base", host="Site.TEST"),
    "request.base: forwarded": get("/told/request/base", "X-Forwarded-Host: other.test", "X-Forwarded-Proto: https"),
    "request.remote: forwarded": get("/told/request/remote", "X-Forwarded-For: 10.0.0.1"),
    "request.protocol: 1.0": get("/told/request/protocol", version="HTTP/1.0"),
    "request.request_line: escapes": get("/told/request/request_line/%C3%BC%2Fx?a=%20"),
    "request.path_info: escapes": get("/told/request/path_info/%C3%BC%2Fx%20y"),
    "request.query_string: escapes": get("/told/request/query_string?a=%20b&%C3%BC"),
    "request.method: POST": post("/told/request/method", "a=1"),
    "request.params: POST": post("/told/request/params?q=1", "a=1"),
    "request.body_params: POST": post("/told/request/body_params?q=1", "a=1"),
    "request.process_body: POST": post("/told/request/process_body", "a=1"),
    "request.login: authorized": get("/told/request/login", "Authorization: Basic YTpi"),
    "request.headers: twice": get("/told/headers/own", "X-Own: 1", "X-Own: 2"),
    "request.headers: blanks": get("/told/headers/own", "X-Own:   padded \t "),
    "request.headers: empty": get("/told/headers/own", "X-Own:"),
    "request.headers: latin": get("/told/headers/own", "X-Own: \u00fc"),
    "request.headers: encoded word": get("/told/headers/own", "X-Own: =?utf-8?q?=C3=BC?="),
    "request.headers: bad encoded word": get("/told/headers/own", "X-Own: =?utf-8?b?!?="),
    "request.headers: underscore": get("/told/headers/own", "X_Own: 1"),
    "request.headers: type": ask("POST", "/told/headers/type", f"Content-Type: {FORM}", body="a=1"),
    "request.headers: elements by weight": get("/told/headers/elements", "Accept: a/b;q=0.5, c/d, e/f;q=0.9;level=1"),
}

CONFIG = each(
    "config",
    "/configured",
    """
    / /plain /plain/x /below/ /below/page /below/page/x /below/decorated /below/in_section
    /below/in_section/deeper/x /below/my_page /below/my-page /below/nowhere/at/all /below/nowhere/at /parent/
    /child/ /by_config /runtime /index
""",
)

ADDRESSES = (
    {f"url: {name}": get(f"/told/url/{name}/x/y") for name in URLS}
    | {f"url of an index: {name}": get(f"/places/?name={name}") for name in URLS}
    | {f"url below a mount point: {name}": get(f"/app/url/{name}/x") for name in URLS}
    | {
        "url: port": get("/told/url/rooted", host="site.test:8080"),
        "url: no host": get("/told/url/rooted", version="HTTP/1.0", host=""),
        "url: slash behind": get("/told/url/relative/x/"),
        "url: escapes": get("/told/url/relative/%C3%BC%20/x"),
        "url: nothing with a query": get("/told/url/nothing?a=1"),
        "url: odd host": get("/told/url/rooted", host="a_b.test"),
    }
)

SEEN |= needing("Toolbox", {"request.app: toolboxes": get("/told/app/toolboxes")})

ASKED = SEEN | SENT | CONFIG | ADDRESSES
