"""A greeting by a whole framework: a name from the path, a parameter from the query, default tools, no access log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrk import Wrk

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from servers import Server

PATH = "/hello/world?x=1"

FRAMEWORKS = (
    "kirsch",
    "cherrypy",
    "falcon-bjoern",
    "falcon-granian",
    "bottle-granian",
    "flask-waitress",
    "flask-gunicorn",
    "fastapi-uvicorn",
    "litestar-granian",
    "starlette-uvicorn",
    "robyn",
)
REFERENCES = ("nginx", "floor")


def check(server: Server) -> None:
    """The answer, and that it depends on the question (but for those with a canned one)."""
    expect(server.get(PATH), b"Hello, world! x=1")
    if not server.rival.canned:
        expect(server.get("/hello/Ada?x=27"), b"Hello, Ada! x=27")


HELLO = Load(
    name="hello",
    title="Full framework: /hello/{name}?x=1 with a browser's headers",
    entries=rows(*FRAMEWORKS, *REFERENCES),
    check=check,
    measure=Wrk(PATH),
    bars=(
        Bar("must", "cpu_us", at_most=0.75, of="falcon-granian"),
        Bar("must", "cpu_us", at_most=1 / 20, of="cherrypy"),
        Bar("aim", "cpu_us", at_most=1.0, of="falcon-bjoern"),
    ),
    quick=("kirsch", "cherrypy", "falcon-bjoern", "falcon-granian", "floor"),
)
