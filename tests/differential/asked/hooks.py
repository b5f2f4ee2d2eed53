"""Hooks and tools: what runs in which order, and what happens when one of them raises."""

from __future__ import annotations

from tests.differential.asked.ask import ask, each, get, head, needing, noted, post
from tests.differential.pages.points import POINTS, RAISED

RAISING = {
    f"hook: {kind} {point}": noted(get(f"/points/page?at={point}&kind={kind}")) for point in POINTS for kind in RAISED
}
FAILED = {
    f"hook after a failure: {kind} {point}": noted(get(f"/points/raises/failure?at={point}&kind={kind}"))
    for point in POINTS[-2:]
    for kind in RAISED
}

POINTED = {
    "page": noted(get("/points/page")),
    "HEAD": noted(head("/points/page")),
    "POST": noted(post("/points/page", "a=1")),
    "bad POST": noted(post("/points/page", b"a=%ff")),
    "no length": noted(ask("POST", "/points/page")),
    "bad query": noted(get("/points/page?a=%ff")),
    "unfit": noted(get("/points/one")),
    "missing": noted(get("/points/nowhere")),
    "streamed": noted(get("/points/streamed")),
    "status": noted(get("/points/status")),
    "body": noted(get("/points/body")),
    **{f"handler raises {kind}": noted(get(f"/points/raises/{kind}")) for kind in RAISED},
    "handler and before_finalize": noted(get("/points/raises/error?at=before_finalize&kind=redirect")),
    "slash": noted(get("/points")),
}

HOOKED = {
    name: noted(get(f"/hooked/{name}"))
    for name in [
        "attached",
        "ordered",
        "failsafe",
        "named",
        "skipped",
        "refused",
        "late",
        "unknown",
        "shouted",
        "dressed",
    ]
} | {
    "wrapped": noted(get("/hooked/wrapped/x?a=1")),
    "exchanged": noted(get("/hooked/exchanged/x?a=1")),
    "added": noted(get("/hooked/added?a=1&drop=2")),
    "told": noted(get("/hooked/told/x?a=1")),
    "shouted error": noted(get("/hooked/shouted?at=x")),
}

TOOLED = {
    name: noted(asked)
    for name, asked in (
        each(
            "tool:", "/tooled/", "plain settings ordered moved stamped stamped_so renamed configured off called nowhere"
        )
        | each("tool:", "/under/", "plain other off hooked nowhere")
    ).items()
}

SLASHED = each(
    "slash:",
    "/slashes/",
    "off off/ not_missing not_missing/ extra extra/ extra/page extra/page/ extra/page/x/?a=1 other other/page/",
)

KINDS = (
    needing(
        "HandlerTool",
        {
            "HandlerTool: no answer": get("/kinds/answering"),
            "HandlerTool: answer": get("/kinds/answering?skip"),
            "HandlerTool: as a page": get("/kinds/as_page?skip"),
            "HandlerTool: as a page without an answer": get("/kinds/as_page"),
            "HandlerTool: as a page with a path": get("/kinds/as_page/x/y?skip"),
        },
    )
    | needing("HandlerWrapperTool", {"HandlerWrapperTool": get("/kinds/around/x?a=1")})
    | needing("ErrorTool", {"ErrorTool": get("/kinds/on_error")})
    | needing("Toolbox", {"own toolbox": noted(get("/boxed/"))})
)

ASKED = (
    RAISING
    | FAILED
    | {f"points: {name}": asked for name, asked in POINTED.items()}
    | {f"hooked: {name}": asked for name, asked in HOOKED.items()}
    | TOOLED
    | SLASHED
    | KINDS
)
