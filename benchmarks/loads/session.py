"""A session in memory, read and written in each request, its cookie set; 50 clients take turns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import Wrk

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from servers import Server

    from loads.load import Effort, Reading

PATH = "/session"
CLIENTS = 50
_WRK = Wrk(PATH)


def visit(server: Server) -> str:
    """Come for the first time; the cookie that was given."""
    answer = server.get(PATH)
    expect(answer, b"1")
    cookie = answer.fields.get("set-cookie", "").partition(";")[0]
    if not cookie:
        message = "no session cookie was set"
        raise WrongAnswerError(message)
    return cookie


def check(server: Server) -> None:
    """Two clients are counted apart."""
    first = visit(server)
    visit(server)
    expect(server.get(PATH, fields={"Cookie": first}), b"2")


def measure(server: Server, effort: Effort) -> Reading:
    """Let the clients come once each, then measure with their cookies."""
    cookies = server.scratch / "cookies"
    cookies.write_text("".join(f"{visit(server)}\n" for _ in range(CLIENTS)))
    return replace(_WRK, cookies=cookies)(server, effort)


SESSION = Load(
    name="session",
    title="Session read and written (memory store), cookie set",
    entries=rows("kirsch", "cherrypy", "litestar-granian"),
    check=check,
    measure=measure,
    bars=(
        Bar("must", "cpu_us", at_most=1 / 10, of="cherrypy"),
        Bar("aim", "cpu_us", at_most=1 / 15, of="cherrypy"),
    ),
)
