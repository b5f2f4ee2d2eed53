"""Sessions: one visitor after the other, each with a cookie that is known, as new ids are what the request says."""

from __future__ import annotations

from tests.differential.asked.ask import get, head, post


def id_of(name, number=1):
    """The id that a session has: its name, and how often the request had needed one."""
    return f"{name}-{number}".rjust(40, "0")


def cookie(id, name="session_id"):
    """The field that sends it."""
    return f"Cookie: {name}={id}"


def visit(kind, path, id="", name="", *lines):
    """A request for a page, with a session, and with the name that a new one shall have."""
    sent = ([cookie(id)] if id else []) + ([f"X-Id: {name}"] if name else [])
    return get(f"/visits/{kind}/{path}", *sent, *lines)


def story(kind, name, *paths):
    """One visitor: what is asked first begins a session, the rest goes on with it."""
    first, *rest = paths
    asked = {f"{kind}, {name}: {first}": visit(kind, first, name=f"{kind}-{name}")}
    for number, path in enumerate(rest):
        asked[f"{kind}, {name} {number}: {path}"] = visit(
            kind, path, id_of(f"{kind}-{name}"), f"{kind}-{name}-x{number}"
        )
    return asked


STORIES = {
    "dict": ("put?a=1&b=2", "all", "names", "item?name=a", "item?name=c", "remove?name=a", "all", "clear", "all"),
    "deep": ("put?a=1", "more", "deep", "deep", "all"),
    "ids": ("put?a=1", "told", "regenerate", "told", "all"),
    "tool": ("put?a=1", "by_tool", "all"),
    "end": ("put?a=1", "delete", "all"),
    "expired": ("put?a=1", "expire"),
    "refused": ("put?a=1", "refuse", "all"),
    "redirected": ("put?a=1", "elsewhere", "all"),
    "pieces": ("pieces", "all", "stream", "all"),
    "streamed": ("stream", "all"),
    "saved": ("save", "all"),
    "nothing": ("nothing", "nothing", "all"),
    "remove": ("remove?name=nothing",),
}

TOLD = {}
for kind in ("memory", "files", "explicit"):
    for name, paths in STORIES.items():
        TOLD |= story(kind, name, *paths)

SENT = {
    "session: told of an unknown id": visit("memory", "told", id_of("stranger"), "own"),
    "session: put with an unknown id": visit("memory", "put?a=1", id_of("stranger"), "other"),
    "session: HEAD": head("/visits/memory/put?a=1", "X-Id: headed"),
    "session: after HEAD": visit("memory", "all", id_of("headed")),
    "session: POST": post("/visits/memory/put", "a=1", "application/x-www-form-urlencoded", "X-Id: posted"),
    "session: after POST": visit("memory", "all", id_of("posted")),
    "session: not found": visit("memory", "nowhere"),
    "session: other cookies": get("/visits/memory/all", f"Cookie: x=y; session_id={id_of('posted')}; z=1"),
    "session: own cookie": visit("cookies", "put?a=1", "", "cookies"),
    "session: with own cookie": get("/visits/cookies/all", cookie(id_of("cookies"), "own")),
    "session: regenerated with own cookie": get(
        "/visits/cookies/regenerate", cookie(id_of("cookies"), "own"), "X-Id: again"
    ),
    "session: passing": visit("passing", "put?a=1", "", "passing"),
    "session: passing, with a path": visit("passing", "put?a=1", "", "passing-path", "X-Path: /there"),
    "session: passing, regenerated": visit("passing", "regenerate", id_of("passing"), "passing-again"),
    "session: locked by hand": visit("explicit", "lock", "", "locked"),
    "session: locked by hand again": visit("explicit", "lock", id_of("locked")),
}

ASKED = TOLD | SENT
