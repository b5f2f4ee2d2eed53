"""Behind a proxy: the fields that one sends, right and wrong."""

from __future__ import annotations

from tests.differential.asked.ask import get

FIELDS = {
    "nothing": (),
    "host": ("X-Forwarded-Host: outer.test",),
    "host with a port": ("X-Forwarded-Host: outer.test:8443",),
    "host with a scheme": ("X-Forwarded-Host: http://outer.test",),
    "hosts": ("X-Forwarded-Host: outer.test, inner.test",),
    "host twice": ("X-Forwarded-Host: outer.test", "X-Forwarded-Host: inner.test"),
    "scheme": ("X-Forwarded-Proto: https",),
    "schemes": ("X-Forwarded-Proto: https, http",),
    "client": ("X-Forwarded-For: 192.0.2.1",),
    "clients": ("X-Forwarded-For: 192.0.2.9, 192.0.2.1",),
    "all": ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: outer.test", "X-Forwarded-Proto: https"),
    "others": ("X-Host: outer.test", "X-Real-IP: 192.0.2.1", "X-Ssl: on"),
}
ASKED = {
    f"proxied: {name} /{page}": get(f"/proxied/{page}", *lines)
    for name, lines in FIELDS.items()
    for page in (
        "base",
        "client",
        "link",
        "scheme",
        "based/base",
        "bare/base",
        "bare/link",
        "others/base",
        "others/client",
    )
} | {
    "proxied: redirect": get("/proxied/away", *FIELDS["all"]),
    "proxied: by hand": get("/proxied/by_hand"),
    "proxied: host that is none": get("/proxied/base", "X-Forwarded-Host: a b"),
    "proxied: client that is none": get("/proxied/client", "X-Forwarded-For: junk"),
    "proxied: scheme that is none": get("/proxied/base", "X-Forwarded-Proto: junk"),
}
