"""Pages found in other ways: by method, by host, by XML-RPC; and WSGI applications in the tree."""

from __future__ import annotations

import xmlrpc.client
from dataclasses import replace

from tests.differential.asked.ask import ask, get, head, needing, post

METHODS = needing(
    "dispatch.MethodDispatcher",
    {
        "methods: GET": get("/methods/item"),
        "methods: GET of the root": get("/methods/"),
        "methods: GET of the root without a slash": get("/methods"),
        "methods: GET with a slash": get("/methods/item/"),
        "methods: GET with arguments": get("/methods/item/a/b?c=d"),
        "methods: HEAD": head("/methods/item"),
        "methods: own HEAD": head("/methods/"),
        "methods: POST": post("/methods/item", "a=1"),
        "methods: POST that does not fit": post("/methods/item", "b=1"),
        "methods: PUT": ask("PUT", "/methods/item", "Content-Type: text/plain", body="put"),
        "methods: DELETE": ask("DELETE", "/methods/item"),
        "methods: DELETE that is there": ask("DELETE", "/methods/poor/1"),
        "methods: DELETE without its argument": ask("DELETE", "/methods/poor"),
        "methods: OPTIONS": ask("OPTIONS", "/methods/item"),
        "methods: HEAD without GET": head("/methods/poor"),
        "methods: lower case": ask("get", "/methods/item"),
        "methods: unknown": ask("BREW", "/methods/item"),
        "methods: not exposed": get("/methods/hidden"),
        "methods: false": get("/methods/empty"),
        "methods: index": get("/methods/reading/"),
        "methods: of a child": get("/methods/reading/item/x"),
        "methods: nowhere": get("/methods/nowhere/x"),
    },
)

HOSTS = needing(
    "dispatch.VirtualHost",
    {
        "hosts: one": get("/hosts/", host="one.test"),
        "hosts: two": get("/hosts/", host="two.test:8080"),
        "hosts: two without its port": get("/hosts/", host="two.test"),
        "hosts: capitals": get("/hosts/", host="One.Test"),
        "hosts: unknown": get("/hosts/", host="three.test"),
        "hosts: page": get("/hosts/page/x", host="one.test"),
        "hosts: page of the default": get("/hosts/page/x"),
        "hosts: forwarded": get("/hosts/page", "X-Forwarded-Host: one.test"),
        "hosts: slash": get("/hosts/one", host="three.test"),
        "hosts: nowhere": get("/hosts/nowhere/x/y", host="one.test"),
    },
)


def call(method, *params):
    """An XML-RPC call."""
    return post("/calls/", xmlrpc.client.dumps(params, method), "text/xml")


CALLS = needing(
    "XMLRPCController",
    {
        "calls: add": call("add", 2, 3),
        "calls: dotted": call("math.add", 2, 3),
        "calls: text": call("hello"),
        "calls: things": call("things"),
        "calls: fault": call("fails"),
        "calls: HTTPError": call("refuses"),
        "calls: hidden": call("hidden"),
        "calls: unknown": call("unknown"),
        "calls: wrong arguments": call("add", 2),
        "calls: no XML": post("/calls/", "nonsense", "text/xml"),
        "calls: without a slash": replace(
            call("add", 2, 3), data=call("add", 2, 3).data.replace(b"/calls/", b"/calls")
        ),
        "calls: RPC2": replace(call("add", 2, 3), data=call("add", 2, 3).data.replace(b"/calls/", b"/calls/RPC2")),
        "calls: GET": get("/calls/add?a=1&b=2"),
        "calls: GET of the root": get("/calls/"),
    },
)

GRAFTED = {
    "wsgi: root": get("/wsgi/environ"),
    "wsgi: path": get("/wsgi/environ/a%20b/%C3%BC?q=%20", "X-Own: yes"),
    "wsgi: slash": get("/wsgi/environ/"),
    "wsgi: form": post("/wsgi/environ", "a=1"),
    "wsgi: HEAD": head("/wsgi/environ"),
    "wsgi: HTTP/1.0": get("/wsgi/environ", version="HTTP/1.0"),
    "wsgi: pieces": get("/wsgi/pieces"),
    "wsgi: pieces for HTTP/1.0": get("/wsgi/pieces", version="HTTP/1.0"),
    "wsgi: HEAD of pieces": head("/wsgi/pieces"),
    "wsgi: failing": get("/wsgi/failing"),
    "wsgi: failing late": get("/wsgi/late"),
    "wsgi: beside": get("/wsgi/environment"),
    "wsgi: nowhere": get("/wsgi"),
}

ASKED = METHODS | HOSTS | CALLS | GRAFTED
