"""The differences we know and want, as in expected.py: of the cache of pages, and of Vary made by itself."""

from __future__ import annotations

from tests.differential.known import Known, named

KEPT = (
    Known(
        "C6",
        "what is for one client is not kept: private, Authorization, a cookie; nor what must be asked for each time",
        {
            "body, age": named("kept: ", "private", "no-cache", "s-maxage", "Authorization"),
            "body, age, set-cookie": ("kept: cookie",),
        },
    ),
    Known(
        "C6",
        "errors and redirects are kept only if they say for how long",
        {
            "body, age": named("kept: ", "status 404", "error 404", "error 500"),
            "age, location": ("kept: redirect",),
        },
    ),
    Known(
        "C6",
        "what is not GET or HEAD reaches the page, and makes its copy go",
        {"body, age": named("copy after ", "PATCH", "OPTIONS")},
    ),
    Known("C6", "values of Vary count in their order", {"body, age": ("copy by values the other way round",)}),
    Known("RFC 9111", "a max-age that is none counts as 0", {"400 → 200": ("copy asked for: max-age that is none",)}),
    Known("C7", "dates are compared as dates", {"200 → 304": ("copy asked for: unchanged since later",)}),
    Known("C8", "a copy gives parts of itself", {"200 → 206": ("copy asked for: a part",)}),
    Known("C16", "autovary works with sessions", {"500 → 200": ("autovary /varying/with_session",)}),
    Known("RFC 9110", "a Vary without names is not sent", {"vary": named("autovary /varying/", "nothing", "ignored")}),
    Known("RFC 9110", "the host is part of the address", {"vary": ("autovary /varying/host",)}),
)
